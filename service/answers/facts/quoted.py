"""Words in quotation marks must stand in the passage, letter for letter."""

import re
from collections.abc import Iterable, Sequence

_PAIRS = (("“", "”"), ("«", "»"), ("„", "“"), ("「", "」"), ('"', '"'), ("‘", "’"))
_QUOTED = re.compile(
    "|".join(rf"{a}(?P<q{n}>[^{a}{b}\n]{{1,600}}?){b}" for n, (a, b) in enumerate(_PAIRS[:5]))
    # A single mark is an apostrophe too: it opens before a word that has none before it.
    + r"|(?<![\w’'])[‘'](?P<q5>\w[^‘'’\n]{0,400}?(?:(?<=\w)[’'](?=\w)[^‘'’\n]{1,400}?){0,8})[’'](?!\w)"
)
_LEFT_OUT = re.compile(r"\s*(?:\[?(?:\.\.\.|…)\]?)\s*")
_MARKS = str.maketrans("“”„«»‘’`–—", '"""""' + "'" * 3 + "--")


def quoted_in(text: str) -> list[str]:
    """Return what stands between quotation marks."""
    return [next(filter(None, match.groups())) for match in _QUOTED.finditer(text)]


def misquoted(quotations: Iterable[str], passages: Sequence[str]) -> str | None:
    """Return the first quotation whose words none of the passages has; None if every quotation is exact.

    The form of quotation marks and dashes, white space, a stop or comma at the end, and the case of the first letter
    may differ; words may be left out where the quotation shows it.
    """
    texts = [_even(passage) for passage in passages]
    for quoted in quotations:
        parts = [part for part in map(_bare, _LEFT_OUT.split(quoted)) if part]
        if not any(_holds(text, parts) for text in texts):
            return quoted
    return None


def _holds(text: str, parts: list[str]) -> bool:
    at = 0
    for part in parts:
        found = text.find(part, at)
        if found < 0 and not at:
            found = text.find(part[0].swapcase() + part[1:])
        if found < 0 or not _is_whole(text, found, found + len(part)):
            return False
        at = found + len(part)
    return True


def _is_whole(text: str, start: int, end: int) -> bool:
    """Say whether the words are whole: "legal" is no quote of "illegal"."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())


def _bare(part: str) -> str:
    return _even(part).strip(" .,;:!?'\"")


def _even(text: str) -> str:
    return " ".join(text.translate(_MARKS).split())
