"""The words that are marked in a quote point at the answer, and never at its opposite."""

import pytest

from onrecord.index.values import Span
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.quoting.marks import place_marks


@pytest.mark.parametrize(
    ("question", "quote", "read", "marked"),
    [
        (
            "On which days do ferries run?",
            "Ferries to Loe run daily except Sundays.",
            "Sundays",
            "Loe run daily except Sundays",
        ),
        ("When is it open?", "It is open every day but Monday.", "every day", "open every day but Monday"),
        ("Where is fishing allowed?", "Fishing is not allowed in the harbour.", "the harbour", None),
        ("Where are dogs allowed?", "Dogs are banned from the beach.", "the beach", None),
        ("Where is fishing not allowed?", "Fishing is not allowed in the harbour.", "the harbour", "the harbour"),
        ("Who won the match?", "Rovers beat City 3-1 on Saturday.", "City 3-1", "Rovers"),
        ("Who won the match?", "Rovers lost 1-3 to City on Saturday.", "Rovers", "City"),
        ("Who lost the match?", "Rovers beat City 3-1 on Saturday.", "Rovers", "City"),
        ("How many ships in 2022?", "It had 412 ships in 2023, up from 390 in 2022.", "412", "390"),
        ("How many ships in 2023?", "It had 412 ships in 2023, up from 390 in 2022.", "412", "412"),
        ("Who leads it?", "The delegation is led by Kirill Dmitriev.", "Kirill Dmitriev", "Kirill Dmitriev"),
    ],
)
def test_marks_point_at_the_answer(question: str, quote: str, read: str, marked: str | None) -> None:
    """None stands for the whole clause."""
    start = quote.index(read)
    placed = place_marks(question, quote, Span(start, start + len(read)), parse=ParsedText)
    assert placed.of(quote) == (marked or quote.rstrip("."))
