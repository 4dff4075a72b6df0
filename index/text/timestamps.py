"""Dates and times as people and programs write them, in ISO 8601 and UTC."""

import re
from datetime import UTC, date, datetime
from typing import Final

from onrecord.index.text.dates import find_date
from onrecord.index.text.english.calendar import WEEKDAY_SPELLINGS
from onrecord.index.text.english.word_sets import any_of

_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_AROUND: Final = re.compile(
    rf"(?:\b(?:{any_of(name for names in WEEKDAY_SPELLINGS for name in names)})\b|\(\w+\)|[\s.,])*", re.IGNORECASE
)
"""What may stand around a date: the day of the week, and the name of a zone whose offset is given."""
_WAYS: Final = "2024-05-16, 2024-05-16T08:55:24Z, 16 May 2024 or Thu, 16 May 2024 08:55:24 +0000"


def now_in_utc() -> str:
    """Return the present instant in ISO 8601 and UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def to_iso(written: str) -> str:
    """Return a date or an instant in ISO 8601, written in that form or as articles and mails have it.

    What follows ISO 8601 with hyphens is returned as it is. Raise `ValueError`, naming the value, if it is no date, if
    there is no such day, or if two days can be meant.
    """
    text = written.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        if _ISO_DATE.match(text):
            return text
        return _shortest(moment, text)
    found = find_date(text)
    around = (text[: found.span.start], text[found.span.end :]) if found else (text,)
    if found is None or not all(map(_AROUND.fullmatch, around)):
        raise ValueError(f"{written!r} is no date; write it like {_WAYS}.")
    if found.iso is None:
        raise ValueError(f"{written!r} is no day, or can mean two; write it like {_WAYS}.")
    return found.iso


def to_utc(written: str) -> str:
    """Write a date or an instant that `to_iso` reads as UTC to the second, so that texts are in the order of time.

    An instant without a zone counts as UTC, a date as its first moment. Raise `ValueError`, naming the value, if it is
    neither.
    """
    moment = datetime.fromisoformat(to_iso(written))
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{written!r} is before or after all dates; write it like {_WAYS}.") from error
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _shortest(moment: datetime, text: str) -> str:
    """Return the moment in ISO 8601 with hyphens, as a date if `text` has no time."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return moment.isoformat()
