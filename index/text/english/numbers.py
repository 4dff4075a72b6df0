"""Numbers in words: numerals, scales and ordinals, each with its value, and words for amounts."""

from onrecord.index.text.english.word_sets import word_set

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_RANKS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_POWERS = {2: "hundred", 3: "thousand", 6: "million", 9: "billion", 12: "trillion"}
_SHORT_POWERS = {3: "k", 6: "mln mn m", 9: "bln bn", 12: "tn"}

UNITS = {word: value for value, word in enumerate(_SMALL.split())}
"""The numerals from zero to nineteen, with their values."""
TENS = {word: 10 * place for place, word in enumerate(_TENS.split(), start=2)}
"""The numerals from twenty to ninety, with their values."""
NUMERALS = UNITS | TENS
"""The numerals from zero to ninety that are one word, with their values."""
SCALES = {word: 10**power for power, word in _POWERS.items()}
"""The words that multiply the numeral before them, with their values."""
SHORT_SCALES = {word: 10**power for power, words in _SHORT_POWERS.items() for word in words.split()}
"""The short forms of these words that news agencies use, with their values."""
ORDINALS = {word: place for place, word in enumerate(_RANKS.split(), start=1)}
"""The ordinals from first to twentieth, with their values."""

COUNTED = frozenset(word for word, value in UNITS.items() if 2 <= value <= 10)
"""The numerals from two to ten, which stand before a plural and may announce a list: "three reasons"."""
ROUND_COUNTS = word_set("hundreds thousands millions billions dozens")
"""Plurals that give a number without its exact value."""

WORDS_FOR_ALL = word_set("all every each everyone everybody everything entire whole always any throughout total both")
"""Words for all of something."""
WORDS_FOR_PARTS = word_set(
    "some most many several few part half quarter third majority minority none number handful dozens hundreds scores "
    "tenth fifth two-thirds bulk portion share percent % certain various"
)
"""Words for a part of something, and for none of it."""
WORDS_FOR_ABOUT = word_set("about around roughly approximately some")
"""Words before a number that is not exact."""
