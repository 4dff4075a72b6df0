"""Search of the archive's quotations by speaker and by topic."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.archive.tables.quotation_table import StoredQuotation
from onrecord.index.search.retriever import Retriever
from onrecord.index.search.speaker_finder import SpeakerFinder
from onrecord.index.speech.quotations import QuotationKind
from onrecord.index.text.embedder import Vector
from onrecord.index.text.invisible_characters import as_seen
from onrecord.index.text.terms import content_terms, stems_in, stems_of
from onrecord.index.values import Filters

_MAX_PASSAGES = 50
"""Passages near the topic whose quotations are compared with it."""
MIN_TOPIC_COSINE = 0.3
"""Cosine from which a sentence is near a topic although it has none of the topic's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundQuotation:
    """A quotation and its nearness to the topic in 0..1, or None if no topic was given."""

    stored: StoredQuotation
    score: float | None


class QuotationFinder:
    """A finder of an archive's quotations."""

    def __init__(self, *, archive: SqliteArchive, retriever: Retriever, speakers: SpeakerFinder) -> None:
        self._archive = archive
        self._retriever = retriever
        self._speakers = speakers

    def find(
        self,
        *,
        speaker: str | None = None,
        about: str | None = None,
        kind: QuotationKind | None = None,
        filters: Filters | None = None,
        limit: int,
        after: int = 0,
    ) -> list[FoundQuotation]:
        """Return at most `limit` quotations of the speaker, whatever form the name has, nearest to the topic first.

        Without a topic they come in the order in which they were archived, starting after the id `after`.
        """
        filters = filters or Filters()
        if speaker is not None:
            filters = replace(filters, speakers=self._speakers.match(speaker))
        if about is None:
            listed = self._archive.quotations.find(filters=filters, kind=kind, after=after, limit=limit)
            return [FoundQuotation(stored=stored, score=None) for stored in listed]
        about = as_seen(about)
        retrieval = self._retriever.retrieve(about, limit=_MAX_PASSAGES, filters=filters)
        passages = [passage.id for passage in retrieval.passages]
        texts = {passage.id: (passage.span.start, passage.text) for passage in retrieval.passages}
        sentences = self._archive.passages.sentences(passages)
        wanted = set(stems_of(content_terms(about)))
        found = []
        for stored in self._archive.quotations.find(passages=passages, filters=filters, kind=kind):
            similarity, words = _nearness(stored, sentences, texts, retrieval.vector, wanted)
            if words or similarity >= MIN_TOPIC_COSINE:
                found.append(FoundQuotation(stored=stored, score=(max(0.0, similarity) + words) / 2))
        return sorted(found, key=lambda one: (-(one.score or 0.0), one.stored.id))[:limit]


def _nearness(
    stored: StoredQuotation,
    sentences: Mapping[int, StoredSentences],
    texts: Mapping[int, tuple[int, str]],
    vector: Vector,
    wanted: set[str],
) -> tuple[float, float]:
    """Return the best cosine of the sentences around a quotation, and the share of the topic's stems in them."""
    if stored.passage is None:
        return 0.0, 0.0
    held = sentences[stored.passage]
    inside = [i for i, span in enumerate(held.spans) if span.overlaps(stored.quotation.span)]
    if not inside:
        return 0.0, 0.0
    start, text = texts[stored.passage]
    around = text[held.spans[inside[0]].start - start : held.spans[inside[-1]].end - start]
    similarity = float((held.vectors[inside] @ vector).max())
    return similarity, len(wanted & set(stems_in(around))) / max(1, len(wanted))
