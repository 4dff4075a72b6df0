"""Ranker and reader together: the candidate whose words answer comes first, and no words mean no answer."""

from dataclasses import replace

import numpy as np
import pytest

from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.evidence.judge import MAX_WINDOWS, Judge, load_judge_weights
from onrecord.service.answers.evidence.ranking import Candidate, Ranking, Words
from onrecord.service.answers.evidence.weights import Weights
from tests.article_infos import article_info

WEIGHTS = Weights(sentence=np.array([1.0, 0.5, -3.0]), answerable=np.array([0.5, 0.5, 0.0, 0.0]), threshold=0.5)
TEXT = " ".join(f"This is sentence number {n:02}." for n in range(20))


class Stored:
    """The sentences of a passage, as the archive has them."""

    def __init__(self):
        self.spans = tuple(Span(n * 28, n * 28 + 27) for n in range(20))


class Scripted:
    """A reader that scores each sentence as it was told, and remembers what it read."""

    def __init__(self, scores):
        self.scores = scores
        self.asked = []

    def read(self, question, windows, sentences):
        self.asked.append((question, windows))
        return [[Words(span=s, score=self.scores.get(s.start // 28, -5.0)) for s in spans] for spans in sentences]


def passage(number):
    article = article_info(str(number), title="T")
    return FoundPassage(id=number, article=article, span=Span(0, len(TEXT)), text=TEXT, score=1.0, similarity=0.5)


def ranking(*positions, confidence=0.5, number=1):
    """Return candidates at these positions, each half a point behind the one before."""
    candidates = tuple(
        Candidate(passage=passage(number), position=p, span=Stored().spans[p], score=2.0 - i / 2, coverage=1.0)
        for i, p in enumerate(positions)
    )
    return Ranking(candidates=candidates, confidence=confidence, answers=confidence >= 0.5)


def judged(reader, ranked):
    return Judge(reader=reader, weights=WEIGHTS).judge("Who?", ranked, {1: Stored()})


def test_the_words_that_answer_bring_a_sentence_to_the_top():
    """What the ranker had second is first when its words score higher by more than the ranker's lead."""
    result = judged(Scripted({0: -2.0, 1: 4.0}), ranking(0, 1))
    assert [c.position for c in result.candidates] == [1, 0]
    assert result.candidates[0].words == Words(span=Stored().spans[1], score=4.0)
    assert result.answers
    assert result.confidence == pytest.approx(1 / (1 + np.exp(-2.0)))


def test_no_words_mean_no_answer():
    """However sure the ranker is of its sentence."""
    result = judged(Scripted({}), ranking(0, 1, confidence=0.9))
    assert not result.answers
    assert judged(Scripted({0: 5.0}), ranking(0, confidence=0.4)).answers


def test_how_near_the_nearest_passage_is_tells_too():
    """The nearest of all: it need not be the one with the best sentence."""
    weights = replace(WEIGHTS, answerable=np.array([0.0, 0.0, 4.0, -2.0]))
    far, near = ranking(0).candidates[0], ranking(5, number=2).candidates[0]
    ranked = Ranking(
        candidates=(far, replace(near, passage=replace(near.passage, similarity=0.9))), confidence=0.5, answers=True
    )
    result = Judge(reader=Scripted({0: 5.0}), weights=weights).judge("Who?", ranked, {1: Stored(), 2: Stored()})
    assert result.candidates[0].passage.id == 1
    assert result.confidence == pytest.approx(1 / (1 + np.exp(-(4 * 0.9 - 2))))


def test_nothing_found_is_nothing_read():
    """An empty ranking comes back as it was."""
    reader = Scripted({})
    empty = Ranking(candidates=(), confidence=0.0, answers=False)
    assert judged(reader, empty) is empty
    assert reader.asked == []


def test_few_windows_are_read_and_the_rest_keeps_its_order():
    """Reading costs: at most MAX_WINDOWS windows, around the ranker's best; what was not read has no words."""
    ranked = ranking(*range(0, 20, 4), 1, 2)
    reader = Scripted({0: 1.0})
    wide = {1: Stored()}
    result = Judge(reader=reader, weights=WEIGHTS).judge("Who?", ranked, wide)
    ((question, windows),) = reader.asked
    assert question == "Who?"
    assert 1 <= len(windows) <= MAX_WINDOWS
    assert sorted(c.position for c in result.candidates) == sorted(c.position for c in ranked.candidates)
    unread = [c for c in result.candidates if c.words is None]
    assert all(not any(w.span.contains(c.span) for w in windows) for c in unread)


def test_the_shipped_weights_fit_and_count_words_for_an_answer():
    """More evidence never counts against an answer, and what was not read needs none of it."""
    weights = load_judge_weights()
    assert weights.sentence[1] > 0
    assert weights.sentence[2] < 0
    assert weights.answerable[1] > 0
    assert 0 < weights.threshold < 1
