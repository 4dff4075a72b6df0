"""Other numbers and other dates."""

import random
import re
from collections.abc import Sequence

from bench.quality.claims.corruption.setting import Change, Setting, put
from bench.quality.claims.word_tables import DAYS, MONTHS, NUMBER_WORDS, ORDINALS

_FIGURE = re.compile(r"(?<![\w.,-])[$£]?(?P<n>\d[\d.,]*\d|\d)(?![\d\w])")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
_WORDED = re.compile(
    r"\b(?:"
    + "|".join(
        (
            *NUMBER_WORDS[1:],
            *ORDINALS,
            "hundred",
            "thousand",
            "million",
            "billion",
            "mln",
            "bln",
            "half",
            "double",
            "twice",
        )
    )
    + r")\b"
)
_SCALES = {
    "million": ("billion", "thousand"), "billion": ("million", "trillion"), "thousand": ("million", "hundred"),
    "hundred": ("thousand",), "mln": ("bln",), "bln": ("mln",), "half": ("a third", "a quarter", "three quarters"),
    "double": ("triple", "quadruple"), "twice": ("three times", "five times"),
}  # fmt: skip


def number(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put another number in the place of one: one of the article's, or a like one."""
    there = set(re.findall(r"\d[\d.,]*\d|\d", setting.evidence))
    places = [
        m for m in _FIGURE.finditer(claim)
        if not _YEAR.fullmatch(m["n"]) and not _is_date(claim, m.start(), m.end())
    ]  # fmt: skip
    words = list(_WORDED.finditer(claim))
    if not places and not words:
        return None
    match = chance.choice(places + words)
    old = match.group()
    if match.re is _WORDED:
        if old in _SCALES:
            new = chance.choice(_SCALES[old])
        else:
            row: Sequence[str] = ORDINALS if old in ORDINALS else NUMBER_WORDS
            if old == "one" and not re.match(r" (?:of|hundred|million)", claim[match.end() :]):
                return None
            at = row.index(old)
            near = [row[i] for i in range(max(1, at - 4), min(len(row), at + 5)) if i != at]
            new = chance.choice(near)
            if (
                row is NUMBER_WORDS
                and (str(row.index(new)) in there or re.search(rf"\b{new}\b", setting.evidence))
                and chance.random() < 0.5
            ):
                return None
        return put(claim, match.start(), match.end(), new)
    old = match["n"]
    others = [n for n in there if n != old and _value(n) != _value(old) and n not in claim and not _YEAR.fullmatch(n)]
    new = chance.choice(sorted(others)) if others and chance.random() < 0.35 else _near(old, chance)
    if _value(new) == _value(old) or (new in there and new not in others):
        return None
    start = match.start("n")
    return put(claim, start, start + len(old), new)


def _is_date(text: str, start: int, end: int) -> bool:
    months = "|".join((*MONTHS, *(month[:3] for month in MONTHS)))
    return bool(re.search(rf"(?:{months})\.? \Z", text[:start]) or re.match(rf" (?:{months})\b", text[end:]))


def _value(figure: str) -> float:
    try:
        return float(figure.replace(",", ""))
    except ValueError:
        return -1.0


def _near(figure: str, chance: random.Random) -> str:
    digits = [i for i, c in enumerate(figure) if c.isdigit()]
    drawn = chance.random()
    if drawn < 0.15 and "." not in figure and "," not in figure and len(figure) < 4:
        return figure + "0"
    if drawn < 0.3 and len(digits) > 1 and figure[digits[0]] != figure[digits[1]] and figure[digits[1]] != "0":
        i, j = digits[0], digits[1]
        return figure[:i] + figure[j] + figure[i + 1 : j] + figure[i] + figure[j + 1 :]
    at = digits[0] if drawn < 0.8 else chance.choice(digits)
    choices = [c for c in "123456789" if c != figure[at]]
    return figure[:at] + chance.choice(choices) + figure[at + 1 :]


_DATE = re.compile(
    r"\b(?:(?P<month>"
    + "|".join((*MONTHS[:4], *MONTHS[5:]))
    + r"|May(?= \d)|(?<=[Ii]n )May)|(?P<day>"
    + "|".join(DAYS)
    + r")|(?P<year>(?:1[0-9]|20)\d\d)"
    r"|(?P<century>\d\d?)(?:th|st|nd|rd) century|(?P<decade>(?:1[0-9]|20)\d)0s"
    r"|(?P<when>yesterday|today|tomorrow|(?:last|next|this) (?:week|month|year|night|summer|winter)|"
    r"(?:first|second|third|fourth) quarter|in the morning|in the evening))\b"
)
_WHENS = (
    ("yesterday", "today", "tomorrow"), ("last week", "next week"), ("last month", "next month"),
    ("last year", "next year", "this year"), ("this week", "last week"), ("this month", "next month"),
    ("this year", "next year", "last year"), ("next year", "last year"), ("next week", "last week"),
    ("next month", "last month"), ("first quarter", "second quarter", "third quarter", "fourth quarter"),
    ("in the morning", "in the evening"), ("last summer", "last winter"),
)  # fmt: skip


def date(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put another year, month, day of the week or time in the place of one."""
    places = list(_DATE.finditer(claim))
    places += [m for m in _FIGURE.finditer(claim) if _is_date(claim, m.start(), m.end()) and len(m["n"]) < 3]
    if not places:
        return None
    match = chance.choice(places)
    old = match.group()
    if match.re is _FIGURE:
        new = str(chance.choice([d for d in range(1, 29) if str(d) != match["n"]]))
        return put(claim, match.start("n"), match.end("n"), new)
    if match["month"]:
        new = chance.choice([m for m in MONTHS if m != old])
    elif match["day"]:
        new = chance.choice([d for d in DAYS if d != old])
    elif match["year"]:
        years = [y for y in set(_YEAR.findall(setting.evidence)) if y != old and y not in claim]
        near = int(old) + chance.choice([-100, -50, -20, -12, -10, -7, -5, -3, -2, -1, 1, 2, 3, 4, 6, 8, 10, 15, 30])
        new = chance.choice(sorted(years)) if years and chance.random() < 0.4 else str(near)
    elif match["century"]:
        near = int(match["century"]) + chance.choice([-2, -1, 1, 2])
        if near < 4 or near > 20:
            return None
        return put(claim, match.start(), match.end(), f"{near}th century")
    elif match["decade"]:
        new = f"{int(match['decade']) + chance.choice([-3, -2, -1, 1, 2])}0s"
    else:
        rows = [row for row in _WHENS if old in row]
        if not rows:
            return None
        new = chance.choice([w for w in chance.choice(rows) if w != old])
    if new in claim or f"{new}" == old:
        return None
    return put(claim, match.start(), match.end(), new)
