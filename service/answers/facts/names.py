"""Find the words of names, and compare them between texts: "Ukrainian" and "Ukraine", "EU" and "European Union"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.sounds import skeleton
from onrecord.index.text.english.titles import WELL_KNOWN_TITLES
from onrecord.index.text.terms import fold_case
from onrecord.index.values import Span
from onrecord.service.answers.facts.figures import Figure
from onrecord.service.answers.facts.peoples import COUNTRIES

_WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\b\.?|[^\W_]+(?:[’'-][^\W_]+)*")
_POSSESSIVE = re.compile(r"[’']s?$")
_ENDINGS = ("ians", "ian", "ese", "ish", "ans", "an", "ia", "i", "ic", "ey", "ns", "n", "y", "s", "a", "e")
"""Endings of the names of countries and peoples, longest first."""
_MIN_ROOT = 4
"""Letters of a name that must be left before such an ending."""
_MIN_RESPELT = 6
"""Letters of a name that may be spelt in another way."""
_MIN_SIMILARITY = 80
"""The least similarity, 0..100, of two spellings of a name with the same consonants (Zelensky, Zelenskyy)."""


@dataclass(frozen=True, slots=True)
class NameWord:
    """A word of a name, case-folded, with its place."""

    folded: str
    span: Span


def name_words(text: str, figures: Sequence[Figure], *, known: frozenset[str] = frozenset()) -> list[NameWord]:
    """Return the words that are written as names; `figures` are those of the text.

    The first word of a sentence counts if it is among the `known` words, is an acronym, or has another name behind it.
    """
    calendar = [figure.span for figure in figures if figure.is_calendar]
    found: list[NameWord] = []
    matches = list(_WORD.finditer(text))
    for at, match in enumerate(matches):
        written = _POSSESSIVE.sub("", match.group())
        span = Span(match.start(), match.start() + len(written))
        if not written[:1].isupper() or any(span.overlaps(other) for other in calendar):
            continue
        word = _bare(written)
        acronym = len(written) > 1 and written.isupper()
        if len(word) < 2 or (word in STOP_WORDS and not acronym):
            continue
        if _begins(text, match.start()) and word not in known and not acronym:
            behind = matches[at + 1] if at + 1 < len(matches) else None
            if behind is None or not behind.group()[:1].isupper() or text[match.end() : behind.start()] != " ":
                continue
        found.append(NameWord(word, span))
    return found


def unknown_names(names: Iterable[NameWord], texts: Iterable[str]) -> list[NameWord]:
    """Return the names that none of the texts has in any form."""
    every = list(texts)
    words = {_bare(_POSSESSIVE.sub("", match.group())) for text in every for match in _WORD.finditer(text)}
    roots = {_root(word) for word in words}
    countries = {COUNTRIES[word] for word in words if word in COUNTRIES}
    initials = {letters for text in every for letters in _initials(text)}
    long = [word for word in words if len(word) >= _MIN_RESPELT]
    return [
        name
        for name in names
        if not (
            name.folded in words
            or all(part in words for part in name.folded.split("-"))
            or (len(name.folded) >= _MIN_ROOT and _root(name.folded) in roots)
            or name.folded in initials
            or COUNTRIES.get(name.folded, "") in countries
            or (name.folded in WELL_KNOWN_TITLES)
            or (len(name.folded) >= _MIN_RESPELT and any(_is_respelt(name.folded, word) for word in long))
        )
    ]


def _is_respelt(one: str, other: str) -> bool:
    return fuzz.ratio(one, other) >= _MIN_SIMILARITY and skeleton(one) == skeleton(other)


def _bare(word: str) -> str:
    return fold_case(word).replace(".", "").replace("’", "'")


def _begins(text: str, at: int) -> bool:
    """Say whether a word begins a sentence or a quotation, where every word has a capital."""
    return bool(re.search(r"(?:^|[.!?:]\s|[\"“‘«(]\s?|\n)\W*$", text[max(0, at - 4) : at]))


def _root(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_ROOT:
            return word[: -len(ending)]
    return word


def _initials(text: str) -> Iterable[str]:
    """Yield the acronyms that the capitals of neighbouring words would make."""
    run = ""
    end = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if word.casefold() in {"of", "the", "and", "for"} and run and text[end : match.start()] == " ":
            end = match.end()
            continue
        if word[0].isupper() and (not run or text[end : match.start()] in {" ", "-"}):
            run += word[0].casefold()
        else:
            run = word[0].casefold() if word[0].isupper() else ""
        end = match.end()
        if len(run) > 1:
            yield from (run[at:] for at in range(len(run) - 1))
