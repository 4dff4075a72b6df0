from dataclasses import replace

import numpy as np

from onrecord.index.archive.tables.word_table import StemCounts
from onrecord.service.answers.evidence.features import ANSWERABLE_FEATURES, FEATURES, collect, rarity_of
from onrecord.service.answers.evidence.ranker import Ranker, load_weights
from onrecord.service.answers.question.question import read_question
from onrecord.service.wiring import Parts


def test_the_shipped_weights_fit_the_features() -> None:
    """The weights file has one number for each feature, and a threshold that is a probability."""
    weights = load_weights()
    assert weights.sentence.shape == (len(FEATURES),)
    assert weights.answerable.shape == (len(ANSWERABLE_FEATURES) + 1,)
    assert 0 < weights.threshold < 1


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    """A stem no passage holds has rarity 1, one that all hold nearly none, and an empty archive is no error."""
    rarity = rarity_of(StemCounts(passages=100, by_stem={"unheard": 0, "rare": 1, "common": 100}))
    assert rarity["unheard"] == 1.0
    assert rarity["unheard"] > rarity["rare"] > rarity["common"] > 0
    assert rarity_of(StemCounts(passages=0, by_stem={"any": 0})) == {"any": 1.0}


def test_evidence_is_collected_for_every_sentence(seeded: Parts) -> None:
    """Each quotable sentence of the passages is a candidate once, with finite numbers for all features."""
    text = "Which agency quoted Yuri Ushakov?"
    question = read_question(text)
    retrieval = seeded.retriever.retrieve(text, limit=8)
    sentences = seeded.archive.passages.sentences([passage.id for passage in retrieval.passages])
    evidence = collect(question, retrieval.vector, retrieval.passages, sentences, {})
    spans = {(passage.id, span) for passage, _, span in evidence.places}
    assert len(spans) == len(evidence.places) == sum(len(stored.spans) for stored in sentences.values())
    assert evidence.features.shape == (len(spans), len(FEATURES))
    assert np.isfinite(evidence.features).all()
    named = dict(zip(FEATURES, evidence.features.T, strict=True))
    (best,) = [
        i
        for i, (p, _, s) in enumerate(evidence.places)
        if "TASS" in p.text[s.start - p.span.start : s.end - p.span.start]
    ]
    assert named["names"][best] == 1.0
    assert named["coverage"][best] == named["coverage"].max()


def test_nothing_to_rank_is_no_answer(seeded: Parts) -> None:
    """Without passages there is no candidate, and the confidence is nil."""
    question = read_question("why?")
    vector = seeded.retriever.retrieve("why?", limit=1).vector
    ranking = Ranker(load_weights()).rank(collect(question, vector, [], {}, {}))
    assert (ranking.candidates, ranking.confidence, ranking.answers) == ((), 0.0, False)


def test_the_threshold_divides_answers_from_abstentions(seeded: Parts) -> None:
    """The same evidence answers below its confidence as the threshold and does not above."""
    text = "What did Putin say about legality?"
    question, retrieval = read_question(text), seeded.retriever.retrieve(text, limit=8)
    sentences = seeded.archive.passages.sentences([passage.id for passage in retrieval.passages])
    known = collect(question, retrieval.vector, retrieval.passages, sentences, {})
    weights = load_weights()

    def answers(threshold: float) -> bool:
        return Ranker(replace(weights, threshold=threshold)).rank(known).answers

    confidence = Ranker(weights).rank(known).confidence
    assert answers(confidence - 0.01)
    assert not answers(confidence + 0.01)
