"""Which spellings sound alike: the keys by which names are compared that other alphabets, or slips, spelt two ways."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "s", "æ": "e", "œ": "e", "ı": "i", "ð": "d", "þ": "t", "’": "'"}
)
"""Letters that no decomposition brings down to a to z."""

_NAME_SOUNDS = (
    ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("kh", "h"), ("gh", "g"), ("ch", "c"), ("sh", "s"), ("zh", "z"),
    ("ph", "f"), ("ck", "k"), ("cz", "c"), ("ks", "x"), ("ts", "c"), ("tz", "c"), ("ou", "u"), ("oo", "u"),
    ("ee", "i"), ("w", "v"), ("q", "k"), ("j", "i"), ("y", "i"),
)  # fmt: skip
"""How a sound in a person's name is written and the letter that it counts as, longer spellings first."""

_WORD_SOUNDS = (
    ("tsch", "c"), ("tch", "c"), ("sch", "s"), ("ch", "c"), ("sh", "s"), ("kh", "h"), ("gh", "g"), ("dh", "d"),
    ("th", "t"), ("zh", "z"), ("ph", "f"), ("ck", "k"), ("ts", "z"), ("cz", "c"), ("q", "k"), ("w", "v"), ("x", "ks"),
)  # fmt: skip
"""The same for a word that may be any name: a place has sounds that no rule for people knows."""

_VOWELS = str.maketrans("", "", "aeiouyj")


@lru_cache(maxsize=65536)
def sound_key(token: str) -> str:
    """Spell a name the same however it was carried into Latin letters: Zelenskyy, Zelenskiy and Zelensky are one."""
    bare = unicodedata.normalize("NFKD", token.lower().translate(_LETTERS))
    bare = "".join(letter for letter in bare if letter.isalpha())
    for written, heard in _NAME_SOUNDS:
        bare = bare.replace(written, heard)
    return _once(bare)


@lru_cache(maxsize=65536)
def skeleton(key: str) -> str:
    """Keep the consonants of a sound key: what survives a change of alphabet. Ukrainian h is Russian g."""
    expanded = key.replace("x", "ks").replace("h", "g")
    return _once("".join(letter for letter in expanded if letter not in "aeiou"))


def consonant_key(word: str) -> str:
    """Return the consonants of a folded word by their sounds, doubled ones once, vowels left out."""
    for written, heard in _WORD_SOUNDS:
        word = word.replace(written, heard)
    return _once(word.translate(_VOWELS))


def _once(letters: str) -> str:
    """Return the letters with each run of one letter written once."""
    return re.sub(r"(.)\1+", r"\1", letters)
