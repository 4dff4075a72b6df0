"""Rank sentences by the ranker and the reader together, and estimate whether the best one answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.fallback import Part
from onrecord.index.values import Span
from onrecord.service.answers.evidence.marked_words import is_of_another_year, may_answer
from onrecord.service.answers.evidence.odds import log_odds, probability
from onrecord.service.answers.evidence.ranking import Candidate, Ranking, Words
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.answers.evidence.reading_windows import Window, windows_around
from onrecord.service.answers.evidence.weights import Row, Weights, read_weights
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText

READER = Part(
    name="reader", loss="The reader failed, so the ranker alone chose the quotes and estimated the confidence."
)
"""The part that reads the best candidates."""

MAX_WINDOWS = 3
"""Windows that the reader reads for a question, beginning with the one around the ranker's best sentence."""
MIN_WINDOWS = 2
"""Windows that the reader reads in any case, so that a source that says otherwise is seen."""
MIN_SURE_LOG_ODDS = 1.0
"""The least log-odds of words with which the reader is sure of them, and reads no further window."""

SENTENCE_FEATURES = ("ranker", "words", "unread")
"""The features of a candidate: the ranker's score, its words' score, and 1 if it was not read."""
ANSWERABLE_FEATURES = ("words", "doubt", "misfit", "constant")
"""The features that tell whether the best candidate answers: the score of its words; how far the ranker's log-odds are
below `_DOUBTFUL_LOG_ODDS`, as a number below 0; 1 if the words are of another kind, or the sentence of another year,
than was asked for; and a constant 1. The ranker measures shared words. A sentence that shares almost none hardly ever
answers. That a sentence shares many says nothing: a question about what an archive nearly says shares more words with
it than a question that asks in other words about what it does say."""

_DOUBTFUL_LOG_ODDS = -2.0
"""The log-odds of the ranker below which it counts against an answer."""
_MAX_LOG_ODDS = 12.0
"""The greatest size of log-odds; greater ones are cut to it, because they say no more."""


def load_judge_weights(file: str) -> Weights:
    """Return the judge's weights in a shipped file; raise `ValueError` if they do not fit the features."""
    return read_weights(
        file,
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
        parse: Parse = ParsedText,
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
        confidence = probability(
            float(
                answerable_features(asked, ordered[0], ranking.confidence, sentences, parse) @ self._weights.answerable
            )
        )
        return Ranking(candidates=ordered, confidence=confidence, answers=confidence >= self._weights.threshold)


def read(
    reader: Reader, asked: str, candidates: Sequence[Candidate], sentences: Mapping[int, StoredSentences]
) -> tuple[Candidate, ...]:
    """Return the candidates; those inside the windows around the best ones have the words that the reader found.

    The first `MIN_WINDOWS` are read at once, and the others unless the reader is sure of words in these.
    """
    found: dict[tuple[int, int], Words] = {}
    windows = windows_around(candidates, sentences, limit=MAX_WINDOWS)
    _read_windows(reader, asked, windows[:MIN_WINDOWS], sentences, found)
    if len(windows) > MIN_WINDOWS and all(words.score < MIN_SURE_LOG_ODDS for words in found.values()):
        _read_windows(reader, asked, windows[MIN_WINDOWS:], sentences, found)
    return tuple(replace(c, words=found.get((c.passage.id, c.span.start))) for c in candidates)


def _read_windows(
    reader: Reader,
    asked: str,
    windows: Sequence[Window],
    sentences: Mapping[int, StoredSentences],
    found: dict[tuple[int, int], Words],
) -> None:
    """Put the words that the reader finds in the windows' sentences into `found`, where they score higher."""
    spans = [[span for span in sentences[one.passage.id].spans if one.span.contains(span)] for one in windows]
    for window, inside, read in zip(windows, spans, reader.read(asked, windows, spans), strict=True):
        for span, best in zip(inside, read, strict=True):
            key = (window.passage.id, span.start)
            if best is not None and (key not in found or best.score > found[key].score):
                found[key] = best


def sentence_features(candidates: Sequence[Candidate]) -> Row:
    """Return the `SENTENCE_FEATURES` of the candidates, shape (candidates, 3)."""
    best = max(c.score for c in candidates)
    return np.array(
        [
            [c.score - best, 0.0, 1.0] if c.words is None else [c.score - best, _bounded(c.words.score), 0.0]
            for c in candidates
        ]
    )


def answerable_features(
    asked: str,
    best: Candidate,
    confidence: float,
    sentences: Mapping[int, StoredSentences],
    parse: Parse = ParsedText,
) -> Row:
    """Return the `ANSWERABLE_FEATURES` of the best candidate, shape (4,); `confidence` is the ranker's."""
    words = _bounded(best.words.score) if best.words else -_MAX_LOG_ODDS
    misfit = _is_misfit(asked, best, sentences[best.passage.id], parse)
    doubt = min(0.0, log_odds(confidence) - _DOUBTFUL_LOG_ODDS)
    return np.array([words, doubt, float(misfit), 1.0])


def _is_misfit(asked: str, candidate: Candidate, stored: StoredSentences, parse: Parse) -> bool:
    """Say whether a candidate's words are of another kind than was asked for, or its sentence of another year."""
    if candidate.words is None:
        return False
    question, passage, at = parse(asked), candidate.passage, candidate.position
    words, start = candidate.words.span, candidate.span.start
    beside = stored.spans[max(0, at - 1) : at + 2]
    near = parse(passage.slice(Span(beside[0].start, beside[-1].end)))
    sentence = parse(passage.slice(candidate.span))
    marked = Span(words.start - start, words.end - start)
    return not may_answer(question, sentence, marked, parse=parse) or is_of_another_year(
        question, near, passage.article.published_at
    )


def _bounded(score: float) -> float:
    return min(_MAX_LOG_ODDS, max(-_MAX_LOG_ODDS, score))
