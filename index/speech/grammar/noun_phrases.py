"""Search for the noun phrase before a verb, which is its subject."""

from collections.abc import Sequence

from onrecord.index.speech.grammar.tokens import Item
from onrecord.index.text.english.calendar import TIMES, WEEKDAYS
from onrecord.index.text.english.function_words import (
    ADVERBS,
    AUXILIARIES,
    BE,
    DETERMINERS,
    FINITE,
    INNER_PREPOSITIONS,
    PREPOSITIONS,
    PRONOUNS,
    SMALL_WORDS_OF_NAMES,
    SUBORDINATORS,
)
from onrecord.index.text.english.names import has_particle, is_first_name, particles_end, particles_start
from onrecord.index.text.english.negation import OF_VERBS
from onrecord.index.text.english.particles import PARTICLES
from onrecord.index.text.english.sayings import CUES
from onrecord.index.text.english.titles import ROLES

Range = tuple[int, int]

_NOT_NAMES = SUBORDINATORS | PREPOSITIONS | PRONOUNS | FINITE | TIMES
_MAX_ITEMS = 14
"""Items that a noun phrase reaches back from its last word."""
_MAX_TRADE = 4
"""Words in lower case that may stand before a name and say what its bearer is."""
_BREAKS = frozenset({",", ";", ":", "—", "–", "-", "--", "(", "[", ".", "!", "?", "...", "…", "“”", "]", "•", "|", "/"})


def is_break(item: Item) -> bool:
    """Say whether no noun phrase runs across this item."""
    return item.quoted is not None or item.text in _BREAKS


def skip_adverbs_back(items: Sequence[Item], at: int) -> tuple[int, set[str]]:
    """Return the place of the subject's last word, left of adverbs, auxiliaries and days, and the words passed."""
    passed: set[str] = set()
    while at >= 0:
        item = items[at]
        low = item.low
        if low in AUXILIARIES or low in ADVERBS or low in OF_VERBS or (low.endswith("ly") and not item.capital):
            if low in ("’s", "'s") and at and items[at - 1].capital and "s" not in passed and not passed & BE:
                # Before a cue, "Trump's" is a possessive and not "Trump is".
                break
            passed.add(low)
            at -= 1
        elif low == "and" and at and items[at - 1].low.endswith("ly") and any(word.endswith("ly") for word in passed):
            at -= 1
        elif low in WEEKDAYS or (
            low in TIMES and at and items[at - 1].low in ("last", "this", "that", "next", "earlier")
        ):
            at -= 1
            while at >= 0 and items[at].low in ("on", "last", "this", "late", "early", "that", "next", "earlier"):
                at -= 1
        else:
            break
    return at, passed


def left_phrase(items: Sequence[Item], end: int, floor: int = 0) -> Range | None:
    """Return the noun phrase that ends just before item `end`, reaching past its apposition, or None."""
    at = end - 1
    if at < floor:
        return None
    item = items[at]
    if item.text in (")", "]"):
        while at > floor and items[at].text not in ("(", "["):
            at -= 1
        found = left_phrase(items, at, floor)
        return found and (found[0], end if end - found[1] < 12 else found[1])
    if item.text == ",":
        return _past_apposition(items, at, floor)
    if item.text in ("—", "–", "-", "--"):
        back = at - 1
        while back > floor and items[back].text != item.text and at - back < 30:
            back -= 1
        if back > floor and items[back].text == item.text:
            return _simple_phrase(items, back, floor)
        return None
    found = _simple_phrase(items, end, floor)
    if found is not None and items[found[0]].low in ROLES and found[0] - 2 > floor and items[found[0] - 1].text == ",":
        # The second comma of "Louise Gittins, Chair of the association said" is left out.
        name = _simple_phrase(items, found[0] - 1, floor)
        if name is not None and is_bare_name(items, *name):
            return name
    return found


def _past_apposition(items: Sequence[Item], comma: int, floor: int) -> Range | None:
    """Return the name before an apposition that ends with this comma, as in "NAME, a senator, 44,"."""
    stop: int = comma
    described: Range | None = None
    for _ in range(4):
        start = stop - 1
        while start > floor and not (is_break(items[start]) and items[start].text not in ("-",)):
            start -= 1
            if stop - start > 40:
                return described
        if start <= floor and (start < floor or items[start].text != ","):
            return described
        if items[start].text != "," or not _is_aside(items, start + 1, stop):
            return described
        found = _simple_phrase(items, start, floor)
        if found is not None and is_bare_name(items, start + 1, stop):
            named = any(is_first_name(items[n].text) for n in range(start + 1, stop))
            has_role = items[found[1] - 1].low in ROLES and not items[found[1] - 1].capital
            if named or has_role or items[found[0]].low in DETERMINERS | {"of"}:
                # In "The president of France, Emmanuel Macron," the name is the subject.
                return start + 1, stop
        if found is not None and (opening := _comma_before(items, found, floor)) is not None:
            # In "Tom Berg, 51, of Mill St., Leeds, said" and "James Causey, director of the alliance, an association,
            # told" the name stands further left.
            name = _simple_phrase(items, opening, floor)
            if name is not None and items[name[1] - 1].capital and _comma_before(items, name, floor) is None:
                return name
            described, stop = described or found, opening
            continue
        if found is not None and not _is_aside(items, found[0], start, bare=True):
            return found
        stop = start
    return described


def _comma_before(items: Sequence[Item], phrase: Range, floor: int) -> int | None:
    """Return the comma at which an apposition with the phrase begins: ", from Tynemouth", ", director of the bank"."""
    at, end = phrase
    while at - 1 > floor and phrase[0] - at < _MAX_TRADE and items[at - 1].low in INNER_PREPOSITIONS | PREPOSITIONS:
        at -= 1
        while at - 1 > floor and _describes(items[at - 1]) and not items[at - 1].capital:
            at -= 1
    behind_comma = at - 1 > floor and items[at - 1].text == "," and not items[at].capital
    describes = any(items[n].low in INNER_PREPOSITIONS for n in range(at, end))
    return at - 1 if behind_comma and describes else None


def is_bare_name(items: Sequence[Item], start: int, end: int) -> bool:
    """Say whether a stretch between commas is a name: two to four capitalised words, and particles."""
    words = _without_particles(items[start:end])
    return 2 <= len(words) <= 4 and all(
        (word.capital or word.text == ".")
        and word.low not in DETERMINERS
        and ("-" not in word.text or has_particle(word.text))
        for word in words
    )


def _without_particles(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.text not in PARTICLES]


def _is_aside(items: Sequence[Item], start: int, end: int, *, bare: bool = False) -> bool:
    """Say whether a stretch between commas is an apposition to the name before it."""
    first = items[start]
    if start >= end:
        return False
    if first.text[:1].isdigit():
        return True
    if bare:
        return first.low in ("who", "which", "whose") or (first.low in ("a", "an") and end - start > 1)
    if first.low in (
        "who",
        "which",
        "whose",
        "a",
        "an",
        "the",
        "his",
        "her",
        "then",
        "now",
        "one",
        "himself",
        "herself",
    ):
        return True
    if first.low in ADVERBS or first.low in PREPOSITIONS or first.low in ("former", "part", "himself", "herself", "jr"):
        return True
    if not first.capital and first.low.endswith(("ed", "ing", "ly")):
        return True
    if not first.capital and first.word and first.low not in SUBORDINATORS:
        return True
    return any(items[i].low in ROLES for i in range(start, min(end, start + 6))) or (
        # Examples are "Anna Kovach, D-Mass.," and "of Szeged, Hungary,".
        first.capital and (len(_without_particles(items[start:end])) <= 3 or is_bare_name(items, start, end))
    )


def _simple_phrase(items: Sequence[Item], end: int, floor: int) -> Range | None:
    at = end - 1
    if at < floor:
        return None
    item = items[at]
    if item.text in (")", "]"):
        return left_phrase(items, end, floor)
    if is_break(item) or not item.word:
        return None
    if item.low in PRONOUNS:
        return (at, end)
    if item.low in SUBORDINATORS or item.low in PREPOSITIONS or item.low in FINITE:
        return None
    if item.capital and item.low not in DETERMINERS:
        start = _listed(items, _name_phrase(items, at, floor), end, floor)
        return _headed(items, start, floor), end
    return _noun_phrase(items, at, floor, end)


def _headed(items: Sequence[Item], start: int, floor: int) -> int:
    """Return the start of the phrase with its head, as in "a spokesman for", because the name is not the speaker."""
    if start - 2 < floor or items[start - 1].low not in INNER_PREPOSITIONS:
        return start
    head = items[start - 2]
    if (
        not head.word
        or head.capital
        or head.low.endswith(("ing", "ed", "ly"))
        or not _describes(head)
        or head.low in TIMES
    ):
        return start
    noun = _noun_phrase(items, start - 2, floor, start)
    return start if noun is None else noun[0]


def _listed(items: Sequence[Item], start: int, end: int, floor: int) -> int:
    """Return the start of a list of names with commas, as in "Merz, Macron and Starmer"."""
    if not any(items[n].low == "and" for n in range(start, end)):
        return start
    while start - 2 >= floor and items[start - 1].text == "," and items[start - 2].capital:
        before = _name_phrase(items, start - 2, floor)
        if items[before].low in TIMES or (before > floor and items[before - 1].low in PREPOSITIONS):
            break
        start = before
    return start


def _name_phrase(items: Sequence[Item], at: int, floor: int) -> int:
    """Return the start of the name that ends at item `at`, with the titles before it."""
    start = at
    reach = max(floor, at - _MAX_ITEMS)
    words = [item.text for item in items[: at + 1]]
    while start > reach:
        before = items[start - 1]
        particles = max(reach, particles_start(words, start))
        if particles < start:
            start = particles
        elif (
            before.capital
            and before.low not in _NOT_NAMES
            or (
                before.low in SMALL_WORDS_OF_NAMES
                and start - 2 >= floor
                and (items[start - 2].capital or items[start - 2].low in ("of", "and", "for"))
                and not (items[start - 2].low in PREPOSITIONS and items[start - 2].low != "of")
                and not (before.low in ("in", "on") and items[start - 2].low not in ROLES)
            )
            or before.text in ("’s", "'s", "’", "'", "&")
            and start - 2 >= floor
            and items[start - 2].word
        ):
            start -= 1
        else:
            break
    if start and items[start].low in ("of", "and", "for", "in", "on") and particles_end(words, start) == start:
        start += 1
    # Words in lower case may lead to a role: "former Secret Service agent", "election law expert".
    if start > floor and items[start - 1].low in ROLES and not is_break(items[start - 1]):
        start -= 1
        while start > reach and _describes(items[start - 1]) and items[start].low not in DETERMINERS:
            start -= 1
    if start > floor and items[start - 1].low in ("the", "former", "then", "ex"):
        start -= 1
        if start > floor and items[start - 1].low in ("the", "a"):
            start -= 1
    elif start > floor and items[start - 1].low in ("a", "an") and items[start].low in ROLES:
        start -= 1
    return _described_start(items, start, floor)


def _described_start(items: Sequence[Item], start: int, floor: int) -> int:
    """Return the start of the trade between a quote or a comma and a name: “It was hot,” neighbour Bo Lind said."""
    at = start
    while at > floor and start - at < _MAX_TRADE and _describes(items[at - 1]) and not items[at - 1].capital:
        low = items[at - 1].low
        if low in CUES or low in TIMES or low in INNER_PREPOSITIONS or low.endswith(("ing", "ly")):
            return start
        at -= 1
    opened = at > floor and (items[at - 1].quoted is not None or items[at - 1].text == ",")
    return at if opened else start


def name_start(items: Sequence[Item], first: int, floor: int = 0) -> int:
    """Return the start of the titles and roles before the name at item `first`."""
    return _name_phrase(items, first, floor)


def _describes(item: Item) -> bool:
    low = item.low
    return (
        (item.word or item.text in ("’s", "'s"))
        and low not in SUBORDINATORS
        and low not in PREPOSITIONS
        and low not in PRONOUNS
        and low not in FINITE
        and low not in ADVERBS
        and not (low.endswith("ed") and not item.capital)
    )


def _noun_phrase(items: Sequence[Item], at: int, floor: int, end: int) -> Range | None:
    """Return a phrase of common nouns back to its determiner: "two people familiar with the matter"."""
    start = at
    reach = max(floor, at - _MAX_ITEMS)
    best: int | None = None
    while True:
        item = items[start]
        if item.low in DETERMINERS and item.low != "that":
            best = start
            back = items[start - 1] if start > floor else None
            if back is None or back.low not in INNER_PREPOSITIONS or start - 2 < floor or is_break(items[start - 2]):
                break
        if start <= reach:
            break
        before = items[start - 1]
        if is_break(before) or not (before.word or before.text in ("’s", "'s", "’", "'", "&", "%", "$")):
            break
        if before.low in SUBORDINATORS and before.low not in ("who",):
            if before.low == "and" and start - 2 >= floor and _lists(items, start):
                start -= 1
                continue
            break
        if before.low in FINITE or before.low in PRONOUNS:
            break
        start -= 1
    if best is None:
        while start < at and (
            items[start].low in PREPOSITIONS or items[start].low in ADVERBS or items[start].low in SUBORDINATORS
        ):
            start += 1
        best = start
    if items[best].low in PREPOSITIONS or items[best].low in SUBORDINATORS:
        return None
    return best, end


def _lists(items: Sequence[Item], after: int) -> bool:
    """Say whether the "and" before `after` joins two parts of one subject."""
    left, right = items[after - 2], items[after]
    return left.capital == right.capital and left.word and not left.low.endswith("ed")
