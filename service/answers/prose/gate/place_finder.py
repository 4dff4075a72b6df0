"""Where in the passages the words stand that bear a sentence out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.index.text.embedder import Vector
from onrecord.index.text.terms import content_terms
from onrecord.index.values import Span
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.facts.figures import figures_of
from onrecord.service.answers.facts.forms import root, roots_in
from onrecord.service.answers.facts.names import name_words
from onrecord.service.answers.prose.gate.instructions import find_commands, proves_nothing
from onrecord.service.answers.quoting.quotes import MAX_QUOTE

_IN_A_ROW = 3
"""Neighbouring sentences that may bear out one together."""
_MOST = 3
"""Places that may bear out one sentence together, as where it brings two articles together."""
_MEANING = 0.5
"""What the cosine counts beside the share of the words."""
_PLAIN = 0.85
"""The share of a sentence's words from which on a place is plain without comparing meanings."""
_LENGTH = 0.03
"""What each further sentence of a place costs."""
_WORTH = 0.12
"""What a further place must add to the share of the words that are borne out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whole sentences in a row, of a passage that was given to the language model."""

    source: Source
    span: Span
    """In the article's text."""
    words: frozenset[str]
    """Its stems, figures and name's words, as they are looked for."""
    rows: tuple[int, int]
    """Its sentences among the source's, from and to."""

    @property
    def text(self) -> str:
        """The words."""
        offset = self.source.passage.span.start
        return self.source.passage.text[self.span.start - offset : self.span.end - offset]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Its sentences' words; none if it is a single one."""
        offset, text = self.source.passage.span.start, self.source.passage.text
        spans = self.source.sentences.spans[slice(*self.rows)]
        return tuple(text[s.start - offset : s.end - offset] for s in spans) if len(spans) > 1 else ()

    def nearness(self, vector: Vector) -> float:
        """Return the cosine between a unit vector and the nearest of its sentences."""
        return float((self.source.sentences.vectors[slice(*self.rows)] @ vector).max())

    @property
    def before(self) -> str:
        """The passage's words before the span."""
        return self.source.passage.text[: self.span.start - self.source.passage.span.start]


class PlaceFinder:
    """Knows every place that may bear a sentence out; a passage is read when it is first named."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = {source.passage.id: source for source in sources}
        self._places: dict[int, list[Place]] = {}

    def _of(self, passage: int) -> list[Place]:
        if passage not in self._places:
            self._places[passage] = _places_of(self._sources[passage])
        return self._places[passage]

    def find(self, sentence: str, passages: Sequence[int], embed: Callable[[], Vector]) -> tuple[Place, ...]:
        """Return the place nearest to the sentence, and further ones that have what it lacks, best first.

        `passages`: ids of those that may bear it out. `embed`: gives the sentence's vector, a unit vector; it is only
        asked for where the words do not tell by themselves.
        """
        wanted = _words(sentence)
        left = [place for passage in passages for place in self._of(passage)]
        chosen: list[Place] = []
        held: frozenset[str] = frozenset()
        while left and len(chosen) < _MOST:
            shares = [len(wanted & (place.words | held)) / max(1, len(wanted)) for place in left]
            worth = [
                share - _LENGTH * (place.rows[1] - place.rows[0]) for share, place in zip(shares, left, strict=True)
            ]
            if not chosen and max(shares) < _PLAIN:
                vector = embed()
                worth = [w + _MEANING * place.nearness(vector) for w, place in zip(worth, left, strict=True)]
            place = left[int(np.argmax(worth))]
            if chosen and len(wanted & place.words - held) / max(1, len(wanted)) < _WORTH:
                break
            chosen.append(place)
            held |= place.words
            left = [one for one in left if one.source is not place.source or not one.span.overlaps(place.span)]
        return tuple(chosen)


def share_of(sentence: str, text: str) -> float:
    """Return the share of the sentence's content words, each once, that the text has."""
    wanted = {root(term.folded) for term in content_terms(sentence)}
    return len(wanted & set(roots_in(text))) / max(1, len(wanted))


def _places_of(source: Source) -> list[Place]:
    spans = source.sentences.spans
    offset = source.passage.span.start
    texts = [source.passage.text[span.start - offset : span.end - offset] for span in spans]
    words = [_words(text, every=True) for text in texts]
    local = [Span(span.start - offset, span.end - offset) for span in spans]
    commands = find_commands(source.passage.text, local)
    empty = [command or proves_nothing(text) for command, text in zip(commands, texts, strict=True)]
    found = []
    for first in range(len(spans)):
        held: frozenset[str] = frozenset()
        for last in range(first, min(first + _IN_A_ROW, len(spans))):
            span = Span(spans[first].start, spans[last].end)
            if empty[last] or (last > first and len(span) > MAX_QUOTE):
                break
            held |= words[last]
            found.append(Place(source=source, span=span, words=held, rows=(first, last + 1)))
    return found


def _words(text: str, *, every: bool = False) -> frozenset[str]:
    """Return what is looked for, or with `every` what may be found: stems, and figures whatever their form."""
    stems = set(roots_in(text)) if every else {root(term.folded) for term in content_terms(text)}
    figures = {f"figure {figure.value}" for figure in figures_of(text)}
    return frozenset(stems | figures | {f"name {name.folded}" for name in name_words(text)})
