"""The values that an answer is made of, all frozen; an unanswerable question is a value, not an error."""

from dataclasses import dataclass, field, replace
from typing import Literal

from onrecord.index.values import ArticleInfo, Copies, Span

Mode = Literal["auto", "extractive", "generative"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A verbatim quote that stands in an article: `article.text[span.start:span.end] == quote`."""

    number: int
    article: ArticleInfo
    span: Span
    quote: str
    highlight: Span | None = None
    """The place of the answering words in the article's text, inside `span`; None if it is not known."""
    speaker: str | None = None
    """The one speaker of the quoted sentence; None if there are several or none is known."""
    score: float
    """0..1: how likely a quote answers among the candidates, or the share of the prose's words that stand in it."""
    copies: Copies = Copies()
    """Other articles that carry the quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """A sentence of the answer that the citations with these numbers prove."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A set of citations of different articles that say different things about what was asked."""

    citations: tuple[int, ...]
    reason: str
    """How they differ, as a clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A sentence of a language model that was withheld, with the reason."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """The milliseconds that the steps of an answer took."""

    retrieve: float = 0.0
    read: float = 0.0
    generate: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that the archive gives to a question, or the statement that it has none."""

    question: str
    understood_as: tuple[str, ...] = ()
    """The questions that were answered, if they differ from the one that was typed."""
    status: Literal["answered", "abstained"]
    mode: Literal["extractive", "generative"]
    degraded_reasons: tuple[str, ...] = ()
    """The reasons why the answer is less than it could be, each a sentence.

    It is made of quotes although prose was asked for, it broke off, or it was made without a part that failed.
    """
    confidence: float
    """The probability, 0..1, that the archive answers the question."""
    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    """The quotes, best first, or in prose in the order of their first use; empty in an abstention."""
    disagreements: tuple[Disagreement, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    closest: tuple[Citation, ...] = ()
    """The quotes of an abstention that come closest without answering."""
    model: str | None = None
    """The language model that wrote the sentences."""
    prompts: str | None = None
    """The version of the prompts that the language model was given."""
    corpus_as_of: str | None = None
    """The date of the newest article in the archive."""
    timings: Timings = field(default_factory=Timings)

    @property
    def degraded_reason(self) -> str | None:
        """The reasons why the answer is less than it could be, as one text; None if there are none."""
        return " ".join(self.degraded_reasons) or None

    def degraded(self, *reasons: str | None) -> "Answer":
        """Return the answer with these sentences added to its reasons, each once; a None adds nothing."""
        told = dict.fromkeys(filter(None, (*self.degraded_reasons, *reasons)))
        return replace(self, degraded_reasons=tuple(told))


@dataclass(frozen=True, slots=True)
class Sources:
    """The first event: the quotes that were found, before any sentence is written."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """An event with a sentence that may be shown, and the citations that it is the first to use."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The last event, with the whole answer."""

    answer: Answer


Event = Sources | Proved | Done
"""An event of an answer while it is made: `Sources`, any number of `Proved`, `Done`."""
