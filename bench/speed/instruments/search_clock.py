"""Search alone, timed: questions made of an archive's passages, with their vectors given."""

import random
import statistics
import time
from collections.abc import Sequence

from bench.speed.instruments.varied_archive import WORD
from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.search.retriever import Retriever
from onrecord.index.text.embedder import Embedder, Vector
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.values import Filters


class GivenVectors:
    """An embedder that is given the question's vector, so that only the search is measured."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.fingerprint, self.max_tokens = embedder.fingerprint, embedder.max_tokens
        self.count_tokens, self.embed = embedder.count_tokens, embedder.embed
        self.vectors: dict[str, Vector] = {}

    def embed_question(self, question: str) -> Vector:
        """Return the vector given for the question."""
        if question not in self.vectors:
            self.vectors[question] = self._embedder.embed_question(question)
        return self.vectors[question]


def questions_of(archive: SqliteArchive, count: int) -> list[str]:
    """Make questions of eight words in a row out of passages, as specific and as common as the words there are."""
    chance = random.Random(11)
    ids = chance.sample(archive.passages.ids(), count)
    words = [WORD.findall(passage.text) for passage in archive.passages.found(dict.fromkeys(ids, (0.0, 0.0)))]
    found = []
    for held in words:
        content = [word for word in held if word.lower() not in STOP_WORDS]
        start = chance.randrange(max(1, len(content) - 8))
        found.append(" ".join(content[start : start + 8]).lower() or "nothing")
    return found


def latency_of(retriever: Retriever, questions: Sequence[str], filters: Filters | None) -> list[float]:
    """Return the milliseconds that each question's passages take."""
    times = []
    for question in questions:
        started = time.perf_counter()
        retriever.retrieve(question, limit=8, filters=filters)
        times.append((time.perf_counter() - started) * 1e3)
    return times


def p99_of(times: Sequence[float]) -> float:
    """Return what 99 of a hundred stay below."""
    return statistics.quantiles(times, n=100)[98]
