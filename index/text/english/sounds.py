"""Keys that are equal for spellings that sound alike, to compare names from other alphabets or with slips."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "s", "æ": "e", "œ": "e", "ı": "i", "ð": "d", "þ": "t", "’": "'"}
)
"""Letters that Unicode does not decompose to a to z, and what stands for each."""

_NAME_SOUNDS = (
    ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("kh", "h"), ("gh", "g"), ("ch", "c"), ("sh", "s"), ("zh", "z"),
    ("ph", "f"), ("ck", "k"), ("cz", "c"), ("ks", "x"), ("ts", "c"), ("tz", "c"), ("ou", "u"), ("oo", "u"),
    ("ee", "i"), ("w", "v"), ("q", "k"), ("j", "i"), ("y", "i"),
)  # fmt: skip
"""Each spelling of a sound in a person's name with the letter that it counts as, longer spellings first."""

_WORD_SOUNDS = (
    ("tsch", "c"), ("tch", "c"), ("sch", "s"), ("ch", "c"), ("sh", "s"), ("kh", "h"), ("gh", "g"), ("dh", "d"),
    ("th", "t"), ("zh", "z"), ("ph", "f"), ("ck", "k"), ("ts", "z"), ("cz", "c"), ("q", "k"), ("w", "v"), ("x", "ks"),
)  # fmt: skip
"""The same for a word that may be any name, because names of places have other sounds than names of people."""

_VOWELS = str.maketrans("", "", "aeiouyj")


@lru_cache(maxsize=65536)
def sound_key(token: str) -> str:
    """Return a key that is the same for all transliterations of a name: Zelenskyy, Zelenskiy and Zelensky."""
    bare = unicodedata.normalize("NFKD", token.lower().translate(_LETTERS))
    bare = "".join(letter for letter in bare if letter.isalpha())
    for written, heard in _NAME_SOUNDS:
        bare = bare.replace(written, heard)
    return _once(bare)


@lru_cache(maxsize=65536)
def skeleton(key: str) -> str:
    """Return the consonants of a sound key, which a change of alphabet keeps; h counts as g, its Russian form."""
    expanded = key.replace("x", "ks").replace("h", "g")
    return _once("".join(letter for letter in expanded if letter not in "aeiou"))


def consonant_key(word: str) -> str:
    """Return the consonants of a folded word by their sounds, without vowels, and doubled consonants once."""
    for written, heard in _WORD_SOUNDS:
        word = word.replace(written, heard)
    return _once(word.translate(_VOWELS))


def _once(letters: str) -> str:
    """Return the letters with each run of one letter written once."""
    return re.sub(r"(.)\1+", r"\1", letters)
