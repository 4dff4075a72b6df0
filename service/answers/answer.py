"""What an answer is made of. All frozen; an unanswerable question is a value, not an error."""

from dataclasses import dataclass, field
from typing import Literal

from onrecord.index.values import ArticleInfo, Copies, Span

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
class Disagreement:
    """Citations of different articles that say different things about what was asked."""

    citations: tuple[int, ...]
    reason: str
    """How they differ, as a clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A sentence of a language model that was withheld, and why."""

    text: str
    reason: str


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
    """Best first; in prose in the order in which they are used; empty when abstained."""
    disagreements: tuple[Disagreement, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    closest: tuple[Citation, ...] = ()
    """When abstained: what comes closest without answering."""
    model: str | None = None
    """The language model that wrote the sentences."""
    prompts: str | None = None
    """The version of the prompts it was given."""
    corpus_as_of: str | None = None
    """When the newest of the archive's dated articles was published."""
    timings: Timings = field(default_factory=Timings)


@dataclass(frozen=True, slots=True)
class Sources:
    """What comes first: the quotes that were found, before anything is written."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A sentence that may be shown, and the citations that it is the first to use."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; the last event."""

    answer: Answer


Event = Sources | Proved | Done
"""What an answer is told in, while it is made: `Sources`, any number of `Proved`, `Done`."""
