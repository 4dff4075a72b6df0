"""Find and rank what the archive holds on a question: passages, their sentences, and the quotations in them."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.fallback import STRICT, Fallback
from onrecord.index.search.copy_finder import COPY_FINDER, CopyFinder
from onrecord.index.search.quotation_finder import MIN_TOPIC_COSINE
from onrecord.index.search.retriever import Retrieval, Retriever
from onrecord.index.search.trust import Trust
from onrecord.index.speech.quotations import Quotation
from onrecord.index.text.embedder import Embedder, Vector
from onrecord.index.text.terms import stems_of
from onrecord.index.values import Copies, Filters, FoundPassage, Span
from onrecord.service.answers.evidence.calibration import Calibration
from onrecord.service.answers.evidence.features import Allowed, collect, rarity_of
from onrecord.service.answers.evidence.judge import READER, Judge
from onrecord.service.answers.evidence.ranker import Ranker
from onrecord.service.answers.evidence.ranking import Candidate, Ranking
from onrecord.service.answers.evidence.reranker import RERANKER, Reranker
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText
from onrecord.service.answers.question.question import Question

_MAX_PASSAGES = 8
"""Passages whose sentences are ranked."""
_MAX_WEIGHED = 100
"""Passages among which these are chosen if not all origins are trusted alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A passage, with its quotable sentences and the quotations in it."""

    passage: FoundPassage
    sentences: StoredSentences
    quotations: tuple[Quotation, ...]


Rule = Callable[[ParsedText, Sequence[Quotation]], bool]
"""A rule that says whether a sentence, with the quotations in it, may answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The passages near a question, with their quotable sentences and quotations by passage id."""

    retrieval: Retrieval
    sentences: Mapping[int, StoredSentences]
    quotations: Mapping[int, Sequence[Quotation]]
    seconds: float
    """The seconds that the search took."""
    parse: Parse
    trust: Mapping[int, float] = field(default_factory=dict)
    """The logarithm of the weight of each passage's origin, by passage id; empty if all are trusted alike."""

    def texts(self, passage: FoundPassage) -> tuple[ParsedText, ...]:
        """Return the quotable sentences of one of the passages, in order."""
        return tuple(self.parse(passage.slice(span)) for span in self.sentences[passage.id].spans)

    def said_in(self, passage: int, sentence: Span) -> list[Quotation]:
        """Return the quotations that have words in the sentence."""
        return [quotation for quotation in self.quotations.get(passage, ()) if quotation.span.overlaps(sentence)]

    def source(self, passage: FoundPassage) -> Source:
        """Return one of the passages with its sentences and quotations."""
        return Source(
            passage=passage,
            sentences=self.sentences[passage.id],
            quotations=tuple(self.quotations.get(passage.id, ())),
        )

    def allow(self, rule: Rule) -> Allowed:
        """Return the positions of the sentences that the rule lets through, by passage id."""
        return {
            passage.id: frozenset(
                position
                for position, span in enumerate(self.sentences[passage.id].spans)
                if rule(self.parse(passage.slice(span)), self.said_in(passage.id, span))
            )
            for passage in self.retrieval.passages
        }


class EvidenceFinder:
    """A finder of passages that may answer, which also ranks their sentences."""

    def __init__(
        self,
        *,
        archive: SqliteArchive,
        embedder: Embedder,
        retriever: Retriever,
        ranker: Ranker,
        reranker: Reranker | None = None,
        judge: Judge | None = None,
        calibration: Calibration | None = None,
        fallback: Fallback = STRICT,
        trust: Trust | None = None,
    ) -> None:
        """Take the parts; without a `calibration` the confidence and threshold of the models count.

        `fallback` goes on without the reranker, the judge or the copy finder if one of them fails.
        """
        self._archive = archive
        self._embedder = embedder
        self._retriever = retriever
        self._ranker = ranker
        self._reranker = reranker
        self._judge = judge
        self._calibration = calibration
        self._fallback = fallback
        self._trust = trust or Trust(archive=archive, weights={})
        self._copies = CopyFinder(archive, self._trust)

    def mend(self, question: str) -> str:
        """Return the question with mistyped words spelt as in the archive."""
        return self._retriever.mend(question)

    def find(self, text: str, filters: Filters, *, vector: Vector | None = None, parse: Parse = ParsedText) -> Found:
        """Return the passages near the text that the filters let through.

        `vector`: the unit vector of the text, if it is known. `parse`: parses the sentences that are found.
        """
        started = time.perf_counter()
        retrieval, trust = self._retrieve(text, filters, vector)
        passages = [passage.id for passage in retrieval.passages]
        quotations: dict[int, list[Quotation]] = {}
        for stored in self._archive.quotations.find(passages=passages):
            if stored.passage is not None:
                quotations.setdefault(stored.passage, []).append(stored.quotation)
        sentences = self._archive.passages.sentences(passages)
        spent = time.perf_counter() - started
        return Found(
            retrieval=retrieval, sentences=sentences, quotations=quotations, seconds=spent, parse=parse, trust=trust
        )

    def _retrieve(self, text: str, filters: Filters, vector: Vector | None) -> tuple[Retrieval, Mapping[int, float]]:
        """Return the nearest passages whose origins are trusted at all, and `Found.trust` for them."""
        if self._trust.is_equal:
            return self._retriever.retrieve(text, limit=_MAX_PASSAGES, filters=filters, vector=vector), {}
        filters = self._trust.narrow(filters)
        retrieval = self._retriever.retrieve(text, limit=_MAX_WEIGHED, filters=filters, vector=vector)
        passages = tuple(self._trust.once(retrieval.passages)[:_MAX_PASSAGES])
        weights = self._trust.of_articles({passage.article.id for passage in passages})
        trust = {passage.id: math.log(weights[passage.article.id]) for passage in passages}
        return replace(retrieval, passages=passages), trust

    def as_of(self) -> str | None:
        """Return the date of the newest article in the archive; None if no article has one."""
        return self._archive.as_of()

    def carried(self, article_id: str, quote: str) -> Copies:
        """Return the other articles that carry a quote of this article."""
        return self._fallback.run(COPY_FINDER, lambda: self._copies.carried(article_id, quote), without=Copies)

    def speaks_of(self, topic: str, found: Found, candidate: Candidate) -> bool:
        """Say whether a sentence, or one beside it, has a word of the topic, or is near the topic in meaning."""
        if candidate.coverage > 0:
            return True
        vector = found.sentences[candidate.passage.id].vectors[candidate.position]
        return float(vector @ self._embedder.embed_question(topic)) >= MIN_TOPIC_COSINE

    def rank(
        self, question: Question, found: Found, allowed: Allowed | None = None, *, asked: str | None = None
    ) -> Ranking:
        """Rank all sentences, or the allowed ones, as answers to the question.

        `asked`: the whole question for the reader, if `question` is a part of it.
        """
        rarity = rarity_of(self._archive.words.counts(stems_of(question.terms)))
        retrieval = found.retrieval
        known = collect(
            question, retrieval.vector, retrieval.passages, found.sentences, rarity, allowed, parse=found.parse
        )
        ranked = self._ranker.rank(known, found.trust)
        if reranker := self._reranker:
            ranked = self._rerank(reranker, asked or question.text, ranked, found.trust)
        ranking = ranked.trusting(found.trust)
        if judge := self._judge:
            judged = self._fallback.run(
                READER,
                lambda: judge.judge(asked or question.text, ranked, found.sentences, found.trust, found.parse),
                without=lambda: None,
            )
            if judged is None:
                # The calibration was made with the reader, and fits no confidence of the ranker alone.
                return ranking
            ranking = judged
        if self._calibration is None or not ranking.candidates:
            return ranking
        confidence = self._calibration.read(ranking.confidence)
        return replace(ranking, confidence=confidence, answers=confidence >= self._calibration.threshold)

    def _rerank(self, reranker: Reranker, asked: str, ranked: Ranking, trust: Mapping[int, float]) -> Ranking:
        """Return the ranking in the order of the reranker's scores with the trust in each passage added."""
        found = self._fallback.run(RERANKER, lambda: reranker.rerank(asked, ranked), without=lambda: ranked)
        order = sorted(found.candidates, key=lambda one: -(one.score + trust.get(one.passage.id, 0.0)))
        return replace(found, candidates=tuple(order))
