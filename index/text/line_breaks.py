"""Whether a sentence goes on behind a line break, told by the words on both sides of it."""

import re
from typing import Final

from onrecord.index.text.english.function_words import DETERMINERS, INNER_PREPOSITIONS, SUBORDINATORS
from onrecord.index.text.english.negation import CONTRACTIONS, NEGATIONS
from onrecord.index.text.english.numbers import COUNTED
from onrecord.index.text.english.sayings import CLAIMING, CUES, Form
from onrecord.index.text.english.word_sets import word_set

SENTENCE_END: Final = re.compile(r"[.!?…。！？؟۔।:][\"“”'‘’»)\]]{0,3}\Z")

_LAST_WORD: Final = re.compile(r"(?:(?<=\s)|\A)[A-Za-z][A-Za-z’'-]*+\Z")
_MAX_WORD_CHARACTERS: Final = 24
"""Code points at the end of a line in which its last word is looked for."""
_OPEN_VERBS: Final = frozenset(
    spelling
    for spelling, cue in CUES.items()
    if cue.lemma in CLAIMING and cue.forms & {Form.THIRD, Form.PAST} and spelling not in {"claims", "hopes", "fears"}
)
"""Finite verbs that want a clause behind them; those that a heading may end with as nouns are left out."""
_MAY_END_A_LINE: Final = COUNTED | word_set(
    "all any both each few many most none on in by near behind outside inside before after since though why how yet"
)
_UNFINISHED: Final = (
    DETERMINERS | INNER_PREPOSITIONS | SUBORDINATORS | NEGATIONS | CONTRACTIONS | _OPEN_VERBS
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
