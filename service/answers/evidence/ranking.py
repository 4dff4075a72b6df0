"""Sentences that may answer a question, in the order in which they are taken to."""

from dataclasses import dataclass

from onrecord.index.values import FoundPassage, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The best answering words in one sentence."""

    span: Span
    """In the article's text."""
    score: float
    """Log-odds against "no answer here", as the reader sees it; not a calibrated probability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may be the answer."""

    passage: FoundPassage
    position: int
    """Its place among the passage's sentences."""
    span: Span
    score: float
    """Higher is better; comparable within one question only."""
    coverage: float
    """The share of the question's words, weighed by rarity, that stand in the sentence or the ones beside it."""
    words: Words | None = None
    """The words in it that answer, if it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Candidates, best first, and the probability that the archive answers the question."""

    candidates: tuple[Candidate, ...]
    confidence: float
    answers: bool
    """Whether the confidence reaches the threshold."""
