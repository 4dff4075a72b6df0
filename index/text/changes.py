"""Search for what a quote became in a later version of its text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rapidfuzz import fuzz

from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Block, BlockKind, Span

_MIN_SIMILARITY = 50
"""Similarity, in hundredths, of a quote and its successor; without a sentence that similar, the quote is gone."""
_MAX_SENTENCES = 4
"""Consecutive sentences that may succeed a quote."""

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of words in a comparison: `same` and `gone` make the old text, `same` and `new` make the new one."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """The sentences most similar to a quote in a text that no longer holds it."""

    span: Span
    text: str
    similarity: float
    """0..1."""
    pieces: tuple[Piece, ...]


def find_successor(quote: str, text: str, blocks: Sequence[Block], *, start: int) -> Successor | None:
    """Return the sentences of the text that are most similar to the quote; of equals, those nearest to `start`.

    Return None if nothing reaches half of the full similarity.
    """
    best: tuple[float, int, Span] | None = None
    for block in blocks:
        if block.kind is not BlockKind.PARAGRAPH:
            continue
        sentences = split_sentences(text, block.span)
        for first, sentence in enumerate(sentences):
            for last in sentences[first : first + _MAX_SENTENCES]:
                span = Span(sentence.start, last.end)
                if len(span) > 2 * len(quote) + 200:
                    break
                alike = fuzz.ratio(quote, span.of(text), score_cutoff=_MIN_SIMILARITY)
                if alike and (best is None or (alike, -abs(span.start - start)) > best[:2]):
                    best = alike, -abs(span.start - start), span
    if best is None:
        return None
    alike, _, span = best
    return Successor(span=span, text=span.of(text), similarity=alike / 100, pieces=compare_words(quote, span.of(text)))


def compare_words(old: str, new: str) -> tuple[Piece, ...]:
    """Compare two texts word by word; white space and punctuation marks count as words of their own."""
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(kind="same", text="".join(a[i:j])))
            continue
        if j > i:
            pieces.append(Piece(kind="gone", text="".join(a[i:j])))
        if m > k:
            pieces.append(Piece(kind="new", text="".join(b[k:m])))
    return tuple(pieces)
