import pytest

from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.facts.polarity import contradiction


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The bank will not raise rates.", "The bank will raise rates in May."),
        ("The bank will raise rates.", "The bank will not raise rates in May."),
        ("He never met the envoy.", "He met the envoy on Monday."),
        ("Profits rose.", "Profits fell in the third quarter."),
        ("The deal is possible.", "He said the deal is impossible."),
        ("The talks ended after the strike.", "The talks ended before the strike."),
        ("The ministers agreed on the plan.", "The plan is still under discussion, the ministers said."),
        ("The firm bought the mine.", "The firm may buy the mine; nothing was signed."),
        ("The minister confirmed the report.", "The minister denied the report."),
        ("The country exports wheat.", "The country imports wheat."),
    ],
)
def test_the_opposite_is_seen(claim: str, evidence: str) -> None:
    """A "not" put in or left out, an opposite, and a plan that is told as done."""
    assert contradiction(ParsedText(claim), ParsedText(evidence))


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The bank refused to raise rates.", "The bank will not raise rates in May."),
        ("The deal is not possible.", "He said the deal is impossible."),
        ("Profits rose, while sales fell.", "Sales fell and profits rose."),
        ("The bank will raise rates.", "The bank, which did not comment, will raise rates."),
        ("He said the firm may buy the mine.", "The firm may buy the mine, he said."),
        ("The firm plans to buy the mine.", "The firm intends to buy the mine."),
        ("The harbour is to open in May.", "The harbour will open in May."),
        ("Nobody was hurt.", "There were no injuries, and no one was hurt."),
    ],
)
def test_the_same_in_other_words_is_no_contradiction(claim: str, evidence: str) -> None:
    """A negation in other words, and one that governs something else, contradict nothing."""
    assert contradiction(ParsedText(claim), ParsedText(evidence)) is None
