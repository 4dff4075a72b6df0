"""Names spelt two ways: what else of the archive's vocabulary a name in a question may be written as."""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.text.english.sounds import consonant_key
from onrecord.index.text.terms import Term, content_terms, fold_case, stem, stems_in, stems_of

_RARE = 2
"""Passages up to which a word counts as one that the archive hardly has."""
_MOST = 3
"""Other spellings of one word at most."""
_SHORTEST = 4
"""Letters in a name at least: among shorter ones, neighbours are other names."""
_LONG = 8
"""Letters from which on two slips are likely to be slips, and no other name."""
_LOOKED_UP = 6
"""Neighbours of a word of which it is seen whether they are names."""
_LOOKED_AT = 3
"""Passages in which it is seen whether a word is a name."""

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"[^\W\d_]+")


class Spellings:
    """The archive's vocabulary in memory, to find what is spelt much alike. Shared between threads.

    `is_word`: says of a folded word that it is one of the language and no slip, though the archive may have it nowhere.
    """

    def __init__(self, archive: SqliteArchive, *, is_word: Callable[[str], bool] = lambda _: False) -> None:
        self._archive = archive
        self._is_word = is_word
        self._turn = threading.Lock()
        self._last = 0
        self._known: set[str] = set()
        self._terms: list[str] = []
        self._by_sound: defaultdict[str, list[str]] = defaultdict(list)
        self._letters = np.empty(0, dtype=np.uint32)
        self._lengths = np.empty(0, dtype=np.int16)
        self._is_name = lru_cache(maxsize=65536)(self._look)

    def read(self) -> None:
        """Read the vocabulary, so that the first question need not wait for it: a second for 100,000 passages."""
        self._vocabulary()

    def of(self, terms: Sequence[Term], question: str) -> dict[str, tuple[str, ...]]:
        """Return, for the question's words that may be names, the words that they may also be written as.

        By stem, folded, best first. A word that the archive hardly has may be mistyped, and gets what is one letter
        off, or two in a long one; one that it has gets only what has the same four consonants or more. What the
        archive's own texts do not write as a name is never given, nor given anything.
        """
        names = dict.fromkeys(term.stem for term in terms if _may_be_name(term, question))
        if not names:
            return {}
        counts = self._archive.words.counts(list(names)).by_stem
        found = {}
        for stemmed in names:
            # A word that the archive writes small is no name, and needs no other spelling.
            if counts[stemmed] and not self._is_name(stemmed):
                continue
            close = self._close(stemmed, rare=counts[stemmed] <= _RARE)
            others = [word for other in close[:_LOOKED_UP] for word in self._is_name(other)][:_MOST]
            if others:
                found[stemmed] = tuple(others)
        return found

    def mend(self, question: str) -> str:
        """Return the question with each word that the archive has nowhere as the archive writes it, where one is close.

        Close is a slip of the finger, two in a long word, or a name of the same sound. A name that differs in a letter
        that no finger takes for the other is another name, and a word of the language is meant as it stands.
        """
        unknown = [t for t in content_terms(question) if len(t.folded) >= _SHORTEST and t.folded.isalpha()]
        counts = self._archive.words.counts(stems_of(unknown)).by_stem
        for term in reversed([t for t in unknown if not counts[t.stem]]):
            typed = term.span.of(question)
            if typed[0].islower() and self._is_word(term.folded):
                continue
            if word := self._as_written(term, question):
                written = word.capitalize() if typed[0].isupper() else word
                question = question[: term.span.start] + written + question[term.span.end :]
        return question

    def _as_written(self, term: Term, question: str) -> str | None:
        close = self._close(term.stem, rare=True)[:_LOOKED_UP]
        held = self._archive.words.counts(close).by_stem
        for other in sorted(close, key=lambda stemmed: (OSA.distance(term.stem, stemmed), -held[stemmed])):
            names = self._is_name(other)
            same_sound = consonant_key(other) == consonant_key(term.stem) and OSA.distance(other, term.stem) <= _RARE
            if names and _may_be_name(term, question) and (same_sound or _is_typing_slip(term.stem, other)):
                return min(names, key=lambda word: OSA.distance(word, term.folded))
            words = () if names else self._words(other)
            if words and _is_typing_slip(term.stem, other):
                return min(words, key=lambda word: OSA.distance(word, term.folded))
        return None

    def _words(self, term: str) -> list[str]:
        """Return the words of this stem as the archive has them, folded."""
        found = dict.fromkeys(
            folded
            for text in self._archive.words.texts_with(term, limit=_LOOKED_AT)
            for match in _WORD.finditer(text)
            if stem(folded := fold_case(match.group())) == term
        )
        return list(found)

    def _close(self, stemmed: str, *, rare: bool) -> list[str]:
        terms, letters, lengths = self._vocabulary()
        sound = consonant_key(stemmed)
        close = {}
        if rare or len(sound) >= _SHORTEST:
            most = 2 if len(sound) <= _SHORTEST else 3
            for other in self._by_sound.get(sound, ()):
                edits = OSA.distance(stemmed, other, score_cutoff=most)
                if edits <= most:
                    close[other] = (False, edits, other)
        if rare:
            # An edit changes the set of letters by two at most and the length by one, which leaves few to compare.
            most = 2 if len(stemmed) >= _LONG else 1
            near = np.bitwise_count(letters ^ _letters(stemmed)) <= 2 * most
            near &= np.abs(lengths - len(stemmed)) <= most
            among = [terms[i] for i in np.flatnonzero(near)]
            for other, edits, _ in extract(stemmed, among, scorer=OSA.distance, score_cutoff=most, limit=50):
                if _is_slip(stemmed, other, int(edits)):
                    close.setdefault(other, (True, int(edits), other))
        close.pop(stemmed, None)
        return sorted(close, key=lambda other: close[other])

    def _look(self, term: str) -> tuple[str, ...]:
        """Return the words of this stem as the archive has them, if they are names there."""
        as_name: dict[str, bool] = {}
        for text in self._archive.words.texts_with(term, limit=_LOOKED_AT):
            for match in _WORD.finditer(text):
                word = match.group()
                # Capitals throughout are a headline's, and say nothing.
                if not word.isupper() and stem(fold_case(word)) == term:
                    folded = fold_case(word)
                    as_name[folded] = as_name.get(folded, True) and word[0].isupper()
        return tuple(word for word, name in as_name.items() if name)

    def _vocabulary(self) -> tuple[list[str], npt.NDArray[np.uint32], npt.NDArray[np.int16]]:
        with self._turn:
            last, _ = self._archive.passages.state()
            if last != self._last:
                if not self._known:
                    self._add(self._archive.words.stems())
                else:
                    texts = self._archive.words.texts_after(self._last, upto=last)
                    self._add({stemmed for text in texts for stemmed in stems_in(text)})
                self._last = last
            return self._terms, self._letters, self._lengths

    def _add(self, stems: Iterable[str]) -> None:
        fresh = [one for one in stems if one not in self._known and len(one) >= _SHORTEST and one.isalpha()]
        self._known.update(fresh)
        # New arrays, and a list that only grows: whoever searches the old ones sees what they describe.
        self._terms.extend(fresh)
        for one in fresh:
            self._by_sound[consonant_key(one)].append(one)
        self._letters = np.concatenate([self._letters, np.array([_letters(one) for one in fresh], dtype=np.uint32)])
        self._lengths = np.concatenate([self._lengths, np.array([len(one) for one in fresh], dtype=np.int16)])


def _may_be_name(term: Term, question: str) -> bool:
    """Say whether the word is written as a name, or the question's writing tells nothing about names."""
    if len(term.folded) < _SHORTEST or not term.folded.isalpha():
        return False
    word = term.span.of(question)
    inner = question.lstrip()[1:]
    return word[0].isupper() or inner == inner.lower()


def _is_slip(one: str, other: str, edits: int) -> bool:
    """Say whether so many slips of the finger are likely in a word of that length; few slip on the first letter."""
    shorter = min(len(one), len(other))
    return one[0] == other[0] and (shorter > _SHORTEST if edits == 1 else shorter >= _LONG)


def _is_typing_slip(typed: str, meant: str) -> bool:
    """Say whether a finger makes the one of the other: a letter too many, too few, swapped, or its neighbour's key."""
    edits = OSA.distance(typed, meant)
    if min(len(typed), len(meant)) <= _SHORTEST:
        return False
    if edits != 1:
        return edits == 2 and min(len(typed), len(meant)) >= _LONG
    if len(typed) != len(meant):
        return True
    different = [(a, b) for a, b in zip(typed, meant, strict=True) if a != b]
    a, b = different[0]
    return len(different) > 1 or _beside(a, b) or {a, b} <= set("aeiouy")


def _beside(one: str, other: str) -> bool:
    """Say whether two letters are neighbours on a keyboard."""
    places = [(row, column) for row, keys in enumerate(_KEYS) for column, key in enumerate(keys) if key in (one, other)]
    if len(places) != 2:
        return False
    (row, column), (other_row, other_column) = places
    return abs(row - other_row) <= 1 and abs(column - other_column) <= 1


def _letters(word: str) -> np.uint32:
    """Return the set of letters, those beyond a to z sharing six places."""
    bits = 0
    for letter in word:
        place = ord(letter) - 97
        bits |= 1 << (place if 0 <= place < 26 else 26 + ord(letter) % 6)
    return np.uint32(bits)
