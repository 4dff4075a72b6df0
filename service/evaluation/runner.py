"""The run: questions are put to an archive, one after the other, and each outcome is kept."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.search.retriever import Retriever
from onrecord.index.values import FoundPassage
from onrecord.service.answers.answer import Answer, Citation
from onrecord.service.evaluation.datasets.dataset import GoldQuestion
from onrecord.service.evaluation.outcomes import Cited, Outcome, OutcomeFile, Sentence
from onrecord.service.evaluation.scoring.answer_matching import holds

_MAX_PASSAGES = 100
"""Passages that are looked through for a question's articles, and articles that are kept."""


class Answerer(Protocol):
    """An answerer that gives quotes, or a language model's sentences."""

    def answer(self, text: str, /, *, limit: int) -> Answer:
        """Answer a question with at most `limit` citations."""
        ...


class Runner:
    """A runner that asks questions, and measures what can be measured only while the archive is open."""

    def __init__(self, *, answerer: Answerer, retriever: Retriever, archive: SqliteArchive, limit: int) -> None:
        self._answerer = answerer
        self._retriever = retriever
        self._archive = archive
        self._limit = limit

    def run(
        self, questions: Sequence[GoldQuestion], relevant: Mapping[str, Mapping[str, int]], outcomes: OutcomeFile
    ) -> Iterator[Outcome]:
        """Yield each question's outcome, asking those that the file does not have; `relevant`: grades by article id.

        The first of them is asked once before without being counted, because what is read into memory once is no part
        of a question's time.
        """
        warm = False
        for question in questions:
            if question.id not in outcomes.done:
                if not warm:
                    self._answerer.answer(question.text, limit=self._limit)
                    warm = True
                outcomes.keep(self._ask(question, relevant.get(question.id, {})))
            yield outcomes.done[question.id]

    def _ask(self, question: GoldQuestion, relevant: Mapping[str, int]) -> Outcome:
        started = time.perf_counter()
        answer = self._answerer.answer(question.text, limit=self._limit)
        took = (time.perf_counter() - started) * 1e3
        found: Sequence[FoundPassage] = ()
        if relevant or question.words:
            found = self._retriever.retrieve(question.text, limit=_MAX_PASSAGES).passages
        holding = (rank for rank, passage in enumerate(found, start=1) if _answers(passage, question.words, relevant))
        return Outcome(
            id=question.id,
            status=answer.status,
            mode=answer.mode,
            confidence=answer.confidence,
            sentences=tuple(Sentence(text=one.text, citations=one.citations) for one in answer.sentences),
            citations=tuple(map(self._cited, answer.citations)),
            closest=tuple(map(self._cited, answer.closest)),
            articles=tuple(dict.fromkeys(article for passage in found for article in _articles(passage)))[
                :_MAX_PASSAGES
            ],
            held_at=next(holding, None) if question.words else None,
            answer_ms=took,
        )

    def _cited(self, citation: Citation) -> Cited:
        text = self._archive.article(citation.article.id).text
        words = citation.highlight
        return Cited(
            number=citation.number,
            article=citation.article.id,
            quote=citation.quote,
            highlight=words.of(text) if words else None,
            exact=citation.span.of(text) == citation.quote,
        )


def _articles(passage: FoundPassage) -> tuple[str, ...]:
    return (passage.article.id, *passage.copies.article_ids)


def _answers(passage: FoundPassage, words: Sequence[str], relevant: Mapping[str, int]) -> bool:
    gold = {article for article, grade in relevant.items() if grade > 0}
    return (not gold or not gold.isdisjoint(_articles(passage))) and holds(passage.text, words)
