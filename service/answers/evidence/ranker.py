"""Rank sentences as answers by a linear model over features of their words and their meaning.

A second linear model gives the probability that the best sentence answers. The weights of both are in `ranker.json`.
`bench/training/train_ranker.py` fits them, and records there the training data and how well the models do.
"""

from collections.abc import Mapping

import numpy as np

from onrecord.service.answers.evidence.features import ANSWERABLE_FEATURES, FEATURES, CandidateFeatures
from onrecord.service.answers.evidence.odds import probability
from onrecord.service.answers.evidence.ranking import Candidate, Ranking
from onrecord.service.answers.evidence.weights import Weights, read_weights


def load_weights() -> Weights:
    """Return the ranker's weights; raise `ValueError` if they do not fit the features."""
    return read_weights(
        "ranker.json",
        sentence=FEATURES,
        answerable=(*ANSWERABLE_FEATURES, "constant"),
        fitted_by="bench/training/train_ranker.py",
    )


class Ranker:
    """A ranker of the sentences of retrieved passages."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def rank(self, known: CandidateFeatures, trust: Mapping[int, float] | None = None) -> Ranking:
        """Return the candidates, best first, with the confidence in the first; 0.0 if there is no candidate.

        `trust`: log-odds by which a passage comes earlier or later, by its id; they are not in the scores.
        """
        if not known.places:
            return Ranking(candidates=(), confidence=0.0, answers=False)
        scores = known.features @ self._weights.sentence
        trusted = scores + [trust.get(passage.id, 0.0) for passage, _, _ in known.places] if trust else scores
        order = np.argsort(-trusted, kind="stable")
        candidates = tuple(
            Candidate(
                passage=passage,
                position=position,
                span=span,
                score=float(scores[i]),
                coverage=float(known.around[i][0]),
            )
            for i in order
            for passage, position, span in [known.places[i]]
        )
        confidence = probability(float(known.answerable(scores) @ self._weights.answerable))
        return Ranking(candidates=candidates, confidence=confidence, answers=confidence >= self._weights.threshold)
