"""Read numbers and dates as values: "5 mln", "five million" and "5,000,000" have the same value."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from onrecord.index.text.english.calendar import (
    MONTH_NUMBERS,
    MONTHS_THAT_ARE_WORDS,
    RELATIVE_DAYS,
    WEEKDAY_SPELLINGS,
    WEEKDAYS_THAT_ARE_WORDS,
    YEAR_PATTERN,
)
from onrecord.index.text.english.numbers import NUMERALS, ORDINALS, SCALES, SHORT_SCALES, UNITS, WORDS_FOR_ABOUT
from onrecord.index.text.english.word_sets import any_of
from onrecord.index.values import Span

_SCALES = SCALES | SHORT_SCALES
_ORDINALS = {word: str(value) for word, value in ORDINALS.items() if value > 2}
"""Ordinals from "third" on, because "first" and "second" have other meanings as well."""
_MONTHS = {name: f"month {number}" for name, number in MONTH_NUMBERS.items()}
_DAYS = {
    name: f"day {names[0]}"
    for names in WEEKDAY_SPELLINGS
    for name in names
    if name not in WEEKDAYS_THAT_ARE_WORDS - {"wed"}
}
_NUMBER_WORDS = any_of(NUMERALS)
_SCALE_WORDS = any_of(set(_SCALES) - {"k", "m", "tn"})
_DIGITS = re.compile(
    # These are "1,234.5", "5.5 mln", "20th", and the 3 of "3-month"; a comma must separate thousands.
    r"(?<![\w.])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<ordinal>st|nd|rd|th)\b|[\s\xa0-]?(?P<scale>" + _SCALE_WORDS + r"|tn)\b"
    r"|(?P<letter>[km])\b)?",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"(?<![\w./])(\d{1,4})-(\d)/(\d{1,2})(?![\w/])")
_WORDS = re.compile(
    rf"\b(?:a(?=\s+(?:{_SCALE_WORDS})\b)|(?:{_NUMBER_WORDS})\b)(?:[\s-]+(?:and\s+)?(?:{_NUMBER_WORDS}|{_SCALE_WORDS})\b){{0,8}}",
    re.IGNORECASE,
)
_PARTS = {"half": 50, "third": 33, "quarter": 25, "fifth": 20, "tenth": 10}
"""The words for parts of a whole, with the percents that they are."""
_COUNTS_OF_PARTS = tuple(word for word, value in UNITS.items() if 1 <= value <= 4)
_PART = re.compile(
    rf"\b(?:(?:(?P<count>an?|{any_of(_COUNTS_OF_PARTS)})[ -]"
    r"(?P<part>third|quarter|fifth|tenth)s?(?! of an hour)(?=\W*\Z|[.,;:)]"
    r"| (?:of|in|on|to|since|lower|higher|less|more|fewer|from|this|last|after|before|and|over|by)\b))"
    r"|(?:(?<=by )|(?<=nearly )|(?<=almost )|(?<=about )|(?<=than )|(?<=only )|(?<=least )|(?<=lost ))half\b"
    r"|half(?= (?:of|the|its|their|his|her|those|these)\b))",
    re.IGNORECASE,
)
_ORDINAL_WORDS = re.compile(rf"\b(?:{any_of(_ORDINALS)})\b", re.IGNORECASE)
_CALENDAR = re.compile(rf"\b(?P<name>{any_of(_MONTHS | _DAYS)})\b\.?", re.IGNORECASE)
_RELATIVE = re.compile(
    rf"\b(?:{any_of(RELATIVE_DAYS)})\b"
    r"|\b(?P<which>last|past|previous|next|coming|this)\s+(?P<unit>night|week|weekend|month|quarter|year|decade|century)\b",
    re.IGNORECASE,
)
_WHICH = {"past": "last", "previous": "last", "coming": "next"}
_ROUND = re.compile(
    rf"\b(?:(?P<near>{any_of(WORDS_FOR_ABOUT | {'circa'})})|(?P<under>nearly|almost|close to|up to|just under)"
    r"|(?P<over>more than|over|at least|above|exceeding|just over))\s+(?:[$€£]\s?)?$",
    re.IGNORECASE,
)
_ROUNDING_FACTORS = {
    "near": (Decimal("0.95"), Decimal("1.05")),
    "under": (Decimal("0.9"), Decimal(1)),
    "over": (Decimal(1), Decimal("1.1")),
}
"""The least and the greatest factor between a number that is written with such a word and the exact one."""
_DATED = re.compile(
    r"\b(?:in|by|since|until|till|of|last|next|this|early|late|mid|from|to|between|and|through)[\s-]+$|\d\s*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_YEAR = re.compile(YEAR_PATTERN)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, a month, a weekday or a time like "next year", as a value that is the same for all spellings."""

    value: str
    """A number in digits, or "month 5", "day monday", "time next year"."""
    span: Span
    """The place in the text."""

    @property
    def is_calendar(self) -> bool:
        """Whether it is a month, a weekday, or a time like "last week"."""
        return self.value.startswith(("month", "day", "time"))


def find_figures(text: str) -> list[Figure]:
    """Return the figures of the text in order, without a lone "one", which is a pronoun as often as a number.

    Parts of a whole are percents: "a fifth" is 20.
    """
    found: list[Figure] = []
    taken: list[Span] = []

    def take(start: int, end: int, value: str) -> None:
        span = Span(start, end)
        if not any(span.overlaps(other) for other in taken):
            taken.append(span)
            found.append(Figure(value, span))

    for match in _FRACTION.finditer(text):
        if int(match[3]):
            take(match.start(), match.end(), _plain(Decimal(match[1]) + Decimal(match[2]) / Decimal(match[3])))
    for match in _PART.finditer(text):
        count = (match["count"] or "a").casefold()
        take(match.start(), match.end(), str(_PARTS[(match["part"] or "half").casefold()] * NUMERALS.get(count, 1)))
    for match in _DIGITS.finditer(text):
        number = Decimal(match["number"].replace(",", ""))
        scale = (match["scale"] or match["letter"] or "").casefold()
        value = _plain(number * _SCALES.get(scale, 1))
        take(match.start(), match.end(), value)
    for match in _WORDS.finditer(text):
        value = _in_words(match.group())
        if match.group().casefold() != "one":
            take(match.start(), match.end(), value)
    for match in _ORDINAL_WORDS.finditer(text):
        take(match.start(), match.end(), _ORDINALS[match.group().casefold()])
    for match in _CALENDAR.finditer(text):
        if _is_calendar(text, match):
            name = match["name"].casefold()
            take(match.start(), match.end("name"), _MONTHS.get(name) or _DAYS[name])
    for match in _RELATIVE.finditer(text):
        which = (match["which"] or "").casefold()
        value = f"{_WHICH.get(which, which)} {match['unit'].casefold()}" if which else match.group().casefold()
        take(match.start(), match.end(), f"time {value}")
    return sorted(found, key=lambda figure: figure.span)


def is_number(value: str) -> bool:
    """Say whether the value of a figure is a number."""
    return bool(_NUMBER.fullmatch(value))


def is_year(value: str) -> bool:
    """Say whether the value of a figure is a number that may be a year, from 1500 to 2099."""
    return bool(_YEAR.fullmatch(value))


def is_borne_out(figure: Figure, text: str, values: Collection[str]) -> bool:
    """Say whether a figure of the text is among the values, or is one of them rounded by a word such as "about"."""
    if figure.value in values:
        return True
    if figure.is_calendar:
        return False
    numbers = [Decimal(value) for value in values if is_number(value)]
    value = Decimal(figure.value)
    if text[figure.span.end : figure.span.end + 1] == "s" and value % 10 == 0:
        return any(value <= number < value + 10 for number in numbers)
    match = _ROUND.search(text[: figure.span.start])
    if match is None:
        return False
    below, above = _ROUNDING_FACTORS[match.lastgroup or ""]
    return any(value * below <= number <= value * above for number in numbers)


def _is_calendar(text: str, match: re.Match[str]) -> bool:
    """Say whether the match is the name of a month or day: "May" and "March" are also words, and "sun" is no day."""
    name = match["name"]
    if not name[0].isupper():
        return False
    if name.casefold() not in MONTHS_THAT_ARE_WORDS | WEEKDAYS_THAT_ARE_WORDS:
        return True
    return bool(_DATED.search(text[: match.start()]) or re.match(r"\.?\s*\d", text[match.end("name") :]))


def _in_words(text: str) -> str:
    """Return the value of number words, such as "two hundred and five" or "three million"."""
    total, part = 0, 0
    for word in re.split(r"[\s-]+", text.casefold()):
        if word == "a":
            part = 1
        elif word in NUMERALS:
            part += NUMERALS[word]
        elif word == "hundred":
            part = max(1, part) * 100
        elif word in _SCALES:
            total, part = total + max(1, part) * _SCALES[word], 0
    return _plain(Decimal(total + part))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
