"""A list asked for is a list given: quotes that bring members still missing go before those that bring none."""

import math
import re
from collections.abc import Sequence

from onrecord.index.text.english.calendar import MONTHS, WEEKDAYS
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.names import NAME_PATTERN
from onrecord.index.text.terms import fold_case, stem
from onrecord.service.answers.question.question import AnswerKind, Question

_GAIN = 0.5
"""Log-odds for the first new member. Judgement: on our own questions 0 and .5 do equally well."""
_NAME = re.compile(rf"\b{NAME_PATTERN}")
_ITEM = r"[^\s,;:.!?()“”\"][^,;:.!?()“”\"\n]{0,60}"
_SERIES = re.compile(rf"{_ITEM}(?:, {_ITEM})*,?[ ](?:and|or|as well as)[ ]{_ITEM}")
_PARTS = re.compile(r", (?:and |or |as well as )?| (?:and|or|as well as) ")
_BULLET = re.compile(r"^\s*(?:[-–•*·]|\d+[.)])?\s*(?=\w)", re.MULTILINE)
_NO_MEMBERS = frozenset({*MONTHS, *WEEKDAYS})


def find_members(quote: str, question: Question) -> frozenset[str]:
    """Return what the quote names or enumerates and the question does not, each by the stem of its last word.

    Of "Marco Rubio, David Lammy and two aides" the members are "rubio", "lammi" and "aid". Asked who, names alone are.
    """
    names = {_last(match.group()) for match in _NAME.finditer(quote)}
    items: set[str | None] = set()
    if question.kind is not AnswerKind.PERSON:
        for series in _SERIES.finditer(quote):
            items.update(_last(part) for part in _PARTS.split(series.group()))
        announced = quote.partition(":\n")[2]
        items.update(_last(line) for line in _BULLET.sub("", announced).splitlines())
    return frozenset(member for member in names | items if member and member not in question.parsed.stem_set)


def take_in_turn(question: Question, quotes: Sequence[str], scores: Sequence[float]) -> list[tuple[int, float]]:
    """Return the places of the quotes and their scores with what each adds to those before it, best first.

    `scores` are log-odds, best first. The best stays the first: a register of names does not drown what answers. What
    a later quote adds is the logarithm of the members that it brings, taken greedily.
    """
    members = [find_members(quote, question) for quote in quotes]
    held: frozenset[str] = frozenset()
    left = list(range(len(quotes)))
    taken: list[tuple[int, float]] = []
    while left:
        worth = {at: scores[at] + _GAIN * math.log2(1 + len(members[at] - held)) for at in left}
        best = max(left, key=worth.__getitem__) if taken else left[0]
        # None is taken to answer better than the first.
        taken.append((best, min(worth[best], taken[0][1]) if taken else worth[best]))
        held |= members[best]
        left.remove(best)
    return taken


def _last(words: str) -> str | None:
    """Return the stem of the last word that says something; a day or a month is no member."""
    for word in reversed(re.findall(r"[^\W_]+", words)):
        folded = fold_case(word)
        if folded not in STOP_WORDS and len(folded) > 1:
            return None if folded in _NO_MEMBERS else stem(folded)
    return None
