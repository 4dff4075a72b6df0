"""Ranker and reader together: the candidate whose words answer comes first, and no words mean no answer."""

import numpy as np
import pytest

from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.evidence.judge import (
    MAX_WINDOWS,
    MIN_SURE_LOG_ODDS,
    MIN_WINDOWS,
    Judge,
    load_judge_weights,
)
from onrecord.service.answers.evidence.ranking import Candidate, Ranking, Words
from onrecord.service.answers.evidence.weights import Weights
from tests.article_infos import article_info

WEIGHTS = Weights(sentence=np.array([1.0, 0.5, -3.0]), answerable=np.array([0.5, 0.5, -2.0, 0.0]), threshold=0.5)
TEXT = " ".join(f"This is sentence number {n:02}." for n in range(20))


class Stored:
    """The sentences of a passage, as the archive has them."""

    def __init__(self):
        self.spans = tuple(Span(n * 28, n * 28 + 27) for n in range(20))


class Short(Stored):
    """The same sentences, so far apart that each has a window of its own."""

    def __init__(self):
        self.spans = tuple(Span(n * 600, n * 600 + 27) for n in range(20))


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


def test_words_of_another_kind_lower_the_confidence():
    """The same score is worth less if the words cannot be what was asked for."""
    ranked = ranking(0)
    told = judged(Scripted({0: 4.0}), ranked)
    asked = Judge(reader=Scripted({0: 4.0}), weights=WEIGHTS).judge("How much did it cost?", ranked, {1: Stored()})
    assert told.confidence == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert asked.confidence == pytest.approx(0.5)


def test_no_words_mean_no_answer():
    """However sure the ranker is of its sentence."""
    result = judged(Scripted({}), ranking(0, 1, confidence=0.9))
    assert not result.answers
    assert judged(Scripted({0: 5.0}), ranking(0, confidence=0.4)).answers


def test_the_ranker_can_take_confidence_and_never_give_any():
    """Without shared words hardly anything answers; with many of them, a near miss is as likely as an answer."""
    doubtful, even, sure = (
        judged(Scripted({0: 2.0}), ranking(0, confidence=confidence)).confidence for confidence in (0.02, 0.3, 0.98)
    )
    assert doubtful < even == sure


def test_nothing_found_is_nothing_read():
    """An empty ranking comes back as it was."""
    reader = Scripted({})
    empty = Ranking(candidates=(), confidence=0.0, answers=False)
    assert judged(reader, empty) is empty
    assert reader.asked == []


def test_no_further_window_is_read_once_the_reader_is_sure():
    """The best windows are read at once, and the others only while no words are sure."""
    far_apart = ranking(*range(20))
    for sure, windows in ((0, [MIN_WINDOWS]), (None, [MIN_WINDOWS, MAX_WINDOWS - MIN_WINDOWS])):
        reader = Scripted({} if sure is None else {sure: MIN_SURE_LOG_ODDS})
        result = Judge(reader=reader, weights=WEIGHTS).judge("Who?", far_apart, {1: Short()})
        assert [len(read) for _, read in reader.asked] == windows
        assert {question for question, _ in reader.asked} == {"Who?"}
        read = [window.span for _, several in reader.asked for window in several]
        assert sorted(c.position for c in result.candidates) == list(range(20))
        assert all((c.words is None) != any(span.contains(c.span) for span in read) for c in result.candidates)


@pytest.mark.parametrize("file", ["large_judge.json", "small_judge.json"])
def test_the_shipped_weights_fit_and_count_words_for_an_answer(file):
    """More evidence never counts against an answer, and what was not read needs none of it."""
    weights = load_judge_weights(file)
    assert weights.sentence[1] > 0
    assert weights.sentence[2] < 0
    assert weights.answerable[0] > 0
    assert weights.answerable[1] >= 0
    assert weights.answerable[2] <= 0
    assert 0 < weights.threshold < 1
