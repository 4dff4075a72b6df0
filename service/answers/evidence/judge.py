"""Rank sentences by the ranker and the reader together, and estimate whether the best one answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.fallback import Part
from onrecord.service.answers.evidence.odds import log_odds, probability
from onrecord.service.answers.evidence.ranking import Candidate, Ranking, Words
from onrecord.service.answers.evidence.reader import Reader
from onrecord.service.answers.evidence.reading_windows import windows_around
from onrecord.service.answers.evidence.weights import Row, Weights, read_weights

READER = Part(
    name="reader", loss="The reader failed, so the ranker alone chose the quotes and estimated the confidence."
)
"""The part that reads the best candidates."""

MAX_WINDOWS = 3
"""Windows that the reader reads for a question."""

SENTENCE_FEATURES = ("ranker", "words", "unread")
"""The features of a candidate: the ranker's score, its words' score, and 1 if it was not read."""
ANSWERABLE_FEATURES = ("ranker", "words", "nearest", "constant")
"""The features that tell whether the best candidate answers: the ranker's log-odds, the score of the candidate's words,
the cosine of the nearest passage, whether or not the candidate stands in it, and a constant 1."""

_MAX_LOG_ODDS = 12.0
"""The greatest size of log-odds; greater ones are cut to it, because they say no more."""


def load_judge_weights() -> Weights:
    """Return the judge's weights; raise `ValueError` if they do not fit the features."""
    return read_weights(
        "reader.json",
        sentence=SENTENCE_FEATURES,
        answerable=ANSWERABLE_FEATURES,
        fitted_by="bench/training/fit_judge.py",
    )


class Judge:
    """A judge that lets the reader read the best candidates, and ranks all candidates again."""

    def __init__(self, *, reader: Reader, weights: Weights) -> None:
        self._reader = reader
        self._weights = weights

    def judge(
        self,
        asked: str,
        ranking: Ranking,
        sentences: Mapping[int, StoredSentences],
        trust: Mapping[int, float] | None = None,
    ) -> Ranking:
        """Return the candidates, best first, with the words that answer `asked`, and the confidence in the first.

        `trust`: log-odds that are added to the scores of a passage's sentences, by the passage's id.
        """
        if not ranking.candidates:
            return ranking
        candidates = read(self._reader, asked, ranking.candidates, sentences)
        scores = sentence_features(candidates) @ self._weights.sentence
        if trust:
            scores = scores + [trust.get(candidate.passage.id, 0.0) for candidate in candidates]
        order = np.argsort(-scores, kind="stable")
        ordered = tuple(replace(candidates[i], score=float(scores[i])) for i in order)
        confidence = probability(float(answerable_features(ordered, ranking.confidence) @ self._weights.answerable))
        return Ranking(candidates=ordered, confidence=confidence, answers=confidence >= self._weights.threshold)


def read(
    reader: Reader, asked: str, candidates: Sequence[Candidate], sentences: Mapping[int, StoredSentences]
) -> tuple[Candidate, ...]:
    """Return the candidates; those inside the windows around the best ones have the words that the reader found."""
    windows = windows_around(candidates, sentences, limit=MAX_WINDOWS)
    inside = [[s for s in sentences[w.passage.id].spans if w.span.contains(s)] for w in windows]
    found: dict[tuple[int, int], Words] = {}
    for window, spans, words in zip(windows, inside, reader.read(asked, windows, inside), strict=True):
        for span, best in zip(spans, words, strict=True):
            key = (window.passage.id, span.start)
            if best is not None and (key not in found or best.score > found[key].score):
                found[key] = best
    return tuple(replace(c, words=found.get((c.passage.id, c.span.start))) for c in candidates)


def sentence_features(candidates: Sequence[Candidate]) -> Row:
    """Return the `SENTENCE_FEATURES` of the candidates, shape (candidates, 3)."""
    best = max(c.score for c in candidates)
    return np.array(
        [
            [c.score - best, 0.0, 1.0] if c.words is None else [c.score - best, _bounded(c.words.score), 0.0]
            for c in candidates
        ]
    )


def answerable_features(ordered: Sequence[Candidate], confidence: float) -> Row:
    """Return the `ANSWERABLE_FEATURES` of the first candidate, shape (4,); `confidence` is the ranker's."""
    words = ordered[0].words
    nearest = max(candidate.passage.similarity for candidate in ordered)
    return np.array([log_odds(confidence), _bounded(words.score) if words else -_MAX_LOG_ODDS, nearest, 1.0])


def _bounded(score: float) -> float:
    return min(_MAX_LOG_ODDS, max(-_MAX_LOG_ODDS, score))
