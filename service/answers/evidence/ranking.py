"""Sentences that may answer a question, ranked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from onrecord.index.values import FoundPassage, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a sentence that answer best."""

    span: Span
    """The place in the article's text."""
    score: float
    """The reader's log-odds of these words against "no answer here"; they are not calibrated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may answer a question."""

    passage: FoundPassage
    position: int
    """The position among the passage's sentences."""
    span: Span
    """The place in the article's text."""
    score: float
    """The log-odds against the other candidates of the question, up to a constant; higher is better."""
    coverage: float
    """The share of the question's words, weighted by rarity, that stand in the sentence or in one beside it."""
    words: Words | None = None
    """The words that answer; None if the reader did not read the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The candidates for a question, best first, with the probability that the archive answers it."""

    candidates: tuple[Candidate, ...]
    confidence: float
    """The probability, 0..1, that the first candidate answers."""
    answers: bool
    """Whether the confidence reaches the threshold."""

    def trusting(self, trust: Mapping[int, float]) -> "Ranking":
        """Return the ranking with log-odds, by passage id, added to the scores; the order already allows for them."""
        if not trust:
            return self
        weighed = (replace(one, score=one.score + trust.get(one.passage.id, 0.0)) for one in self.candidates)
        return replace(self, candidates=tuple(weighed))
