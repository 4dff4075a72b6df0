"""The time that a question asks about, as the days on which articles appeared."""

from datetime import date

import pytest

from onrecord.service.answers.question.asked_time import Period, read_asked_time, without_latest

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("question", "first", "end"),
    [
        ("What happened in Orn yesterday?", date(2026, 11, 24), date(2026, 11, 26)),
        ("What happened in Orn today?", date(2026, 11, 25), date(2026, 11, 26)),
        ("What did Petri say this week?", date(2026, 11, 23), None),
        ("What happened last week?", date(2026, 11, 16), date(2026, 11, 25)),
        ("What happened this year?", date(2026, 1, 1), None),
        ("What happened last month?", date(2026, 10, 1), date(2026, 11, 3)),
        ("What happened in Orn on 4 March 2024?", date(2024, 3, 4), date(2024, 3, 6)),
        ("What happened in Orn in May 2023?", date(2023, 5, 1), date(2023, 6, 3)),
        ("What happened in Orn in 2023?", date(2023, 1, 1), date(2024, 1, 3)),
        ("What happened in Orn after 2024?", date(2025, 1, 1), None),
        ("What happened before April 2020?", None, date(2020, 4, 1)),
    ],
)
def test_a_time_is_read_as_days(question: str, first: date | None, end: date | None) -> None:
    """An event is reported on its day or the next."""
    assert read_asked_time(question, today=WEDNESDAY) == Period(first, end)


@pytest.mark.parametrize(
    "question",
    [
        "How many people live there today?",
        "Who won the cup in 1998?",
        "How did he last so long?",
        "What is new in March?",
    ],
)
def test_another_question_asks_articles_of_any_time(question: str) -> None:
    """An event of a year may be reported in any other year."""
    assert read_asked_time(question, today=WEDNESDAY) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("What is the latest news from Orn?", "What happened in Orn?"),
        ("what's the latest on the storm", "What happened with the storm?"),
        ("Who is the latest mayor of Orn?", "Who is the latest mayor of Orn?"),
    ],
)
def test_the_latest_is_what_happened(typed: str, read: str) -> None:
    """The order of the quotes makes it the newest."""
    assert without_latest(typed) == read
