"""The lines of a news text, and the facts that are found in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from onrecord.index.articles.news.furniture import is_end_mark
from onrecord.index.text.line_breaks import (
    LINE,
    LINE_BREAKS,
    MAX_WRAPPED_CHARACTERS,
    SENTENCE_END,
    is_lower,
    runs_on,
)
from onrecord.index.values import BlockKind, Span

TOP_BLOCKS: Final = 8
"""First blocks of a text, in which its headline and byline are looked for."""

_INVISIBLE: Final = re.compile(r"[\ufeff\u200b-\u200f\u2060\u202a-\u202e\u2066-\u2069]++")
BULLET: Final = re.compile(r"[•·‣▪●◦■►▶]|[-–—*]\s*[^\Wa-z_]|\(?\d{1,2}[.)]\s")


@dataclass(slots=True)
class Line:
    """A block of a text that may still change its kind."""

    span: Span
    text: str
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(slots=True)
class Facts:
    """The facts about an article that its lines have given so far."""

    title: str | None = None
    author: str | None = None
    published_at: str | None = None
    updated_at: str | None = None
    publishers: dict[int, str] = field(default_factory=dict)
    """Names of publishers by rank; the surest source has the lowest number."""

    def publisher(self, rank: int, name: str) -> None:
        """Note the name of a possible publisher; the first name of a rank stays."""
        self.publishers.setdefault(rank, name)


def cut_lines(text: str) -> list[Line]:
    """Cut a text at blank and indented lines, and at every line if its lines are not wrapped.

    In a text that is not wrapped, a single line break may still stand in the middle of a sentence; it cuts nothing.
    """
    return [Line(span, span.of(text)) for span in _paragraphs(text)]


def _paragraphs(text: str) -> list[Span]:
    lines: list[tuple[Span, int]] = []
    blank_before: set[int] = set()
    previous_end = 0
    for match in LINE.finditer(text):
        body = match.group()
        content = body.strip()
        if not content:
            continue
        indent = len(body) - len(body.lstrip())
        start = match.start() + indent
        gap = text[previous_end : match.start()]
        if gap.strip("\t \xa0") not in LINE_BREAKS:
            blank_before.add(len(lines))
        lines.append((Span(start, start + len(content)), len(body[:indent].expandtabs(4))))
        previous_end = match.end()
    if not lines:
        return []
    least = min(indent for _, indent in lines)
    begins = blank_before | {number for number, (_, indent) in enumerate(lines) if indent - least >= 2}
    wrapped = _is_wrapped(text, [span for span, _ in lines], begins)
    spans: list[Span] = []
    for number, (span, _) in enumerate(lines):
        joined = (
            number > 0
            and number not in begins
            and (wrapped or runs_on(lines[number - 1][0].of(text), span.of(text)))
            and not BULLET.match(text, span.start, span.end)
            # The line that ends a wire story is a block of its own.
            and not is_end_mark(span.of(text))
        )
        if joined:
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    first = spans[0]
    mark = _INVISIBLE.match(text, first.start, first.end)
    if mark and mark.end() < first.end:
        # A byte-order mark counts as no white space, but must not be part of the headline.
        spans[:1] = [Span(first.start, mark.end()), Span(mark.end(), first.end).trimmed(text)]
    return spans


def _is_wrapped(text: str, spans: Sequence[Span], begins: set[int]) -> bool:
    """Say whether newlines only wrap the text, so that many lines begin in the middle of a sentence."""
    joins = [number for number in range(1, len(spans)) if number not in begins]
    if not joins or max(len(span) for span in spans) > MAX_WRAPPED_CHARACTERS:
        return False
    widest = max(len(span) for span in spans)
    # A line may be in the middle of a sentence if the line before it is full and ends no sentence.
    filled = [
        number
        for number in joins
        if len(spans[number - 1]) * 2 >= widest and not SENTENCE_END.search(spans[number - 1].of(text)[-4:])
    ]
    lower = sum(is_lower(text[spans[number].start]) for number in filled)
    if lower:
        return lower * 5 >= sum(text[spans[number].start].isalpha() for number in joins)
    # A text without lower case is wrapped if its lines are of about one length and end anywhere.
    sample = text[spans[0].start : spans[-1].end][:4000]
    if any(is_lower(character) for character in sample):
        return False
    return widest >= 30 and len(filled) * 2 >= len(joins)
