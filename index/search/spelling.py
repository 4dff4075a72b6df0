"""Names that are spelt in two ways: the spellings in an archive that a name in a question may stand for."""

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
from onrecord.index.fallback import Part
from onrecord.index.text.english.sounds import consonant_key
from onrecord.index.text.terms import Term, content_terms, fold_case, stem, stems_in, stems_of

SPELLER = Part(name="speller", loss="The speller failed, so words were searched for only as the question writes them.")
"""The part that finds other spellings."""

_MAX_RARE_PASSAGES = 2
"""A word in at most this many passages is rare, so that it may be mistyped."""
_MAX_SPELLINGS = 3
"""Other spellings that one word gets."""
_MIN_LETTERS = 4
"""Letters in a word that gets other spellings: a shorter word that differs in one letter is another name."""
_MAX_LETTERS = 64
"""Letters in a word of the vocabulary: a longer run of letters is no word that anybody misspells."""
_MIN_LETTERS_FOR_TWO_SLIPS = 8
"""Letters in a word that two slips can turn into another one; two slips in a shorter word make another name."""
_MIN_CONSONANTS = 4
"""Consonants that two common words must share to be spellings of one name."""
_MAX_EDITS_IN_SHORT_SOUND = 2
"""Edits between two words of the same sound that has at most `_MIN_CONSONANTS` consonants."""
_MAX_EDITS_IN_LONG_SOUND = 3
"""Edits between two words of the same sound that has more consonants."""
_MAX_EDITS_IN_NAME = 2
"""Edits between a name as it was typed and the name of the same sound that replaces it."""
_MAX_NEIGHBOURS = 6
"""Neighbours of a word that are read up in the archive, to see whether they are names."""
_MAX_PASSAGES_READ = 3
"""Passages that are read to see whether a word is a name."""

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"[^\W\d_]+")


class Spellings:
    """A finder of words that are spelt alike, which holds an archive's vocabulary in memory; threads share it."""

    def __init__(self, archive: SqliteArchive, *, is_word: Callable[[str], bool] = lambda _: False) -> None:
        """Take `is_word`, which says whether a folded word is a word of English, even if the archive lacks it."""
        self._archive = archive
        self._is_word = is_word
        self._lock = threading.Lock()
        self._last = 0
        self._known: set[str] = set()
        self._terms: list[str] = []
        self._by_sound: defaultdict[str, list[str]] = defaultdict(list)
        self._letters = np.empty(0, dtype=np.uint32)
        self._lengths = np.empty(0, dtype=np.int16)
        self._look_once = lru_cache(maxsize=65536)(self._look)

    def read(self) -> None:
        """Read the vocabulary, so that the first question does not wait for it; 100,000 passages take a second."""
        self._vocabulary()

    def find(self, terms: Sequence[Term], question: str) -> dict[str, tuple[str, ...]]:
        """Return the other spellings of the names among the question's terms: by stem, folded, best first.

        A rare word may be mistyped, so it gets the names that differ in one letter, or in two if it is long. A common
        word gets only the names with the same consonants, at least four of them. A word that the archive does not write
        as a name is no spelling and gets none.
        """
        names = dict.fromkeys(term.stem for term in terms if _may_be_name(term, question))
        if not names:
            return {}
        counts = self._archive.words.counts(list(names)).by_stem
        found = {}
        for stemmed in names:
            # A word that the archive writes in lower case is no name, so it needs no other spelling.
            if counts[stemmed] and not self._is_name(stemmed):
                continue
            close = self._close(stemmed, rare=counts[stemmed] <= _MAX_RARE_PASSAGES)
            others = [word for other in close for word in self._is_name(other)][:_MAX_SPELLINGS]
            if others:
                found[stemmed] = tuple(others)
        return found

    def mend(self, question: str) -> str:
        """Return the question with its mistyped words as the archive writes them.

        A word is mistyped if the archive lacks it, but has a word that one slip of the finger turns into it (two slips
        in a long word), or a name of the same sound. A name that differs in letters which lie apart on the keyboard is
        another name, and a word or a name that is commonly known stays as it is.
        """
        unknown = [term for term in content_terms(question) if _may_be_respelt(term.folded)]
        counts = self._archive.words.counts(stems_of(unknown)).by_stem
        for term in reversed([t for t in unknown if not counts[t.stem]]):
            typed = term.span.of(question)
            if self._is_word(term.folded):
                # March and Mali are words that the archive lacks, and no slips for Marco and Molly.
                continue
            if word := self._as_written(term, question):
                written = word.capitalize() if typed[0].isupper() else word
                question = question[: term.span.start] + written + question[term.span.end :]
        return question

    def _as_written(self, term: Term, question: str) -> str | None:
        close = self._close(term.stem, rare=True)
        held = self._archive.words.counts(close).by_stem
        for other in sorted(close, key=lambda stemmed: (OSA.distance(term.stem, stemmed), -held[stemmed])):
            names = self._is_name(other)
            same_sound = (
                consonant_key(other) == consonant_key(term.stem)
                and OSA.distance(other, term.stem) <= _MAX_EDITS_IN_NAME
            )
            if names and _may_be_name(term, question) and (same_sound or _is_typing_slip(term.stem, other)):
                return min(names, key=lambda word: OSA.distance(word, term.folded))
            words = () if names else self._words(other)
            if words and _is_typing_slip(term.stem, other):
                return min(words, key=lambda word: OSA.distance(word, term.folded))
        return None

    def _words(self, term: str) -> list[str]:
        """Return the words with this stem that the archive has, folded."""
        found = dict.fromkeys(
            folded
            for text in self._archive.words.texts_with(term, limit=_MAX_PASSAGES_READ)
            for match in _WORD.finditer(text)
            if stem(folded := fold_case(match.group())) == term
        )
        return list(found)

    def _close(self, stemmed: str, *, rare: bool) -> list[str]:
        """Return at most `_MAX_NEIGHBOURS` stems that may be another spelling of this one, those of one sound first."""
        terms, letters, lengths = self._vocabulary()
        sound = consonant_key(stemmed)
        close = {}
        if rare or len(sound) >= _MIN_CONSONANTS:
            most = _MAX_EDITS_IN_SHORT_SOUND if len(sound) <= _MIN_CONSONANTS else _MAX_EDITS_IN_LONG_SOUND
            for other in self._by_sound.get(sound, ()):
                edits = OSA.distance(stemmed, other, score_cutoff=most)
                if edits <= most:
                    close[other] = (False, edits, other)
        if rare:
            # An edit changes the set of letters by two at most and the length by one, so few words are compared.
            most = 2 if len(stemmed) >= _MIN_LETTERS_FOR_TWO_SLIPS else 1
            near = np.bitwise_count(letters ^ _letters(stemmed)) <= 2 * most
            near &= np.abs(lengths - len(stemmed)) <= most
            among = [terms[i] for i in np.flatnonzero(near)]
            for other, edits, _ in extract(stemmed, among, scorer=OSA.distance, score_cutoff=most, limit=50):
                if _is_slip(stemmed, other, int(edits)):
                    close.setdefault(other, (True, int(edits), other))
        close.pop(stemmed, None)
        # The vocabulary only grows, so it also has the words of removed articles, which nobody may learn from it.
        ordered, held = sorted(close, key=lambda other: close[other]), list[str]()
        while ordered and len(held) < _MAX_NEIGHBOURS:
            some, ordered = ordered[:_MAX_NEIGHBOURS], ordered[_MAX_NEIGHBOURS:]
            counts = self._archive.words.counts(some).by_stem
            held += [other for other in some if counts[other]]
        return held[:_MAX_NEIGHBOURS]

    def _is_name(self, term: str) -> tuple[str, ...]:
        """Return the words with this stem that the archive, as it is now, writes as names, folded."""
        return self._look_once(term, self._archive.passages.state())

    def _look(self, term: str, state: tuple[int, int]) -> tuple[str, ...]:
        """Read the words with this stem that the archive writes as names; `state` is the key of what was read."""
        as_name: dict[str, bool] = {}
        for text in self._archive.words.texts_with(term, limit=_MAX_PASSAGES_READ):
            for match in _WORD.finditer(text):
                word = match.group()
                # A headline in capitals does not show which of its words are names.
                if not word.isupper() and stem(fold_case(word)) == term:
                    folded = fold_case(word)
                    as_name[folded] = as_name.get(folded, True) and word[0].isupper()
        return tuple(word for word, name in as_name.items() if name)

    def _vocabulary(self) -> tuple[list[str], npt.NDArray[np.uint32], npt.NDArray[np.int16]]:
        with self._lock:
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
        fresh = [one for one in stems if one not in self._known and _may_be_respelt(one)]
        self._known.update(fresh)
        # The arrays are replaced and the list only grows, so a thread that searches the old arrays still finds the
        # terms that they describe.
        self._terms.extend(fresh)
        for one in fresh:
            self._by_sound[consonant_key(one)].append(one)
        self._letters = np.concatenate([self._letters, np.array([_letters(one) for one in fresh], dtype=np.uint32)])
        self._lengths = np.concatenate([self._lengths, np.array([len(one) for one in fresh], dtype=np.int16)])


def _may_be_respelt(folded: str) -> bool:
    """Say whether a folded word or stem has letters alone, and neither too few nor too many to have other spellings."""
    return _MIN_LETTERS <= len(folded) <= _MAX_LETTERS and folded.isalpha()


def _may_be_name(term: Term, question: str) -> bool:
    """Say whether the word has a capital, or the question is in lower case, so that it does not show its names."""
    if not _may_be_respelt(term.folded):
        return False
    word = term.span.of(question)
    inner = question.lstrip()[1:]
    return word[0].isupper() or inner == inner.lower()


def _is_slip(one: str, other: str, edits: int) -> bool:
    """Say whether words of this length may differ by so many slips of the finger; the first letter is seldom wrong."""
    shorter = min(len(one), len(other))
    return one[0] == other[0] and (shorter > _MIN_LETTERS if edits == 1 else shorter >= _MIN_LETTERS_FOR_TWO_SLIPS)


def _is_typing_slip(typed: str, meant: str) -> bool:
    """Say whether slips of the finger turn one word into the other: a letter added, left out, swapped or misplaced."""
    edits = OSA.distance(typed, meant)
    if min(len(typed), len(meant)) <= _MIN_LETTERS:
        return False
    if edits != 1:
        return edits == 2 and min(len(typed), len(meant)) >= _MIN_LETTERS_FOR_TWO_SLIPS
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
    """Return the set of a word's letters as bits; the letters beyond a to z share six bits."""
    bits = 0
    for letter in word:
        place = ord(letter) - 97
        bits |= 1 << (place if 0 <= place < 26 else 26 + ord(letter) % 6)
    return np.uint32(bits)
