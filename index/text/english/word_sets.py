"""Sets of words from a text, and regular expressions that match them."""

import re
from collections.abc import Iterable


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text, as a set."""
    return frozenset(words.split())


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression that matches any of these words, the longest first, without capturing."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
