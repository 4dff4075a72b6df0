"""What an answer is made of. All frozen; an unanswerable question is a value, not an error."""

from dataclasses import dataclass, field
from typing import Literal

from index.values import ArticleInfo, Copies, Span

Mode = Literal["auto", "extractive", "generative"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A verbatim quote and where it stands: `article.text[span.start:span.end] == quote`."""

    number: int
    article: ArticleInfo
    span: Span
    quote: str
    highlight: Span | None = None
    """The answering words inside the quote, where they are known."""
    speaker: str | None = None
    score: float
    copies: Copies = Copies()
    """Other articles that carry the quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """A sentence of the answer with the numbers of the citations that prove it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds spent."""

    retrieve: float = 0.0
    read: float = 0.0
    generate: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archive says to a question, or that it does not say anything."""

    question: str
    understood_as: tuple[str, ...] = ()
    """The questions that were answered, where they are not the one that was typed."""
    status: Literal["answered", "abstained"]
    mode: Literal["extractive", "generative"]
    degraded_reason: str | None = None
    confidence: float
    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    """Best first; empty when abstained."""
    closest: tuple[Citation, ...] = ()
    """When abstained: what comes closest without answering."""
    timings: Timings = field(default_factory=Timings)
