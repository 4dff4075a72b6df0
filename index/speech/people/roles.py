"""What an article says that a person is: the words before the name, or those behind it."""

import re
from collections.abc import Sequence

from onrecord.index.speech.grammar.noun_phrases import name_start
from onrecord.index.speech.grammar.proper_names import name_in
from onrecord.index.speech.grammar.tokens import Item
from onrecord.index.text.english.function_words import DETERMINERS, PREPOSITIONS
from onrecord.index.text.english.names import ALIAS_PATTERN, is_first_name
from onrecord.index.text.english.sayings import CUES, SAID_PLAINLY
from onrecord.index.text.english.titles import ADDRESSES, OFFICES, ROLES
from onrecord.index.text.english.word_sets import word_set

_ALIAS = re.compile(rf",?\s+\(?(?P<alias>{ALIAS_PATTERN})")
_MAX_ALIAS_CHARACTERS = 80
"""Code points behind a name in which another name of the same person is looked for."""
_MAX_RELATION = 8
"""Items in a description before a name that says whose husband, doctor or owner somebody is."""
_ROLE_ENDS = word_set("who which whose that has had is was when while") | SAID_PLAINLY


def find_role(text: str, items: Sequence[Item], first: int, last: int) -> tuple[str | None, set[str]]:
    """Return what the words around the name at items `first` to `last` say of its bearer, and the roles among them.

    Another name of the same person belongs to it: "Swimmer, formerly known as Kari Brun".
    """
    role, heads = _described(text, items, first, last)
    end = items[last - 1].end
    alias = _ALIAS.match(text, end, end + _MAX_ALIAS_CHARACTERS)
    return ", ".join(filter(None, (role, alias["alias"] if alias else None))) or None, heads


def gives_alias(role: str) -> bool:
    """Say whether a role holds another name of the same person."""
    return re.search(ALIAS_PATTERN, role) is not None


def _described(text: str, items: Sequence[Item], first: int, last: int) -> tuple[str | None, set[str]]:
    start = _past_others(items, name_start(items, first), first)
    while start < first and (
        items[start].low in DETERMINERS
        or items[start].text in ("’s", "'s")
        or (items[start].low.endswith("ing") and not items[start].capital)
    ):
        start += 1
    for n in range(first - 1, start - 1, -1):
        if items[n].low in CUES and not items[n].capital and items[n].low not in ROLES:
            start = n + 1
            break
    heads = {items[n].low for n in range(start, first) if items[n].low in ROLES}
    named = any(is_first_name(items[n].text) and items[n].capital for n in range(start, first))
    if items[start].low in ("his", "her", "their") or named:
        heads = heads & ADDRESSES
    if heads - ADDRESSES and items[first - 1].text not in ("’s", "'s"):
        return " ".join(text[items[start].start : items[first - 1].end].split()), heads
    at = last
    if at < len(items) and items[at].text == "(":
        while at < len(items) and items[at].text != ")":
            at += 1
        at += 1
    if at + 1 < len(items) and items[at].text == ",":
        at += 1
        if items[at].text[:1].isdigit() and at + 2 < len(items) and items[at + 1].text == ",":
            at += 2
        begin = at + 1 if items[at].low in ("a", "an", "the", "now") else at
        if begin == len(items) or items[begin].low in PREPOSITIONS or items[begin].low == "of":
            return _relation(text, items, first), heads
        end = begin
        while end < len(items) and end - begin < 14 and items[end].word and items[end].low not in _ROLE_ENDS:
            end += 1
        found = {items[n].low for n in range(begin, min(end, begin + 7)) if items[n].low in ROLES}
        closed = end < len(items) and (not items[end].word or items[end].low in _ROLE_ENDS)
        named = any(is_first_name(items[n].text) and items[n].capital for n in range(begin, min(end, begin + 3)))
        if found - ADDRESSES and closed and end > begin and not items[begin].text[:1].isdigit() and not named:
            return " ".join(text[items[begin].start : items[end - 1].end].split()), found | heads
    return _relation(text, items, first), heads


def _relation(text: str, items: Sequence[Item], first: int) -> str | None:
    """Return the description before a comma and the name: "Ann Lee’s husband" of "Ann Lee’s husband, Tom Roe"."""
    if first < 3 or items[first - 1].text != "," or items[first - 2].low not in ROLES or items[first - 2].capital:
        return None
    start = first - 2
    while start and first - start < _MAX_RELATION and (items[start - 1].word or items[start - 1].text in ("’s", "'s")):
        start -= 1
        if items[start].low in DETERMINERS | {"the"} or items[start].low in CUES:
            start += 1
            break
    owned = any(items[n].text in ("’s", "'s") for n in range(start, first))
    return " ".join(text[items[start].start : items[first - 2].end].split()) if owned else None


def _past_others(items: Sequence[Item], start: int, first: int) -> int:
    """Return the start of a role behind another person: "Ukrainian" in "Putin and Ukrainian President"."""
    for n in range(first - 1, start, -1):
        if items[n].low == "and":
            left, right = name_in(items, start, n)
            named = items[n - 1].low not in OFFICES and items[n - 1].low not in ROLES
            if named and (right - left >= 2 or left == start or items[left].low not in OFFICES):
                return n + 1
    return start
