"""A sentence that goes on behind a line break stays whole, and so does what it says."""

import pytest

from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.text.line_breaks import runs_on
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import BlockKind, Span

# A line of more than 120 characters tells that the lines of a text are not wrapped.
LONG = (
    "The council of Orn met on Friday for the ninth time this year to talk about the bridge, the two schools in the "
    "north of the town and the price of water."
)
LONGER = f"{LONG[:-1]}, and nobody who was there, the mayor and the two clerks included, says that"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The city denies that", "Mayor Ana Petri took bribes."),
        ("There is no proof that", "Kell Works poisoned the river."),
        ("The company denied", "Ruth Sand had been paid."),
        ("Nobody at the ministry believes", "General Osk gave the order."),
        ("The bridge will not open unless", "Parliament agrees."),
        ("It is false, the court found, and", "Lena Moss never said so."),
        ("He was not the", "Prime Minister at the time."),
        ("The police doubt whether", "Ivo Petrov was there."),
        ("The minister has not", "Signed the treaty."),
        ("She rejected the claim of", "Brenhaven Shipping."),
        ("The mayor took no", "Bribes."),
        ("Prosecutors dropped the charge and", "Omar Haddad went home."),
        ("The report blamed the weather", "and not the pilot."),
    ],
)
def test_a_sentence_without_its_end_goes_on(before, after):
    assert runs_on(before, after)
    article = f"Council\n\n{LONG}\n\n{before}\n{after}\n\n{LONG}\n"
    sentences = [
        span.of(article)
        for block in read_article(article, title=None).blocks
        if block.kind is BlockKind.PARAGRAPH
        for span in split_sentences(article, block.span)
    ]
    assert f"{before}\n{after}" in sentences


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The city denies it.", "Mayor Ana Petri took bribes."),
        ("Background", "Mayor Ana Petri was elected in 2019."),
        ("A new report", "Inspectors found faults in every lift."),
        ("By Hanna Weiss", "Brenhaven Courier"),
        ("What the report says:", "Mayor Ana Petri took bribes."),
        ("“We will not pay that”", "Mayor Ana Petri left the room."),
        ("Chapter one", "It began in May."),
        ("The talks explained", "Ministers met for the third time."),
        ("https://example.com/a", "Mayor Ana Petri was elected in 2019."),
        ("市议会否认", "市长受贿。"),
    ],
)
def test_a_line_that_may_end_is_a_line_of_its_own(before, after):
    assert not runs_on(before, after)


def test_a_long_line_goes_on_as_well():
    text = f"{LONGER}\nMayor Ana Petri took bribes. She left."
    assert [span.of(text) for span in split_sentences(text, Span(0, len(text)))] == [
        f"{LONGER}\nMayor Ana Petri took bribes.",
        "She left.",
    ]
