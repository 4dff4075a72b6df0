"""Terms for matching: words that are folded and stemmed as the word index folds and stems them."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.values import Span

# An accent may be a character of its own behind its letter, and must not end the word.
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_VOWEL_THEN_CONSONANT = re.compile(r"[^aeiouy]*[aeiouy]+[^aeiouy]")
_local = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of a text in the forms by which it is matched, and its place in the text."""

    stem: str
    folded: str
    span: Span


def words_in(text: str) -> list[str]:
    """Return the text's words as they are written, in order: runs of letters and digits."""
    return _WORD.findall(text)


def terms_of(text: str) -> list[Term]:
    """Return the text's words in order, each with its place."""
    return place_words(text, words_in(text))


def place_words(text: str, words: Iterable[str]) -> list[Term]:
    """Return the terms of a text, given the words that `words_in` returns for it."""
    found = []
    end = 0
    for word in words:
        # No letter or digit stands between two words, so the first place where a word is found is its own.
        start = text.index(word, end)
        end = start + len(word)
        folded = fold_case(word)
        found.append(Term(stem=stem(folded), folded=folded, span=Span(start, end)))
    return found


def stems_in(text: str) -> list[str]:
    """Return the stems of the text's words in order; this is several times as fast as `terms_of`."""
    return [stem_of(word) for word in words_in(text)]


def content_terms(text: str) -> list[Term]:
    """Return a text's terms without stop words; all of them if it has nothing else."""
    return content_among(terms_of(text), text)


def content_among(every: Sequence[Term], text: str) -> list[Term]:
    """Return these terms of a text without stop words; all of them if there is nothing else."""
    shouting = text.isupper()
    content = [term for term in every if term.folded not in STOP_WORDS or _is_acronym(term.span.of(text), shouting)]
    return content or list(every)


def stems_of(terms: Iterable[Term]) -> list[str]:
    """Return the distinct stems of the terms, in the order in which they first occur."""
    return list(dict.fromkeys(term.stem for term in terms))


def fold_case(word: str) -> str:
    """Return the word in lower case and without accents, so that “Élysée” and "elysee" are equal."""
    if word.isascii():
        return word.lower()
    # Decomposed twice, because 𝐏 becomes a capital only by the first pass, and İ gets its accent only by the second.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def stem(folded: str) -> str:
    """Return a folded word's Porter stem as the word index has it; "legality" and "legally" are both "legal"."""
    if len(folded) < 3:
        return folded
    # A stemmer object holds buffers, so each thread has its own.
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("porter")
    stemmed = str(_local.stemmer.stemWord(folded))
    # For two endings SQLite follows Porter's later rules and Snowball the rules of his paper: "technology", "possibly".
    if stemmed.endswith("logi") and _VOWEL_THEN_CONSONANT.match(stemmed[:-4]):
        return stemmed[:-1]
    if stemmed.endswith("bli") and _VOWEL_THEN_CONSONANT.match(stemmed[:-3]):
        return str(_local.stemmer.stemWord(stemmed[:-1] + "e"))
    return stemmed


@lru_cache(maxsize=131072)
def stem_of(word: str) -> str:
    """Return the stem of a word as it is written."""
    return stem(fold_case(word))


def _is_acronym(word: str, shouting: bool) -> bool:
    """Say whether a stop word is an acronym by its capitals: "US", "IT"."""
    return len(word) > 1 and word.isupper() and not shouting
