"""The lines of a text, and whether a sentence goes on from one into the next."""

import re
from typing import Final

from onrecord.index.text.english.function_words import DETERMINERS, INNER_PREPOSITIONS, SUBORDINATORS
from onrecord.index.text.english.negation import CONTRACTIONS, NEGATIONS
from onrecord.index.text.english.numbers import COUNTED
from onrecord.index.text.english.sayings import CLAIMING, Form, spellings_of
from onrecord.index.text.english.word_sets import word_set

LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]++")
"""A pattern for a line that is not empty, without its line break."""
LINE_BREAKS: Final = frozenset({"\n", "\r\n", "\r", "\x85", "\u2028"})
"""Single line breaks inside a paragraph; any other gap between two lines ends one."""
MAX_WRAPPED_CHARACTERS: Final = 120
"""Code points in a wrapped line; a longer line is a paragraph of its own, unless its last sentence runs on."""

SENTENCE_END: Final = re.compile(r"[.!?…。！？؟۔।:][\"“”'‘’»)\]]{0,3}\Z")

_LAST_WORD: Final = re.compile(r"(?:(?<=\s)|\A)[A-Za-z][A-Za-z’'-]*+\Z")
_MAX_WORD_CHARACTERS: Final = 24
"""Code points at the end of a line in which its last word is looked for."""
_MAY_END_A_LINE: Final = COUNTED | word_set(
    "all any both each few many most none on in by near behind outside inside before after since though why how yet "
    "claims hopes fears"
)
"""Words of the classes below that may also be the last word of a heading or of a sentence."""
_UNFINISHED: Final = (
    DETERMINERS
    | INNER_PREPOSITIONS
    | SUBORDINATORS
    | NEGATIONS
    | CONTRACTIONS
    | spellings_of(CLAIMING, Form.THIRD, Form.PAST)
) - _MAY_END_A_LINE
"""Words that want another word behind them: "the", "of", "that", "not", "denies"."""


def runs_on(before: str, after: str) -> bool:
    """Say whether the sentence at the end of the line `before` goes on in the line `after`.

    Both are trimmed and not empty. A sentence goes on if it has no end, and its last word wants another one behind it,
    or the next line begins in lower case and ends a sentence. To cut there would make a sentence of the second half,
    which can say the opposite of the whole: "The city denies that" must stay before "the mayor took bribes".
    """
    if SENTENCE_END.search(before[-4:]):
        return False
    if is_lower(after[0]) and SENTENCE_END.search(after[-4:]):
        return True
    last = _LAST_WORD.search(before, max(0, len(before) - _MAX_WORD_CHARACTERS))
    return last is not None and last.group() in _UNFINISHED


def is_lower(character: str) -> bool:
    """Say whether a letter is in lower case, in a script that has capitals."""
    return character.islower() and character.title() != character
