"""The dateline of a report, which names the place before the first sentence: "LINDAU, Germany (AP) — The bridge …"."""

from collections.abc import Sequence

from onrecord.index.speech.grammar.tokens import Item
from onrecord.index.text.english.particles import PARTICLES

_MAX_ITEMS = 12
"""Items in a dateline, its dash included."""
_MIN_CITY_LETTERS = 3
"""Letters in the name of a city, so that "UN — The council" is no dateline."""
_DASHES = frozenset({"—", "–", "-", "--"})


def dateline_end(items: Sequence[Item]) -> int:
    """Return the place of the first item behind the dateline that opens a sentence; 0 if it has none.

    The city is in capitals, and a region, a date or an agency may follow it: "NEWPORT NEWS, Va. - In a tradition".
    """
    city = True
    letters = 0
    for at, item in enumerate(items[:_MAX_ITEMS]):
        if item.text in _DASHES:
            return at + 1 if letters >= _MIN_CITY_LETTERS and _begins_sentence(items[at + 1 : at + 2]) else 0
        if item.text in (",", "("):
            city = False
        elif city and item.text.isupper():
            letters += len(item.text)
        elif not _may_follow(item, city=city):
            return 0
    return 0


def _begins_sentence(items: Sequence[Item]) -> bool:
    return any(item.capital or item.quoted is not None or item.text.isdigit() for item in items)


def _may_follow(item: Item, *, city: bool) -> bool:
    if item.text in (".", ")", "/") or item.low in PARTICLES:
        return True
    return not city and (item.capital or item.text.isdigit())
