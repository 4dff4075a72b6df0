"""Find the places in the passages that may bear a sentence out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.index.speech.quotations import Quotation
from onrecord.index.text.embedder import Vector
from onrecord.index.values import ArticleInfo, Span
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.instructions import find_commands, proves_nothing
from onrecord.service.answers.quoting.quotes import MAX_QUOTE

_MAX_SENTENCES = 3
"""Neighbouring sentences of a passage that may bear out one sentence together."""
_MAX_PLACES = 3
"""Places that may bear out one sentence together, for example in two articles."""
_COSINE_WEIGHT = 0.5
"""The weight of the cosine against a weight of 1 for the share of the words."""
_MIN_PLAIN_SHARE = 0.85
"""The least share of a sentence's words with which a place is chosen without comparing meanings."""
_SENTENCE_COST = 0.03
"""The share of the words that each sentence of a place costs it."""
_MIN_GAIN = 0.12
"""The least share of the words that a further place must add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A run of whole sentences of a passage that was given to the language model."""

    source: Source
    passage_sentences: tuple[ParsedText, ...]
    """Every sentence of the passage, in order."""
    span: Span
    """The place in the article's text."""
    words: frozenset[str]
    """The roots, figures and name words of its sentences, in the form in which a claim is looked up."""
    rows: tuple[int, int]
    """The positions of its first sentence and behind its last one, among the passage's sentences."""

    @property
    def text(self) -> str:
        """The words of the place."""
        return self.source.passage.slice(self.span)

    @property
    def sentences(self) -> tuple[ParsedText, ...]:
        """The sentences of the place, in order."""
        return self.passage_sentences[slice(*self.rows)]

    @property
    def before(self) -> str:
        """The passage's words before the span."""
        return self.source.passage.text[: self.span.start - self.source.passage.span.start]

    @property
    def article(self) -> ArticleInfo:
        """The article that it stands in: title, publisher, author and date."""
        return self.source.passage.article

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        """The quotations that have words in it."""
        return tuple(quotation for quotation in self.source.quotations if quotation.span.overlaps(self.span))

    def nearness(self, vector: Vector) -> float:
        """Return the cosine between a unit vector and the nearest of its sentences."""
        return float((self.source.sentences.vectors[slice(*self.rows)] @ vector).max())


class PlaceFinder:
    """A finder of places in its sources, which reads a passage when a claim first names it."""

    def __init__(self, sources: Sequence[Source], *, parse: Parse) -> None:
        self._sources = {source.passage.id: source for source in sources}
        self._parse = parse
        self._places: dict[int, list[Place]] = {}

    def find(self, claim: Claim, passages: Sequence[int]) -> tuple[Place, ...]:
        """Return the place nearest to the claim, and further ones that have the words it lacks, best first.

        `passages`: ids of the passages that may bear the claim out. Meanings are compared only if no place has most of
        the words.
        """
        wanted = _wanted(claim.parsed)
        left = [place for passage in passages for place in self._places_in(passage)]
        chosen: list[Place] = []
        held: frozenset[str] = frozenset()
        while left and len(chosen) < _MAX_PLACES:
            shares = [len(wanted & (place.words | held)) / max(1, len(wanted)) for place in left]
            worth = [
                share - _SENTENCE_COST * (place.rows[1] - place.rows[0])
                for share, place in zip(shares, left, strict=True)
            ]
            if not chosen and max(shares) < _MIN_PLAIN_SHARE:
                worth = [
                    w + _COSINE_WEIGHT * place.nearness(claim.vector) for w, place in zip(worth, left, strict=True)
                ]
            place = left[int(np.argmax(worth))]
            if chosen and len(wanted & place.words - held) / max(1, len(wanted)) < _MIN_GAIN:
                break
            chosen.append(place)
            held |= place.words
            left = [one for one in left if one.source is not place.source or not one.span.overlaps(place.span)]
        return tuple(chosen)

    def _places_in(self, passage: int) -> list[Place]:
        if passage not in self._places:
            self._places[passage] = _places_of(self._sources[passage], self._parse)
        return self._places[passage]


def _places_of(source: Source, parse: Parse) -> list[Place]:
    passage, spans = source.passage, source.sentences.spans
    parsed = tuple(parse(passage.slice(span)) for span in spans)
    words = [_held(sentence) for sentence in parsed]
    commands = find_commands(passage.text, [passage.local(span) for span in spans])
    empty = [command or proves_nothing(sentence.text) for command, sentence in zip(commands, parsed, strict=True)]
    found = []
    for first in range(len(spans)):
        held: frozenset[str] = frozenset()
        for last in range(first, min(first + _MAX_SENTENCES, len(spans))):
            span = Span(spans[first].start, spans[last].end)
            if empty[last] or (last > first and len(span) > MAX_QUOTE):
                break
            held |= words[last]
            rows = (first, last + 1)
            found.append(Place(source=source, passage_sentences=parsed, span=span, words=held, rows=rows))
    return found


def _wanted(sentence: ParsedText) -> frozenset[str]:
    """Return the words of a claim that are looked up: the roots of its content words, its figures and its names."""
    return sentence.content_roots | _figures_and_names(sentence)


def _held(sentence: ParsedText) -> frozenset[str]:
    """Return the words of a sentence that a claim may have: its roots, figures and names."""
    return sentence.roots | _figures_and_names(sentence)


def _figures_and_names(sentence: ParsedText) -> frozenset[str]:
    figures = {f"figure {figure.value}" for figure in sentence.figures}
    return frozenset(figures | {f"name {name.folded}" for name in sentence.names})
