"""Order the quotes for a question that asks for a list, so that those with new members of the list come first."""

import math
import re
from collections.abc import Sequence

from onrecord.index.text.english.calendar import MONTHS, WEEKDAYS
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.names import NAME_PATTERN
from onrecord.index.text.terms import fold_case, stem
from onrecord.service.answers.question.question import AnswerKind, Question

_MEMBER_LOG_ODDS = 0.5
"""Log-odds for the first new member of a quote; the value is a judgement, as 0 and 0.5 measure equally well."""
_NAME = re.compile(rf"\b{NAME_PATTERN}")
_ITEM = r"[^\s,;:.!?()“”\"][^,;:.!?()“”\"\n]{0,60}"
_SERIES = re.compile(rf"{_ITEM}(?:, {_ITEM})*,?[ ](?:and|or|as well as)[ ]{_ITEM}")
_PARTS = re.compile(r", (?:and |or |as well as )?| (?:and|or|as well as) ")
_BULLET = re.compile(r"^\s*(?:[-–•*·]|\d+[.)])?\s*(?=\w)", re.MULTILINE)
_NO_MEMBERS = frozenset({*MONTHS, *WEEKDAYS})


def find_members(quote: str, question: Question) -> frozenset[str]:
    """Return the stem of the last word of each thing that the quote names or enumerates and the question does not.

    The members of "Marco Rubio, David Lammy and two aides" are "rubio", "lammi" and "aid". If the question asks for
    people, only names are members.
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
    """Return the positions of the quotes with new scores, best first; quotes with new members score higher.

    `scores` are log-odds, best first. The best quote stays the first, so that a long list of names does not outdo the
    answer. Each further quote is chosen greedily by its score and the logarithm of the number of members it adds.
    """
    members = [find_members(quote, question) for quote in quotes]
    held: frozenset[str] = frozenset()
    left = list(range(len(quotes)))
    taken: list[tuple[int, float]] = []
    while left:
        worth = {at: scores[at] + _MEMBER_LOG_ODDS * math.log2(1 + len(members[at] - held)) for at in left}
        best = max(left, key=worth.__getitem__) if taken else left[0]
        # No later quote counts as a better answer than the first.
        taken.append((best, min(worth[best], taken[0][1]) if taken else worth[best]))
        held |= members[best]
        left.remove(best)
    return taken


def _last(words: str) -> str | None:
    """Return the stem of the last content word; None if there is none, or if it is a day or a month."""
    for word in reversed(re.findall(r"[^\W_]+", words)):
        folded = fold_case(word)
        if folded not in STOP_WORDS and len(folded) > 1:
            return None if folded in _NO_MEMBERS else stem(folded)
    return None
