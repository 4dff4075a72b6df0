"""Search for dates as news sites write them, and their form in ISO 8601."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onrecord.index.text.english.calendar import MONTH_SPELLINGS
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.values import Span

# The names of the months in other languages, January first, without those that are spelt as in English.
_FOREIGN_MONTHS: Final = (
    "januar janvier janv enero ene gennaio gen janeiro января янв січня січ",
    "febr februar février févr febrero febbraio fevereiro fev февраля фев лютого лют",
    "märz mars marzo março марта мар березня бер",
    "avril abril abr aprile апреля апр квітня кві",
    "mai mayo maggio maio мая травня тра",
    "juni juin junio giugno junho июня июн червня чер",
    "juli juillet juil julio luglio julho июля июл липня лип",
    "août agosto ago августа авг серпня сер",
    "septembre septiembre settembre setembro set сентября сен вересня вер",
    "oktober okt octobre octubre ottobre outubro out октября окт жовтня жов",
    "novembre noviembre novembro ноября ноя листопада лис",
    "dezember dez décembre diciembre dic dicembre dezembro декабря дек грудня гру",
)
_MONTHS: Final = {
    name: number
    for number, (names, foreign) in enumerate(zip(MONTH_SPELLINGS, _FOREIGN_MONTHS, strict=True), start=1)
    for name in (*names, *foreign.split())
}
_MONTH: Final = any_of(_MONTHS)

_ZONES: Final = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT"), "+00:00"),
    "EST": "-05:00",
    "EDT": "-04:00",
    "CST": "-06:00",
    "CDT": "-05:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
}
"""The offsets of zones that RFC 2822 names, and of those of the European Union."""
_TIME: Final = (
    r"(?:(?:\s*[,|·•@–—-]\s*|T|\s+)(?:(?:at|um|à|в|о)\s+)?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,6})?)?(?!\d)"
    r"(?:\s{0,2}(?P<half>[ap])\.?m\b\.?)?"
    rf"(?:\s{{0,2}}(?P<zone>[+-]\d{{2}}:?\d{{2}}|{any_of(_ZONES)})(?!\w))?)?"
)
_SHAPES: Final = tuple(
    re.compile(shape + _TIME, re.IGNORECASE)
    for shape in (
        # Year first: "2025-12-01 08:55:24" and "2025/12/01".
        r"(?<![\d/.-])(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
        # Day and a month's name: "26-FEB-1987 15:01:01.79", "1st Dec. 2025" and "1 de diciembre de 2025".
        rf"(?<![\d/.-])(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-](?:(?:de|of)\s)?(?P<name>{_MONTH})\.?,?[\s-](?:de\s)?(?P<year>\d{{4}})(?!\d)",
        # Month's name first: "December 1, 2025" and "Dec. 1st 2025".
        rf"(?<!\w)(?P<name>{_MONTH})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})(?!\d)",
        # In "01.12.2025" the day comes first, as everywhere with full stops.
        r"(?<![\d/.-])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)",
        # "13/12/2025" and "12/13/2025" can be read because one of the numbers can be no month.
        r"(?<![\d/.-])(?P<first>\d{1,2})/(?P<second_>\d{1,2})/(?P<year>\d{4})(?!\d)",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A date in a text. `iso` has a time or an offset if the text has; None: no such day, or two days are possible."""

    span: Span
    iso: str | None


def find_date(text: str) -> FoundDate | None:
    """Return the first date with a day, a month and a year in `text`, or None."""
    matches = [match for match in (shape.search(text) for shape in _SHAPES) if match]
    if not matches:
        return None
    first = min(matches, key=lambda match: match.start())
    return FoundDate(span=Span(first.start(), first.end()), iso=_iso(first))


def _iso(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    if parts.get("name"):
        month, day = _MONTHS[parts["name"].lower()], int(parts["day"])
    elif parts.get("first"):
        month, day = int(parts["first"]), int(parts["second_"])
        if month <= 12 and day <= 12 and month != day:
            return None
        month, day = (day, month) if month > 12 else (month, day)
    else:
        month, day = int(parts["month"]), int(parts["day"])
    try:
        if parts["hour"] is None:
            return datetime(int(parts["year"]), month, day).date().isoformat()
        hour = int(parts["hour"])
        if parts["half"] and 1 <= hour <= 12:
            hour = hour % 12 + (12 if parts["half"].lower() == "p" else 0)
        moment = datetime(int(parts["year"]), month, day, hour, int(parts["minute"]), int(parts["second"] or 0))
    except ValueError:
        return None
    return moment.isoformat() + _offset(parts["zone"])


def _offset(zone: str | None) -> str:
    if zone is None:
        return ""
    return _ZONES.get(zone.upper()) or f"{zone[:3]}:{zone[-2:]}"
