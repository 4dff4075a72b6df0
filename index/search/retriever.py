"""Hybrid search: passages by word (BM25) and by meaning (vectors), fused."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.errors import VectorIndexDown, VectorIndexMissing
from onrecord.index.fallback import STRICT, Fallback
from onrecord.index.search.copy_finder import COPY_FINDER, CopyFinder
from onrecord.index.search.exact_search import ExactSearch, Selection
from onrecord.index.search.spelling import SPELLER, Spellings
from onrecord.index.search.trust import Trust
from onrecord.index.text.embedder import Embedder, Vector
from onrecord.index.text.terms import Term, content_terms, stem
from onrecord.index.values import Filters, FoundPassage
from onrecord.index.vectors.vector_index import VectorIndex

_log = logging.getLogger(__name__)

Scores = npt.NDArray[np.float64]
Fuse = Callable[[Scores, Scores], Scores]
"""A function from the candidates' cosines and BM25 scores (0 where no word matches) to one score each, in 0..1."""

_CANDIDATES = 100
"""Passages that the search by word and the search by vector each contribute to the fusion."""
_MAX_MATCHED = 5_000
"""Passages that the search by word ranks, each in two microseconds; more only if the rarest word alone is in more.
Commoner words only add to the scores of these passages."""
_MAX_COUNTED = 20_000
"""A commoner word that is in more passages adds nothing: FTS5 would go through all of them to weigh it."""
_WARN_EVERY_SECONDS = 60.0
"""Log a failing vector index at most this often."""


def average(words_weight: float) -> Fuse:
    """Return a fusion: the weighted average of both searches' standard scores, stretched to 0..1."""

    def fuse(similarity: Scores, bm25: Scores) -> Scores:
        return stretch((1 - words_weight) * _standard(similarity) + words_weight * _standard(bm25))

    return fuse


_FUSE = average(0.5)
"""Chosen on the even queries of three sets; docs/measurements.md has the figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """The best passages for a question, best first, and the question's vector."""

    vector: Vector
    passages: tuple[FoundPassage, ...]
    spellings: dict[str, tuple[str, ...]]
    """Other spellings that were searched for, in lower case, by the stem of a name in the question."""


class Retriever:
    """A hybrid search of an archive's passages; without a vector index it compares every vector in memory."""

    def __init__(
        self,
        *,
        archive: SqliteArchive,
        vector_index: VectorIndex | None,
        embedder: Embedder,
        fuse: Fuse = _FUSE,
        candidates: int = _CANDIDATES,
        fallback: Fallback = STRICT,
        trust: Trust | None = None,
    ) -> None:
        """Take the parts; `fallback` goes on without the speller or the copy finder if one of them fails.

        Of copies, the one whose origin has the most `trust` is found.
        """
        self._archive = archive
        self._vector_index = vector_index
        self._embedder = embedder
        self._exact = ExactSearch(archive)
        self._copies = CopyFinder(archive, trust)
        # A word that is one token to the model is common enough in the model's training data to be spelled right.
        self._spellings = Spellings(archive, is_word=lambda word: embedder.count_tokens([word]) == [1])
        self._fuse = fuse
        self._candidates = candidates
        self._fallback = fallback
        self._warned_at = -_WARN_EVERY_SECONDS
        self._beside = ThreadPoolExecutor(2, thread_name_prefix="retriever")
        self._lock = threading.Lock()
        self._active = 0

    def read_ahead(self) -> None:
        """Start reading the vocabulary now, in a thread, so that the first question does not wait for it."""
        self._beside.submit(self._spellings.read)

    def close(self) -> None:
        """End the threads, before the archive is closed."""
        self._beside.shutdown()

    def mend(self, question: str) -> str:
        """Return the question with mistyped words as the archive writes them."""
        return self._fallback.run(SPELLER, lambda: self._spellings.mend(question), without=lambda: question)

    def retrieve(
        self, question: str, *, limit: int, filters: Filters | None = None, vector: Vector | None = None
    ) -> Retrieval:
        """Return the best `limit` passages that pass the filters, one for all copies of a story.

        `vector` is the question's vector if it is known already.
        """
        if self._archive.read_only:
            # The process that writes the archive may have put another model's index in place.
            self._archive.claim(self._embedder.fingerprint)
        # A query with Chroma's own filters takes 28 to 180 times as long as one without, so the vectors of the passages
        # that pass the filters are compared exactly.
        selection = self._exact.select(filters) if filters else None
        with self._alone() as alone:
            # The model, Chroma and FTS5 release the interpreter's lock, so two cores can work on one question. Several
            # questions at once keep the cores busy anyway.
            meaning = self._beside.submit(self._by_meaning, question, vector, selection) if alone else None
            terms = content_terms(question)
            spellings: dict[str, tuple[str, ...]] = self._fallback.run(
                SPELLER, lambda: self._spellings.find(terms, question), without=dict
            )
            words, besides = self._words(terms, spellings)
            by_word = dict(
                self._archive.words.match(
                    words, besides=besides, limit=self._candidates, among=selection.ids if selection else None
                )
            )
            vector, nearest = meaning.result() if meaning else self._by_meaning(question, vector, selection)
        by_meaning = dict(nearest)
        there, vectors = self._archive.passages.vectors([i for i in by_word if i not in by_meaning])
        if there:
            by_meaning.update(zip(there, (vectors @ vector).tolist(), strict=True))
        ids = list(by_meaning)
        similarity = np.array([by_meaning[i] for i in ids])
        fused = self._fuse(similarity, np.array([by_word.get(i, 0.0) for i in ids]))
        ranked = [(ids[i], float(fused[i]), float(similarity[i])) for i in np.argsort(-fused, kind="stable")]
        # Copies are collapsed before the cut, or eight copies of one story would take the place of seven other stories.
        passages = self._fallback.run(
            COPY_FINDER,
            lambda: self._copies.collapse(ranked, limit=limit, filters=filters),
            without=lambda: self._archive.passages.found({i: (score, alike) for i, score, alike in ranked[:limit]}),
        )
        return Retrieval(vector=vector, passages=tuple(passages), spellings=spellings)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Yield whether this is the only question that is being searched for."""
        with self._lock:
            self._active += 1
            alone = self._active == 1
        try:
            yield alone
        finally:
            with self._lock:
                self._active -= 1

    def _by_meaning(
        self, question: str, vector: Vector | None, selection: Selection | None
    ) -> tuple[Vector, list[tuple[int, float]]]:
        """Return the question's vector and the nearest passages, among the selection if there is one."""
        if vector is None:
            vector = self._embedder.embed_question(question)
        if selection is not None:
            return vector, selection.nearest(vector, limit=self._candidates)
        return vector, self._nearest(vector)

    def _nearest(self, vector: Vector) -> list[tuple[int, float]]:
        """Search the vector index; if there is none, or it fails or finds too few, compare every vector."""
        if self._vector_index is None:
            return self._exact.select(Filters()).nearest(vector, limit=self._candidates)
        try:
            nearest = self._vector_index.search(vector, limit=self._candidates)
        except VectorIndexMissing:
            pass  # The log has said why.
        except VectorIndexDown as error:
            if time.monotonic() - self._warned_at > _WARN_EVERY_SECONDS:
                self._warned_at = time.monotonic()
                _log.warning("%s Searches compare every vector meanwhile.", error)
        else:
            if len(nearest) == self._candidates or len(nearest) >= self._archive.passages.state()[1]:
                return nearest
        return self._exact.select(Filters()).nearest(vector, limit=self._candidates)

    def _words(self, terms: Sequence[Term], spellings: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
        """Return the words to search for, rarest first up to `_MAX_MATCHED` passages, and those that add scores."""
        stems = {term.folded: term.stem for term in terms}
        stems |= {word: stem(word) for others in spellings.values() for word in others}
        found = self._archive.words.counts(list(dict.fromkeys(stems.values())))
        counts = {word: found.by_stem[stems[word]] for word in stems if found.by_stem[stems[word]]}
        rarest = sorted(counts, key=lambda word: counts[word])
        sums = accumulate(counts[word] for word in rarest)
        number = max(1, sum(total <= _MAX_MATCHED for total in sums))
        return rarest[:number], [word for word in rarest[number:] if counts[word] <= _MAX_COUNTED]


def stretch(scores: Scores) -> Scores:
    """Map the scores to 0..1, the lowest to 0 and the highest to 1."""
    span = np.ptp(scores) if len(scores) else 0.0
    return (scores - scores.min()) / span if span > 0 else np.zeros_like(scores)


def _standard(scores: Scores) -> Scores:
    """Count the scores in standard deviations from their mean."""
    deviation = scores.std() if len(scores) else 0.0
    return (scores - scores.mean()) / deviation if deviation > 0 else np.zeros_like(scores)
