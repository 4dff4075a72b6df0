"""Questions, and their answers with the citations that prove them."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from onrecord.index.search.speaker_finder import SpeakerFinder
from onrecord.service.answers.answer import Answer, Citation
from onrecord.service.answers.question.conversation import Asked, Message
from onrecord.service.schemas.articles import CopiesOut, shared_fields
from onrecord.service.schemas.fields import Characters, SpanOut, StrictModel, Text
from onrecord.service.schemas.filters import FiltersIn


# The published schema has this name.
class Turn(StrictModel):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[Characters, Field(max_length=20_000)]


class AskIn(StrictModel):
    """A question; every field except `question` may be left out."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "what did Putin say about legality?", "limit": 3}]}
    )

    question: Text
    mode: Literal["auto", "extractive", "generative"] = "auto"
    limit: int = Field(default=5, ge=1, description="The most quotes.")
    stream: StrictBool = Field(default=False, description="Answer as server-sent events.")
    filters: FiltersIn = FiltersIn()
    history: list[Turn] = Field(
        default=[],
        max_length=100,
        description="Earlier messages, oldest first, in which a follow-up finds what it leaves out.",
    )

    def to_asked(self, speakers: SpeakerFinder) -> Asked:
        """Return the value that is answered."""
        return Asked(
            question=self.question,
            mode=self.mode,
            limit=self.limit,
            filters=self.filters.to_filters(speakers),
            history=tuple(Message(role=earlier.role, content=earlier.content) for earlier in self.history),
        )


class CitationOut(BaseModel):
    """A verbatim quote: `text[start:end]` of the article is `quote`."""

    number: int
    article_id: str
    title: str
    publisher: str | None
    author: str | None
    published_at: str | None
    url: str | None
    source_name: str | None
    quote: str
    start: int
    end: int
    highlight: SpanOut | None = Field(description="The answering words inside the quote, if known.")
    speaker: str | None = Field(description="The person who said it, if known.")
    content_sha256: str = Field(description="SHA-256 of the article's text when it was cited.")
    score: float
    copies: CopiesOut = Field(description="Other articles that carry the quote.")

    @classmethod
    def from_citation(cls, citation: Citation) -> Self:
        """Return the JSON form."""
        return cls(
            number=citation.number,
            article_id=citation.article.id,
            quote=citation.quote,
            start=citation.span.start,
            end=citation.span.end,
            highlight=SpanOut.from_span(citation.highlight) if citation.highlight else None,
            speaker=citation.speaker,
            score=round(citation.score, 4),
            copies=CopiesOut.from_copies(citation.copies),
            **shared_fields(citation.article, cls),
        )


class SentenceOut(BaseModel):
    """A sentence of the answer and the numbers of the citations that prove it."""

    text: str
    citations: list[int]


class DisagreementOut(BaseModel):
    """Citations of different articles that say different things about what was asked."""

    citations: list[int]
    reason: str = Field(description="How they differ, as a clause.")


class RejectedOut(BaseModel):
    """A sentence of a language model that was withheld from the answer, and why."""

    text: str
    reason: str = Field(description="The reason, as a clause.")


class TimingsOut(BaseModel):
    """The time that the parts of an answer took, in milliseconds."""

    retrieve: float
    read: float
    generate: float
    total: float


class AnswerOut(BaseModel):
    """An answer with its proof, or an abstention with what comes closest."""

    id: str
    question: str
    understood_as: list[str] = Field(
        description="The questions that were answered, if they are not the one that was typed: a follow-up that was "
        "completed, several questions in one, a corrected misspelling."
    )
    status: Literal["answered", "abstained"]
    mode: Literal["extractive", "generative"]
    degraded_reason: str | None
    confidence: float = Field(
        description="The probability that the first quote answers the question; of an abstention, that the closest one "
        "does, so that near 0 it is sure that nothing answers."
    )
    answer: str
    sentences: list[SentenceOut]
    citations: list[CitationOut]
    disagreements: list[DisagreementOut]
    rejected: list[RejectedOut]
    closest: list[CitationOut]
    corpus_as_of: str | None = Field(description="When the newest of the archive's dated articles was published.")
    model: str | None = Field(description="The language model that was used.")
    prompts: str | None = Field(description="The version of its prompts, a hash of their words.")
    timings_ms: TimingsOut

    @classmethod
    def from_answer(cls, answer: Answer, *, id: str) -> Self:
        """Return the JSON form; `id` names this one answer."""
        return cls(
            id=id,
            question=answer.question,
            understood_as=list(answer.understood_as),
            status=answer.status,
            mode=answer.mode,
            degraded_reason=answer.degraded_reason,
            confidence=round(answer.confidence, 4),
            answer=answer.text,
            sentences=[SentenceOut(text=s.text, citations=list(s.citations)) for s in answer.sentences],
            citations=[CitationOut.from_citation(citation) for citation in answer.citations],
            disagreements=[DisagreementOut(citations=list(d.citations), reason=d.reason) for d in answer.disagreements],
            rejected=[RejectedOut(text=r.text, reason=r.reason) for r in answer.rejected],
            corpus_as_of=answer.corpus_as_of,
            model=answer.model,
            prompts=answer.prompts,
            closest=[CitationOut.from_citation(citation) for citation in answer.closest],
            timings_ms=TimingsOut(
                retrieve=round(answer.timings.retrieve, 2),
                read=round(answer.timings.read, 2),
                generate=round(answer.timings.generate, 2),
                total=round(answer.timings.total, 2),
            ),
        )
