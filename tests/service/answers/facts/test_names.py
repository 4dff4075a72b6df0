import pytest

from onrecord.service.answers.facts.names import unknown_names
from onrecord.service.answers.facts.parsed_text import ParsedText


def unknown(sentence: str, *texts: str) -> list[str]:
    return [name.folded for name in unknown_names(ParsedText(sentence).names, texts)]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("The talks of Ukraine went on.", "The Ukrainian delegation talked."),
        ("It hit the Russians.", "It hit Russia."),
        ("The firm in Denmark fell.", "The Danish firm fell."),
        ("The firm in Denmark fell.", "The Danes fell."),
        ("The deal with China fell.", "The Chinese deal fell."),
        ("Talks in the EU began.", "The European Union began talks."),
        ("Then the U.S. left.", "Then the United States left."),
        ("So President Zelenskyy left.", "Zelensky left."),
        ("So said Putin’s envoy.", "Putin sent an envoy."),
        ("On Monday in May it rained.", "It rained."),
    ],
)
def test_a_name_is_known_in_other_forms(sentence: str, text: str) -> None:
    """A people by its country, an acronym by its words, two spellings of one name; days and months are no names."""
    assert unknown(sentence, text) == []


@pytest.mark.parametrize(
    ("sentence", "text", "names"),
    [
        ("So Zelensky left.", "Putin left.", ["zelensky"]),
        ("Talks in Iran began.", "Talks in Iraq began.", ["iran"]),
        ("Ships left Austria.", "Ships left Australia.", ["austria"]),
        ("So John Smith left.", "Peter Smith left.", ["john"]),
        ("The EU left.", "The USA left.", ["eu"]),
    ],
)
def test_another_name_is_unknown(sentence: str, text: str, names: list[str]) -> None:
    """One that only looks like a name in the text is another one."""
    assert unknown(sentence, text) == names


def test_a_first_word_is_a_name_where_it_is_known_as_one() -> None:
    """At a sentence's beginning every word is large; it is a name if the text has it as one, or a name follows it."""
    assert [name.folded for name in ParsedText("Talks began.").names] == []
    assert [name.folded for name in ParsedText("Putin left.").names_among(frozenset({"putin"}))] == ["putin"]
    assert [name.folded for name in ParsedText("Boris Nemtsov left.").names] == ["boris", "nemtsov"]
