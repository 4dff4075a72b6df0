import pytest

from onrecord.service.answers.facts.figures import find_figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5.5 mln", "5,500,000"),
        ("five million", "5 million"),
        ("a million", "1,000,000"),
        ("two hundred and five", "205"),
        ("twenty-one", "21"),
        ("$3bn", "three billion dollars"),
        ("3-1/2 pct", "3.5 percent"),
        ("the third of December", "Dec 3"),
        ("on Tues", "on Tuesday"),
        ("twelve", "12"),
        ("fell by a fifth", "fell by 20 percent"),
        ("nearly half", "nearly 50 percent"),
        ("two thirds of them", "66 percent of them"),
    ],
)
def test_one_value_has_one_form(one: str, other: str) -> None:
    """A figure is the same however it is written."""
    values = {figure.value for figure in find_figures(one)}
    assert values
    assert values == {figure.value for figure in find_figures(other)}


@pytest.mark.parametrize(
    ("one", "other"), [("5.5 mln", "5.6 mln"), ("30", "300"), ("1987", "1978"), ("May 3", "June 3")]
)
def test_other_values_have_other_forms(one: str, other: str) -> None:
    """Figures that differ are never taken for one."""
    assert {f.value for f in find_figures(one)} != {f.value for f in find_figures(other)}


@pytest.mark.parametrize(
    "text", ["You may march on.", "one of them", "No one knew.", "the second half", "a quarter of an hour", "mon ami"]
)
def test_words_that_look_like_figures_are_none(text: str) -> None:
    """ "May" the verb, "one" the pronoun and "second" the ordinal or unit count for nothing."""
    assert find_figures(text) == []


def test_places_are_exact() -> None:
    """A figure's place is what is written there, its unit included."""
    text = "It rose 5.5 mln dlrs on Dec 1, 2025."
    assert [figure.span.of(text) for figure in find_figures(text)] == ["5.5 mln", "Dec", "1", "2025"]
