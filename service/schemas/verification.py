"""Citations to check, and whether they still hold."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from onrecord.index.text.changes import Successor
from onrecord.service.schemas.fields import Characters, SpanOut, StrictModel
from onrecord.service.verification import Change, Verification

_EXAMPLE_SHA = "5ab8a7e8ad7a0a19d3fe7d7a58ea3b1dc5ce8b2e0a8a5a2e6e8f7a1b3c4d5e6f"


class VerifyIn(StrictModel):
    """A citation to check, with the fields of a citation of `/ask`."""

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


class PieceOut(BaseModel):
    """Words of a comparison: "same" and "gone" are the quote, "same" and "new" the present text."""

    kind: Literal["same", "gone", "new"]
    text: str


class SuccessorOut(BaseModel):
    """The words nearest to a quote that is gone: `text[start:end]` of the article's present text."""

    start: int
    end: int
    text: str
    similarity: float = Field(description="0..1.")
    diff: list[PieceOut]

    @classmethod
    def from_successor(cls, successor: Successor) -> Self:
        """Return the JSON form."""
        return cls(
            start=successor.span.start,
            end=successor.span.end,
            text=successor.text,
            similarity=round(successor.similarity, 4),
            diff=[PieceOut(kind=piece.kind, text=piece.text) for piece in successor.pieces],
        )


class ChangeOut(BaseModel):
    """What became of a quote; the first four fields are null if the archive never had the cited text."""

    held: bool | None = Field(description="Whether the cited text had the quote at exactly this place.")
    title: str | None = Field(description="The title that the article had then.")
    added_at: str | None = Field(description="When the cited text was archived.")
    replaced_at: str | None = Field(description="When another text replaced it.")
    nearest: SuccessorOut | None = Field(
        description="If the quote is gone, the words nearest to it in the present text; null if none are similar."
    )

    @classmethod
    def from_change(cls, change: Change) -> Self:
        """Return the JSON form."""
        revision, successor = change.revision, change.successor
        return cls(
            held=change.held,
            title=revision.title if revision else None,
            added_at=revision.added_at if revision else None,
            replaced_at=revision.replaced_at if revision else None,
            nearest=SuccessorOut.from_successor(successor) if successor else None,
        )


class VerifiedOut(BaseModel):
    """Whether a citation still holds.

    `verified`: the present text is the cited one and has the quote there. `changed`: the article has another text now.
    `mismatch`: the present text is the cited one, or no hash was sent, and other words stand there. `missing`: the
    archive has no such article.
    """

    verified: bool = Field(description="Whether the present text has the quote at exactly this place.")
    status: Literal["verified", "changed", "mismatch", "missing"]
    text: str | None = Field(description="The words at start..end now.")
    found_at: list[SpanOut] = Field(description="Other places of the exact quote in the present text.")
    content_sha256: str | None = Field(description="SHA-256 of the article's present text.")
    change: ChangeOut | None = Field(
        default=None,
        description="What changed, if the status is `changed` or an earlier text had the quote at exactly this place.",
    )

    @classmethod
    def from_verification(cls, verification: Verification) -> Self:
        """Return the JSON form."""
        return cls(
            verified=verification.verified,
            status=verification.status,
            text=verification.text,
            found_at=[SpanOut.from_span(span) for span in verification.found_at],
            content_sha256=verification.content_sha256,
            change=ChangeOut.from_change(verification.change) if verification.change else None,
        )
