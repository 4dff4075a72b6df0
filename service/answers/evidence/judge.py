"""What ranker and reader find together: which sentence answers, by which words, and whether any does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from onrecord.index.archive.passage_table import StoredSentences
from onrecord.service.answers.evidence.odds import log_odds, probability
from onrecord.service.answers.evidence.ranking import Candidate, Ranking, Words
from onrecord.service.answers.evidence.reader import Reader
from onrecord.service.answers.evidence.reading_windows import windows_around
from onrecord.service.answers.evidence.weights import Row, Weights, read_weights

MAX_WINDOWS = 3
"""Windows that are read for a question."""

SENTENCE_FEATURES = ("ranker", "words", "unread")
"""What is known of a candidate: its score, its words' score, and whether it was not read."""
ANSWERABLE_FEATURES = ("ranker", "words", "nearest", "constant")
"""What tells whether the best candidate answers: the ranker's log-odds, the score of the candidate's words, and how
near in meaning the nearest passage is, whether the candidate stands in it or not."""

_MAX_LOG_ODDS = 12.0
"""Log-odds beyond this, either way, say no more."""


def load_judge_weights() -> Weights:
    """Return the judge's weights; raise `ValueError` if they do not fit the features."""
    return read_weights(
        "reader.json",
        sentence=SENTENCE_FEATURES,
        answerable=ANSWERABLE_FEATURES,
        fitted_by="bench/training/fit_judge.py",
    )


class Judge:
    """A judge that has the best candidates read, and ranks them again."""

    def __init__(self, *, reader: Reader, weights: Weights) -> None:
        self._reader = reader
        self._weights = weights

    def judge(self, asked: str, ranking: Ranking, sentences: Mapping[int, StoredSentences]) -> Ranking:
        """Return the candidates with the words that answer `asked`, best first, and the confidence in the first."""
        if not ranking.candidates:
            return ranking
        candidates = read(self._reader, asked, ranking.candidates, sentences)
        scores = sentence_features(candidates) @ self._weights.sentence
        order = np.argsort(-scores, kind="stable")
        ordered = tuple(replace(candidates[i], score=float(scores[i])) for i in order)
        confidence = probability(float(answerable_features(ordered, ranking.confidence) @ self._weights.answerable))
        return Ranking(candidates=ordered, confidence=confidence, answers=confidence >= self._weights.threshold)


def read(
    reader: Reader, asked: str, candidates: Sequence[Candidate], sentences: Mapping[int, StoredSentences]
) -> tuple[Candidate, ...]:
    """Return the candidates with the words found in those that stand in the windows around the best."""
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
    """Return the candidates' features, shape (candidates, 3)."""
    best = max(c.score for c in candidates)
    return np.array(
        [
            [c.score - best, 0.0, 1.0] if c.words is None else [c.score - best, _bounded(c.words.score), 0.0]
            for c in candidates
        ]
    )


def answerable_features(ordered: Sequence[Candidate], confidence: float) -> Row:
    """Return what tells whether the first candidate answers; `confidence` is the ranker's."""
    words = ordered[0].words
    nearest = max(candidate.passage.similarity for candidate in ordered)
    return np.array([log_odds(confidence), _bounded(words.score) if words else -_MAX_LOG_ODDS, nearest, 1.0])


def _bounded(score: float) -> float:
    return min(_MAX_LOG_ODDS, max(-_MAX_LOG_ODDS, score))
