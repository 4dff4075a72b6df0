"""Searches, and the passages that they find."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from onrecord.index.values import FoundPassage
from onrecord.service.schemas.articles import CopiesOut, shared_fields
from onrecord.service.schemas.fields import StrictModel, Text
from onrecord.service.schemas.filters import FiltersIn


class SearchIn(StrictModel):
    """A search for passages."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "security guarantees", "limit": 3}]})

    query: Text
    limit: int = Field(default=10, ge=1, description="The most passages.")
    filters: FiltersIn = FiltersIn()


class PassageOut(BaseModel):
    """A passage that was found: `text` is `text[start:end]` of the article."""

    article_id: str
    title: str
    publisher: str | None
    published_at: str | None
    source_name: str | None
    start: int
    end: int
    text: str
    score: float = Field(description="0..1, comparable within one search.")
    copies: CopiesOut = Field(description="Other articles that carry the passage.")

    @classmethod
    def from_passage(cls, passage: FoundPassage) -> Self:
        """Return the JSON form."""
        return cls(
            article_id=passage.article.id,
            start=passage.span.start,
            end=passage.span.end,
            text=passage.text,
            score=round(passage.score, 4),
            copies=CopiesOut.from_copies(passage.copies),
            **shared_fields(passage.article, cls),
        )


class PassagesOut(BaseModel):
    """Passages, best first."""

    passages: list[PassageOut]
