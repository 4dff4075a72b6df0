"""Answers made of nothing but quotes."""

import time

import numpy as np

from index.archive import SqliteArchive
from index.retriever import Retriever
from index.terms import stems_of
from index.values import Filters, Span
from service.answers import Answer, AnswerSentence, Citation, Timings
from service.prompts import Prompts
from service.question import Question, read_question
from service.quotes import frame, says_the_same
from service.ranker import Ranker, Ranking, rarity_of

_PASSAGES = 8
"""Passages whose sentences are ranked."""
_CLOSEST = 3
"""Quotes shown with an abstention."""


class ExtractiveAnswerer:
    """Answers a question with the archive's own sentences, or says that it does not answer."""

    def __init__(self, *, archive: SqliteArchive, retriever: Retriever, ranker: Ranker, prompts: Prompts) -> None:
        self._archive = archive
        self._retriever = retriever
        self._ranker = ranker
        self._prompts = prompts

    def answer(self, text: str, *, limit: int, filters: Filters | None = None) -> Answer:
        """Return at most `limit` quotes, best first, or an abstention with the closest ones."""
        started = time.perf_counter()
        retrieval = self._retriever.retrieve(text, limit=_PASSAGES, filters=filters)
        retrieved = time.perf_counter()
        question = read_question(text)
        sentences = self._archive.sentences([passage.id for passage in retrieval.passages])
        rarity = rarity_of(self._archive.stem_counts(stems_of(question.terms)))
        ranking = self._ranker.rank(question, retrieval.vector, retrieval.passages, sentences, rarity)
        places = {passage: stored.spans for passage, stored in sentences.items()}
        citations = _cite(question, ranking, places, limit=limit if ranking.answers else min(limit, _CLOSEST))
        ended = time.perf_counter()
        timings = Timings(
            retrieve=(retrieved - started) * 1e3, read=(ended - retrieved) * 1e3, total=(ended - started) * 1e3
        )
        if not ranking.answers:
            return Answer(
                question=text,
                status="abstained",
                mode="extractive",
                confidence=ranking.confidence,
                text=self._prompts.abstained,
                closest=citations,
                timings=timings,
            )
        return Answer(
            question=text,
            status="answered",
            mode="extractive",
            confidence=ranking.confidence,
            text="\n".join(self._prompts.quote.format(quote=c.quote, number=c.number) for c in citations),
            sentences=tuple(AnswerSentence(text=c.quote, citations=(c.number,)) for c in citations),
            citations=citations,
            timings=timings,
        )


def _cite(
    question: Question, ranking: Ranking, places: dict[int, tuple[Span, ...]], *, limit: int
) -> tuple[Citation, ...]:
    """Turn the best candidates into citations, leaving out what an earlier one already says."""
    wanted = frozenset(term.stem for term in question.terms)
    scores = np.array([candidate.score for candidate in ranking.candidates])
    shares = np.exp(scores - scores.max(initial=0.0)) if len(scores) else scores
    shares = shares / shares.sum() if len(shares) else shares
    citations: list[Citation] = []
    for candidate, share in zip(ranking.candidates, shares, strict=True):
        if len(citations) == limit:
            break
        passage = candidate.passage
        offset = passage.span.start
        spans = [Span(span.start - offset, span.end - offset) for span in places[passage.id]]
        local = frame(passage.text, spans, candidate.position, wanted=wanted)
        quote = local.of(passage.text)
        if any(says_the_same(quote, earlier.quote) for earlier in citations):
            continue
        citations.append(
            Citation(
                number=len(citations) + 1,
                article=passage.article,
                span=Span(local.start + offset, local.end + offset),
                quote=quote,
                score=float(share),
            )
        )
    return tuple(citations)
