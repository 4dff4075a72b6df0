"""Mark the names that are spelt like words of the language: June March, May Finch, Sue Day, Mark Will.

A grammar that takes "March" for a month and "Will" for an auxiliary finds no speaker there. Where a title or a first
name shows that such a word is a name, the article means the person by it from then on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from onrecord.index.speech.grammar.tokens import Clause, Item
from onrecord.index.text.english.calendar import MONTHS, WEEKDAYS
from onrecord.index.text.english.function_words import ADVERBS, AUXILIARIES
from onrecord.index.text.english.names import is_first_name
from onrecord.index.text.english.sayings import CUES, Form
from onrecord.index.text.english.titles import HONORIFICS, ROLES
from onrecord.index.text.english.word_sets import word_set

_WORDS = frozenset({*MONTHS, *WEEKDAYS}) | AUXILIARIES | ADVERBS | CUES.keys() | word_set("day days week summer winter")
"""Words that a name may be spelt like, and that the grammar reads otherwise."""
_MAY_FOLLOW_ANY_WORD = frozenset({*MONTHS, "will"})
"""Words that are names behind any word with no time behind it; "Long" and "Best" are capitals in titles as well."""
_BEFORE_TIMES = word_set("in on since until by from during of last next this early late mid every")


def mark_word_names(clauses: Sequence[Clause]) -> list[Clause]:
    """Return the sentences; the lower case of a word that is a name is the name as it is written.

    So no table of words in lower case holds it any longer.
    """
    named = {item.text for clause in clauses for item in _named_fully(clause.items)}
    if not named:
        return list(clauses)
    return [_marked(clause, named) for clause in clauses]


def _named_fully(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the words of full names that are spelt like words, behind a title or beside a first name."""
    for n, item in enumerate(items):
        if not item.capital or item.low not in _WORDS or _followed_by_number(items, n):
            continue
        before = items[n - 1] if n else None
        after = items[n + 1] if n + 1 < len(items) else None
        titled = before is not None and before.low in ROLES
        if titled and after is not None and after.capital and _closes_name(items, n + 2):
            yield item
        elif before is not None and before.capital and item.low not in WEEKDAYS and _closes_name(items, n + 1):
            first = is_first_name(before.text) or before.low in _WORDS
            led = n > 1 and items[n - 2].low in ROLES or not (n > 1 and items[n - 2].capital)
            if before.low in HONORIFICS or first and led:
                yield item


def _marked(clause: Clause, named: set[str]) -> Clause:
    items = list(clause.items)
    for n, item in enumerate(items):
        if item.text not in named or _followed_by_number(items, n):
            continue
        before = items[n - 1] if n else None
        opens = before is None or not before.word
        led = before is not None and (before.capital or before.low in CUES or before.low in ROLES)
        timeless = before is not None and before.low not in _BEFORE_TIMES and item.low in _MAY_FOLLOW_ANY_WORD
        if opens or led or timeless:
            items[n] = replace(item, low=item.text)
    return replace(clause, items=tuple(items))


def _followed_by_number(items: Sequence[Item], n: int) -> bool:
    return n + 1 < len(items) and items[n + 1].text[:1].isdigit()


def _closes_name(items: Sequence[Item], at: int) -> bool:
    """Say whether a name may end before this item: a cue, a comma, an "of", a possessive or the end follows."""
    if at >= len(items):
        return True
    item = items[at]
    cue = CUES.get(item.low)
    spoken = cue is not None and not item.capital and bool(cue.forms & {Form.PAST, Form.THIRD})
    return spoken or item.text in (",", ".", "(", "’s", "'s") or item.low in ("of", "and", "who", "for", "from", "was")
