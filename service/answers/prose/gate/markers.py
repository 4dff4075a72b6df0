"""Read the markers by which a language model names the passages that a sentence rests on.

The prompt asks for keys in square brackets. Models also write 【】 or (), several keys at once, or a word before one.
"""

import re
from dataclasses import dataclass

from onrecord.index.text.english.word_sets import word_set

_MAX_MARKER = 120
"""Code points in a marker; a bracket that stays open for longer begins none."""
_OPENING, _CLOSING = "[【〔［⟦(（{", "]】〕］⟧)）}"
_BRACKETS = re.compile(
    rf"(?P<open>[{re.escape(_OPENING)}])(?P<inside>[^{re.escape(_OPENING + _CLOSING)}\n]{{1,{_MAX_MARKER}}})"
    rf"[{re.escape(_CLOSING)}]"
)
_SPLIT = re.compile(r"[\s,;:|/†·&#^*_`'\"“”]+")
_FILLER = word_set(
    "and cf cite citation citations doc document id key keys p passage passages ref refs see source sources"
)
_KEY = re.compile(r"[0-9a-f]{8}", re.IGNORECASE)
_INVENTED = re.compile(r"\d{1,3}|[a-z]{1,8}-?\d{1,3}|(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5,12}", re.IGNORECASE)
"""Words that are meant as keys and are none: [1], [S2], [p3], [ab12x]."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text whose markers are overwritten with spaces, and the keys that they name."""

    text: str
    """The text, as long as the one that was read."""
    keys: tuple[str, ...]
    """The keys in order, each once, in small letters."""


def read_markers(text: str) -> Marked:
    """Return the text without its markers, and their keys; brackets around other words stay in the text."""
    keys: list[str] = []

    def blank(match: re.Match[str]) -> str:
        found = _keys(match["inside"], strict=match["open"] in "(（{")
        keys.extend(found)
        return " " * len(match.group()) if found else match.group()

    return Marked(text=_BRACKETS.sub(blank, text), keys=tuple(dict.fromkeys(keys)))


def open_marker(text: str) -> int | None:
    """Return where a bracket begins that more text may complete to a marker; None if there is none."""
    at = max(text.rfind(mark, max(0, len(text) - _MAX_MARKER)) for mark in _OPENING)
    return at if at >= 0 and not any(mark in text[at:] for mark in _CLOSING + "\n") else None


def _keys(inside: str, *, strict: bool) -> list[str]:
    words = [word for word in _SPLIT.split(inside.casefold()) if word and word not in _FILLER]
    known = [word for word in words if _KEY.fullmatch(word)]
    if strict:
        # A year or "p3" in round brackets may be text, so every word in them must be a key.
        return known if known and len(known) == len(words) else []
    return words if words and all(_KEY.fullmatch(word) or _INVENTED.fullmatch(word) for word in words) else []
