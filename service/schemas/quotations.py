"""Quotations: who said what."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from onrecord.index.search.quotation_finder import FoundQuotation
from onrecord.index.speech.quotations import Quotation, QuotationKind
from onrecord.service.schemas.fields import Cursor, Instant, StrictModel, Text


class QuotationsIn(StrictModel):
    """Which quotations are listed."""

    speaker: Annotated[Text, Field(max_length=200)] | None = Field(
        default=None, description="A name in any form, or a role."
    )
    about: Annotated[Text, Field(max_length=2_000)] | None = Field(
        default=None,
        description="A topic, by word and by meaning. Its quotations come in one page, so after a `cursor` are none.",
    )
    after: Instant | None = Field(default=None, description="Published at or after this date or instant.")
    before: Instant | None = Field(default=None, description="Published before this date or instant.")
    publisher: Annotated[Text, Field(max_length=2_000)] | None = None
    kind: QuotationKind | None = None
    limit: int = Field(default=20, ge=1, le=200)
    cursor: Cursor | None = None


class QuotedOut(BaseModel):
    """Words that an article attributes to a person; all positions are code points of the article's text.

    `cue` is the word of saying; it and the mention are null for a quote that stands alone. `speaker` is the fullest
    name that the article has, null if that is not sure. `denied` is true if the speaker denies the words.
    `reported_by` is the person who says that the speaker said it, if it is not the article itself.
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
    def from_quotation(cls, quotation: Quotation) -> "QuotedOut":
        """Return the JSON form."""
        return cls(**_fields_of(quotation))


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
    score: float | None = Field(description="The nearness to `about`, 0..1; null without a topic.")

    @classmethod
    def from_found(cls, found: FoundQuotation) -> Self:
        """Return the JSON form."""
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
            **_fields_of(found.stored.quotation),
        )


class QuotationsOut(BaseModel):
    """Quotations, nearest to `about` first; without a topic, a page of all in the order they were archived."""

    quotations: list[QuotationOut]
    next_cursor: str | None


class ArticleQuotationsOut(BaseModel):
    """An article's quotations in the order of its text."""

    quotations: list[QuotedOut]


def _fields_of(quotation: Quotation) -> dict[str, Any]:
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
