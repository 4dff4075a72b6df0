"""Search for a subject that follows its verb ("said Rubio") or opens its sentence ("Rubio echoed this, telling")."""

from collections.abc import Sequence

from onrecord.index.speech.grammar.datelines import dateline_end
from onrecord.index.speech.grammar.noun_phrases import Range, is_break
from onrecord.index.speech.grammar.tokens import Item
from onrecord.index.text.english.calendar import TIMES
from onrecord.index.text.english.function_words import (
    ADVERBS,
    DETERMINERS,
    FINITE,
    PREPOSITIONS,
    PRONOUNS,
    SMALL_WORDS_OF_NAMES,
    SUBORDINATORS,
)
from onrecord.index.text.english.names import particles_end
from onrecord.index.text.english.negation import OF_VERBS
from onrecord.index.text.english.titles import ROLES
from onrecord.index.text.english.word_sets import word_set


def right_phrase(items: Sequence[Item], start: int, *, subject: bool = False) -> Range | None:
    """Return the noun phrase that begins at item `start`, as in "said a spokesman for the mayor".

    `subject` is true if a verb follows the phrase, so that the phrase ends with its name or noun.
    """
    if start >= len(items):
        return None
    first = items[start]
    words = [item.text for item in items[: start + 20]]
    named = particles_end(words, start) > start
    if first.quoted is not None or not (first.word or named):
        return None
    if first.low in PRONOUNS:
        return (start, start + 1)
    if (first.low in _NO_PHRASE and not named) or first.low in TIMES:
        return None
    if (
        not named
        and not first.capital
        and first.low not in DETERMINERS
        and first.low not in ROLES
        and first.low not in ("former", "one")
    ):
        ahead = items[start : start + 4]
        if not any(i.capital or i.low in ROLES or i.low.endswith("s") for i in ahead if i.word):
            return None
    at = start
    while at < len(items) and at - start < 16:
        at = particles_end(words, at)
        item = items[at]
        low = item.low
        if is_break(item) or low in TIMES or low in PRONOUNS:
            break
        if at > start and not item.capital:
            if low == "and" and (at + 1 >= len(items) or not (items[at + 1].capital or items[at + 1].low in ROLES)):
                break
            if low in _NO_PHRASE and low not in ("and", "at", "from", "with", "of", "for"):
                break
            if low in ("from", "with", "at") and (named or subject):
                break
            if low.endswith(("ing", "ly")) or low in ADVERBS or (subject and low.endswith("ed")):
                break
            if named and item.word and low not in SMALL_WORDS_OF_NAMES and not _leads_on(items, at):
                break
        named = (
            named or (item.capital and at > start) or (at == start and item.capital and first.low not in DETERMINERS)
        )
        at += 1
    while at > start and (items[at - 1].low in _TRAILING or items[at - 1].low in ADVERBS):
        at -= 1
    if at == start or all(item.low in DETERMINERS for item in items[start:at]):
        return None
    return start, at


def _leads_on(items: Sequence[Item], at: int) -> bool:
    """Say whether lower-case words lead from one name to another: "Kovach campaign manager Peter Szabo"."""
    for n in range(at, min(len(items), at + 4)):
        if items[n].capital:
            return n > at
        if not items[n].word or items[n].low in _NO_PHRASE or items[n].low.endswith("ed"):
            return False
        if items[n].low in ROLES and n + 1 < len(items) and not items[n + 1].capital:
            return True
    return False


_NO_PHRASE = SUBORDINATORS | PREPOSITIONS | FINITE | OF_VERBS | {"of", "for"}
_TRAILING = PREPOSITIONS | {"and", "of", "for", "the", "a"}


def main_subject(items: Sequence[Item], until: int) -> Range | None:
    """Return the first noun phrase behind an opening phrase, if it ends before item `until`: the subject."""
    start = dateline_end(items)
    first = items[start]
    if first.low in _STARTERS:
        start += 1
        if start >= until:
            return None
        first = items[start]
    opening = first.low in PREPOSITIONS or first.low in SUBORDINATORS or first.low.endswith(("ing", "ly"))
    if opening or first.low in TIMES or first.low in ("earlier", "later", "last", "this", "still", "then", "yet"):
        comma = next((n for n in range(start, min(until, start + 25)) if items[n].text == ","), None)
        if comma is None:
            return None
        start = comma + 1
    if start >= until:
        return None
    found = right_phrase(items, start, subject=True)
    if found is None or found[1] > until:
        return None
    return found


_STARTERS = word_set("and but yet so still then")
