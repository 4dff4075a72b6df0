import pytest

from onrecord.service.answers.facts.quoted import misquoted, quoted_in

PASSAGE = (
    'Putin declared such a deal is “legally impossible” due to Zelensky’s term. ‘We can’t wait,’ he said. "It\'s over."'
)


@pytest.mark.parametrize(
    "sentence",
    [
        'He called it "legally impossible".',
        "He called it “legally impossible.”",
        "He called it 'legally impossible'.",
        "He called it “such a deal … impossible”.",
        "“Such a deal is “legally impossible””, he said.",
        "He said: “We can't wait”.",
        "«It’s over», he said.",
        "It is Zelensky's term.",
    ],
)
def test_exact_words_pass(sentence: str) -> None:
    """Marks, a stop at the end and a first capital may differ, and words may be left out where it is shown."""
    assert misquoted(quoted_in(sentence), [PASSAGE]) is None


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("He called it “legally possible”.", "legally possible"),
        ("He called it “legal”.", "legal"),
        ("He called it “impossible legally”.", "impossible legally"),
        ("He said 'we will wait'.", "we will wait"),
        ("He said „we will wait“.", "we will wait"),
        ("He said „we will wait”.", "we will wait"),
        ("He called it “impossible … such a deal”.", "impossible … such a deal"),
    ],
)
def test_other_words_are_named(sentence: str, wrong: str) -> None:
    """A word changed, added or put elsewhere is no quotation, and neither is a part of a word."""
    assert misquoted(quoted_in(sentence), [PASSAGE]) == wrong


def test_apostrophes_open_no_quotation() -> None:
    """The mark of "Zelensky's" and "can't" is no quotation mark."""
    assert quoted_in("Zelensky's term can't end, the ministers' aides said.") == []
