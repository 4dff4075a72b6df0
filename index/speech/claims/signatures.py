"""Search for quotes that a name signs behind a dash: “We lost the wheat,” — Sven Holm, farmer."""

from onrecord.index.speech.claims.cued_sentence import Sentence
from onrecord.index.speech.grammar.noun_phrases import Range
from onrecord.index.speech.grammar.subjects import right_phrase
from onrecord.index.text.english.function_words import FINITE
from onrecord.index.text.english.sayings import CUES, Form

_DASHES = frozenset({"—", "–", "-", "--", "―", "~"})
_MAX_ITEMS = 14
"""Items in a signature, the description of its bearer included."""


def signed_by(sentence: Sentence, n: int) -> tuple[Range, Range] | None:
    """Return the mark behind the quote at item `n` and the name that signs it; None if nobody does.

    The sentence must end with the signature, in which no verb stands.
    """
    items = sentence.items
    at = n + 2
    rest = items[at:]
    if not rest or items[n + 1].text not in _DASHES or len(rest) > _MAX_ITEMS or not rest[0].capital:
        return None
    if any(item.quoted is not None or item.low in FINITE or _is_finite_cue(item.low) for item in rest):
        return None
    name = right_phrase(items, at)
    if name is None or not items[name[1] - 1].capital:
        return None
    if name[1] < len(items) and items[name[1]].text not in ",.(":
        return None
    return (n + 1, n + 2), name


def _is_finite_cue(word: str) -> bool:
    cue = CUES.get(word)
    return cue is not None and Form.PAST in cue.forms
