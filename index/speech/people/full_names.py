"""What the words of a name show: its surname, its suffix, and whether two forms may be one person's."""

import re
from collections.abc import Sequence

from onrecord.index.speech.grammar.proper_names import name_in, name_runs
from onrecord.index.speech.grammar.tokens import Item
from onrecord.index.text.english.names import GENERATION_SUFFIXES, begins_surname, is_first_name
from onrecord.index.text.english.particles import OF_PARENTS
from onrecord.index.text.english.sayings import CUES, Form

_TRADE = re.compile(r"(?:er|or|ist|man|woman|ian|smith|wright)$")
_INITIAL = re.compile(r"[^\W\d_]\.?")
GENERATIONS = {"elder": ("sr",), "younger": ("jr",)}
"""Words before a surname that tell father and son apart, each with the suffix that says the same."""


def past_trade(items: Sequence[Item], first: int, last: int) -> int:
    """Return the start of the name behind a trade that opens a sentence: "Baker Helen Grant" is Helen Grant."""
    opens = not first or items[first - 1].quoted is not None
    trade = opens and last - first > 2 and _TRADE.search(items[first].low) and is_first_name(items[first + 1].text)
    return first + 1 if trade else first


def surname_at(items: Sequence[Item], first: int, last: int) -> int:
    """Return the place of the surname in a name, before a suffix such as "Jr."."""
    at = last - 1
    while at > first + 1 and items[at].low.strip(".") in GENERATION_SUFFIXES:
        at -= 1
    return at


def suffix_of(name: str) -> str:
    """Return the suffix of a name in lower case, without its full stop; "" if it has none."""
    last = name.split()[-1].lower().strip(".")
    return last if last in GENERATION_SUFFIXES else ""


def same_bearer(one: str, other: str) -> bool:
    """Say whether two forms of a full name may be one person's: neither suffixes nor middle initials contradict."""
    if suffix_of(one) and suffix_of(other) and suffix_of(one) != suffix_of(other):
        return False
    ours, theirs = ([w[0] for w in name.split()[1:-1] if _INITIAL.fullmatch(w)] for name in (one, other))
    return ours[: len(theirs)] == theirs[: len(ours)]


def full_names(items: Sequence[Item]) -> list[str]:
    """Return the runs of two or three words with a capital, which may be names of people."""
    runs = (name_in(items, start, end) for start, end in name_runs(items))
    return [" ".join(item.text for item in items[first:last]) for first, last in runs if 2 <= last - first <= 3]


def is_object(items: Sequence[Item], start: int) -> bool:
    """Say whether a verb governs the name at item `start`: "Lee called her sister, Sue Hall"."""
    at = start - 1
    if items[at].text == "," and any(items[n].low in ("his", "her", "their") for n in range(max(0, at - 4), at)):
        return True
    while at >= 0 and items[at].word and items[at].text != ",":
        cue = CUES.get(items[at].low)
        if cue is not None and not items[at].capital and cue.forms & {Form.PAST, Form.THIRD}:
            return True
        at -= 1
    return False


def is_surname(name: Sequence[Item]) -> bool:
    """Say whether a name of several words is a surname alone, with the particles that begin it."""
    if len(name) > 2 and name[0].text[0].isupper() and name[0].low in OF_PARENTS:
        # In "Abu Hassan Amer" the particle begins a first name.
        return False
    return name[0].text.islower() or begins_surname([item.text for item in name])
