"""Search for the stretches of an article that stand inside quotation marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.values import Block, BlockKind, Span

_MARK = re.compile(r"''|``|’’|‘‘|[“”„‟\"'‘’‚‛«»‹›「」『』]")

_CLOSERS = {
    "“": '”"',
    # Swedish and Finnish texts open with the mark that closes.
    "”": "”",
    "‟": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "‘": "’",
    "‛": "’",
    "‚": "‘’",
    '"': '"”',
    "'": "'",
    "''": "''",
    "’’": "’’",
    "‘‘": "’’",
    "「": "」",
    "『": "』",
    "``": "''",
}
_SINGLE = frozenset("‘‛‚'‹")
_MAX_SINGLE_CHARACTERS = 500
"""Code points in a quote inside single marks; a mark that does not close so soon is an apostrophe."""
_MAX_INNER = 4
"""Quotes inside one quote; the bound keeps the work linear in marks that never close."""
_CLIPPED = re.compile(r"(?:em|t|til|cause|n|tis|twas|round|bout|\d0s|\d\d)\b", re.IGNORECASE)
_OPENING_CONTEXT = frozenset("([{—–-/“‘\"'«„:,")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A stretch of text inside quotation marks; `span` includes the marks, `inner` does not.

    `runs_on` is true if the paragraph ends before the quote does, so that the next paragraph opens it again.
    `continues` is true for the stretch with which that next paragraph begins.
    """

    span: Span
    inner: Span
    runs_on: bool = False
    continues: bool = False


def find_quoted(text: str, blocks: Sequence[Block]) -> list[Quoted]:
    """Return the stretches inside the outermost quotation marks of each block, of whatever kind, in order."""
    found: list[Quoted] = []
    readable = [block.span for block in blocks if block.kind is not BlockKind.FURNITURE]
    pending: str | None = None
    for number, span in enumerate(readable):
        following = readable[number + 1] if number + 1 < len(readable) else None
        quoted, pending = _pair(text, span, following, pending)
        found.extend(quoted)
    return found


def _pair(text: str, block: Span, following: Span | None, pending: str | None) -> tuple[list[Quoted], str | None]:
    marks = [(m.start(), m.end(), m.group()) for m in _MARK.finditer(text, block.start, block.end)]
    found: list[Quoted] = []
    continues = pending is not None and text.startswith(pending, block.start)
    barren: set[str] = set()
    at = 0
    while at < len(marks):
        start, end, mark = marks[at]
        if mark in barren or not _opens(text, start, end, mark, block):
            at += 1
            continue
        close = _closing(text, marks, at, mark, block)
        first = continues and start == block.start
        if close is not None:
            inner = Span(end, marks[close][0])
            if inner:
                stop = _past_triple(text, marks[close][1], mark, block)
                found.append(Quoted(span=Span(start, stop), inner=inner, continues=first))
            at = close + 1
            continue
        runs_on = following is not None and text.startswith(mark, following.start)
        if mark not in _SINGLE and (runs_on or mark in "“„«" or first):
            span = Span(start, block.end)
            found.append(Quoted(span=span, inner=Span(end, block.end), runs_on=runs_on, continues=first))
            return found, mark if runs_on else None
        if mark not in _SINGLE:
            barren.add(mark)
        at += 1
    return found, None


def _opens(text: str, start: int, end: int, mark: str, block: Span) -> bool:
    if mark not in _CLOSERS or end >= block.end or (text[end].isspace() and mark not in "“„«"):
        return False
    before = text[start - 1] if start > block.start else " "
    if mark in "“„«‟‹":
        return True
    if mark == "»":
        return before.isspace()
    if not (before.isspace() or before in _OPENING_CONTEXT):
        return False
    if mark in ("'", "‘"):
        return not _CLIPPED.match(text, end)
    return True


def _closing(text: str, marks: list[tuple[int, int, str]], opened: int, mark: str, block: Span) -> int | None:
    closers = _CLOSERS[mark]
    limit = marks[opened][1] + _MAX_SINGLE_CHARACTERS if mark in _SINGLE else block.end
    inner: list[int] = []
    nested = 0
    for number in range(opened + 1, len(marks)):
        start, end, found = marks[number]
        if start > limit:
            break
        if mark in '“"' and found == mark and _opens(text, start, end, found, block) and text[end].isalnum():
            nested += 1
            if nested + len(inner) > _MAX_INNER:
                break
            continue
        doubled = mark == "‘" and found == "’’"
        if (
            found != closers
            and not doubled
            and (len(found) > 1 or len(closers) > 2 or found not in closers or closers == "''")
        ):
            continue
        before = text[start - 1]
        after = text[end] if end < block.end else " "
        if found in "'’" and (after.isalnum() or before.isspace()):
            continue
        if not nested:
            return number
        nested -= 1
        inner.append(number)
    # If the inner quote and the outer one do not both close, the first mark that closes counts.
    return inner[0] if inner else None


def _past_triple(text: str, close: int, mark: str, block: Span) -> int:
    """Return the end of the closing marks, which are three single ones where an inner quote ends with the outer."""
    return close + 1 if mark == "''" and close < block.end and text[close] == "'" else close
