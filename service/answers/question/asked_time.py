"""Read the time that a question asks about: yesterday, this week, in May 2023, after 2024.

The days are those on which articles appeared, because a report appears on the day of its event or on the next one.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from onrecord.index.text.english.calendar import MONTH_NUMBERS, MONTHS_THAT_ARE_WORDS
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.values import Filters

_DAY = timedelta(days=1)
_RELATIVE = re.compile(
    r"\b(?P<day>yesterday|today|tonight|this morning|last night)\b"
    r"|\b(?P<which>this|last|the past|the last) (?P<unit>week|month|year)\b",
    re.IGNORECASE,
)
_MONTH = rf"(?P<month>{any_of(MONTH_NUMBERS.keys() - (MONTHS_THAT_ARE_WORDS - {'may', 'march'}))})\.?"
_DATED = re.compile(
    r"\b(?P<word>in|during|on|of|after|since|before|until)\s+(?:the\s+)?(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
    rf"(?:{_MONTH}(?:\s+(?P<late>\d{{1,2}})\b(?!\d))?,?\s*)?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_OF_EVENTS = re.compile(r"\b(?:happen\w*|news|reported|announced|going on|took place|events?|latest)\b", re.IGNORECASE)
"""Words for events in general. A question without them names its event, which may be reported years later."""
_PAST = re.compile(r"\b(?:did|was|were|said|\w{3,}ed)\b", re.IGNORECASE)
_LATEST = re.compile(
    r"^\W*(?:what(?:[’']s| is| are|[’']re)|any|tell me)?\s*(?:the )?(?:latest|newest|most recent)"
    r"(?: news| developments?| updates?)?\s+(?P<word>from|in|on|about|of|with|at)\s+(?P<topic>.+?)[\s?.!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` until before `end`; None is open."""

    first: date | None
    end: date | None

    def narrow(self, filters: Filters) -> Filters:
        """Return the filters, with this period where they set no bound."""
        return replace(
            filters,
            published_after=filters.published_after or (f"{self.first}T00:00:00" if self.first else None),
            published_before=filters.published_before or (f"{self.end}T00:00:00" if self.end else None),
        )


def read_asked_time(question: str, *, today: date) -> Period | None:
    """Return the days of the articles that a question asks for; None if it names no time that restricts them."""
    if relative := _RELATIVE.search(question):
        return _relative(relative, question, today)
    if not _OF_EVENTS.search(question):
        return None
    dated = _DATED.search(question)
    return _dated(dated) if dated else None


def without_latest(question: str) -> str:
    """Return "What happened in Orn?" for "What is the latest from Orn?", or the question as it is."""
    latest = _LATEST.match(question)
    if latest is None:
        return question
    word = "in" if latest["word"].lower() in ("from", "in", "at") else "with"
    return f"What happened {word} {latest['topic']}?"


def _relative(match: re.Match[str], question: str, today: date) -> Period | None:
    day, unit = (match["day"] or "").lower(), (match["unit"] or "").lower()
    if day in ("yesterday", "last night"):
        return Period(today - _DAY, today + _DAY)
    if day:
        # In "How many people live there today?" the word means these years.
        happened = _OF_EVENTS.search(question) or _PAST.search(question)
        return Period(today, today + _DAY) if happened else None
    last = match["which"].lower() != "this"
    if unit == "week":
        monday = today - today.weekday() * _DAY
        return Period(monday - 7 * _DAY, monday + 2 * _DAY) if last else Period(monday, None)
    if unit == "month":
        first = today.replace(day=1)
        return Period((first - _DAY).replace(day=1), first + 2 * _DAY) if last else Period(first, None)
    first = today.replace(month=1, day=1)
    return Period(first.replace(year=first.year - 1), first + 2 * _DAY) if last else Period(first, None)


def _dated(match: re.Match[str]) -> Period | None:
    year, month = int(match["year"]), MONTH_NUMBERS.get((match["month"] or "").lower())
    number = match["day"] or match["late"]
    try:
        first = date(year, month or 1, int(number) if number and month else 1)
    except ValueError:
        return None
    if number and month:
        end = first + 2 * _DAY
    elif month:
        end = (first + 32 * _DAY).replace(day=1) + 2 * _DAY
    else:
        end = date(year + 1, 1, 1) + 2 * _DAY
    match match["word"].lower():
        case "after":
            return Period(end - 2 * _DAY, None)
        case "since":
            return Period(first, None)
        case "before" | "until":
            return Period(None, first)
        case _:
            return Period(first, end)
