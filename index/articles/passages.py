"""Cutting articles into passages, the slices that are searched."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Block, BlockKind, Passage, Span

_TABLE_RULE = re.compile(r"(?=[^|]{0,200}\|)[|:+ \t-]{3,300}")

CountTokens = Callable[[Sequence[str]], list[int]]
"""Returns each text's length in the embedder's tokens."""


def split_passages(text: str, blocks: Sequence[Block], *, count_tokens: CountTokens, max_tokens: int) -> list[Passage]:
    """Cut an article at sentence ends.

    Every passage is an exact slice of the text and holds at most `max_tokens` tokens, whole paragraphs where they
    fit, a heading together with what it heads, and nothing of a headline or of furniture but the rule below a table's
    head. The passages' sentences together hold every character of the article's paragraphs but white space.
    """
    pieces = [
        [
            piece
            for sentence in split_sentences(text, block.span)
            for piece in _fit(text, sentence, count_tokens, max_tokens)
        ]
        if block.kind is BlockKind.PARAGRAPH
        else [block.span]
        for block in blocks
    ]
    lengths = iter(count_tokens([span.of(text) for spans in pieces for span in spans]))
    filling = _Filling(max_tokens)
    for block, spans in zip(blocks, pieces, strict=True):
        measured = [(span, next(lengths)) for span in spans]
        match block.kind:
            case BlockKind.PARAGRAPH:
                filling.add_paragraph(measured)
            case BlockKind.HEADING:
                filling.add_heading(*measured[0])
            case BlockKind.FURNITURE if _TABLE_RULE.fullmatch(text, block.span.start, block.span.end):
                # The rule below a table's head parts nothing.
                continue
            case _:
                filling.cut()
    filling.cut()
    return filling.passages


class _Filling:
    """The passages cut so far, and the one that is being filled."""

    def __init__(self, max_tokens: int) -> None:
        self.passages: list[Passage] = []
        self._max_tokens = max_tokens
        self._heading: Span | None = None
        self._sentences: list[Span] = []
        self._tokens = 0

    def add_paragraph(self, sentences: Sequence[tuple[Span, int]]) -> None:
        if self._sentences and self._tokens + sum(tokens for _, tokens in sentences) > self._max_tokens:
            self.cut()
        for span, tokens in sentences:
            if self._sentences and self._tokens + tokens > self._max_tokens:
                self.cut()
            if self._heading and self._tokens + tokens > self._max_tokens:
                self._drop_heading()
            self._sentences.append(span)
            self._tokens += tokens

    def add_heading(self, span: Span, tokens: int) -> None:
        self.cut()
        if tokens < self._max_tokens:
            self._heading, self._tokens = span, tokens

    def cut(self) -> None:
        if self._sentences:
            start = self._heading.start if self._heading else self._sentences[0].start
            span = Span(start, self._sentences[-1].end)
            self.passages.append(Passage(span=span, sentences=tuple(self._sentences)))
        self._sentences = []
        self._drop_heading()

    def _drop_heading(self) -> None:
        self._heading, self._tokens = None, 0


def _fit(text: str, span: Span, count_tokens: CountTokens, max_tokens: int) -> Iterator[Span]:
    """Cut a sentence that is too long for one passage into pieces, between words where it has any."""
    # A token covers at least one byte of UTF-8 (a Hangul syllable is three of each), so short texts need no count.
    if len(span.of(text).encode()) <= max_tokens or count_tokens([span.of(text)])[0] <= max_tokens:
        yield span
        return
    # Halving keeps every piece within a factor of two of the limit and costs one count a level.
    middle = (span.start + span.end) // 2
    gap = text.rfind(" ", span.start + len(span) // 4, middle)
    cut = gap + 1 if gap >= 0 else middle
    for start, end in pairwise((span.start, cut, span.end)):
        part = Span(start, end).trimmed(text)
        if len(part):
            yield from _fit(text, part, count_tokens, max_tokens)
