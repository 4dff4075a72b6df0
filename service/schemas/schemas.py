"""The bodies of requests and responses, as the contract in docs/design.md has them."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from onrecord.index.archive.revision_table import Revision
from onrecord.index.search.quotation_finder import FoundQuotation
from onrecord.index.search.speaker_finder import SpeakerIndex
from onrecord.index.speech.quotations import Quotation, QuotationKind
from onrecord.index.text.changes import Successor
from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Article, ArticleInfo, Copies, Filters, FoundPassage, Span
from onrecord.service.answers.answer import Answer, Citation
from onrecord.service.answers.question import conversation as dialogue
from onrecord.service.answers.question.conversation import Asked

_EXAMPLE_SHA = "5ab8a7e8ad7a0a19d3fe7d7a58ea3b1dc5ce8b2e0a8a5a2e6e8f7a1b3c4d5e6f"


def _check_text(text: str) -> str:
    if not text.strip():
        raise ValueError("it is blank; write what you want to know")
    return _check_characters(text)


def _check_characters(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"it holds half of a surrogate pair at position {error.start}; send valid Unicode") from None
    return text


Text = Annotated[str, AfterValidator(_check_text)]
Characters = Annotated[str, AfterValidator(_check_characters)]
Instant = Annotated[str, Field(max_length=64), AfterValidator(to_utc)]


class _Strict(BaseModel):
    """A request's part: an unknown field is an error, because it is most likely a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersIn(_Strict):
    """Which articles are asked; null is no restriction."""

    published_after: Instant | None = Field(default=None, description="At or after this date or instant, ISO 8601.")
    published_before: Instant | None = Field(default=None, description="Before this date or instant, ISO 8601.")
    publisher: Annotated[Characters, Field(max_length=2_000)] | None = None
    speaker: Annotated[Characters, Field(max_length=200)] | None = Field(
        default=None, description="Only this speaker's words, whatever form of the name the archive has."
    )
    article_ids: list[Annotated[Characters, Field(max_length=64)]] | None = Field(default=None, max_length=1_000)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.published_after and self.published_before and self.published_after >= self.published_before:
            raise ValueError(
                f"published_after {self.published_after} is not before published_before {self.published_before}, "
                "so no article can pass"
            )
        return self

    def to_filters(self, speakers: SpeakerIndex) -> Filters:
        """Return the value the index takes."""
        return Filters(
            published_after=self.published_after,
            published_before=self.published_before,
            publisher=self.publisher,
            article_ids=tuple(self.article_ids) if self.article_ids is not None else None,
            speakers=speakers.match(self.speaker) if self.speaker is not None else None,
        )


class Turn(_Strict):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[Characters, Field(max_length=20_000)]


class AskIn(_Strict):
    """A question; all but `question` may be left out."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "what did Putin say about legality?", "limit": 3}]}
    )

    question: Text
    mode: Literal["auto", "extractive", "generative"] = "auto"
    limit: int = Field(default=5, ge=1, description="Quotes at most.")
    stream: bool = Field(default=False, description="Answer as server-sent events.")
    filters: FiltersIn = FiltersIn()
    history: list[Turn] = Field(
        default=[], max_length=100, description="Earlier turns, oldest first: what a follow-up leaves out is there."
    )

    def to_asked(self, speakers: SpeakerIndex) -> Asked:
        """Return the value that is answered."""
        return Asked(
            question=self.question,
            mode=self.mode,
            limit=self.limit,
            filters=self.filters.to_filters(speakers),
            history=tuple(dialogue.Turn(role=turn.role, content=turn.content) for turn in self.history),
        )


class SearchIn(_Strict):
    """A search for passages."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "security guarantees", "limit": 3}]})

    query: Text
    limit: int = Field(default=10, ge=1, description="Passages at most.")
    filters: FiltersIn = FiltersIn()


class ArticleIn(_Strict):
    """An article to archive; what is null is looked for in the text."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "Harbour to open in May\nThe new harbour will open in May, Mayor Ana Reis said on Monday.",
                    "publisher": "The Coast",
                    "published_at": "2025-11-03",
                    "source_name": "harbour.txt",
                }
            ]
        }
    )

    text: str = Field(description="Stored character for character; citations' offsets hold against it.")
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published_at: str | None = Field(default=None, description="ISO 8601 date or instant.")
    url: str | None = Field(default=None, description="http or https. The same url again is a new revision.")
    source_name: str | None = Field(default=None, description="A file name, say. Identifies an article without a url.")


class CopiesOut(BaseModel):
    """Other articles that carry the same words, wherever they were printed; one of them all is shown."""

    count: int = Field(description="How many others there are.")
    article_ids: list[str]
    corrected: list[str] = Field(description="Articles that the one shown corrects, and that say it otherwise.")

    @classmethod
    def of(cls, copies: Copies) -> Self:
        """Write the value as JSON."""
        return cls(
            count=len(copies.article_ids), article_ids=list(copies.article_ids), corrected=list(copies.corrected)
        )


class ArticleInfoOut(BaseModel):
    """An archived article without its text."""

    id: str
    title: str
    publisher: str | None
    author: str | None
    published_at: str | None
    url: str | None
    source_name: str | None
    content_sha256: str
    added_at: str
    copies: CopiesOut = Field(description="Who else carries the story.")

    @classmethod
    def of(cls, info: ArticleInfo, copies: Copies) -> Self:
        """Write the value as JSON."""
        return cls(copies=CopiesOut.of(copies), **_fields(info, cls))


class RevisionOut(BaseModel):
    """A text that the article had once, without the text."""

    title: str
    content_sha256: str
    added_at: str
    replaced_at: str


class ArticleOut(ArticleInfoOut):
    """An archived article with its text, and what it was before."""

    text: str
    revisions: list[RevisionOut] = Field(description="Texts that gave way to this one, the first one first.")

    @classmethod
    def of_article(cls, article: Article, copies: Copies, revisions: Sequence[Revision]) -> Self:
        """Write the value as JSON."""
        return cls(
            text=article.text,
            copies=CopiesOut.of(copies),
            revisions=[
                RevisionOut(
                    title=one.title,
                    content_sha256=one.content_sha256,
                    added_at=one.added_at,
                    replaced_at=one.replaced_at,
                )
                for one in revisions
            ],
            **_fields(article.info, ArticleInfoOut),
        )


class ArticlesOut(BaseModel):
    """A page of articles; `next_cursor` is null on the last one."""

    articles: list[ArticleInfoOut]
    next_cursor: str | None


class AddedOut(BaseModel):
    """What became of one article."""

    id: str
    status: Literal["created", "updated", "unchanged"]
    title: str


class AddedListOut(BaseModel):
    """What became of each article, in the order they were sent."""

    articles: list[AddedOut]


class SpanOut(BaseModel):
    """A range of Unicode code points of the article's text, end exclusive."""

    start: int
    end: int

    @classmethod
    def of(cls, span: Span) -> Self:
        """Write the value as JSON."""
        return cls(start=span.start, end=span.end)


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
    highlight: SpanOut | None = Field(description="The answering words inside the quote, where they are known.")
    speaker: str | None = Field(description="Who said it, where that is known.")
    content_sha256: str = Field(description="Of the article's text when it was cited.")
    score: float
    copies: CopiesOut = Field(description="Who else carries the quote.")

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """Write the value as JSON."""
        info = {name: v for name, v in _fields(citation.article, ArticleInfoOut).items() if name in cls.model_fields}
        return cls(
            number=citation.number,
            article_id=citation.article.id,
            quote=citation.quote,
            start=citation.span.start,
            end=citation.span.end,
            highlight=SpanOut.of(citation.highlight) if citation.highlight else None,
            speaker=citation.speaker,
            score=round(citation.score, 4),
            copies=CopiesOut.of(citation.copies),
            **info,
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
    """A sentence of a language model that was withheld, and why; it is shown to nobody who asks, but listed."""

    text: str
    reason: str = Field(description="What is wrong with it, as a clause.")


class TimingsOut(BaseModel):
    """Milliseconds spent."""

    retrieve: float
    read: float
    generate: float
    total: float


class AnswerOut(BaseModel):
    """An answer with its proof, or an abstention with what comes closest."""

    id: str
    question: str
    understood_as: list[str] = Field(
        description="What was answered, where that is not the question as typed: a follow-up made whole, several in "
        "one, a slip mended."
    )
    status: Literal["answered", "abstained"]
    mode: Literal["extractive", "generative"]
    degraded_reason: str | None
    confidence: float = Field(description="The probability that the archive answers the question.")
    answer: str
    sentences: list[SentenceOut]
    citations: list[CitationOut]
    disagreements: list[DisagreementOut]
    rejected: list[RejectedOut]
    closest: list[CitationOut]
    corpus_as_of: str | None = Field(description="When the newest of the archive's dated articles was published.")
    model: str | None = Field(description="The language model that was asked.")
    prompts: str | None = Field(description="The version of the prompts it was given, a hash of their words.")
    timings_ms: TimingsOut

    @classmethod
    def of(cls, answer: Answer, *, id: str) -> Self:
        """Write the value as JSON."""
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
            citations=[CitationOut.of(citation) for citation in answer.citations],
            disagreements=[DisagreementOut(citations=list(d.citations), reason=d.reason) for d in answer.disagreements],
            rejected=[RejectedOut(text=r.text, reason=r.reason) for r in answer.rejected],
            corpus_as_of=answer.corpus_as_of,
            model=answer.model,
            prompts=answer.prompts,
            closest=[CitationOut.of(citation) for citation in answer.closest],
            timings_ms=TimingsOut(
                retrieve=round(answer.timings.retrieve, 2),
                read=round(answer.timings.read, 2),
                generate=round(answer.timings.generate, 2),
                total=round(answer.timings.total, 2),
            ),
        )


class PassageOut(BaseModel):
    """A passage found: `text` is the article's `text[start:end]`."""

    article_id: str
    title: str
    publisher: str | None
    published_at: str | None
    source_name: str | None
    start: int
    end: int
    text: str
    score: float = Field(description="0..1, comparable within one search.")
    copies: CopiesOut = Field(description="Who else carries the passage.")

    @classmethod
    def of(cls, passage: FoundPassage) -> Self:
        """Write the value as JSON."""
        return cls(
            article_id=passage.article.id,
            title=passage.article.title,
            publisher=passage.article.publisher,
            published_at=passage.article.published_at,
            source_name=passage.article.source_name,
            start=passage.span.start,
            end=passage.span.end,
            text=passage.text,
            score=round(passage.score, 4),
            copies=CopiesOut.of(passage.copies),
        )


class PassagesOut(BaseModel):
    """Passages, best first."""

    passages: list[PassageOut]


class QuotedOut(BaseModel):
    """Words that an article attributes to somebody; all positions are code points of the article's text.

    `cue` is the word of saying; it and the mention are null for a quote that stands alone. `speaker` is the name as
    full as the article has it, null when that is not sure. `denied`: the speaker says it is not so. `reported_by`: who
    says that the speaker said it, if not the article itself.
    """

    text: str
    start: int
    end: int
    kind: QuotationKind
    cue: str | None
    cue_start: int | None
    cue_end: int | None
    speaker_mention: str | None
    speaker_start: int | None
    speaker_end: int | None
    speaker: str | None
    role: str | None
    denied: bool
    reported_by: str | None

    @classmethod
    def of_quotation(cls, quotation: Quotation) -> "QuotedOut":
        """Write the value as JSON."""
        return cls(**_quoted(quotation))


class QuotationOut(QuotedOut):
    """A quotation and the article it stands in."""

    id: int
    article_id: str
    title: str
    publisher: str | None
    published_at: str | None
    url: str | None
    source_name: str | None
    content_sha256: str
    score: float | None = Field(description="How near to `about`, 0..1; null without one.")

    @classmethod
    def of(cls, found: FoundQuotation) -> Self:
        """Write the value as JSON."""
        article = found.stored.article
        return cls(
            id=found.stored.id,
            article_id=article.id,
            title=article.title,
            publisher=article.publisher,
            published_at=article.published_at,
            url=article.url,
            source_name=article.source_name,
            content_sha256=article.content_sha256,
            score=round(found.score, 4) if found.score is not None else None,
            **_quoted(found.stored.quotation),
        )


class QuotationsOut(BaseModel):
    """Quotations, nearest to `about` first; without it in the order they were archived, a page at a time."""

    quotations: list[QuotationOut]
    next_cursor: str | None


class SuggestionOut(BaseModel):
    """A question that the archive answers, with words of `speaker`."""

    question: str
    speaker: str


class SuggestionsOut(BaseModel):
    """Questions to begin with."""

    suggestions: list[SuggestionOut]


class ArticleQuotationsOut(BaseModel):
    """An article's quotations, as they stand in it."""

    quotations: list[QuotedOut]


class VerifyIn(_Strict):
    """A citation to check; the fields of a citation of `/ask`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "article_id": "0123456789abcdef",
                    "start": 0,
                    "end": 22,
                    "quote": "Harbour to open in May",
                    "content_sha256": _EXAMPLE_SHA,
                }
            ]
        }
    )

    article_id: Annotated[Characters, Field(max_length=64)]
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: Annotated[Characters, Field(max_length=20_000)]
    content_sha256: Annotated[Characters, Field(max_length=64)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        return self


class PieceOut(BaseModel):
    """Words of a comparison; "same" and "gone" make what was quoted, "same" and "new" what stands there now."""

    kind: Literal["same", "gone", "new"]
    text: str


class SuccessorOut(BaseModel):
    """What comes nearest to a quote that is not there any more: `text[start:end]` of the article's text now."""

    start: int
    end: int
    text: str
    similarity: float = Field(description="0..1.")
    diff: list[PieceOut]

    @classmethod
    def of(cls, successor: Successor) -> Self:
        """Write the value as JSON."""
        return cls(
            start=successor.span.start,
            end=successor.span.end,
            text=successor.text,
            similarity=round(successor.similarity, 4),
            diff=[PieceOut(kind=piece.kind, text=piece.text) for piece in successor.pieces],
        )


class ChangeOut(BaseModel):
    """What became of a quote. The first four are null where the archive never had the text that was cited."""

    held: bool | None = Field(description="Whether the text that was cited had the quote at exactly this place.")
    title: str | None = Field(description="The article's title then.")
    added_at: str | None = Field(description="When the text that was cited was archived.")
    replaced_at: str | None = Field(description="When it gave way to another one.")
    nearest: SuccessorOut | None = Field(
        description="Where the quote is gone: what stands nearest to it now; null if nothing is half like it."
    )

    @classmethod
    def of(cls, revision: Revision | None, *, held: bool | None, successor: Successor | None) -> Self:
        """Write the values as JSON."""
        return cls(
            held=held,
            title=revision.title if revision else None,
            added_at=revision.added_at if revision else None,
            replaced_at=revision.replaced_at if revision else None,
            nearest=SuccessorOut.of(successor) if successor else None,
        )


class VerifiedOut(BaseModel):
    """Whether a citation still holds.

    `verified`: the text is the one cited and holds the quote there. `changed`: the article has another text now.
    `mismatch`: the text is the one cited (or no hash was sent), and something else stands there. `missing`: no such
    article.
    """

    verified: bool = Field(description="The article's text has the quote at exactly this place.")
    status: Literal["verified", "changed", "mismatch", "missing"]
    text: str | None = Field(description="What stands at start..end now.")
    found_at: list[SpanOut] = Field(description="Where else the exact quote stands now.")
    content_sha256: str | None = Field(description="Of the article's text now.")
    change: ChangeOut | None = Field(
        default=None,
        description="What changed: where the status is `changed`, and where an earlier text held the quote just here.",
    )


class HealthOut(BaseModel):
    """`ok`, and what the archive holds."""

    status: Literal["ok"]
    articles: int | None = None
    passages: int | None = None


class OpenAIError(BaseModel):
    """An error, as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="The value that was wrong, and the way out.")
    errors: list[dict[str, Any]] | None = Field(default=None, description="Each field that was wrong.")
    error: OpenAIError = Field(description="The same again for OpenAI's clients, which show nothing else.")


def _quoted(quotation: Quotation) -> dict[str, Any]:
    cue, mention = quotation.cue_span, quotation.speaker_span
    return {
        "text": quotation.text,
        "start": quotation.span.start,
        "end": quotation.span.end,
        "kind": quotation.kind,
        "cue": quotation.cue,
        "cue_start": cue.start if cue else None,
        "cue_end": cue.end if cue else None,
        "speaker_mention": quotation.speaker_mention,
        "speaker_start": mention.start if mention else None,
        "speaker_end": mention.end if mention else None,
        "speaker": quotation.speaker,
        "role": quotation.role,
        "denied": quotation.denied,
        "reported_by": quotation.reported_by,
    }


def _fields(info: ArticleInfo, model: type[BaseModel]) -> dict[str, Any]:
    return {name: getattr(info, name) for name in model.model_fields if hasattr(info, name)}
