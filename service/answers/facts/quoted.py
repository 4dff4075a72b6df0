"""Check that words in quotation marks stand in the passages, letter for letter."""

import re
from collections.abc import Iterable, Sequence

# What begins with „ ends with “ in German and with ” in Polish.
_PAIRS = (("“", "”"), ("«", "»"), ("„", "“”"), ("「", "」"), ('"', '"'), ("‘", "’"))
_QUOTED = re.compile(
    "|".join(rf"{a}(?P<q{n}>[^{a}{b}\n]{{1,600}}?)[{b}]" for n, (a, b) in enumerate(_PAIRS[:5]))
    # A single mark is also an apostrophe, so it opens only before a word and behind none.
    + r"|(?<![\w’'])[‘'](?P<q5>\w[^‘'’\n]{0,400}?(?:(?<=\w)[’'](?=\w)[^‘'’\n]{1,400}?){0,8})[’'](?!\w)"
)
_OMISSION = re.compile(r"\s*(?:\[?(?:\.\.\.|…)\]?)\s*")
_MARKS = str.maketrans("“”„«»‘’`–—", '"""""' + "'" * 3 + "--")


def quoted_in(text: str) -> list[str]:
    """Return the texts between quotation marks, in order."""
    return [next(filter(None, match.groups())) for match in _QUOTED.finditer(text)]


def misquoted(quotations: Iterable[str], passages: Sequence[str]) -> str | None:
    """Return the first quotation whose words no passage has; None if every quotation is exact.

    Quotation marks and dashes may have other forms. White space, marks at the end and the case of the first letter may
    differ. Words may be left out if the quotation has "…" in their place.
    """
    texts = [_even(passage) for passage in passages]
    for quoted in quotations:
        parts = [part for part in map(_bare, _OMISSION.split(quoted)) if part]
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
