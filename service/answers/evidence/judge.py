"""What ranker and reader find together: which sentence answers, by which words, and whether any does."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources

import numpy as np
import numpy.typing as npt

from onrecord.index.archive.passage_table import StoredSentences
from onrecord.service.answers.evidence.ranker import Candidate, Ranking, Words
from onrecord.service.answers.evidence.reader import Reader
from onrecord.service.answers.evidence.reading_windows import windows_around

READ = 3
"""Windows that are read for a question."""

SENTENCE_FEATURES = ("ranker", "words", "unread")
"""What is known of a candidate: its score, its words' score, and whether it was not read."""
ANSWERABLE_FEATURES = ("ranker", "words", "nearest", "constant")
"""What tells whether the best candidate answers: the ranker's log-odds, the score of the candidate's words, and how
near in meaning the nearest passage is, whether the candidate stands in it or not."""

Row = npt.NDArray[np.float64]
_MOST = 12.0
"""Log-odds beyond this say no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeWeights:
    """The fitted models."""

    sentence: Row
    answerable: Row
    threshold: float
    """The confidence from which on the archive is taken to answer."""


def load_judge_weights() -> JudgeWeights:
    """Read the weights that are shipped; raises `ValueError` if they do not fit the features."""
    data = json.loads(
        resources.files("onrecord.service.answers.evidence").joinpath("weights", "reader.json").read_text("utf-8")
    )
    sentence, answerable = data["sentence"], data["answerable"]
    if tuple(sentence) != SENTENCE_FEATURES or tuple(answerable) != ANSWERABLE_FEATURES:
        raise ValueError("reader.json was fitted for other features; run bench/training/fit_judge.py again.")
    return JudgeWeights(
        sentence=np.array(list(sentence.values())),
        answerable=np.array(list(answerable.values())),
        threshold=data["threshold"],
    )


class Judge:
    """Has the best candidates read, and ranks them again."""

    def __init__(self, *, reader: Reader, weights: JudgeWeights) -> None:
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
        logit = float(answerable_features(ordered, ranking.confidence) @ self._weights.answerable)
        confidence = 1.0 / (1.0 + math.exp(-logit))
        return Ranking(candidates=ordered, confidence=confidence, answers=confidence >= self._weights.threshold)


def read(
    reader: Reader, asked: str, candidates: Sequence[Candidate], sentences: Mapping[int, StoredSentences]
) -> tuple[Candidate, ...]:
    """Return the candidates with the words found in those that stand in the windows around the best."""
    windows = windows_around(candidates, sentences, limit=READ)
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
    return np.array([_log_odds(confidence), _bounded(words.score) if words else -_MOST, nearest, 1.0])


def _bounded(score: float) -> float:
    return min(_MOST, max(-_MOST, score))


def _log_odds(confidence: float) -> float:
    return math.log(max(confidence, 1e-6) / max(1 - confidence, 1e-6))
