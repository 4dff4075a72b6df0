"""Words in whose place their opposite, or another thing of their kind, is put."""

import random
import re
from collections.abc import Sequence

from bench.quality.claims.corruption.setting import Change, Setting, like, put
from bench.quality.claims.word_tables import ANTONYMS, CERTAINTIES, NEARBY


def _table(pairs: Sequence[tuple[str, str]], *, both: bool) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for one, other in pairs:
        table.setdefault(one, []).append(other)
        if both:
            table.setdefault(other, []).append(one)
    return table


_OPPOSITE = _table(ANTONYMS, both=True)
_SURE = _table(CERTAINTIES, both=False)
_KIN = {word: [w for w in row if w != word] for row in NEARBY for word in row}


def _any(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w’'-])(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")(?![\w’'-])",
        re.IGNORECASE,
    )


_ANY_OPPOSITE, _ANY_SURE, _ANY_KIN = _any(list(_OPPOSITE)), _any(list(_SURE)), _any(list(_KIN))
_DULL = frozenset(
    (
        "from",
        "to",
        "with",
        "for",
        "against",
        "over",
        "under",
        "left",
        "right",
        "up",
        "down",
        "can",
        "if",
        "most",
        "some",
        "both",
        "light",
        "return",
        "including",
    )
)


def opposite(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put a word's opposite in its place."""
    return _trade(claim, _ANY_OPPOSITE, _OPPOSITE, setting, chance)


def certainty(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Make what may be what is, what was asked for what was done, and some all."""
    return _trade(claim, _ANY_SURE, _SURE, setting, chance)


def kind(claim: str, setting: Setting, chance: random.Random) -> Change | None:
    """Put another thing of the same kind in a word's place."""
    return _trade(claim, _ANY_KIN, _KIN, setting, chance)


def _trade(
    claim: str, pattern: re.Pattern[str], table: dict[str, list[str]], setting: Setting, chance: random.Random
) -> Change | None:
    found = [m for m in pattern.finditer(claim) if m.group() in table or m.group().lower() in table]
    found = [m for m in found if m.group().lower() not in _DULL] or [m for m in found if chance.random() < 0.1]
    if not found:
        return None
    match = chance.choice(found)
    old = match.group()
    choices = [w for w in table.get(old) or table[old.lower()] if not re.search(rf"\b{re.escape(w)}\b", claim)]
    if not choices:
        return None
    made = put(claim, match.start(), match.end(), like(old, chance.choice(choices)))
    return made if made[0] not in setting.evidence else None
