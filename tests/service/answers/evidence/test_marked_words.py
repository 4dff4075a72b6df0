"""Marked words are refused where they cannot be what a question asks for, and taken where they may be."""

import pytest

from onrecord.index.values import Span
from onrecord.service.answers.evidence.marked_words import is_of_another_year, may_answer
from onrecord.service.answers.facts.parsed_text import ParsedText


def fits(question: str, sentence: str) -> bool:
    """Say whether the words in square brackets may answer."""
    start, end = sentence.index("["), sentence.index("]") - 1
    plain = sentence.replace("[", "").replace("]", "")
    return may_answer(ParsedText(question), ParsedText(plain), Span(start, end))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How much did the bridge cost?", "The bridge cost [40 million euros]."),
        ("How much does a ticket cost?", "Tickets are [R350] at the door."),
        ("How much was the driver fined?", "A court fined him [two hundred pounds]."),
        ("What is the mayor's salary?", "Ms Reis is paid [$90,000] a year."),
        ("How much rain fell?", "Some [30 millimetres] fell overnight."),
        ("How many people were hurt?", "The crash left [twelve people] in hospital."),
        ("How many people were hurt?", "The crash left [12] in hospital."),
        ("How many people were hurt?", "[No one] was hurt."),
        ("How many houses burnt?", "At least [14 stone houses] burnt down."),
        ("How many dollars did it cost?", "It cost [$5]."),
        ("How many died, and how many houses burnt?", "The fire took [14] houses."),
        ("When does the pool open?", "The pool opens [next Saturday]."),
        ("When did she resign?", "She resigned [after the vote]."),
        ("What year was it built?", "It was built in [1874]."),
        ("Who opened the bridge?", "[Ana Reis] opened it."),
        ("Who put out the fire?", "[Volunteer firefighters] put it out."),
        ("Who owns the bank?", "The bank belongs to [the government]."),
        ("Is the pool open?", "The [pool is open]."),
        ("Why did it close?", "It closed [for lack of money]."),
        ("What share of voters stayed at home?", "[A third] of voters stayed at home."),
    ],
)
def test_words_that_may_be_meant_are_taken(question: str, sentence: str) -> None:
    """Money for a price, a number for a count, a time, a person; anything for other questions."""
    assert fits(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How much did the bridge cost?", "The bridge is [40 metres] long."),
        ("How much was the driver fined?", "The [driver, 42,] was fined."),
        ("What is the mayor's salary?", "The council has [three members]."),
        ("How many tonnes were sold?", "Sales came to [$6.9 billion]."),
        ("How many people were hurt?", "Unemployment fell to [6 %]."),
        ("How many people were hurt?", "The block has [140] apartments."),
        ("How many people were hurt?", "Many asked [for help]."),
        ("When does the pool open?", "The pool opens [its doors to swimmers]."),
        ("Who opened the bridge?", "It was opened [with a long speech]."),
        ("Who opened the bridge?", "It was opened in [1874]."),
        ("What is the harbour's phone number?", "The [harbour] is open."),
    ],
)
def test_words_that_cannot_be_meant_are_not(question: str, sentence: str) -> None:
    """A length is no price, a price no weight, flats are no people, and the question's own words tell nothing."""
    assert not fits(question, sentence)


@pytest.mark.parametrize(
    ("question", "near", "published", "other"),
    [
        ("Who won the race in 1985?", "Reis won the race of 1987.", "1987-05-01", True),
        ("Who won the race in 1985?", "Reis won in 1985 and 1987.", "1987-05-01", False),
        ("Who won the race in 1987?", "Reis won, as in 1985.", "1987-05-01", False),
        ("Who won the race in 1986?", "Reis won last May, as in 1980.", "1987-05-01", False),
        ("Who won the race in 1985?", "Reis won the race.", "1987-05-01", False),
        ("Who won the race?", "Reis won the race of 1987.", "1987-05-01", False),
        ("Who won the race in 1985?", "Reis won the race of 1987.", None, False),
    ],
)
def test_a_sentence_of_another_year_is_told(question: str, near: str, published: str | None, other: bool) -> None:
    """Unless the year that is asked for may be the one that the article speaks of without naming it."""
    assert is_of_another_year(ParsedText(question), ParsedText(near), published) is other
