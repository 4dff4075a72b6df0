"""Ranges of an article's text."""

from typing import Self

from pydantic import BaseModel

from onrecord.index.values import Span


class SpanOut(BaseModel):
    """A range of Unicode code points of the article's text, end exclusive."""

    start: int
    end: int

    @classmethod
    def from_span(cls, span: Span) -> Self:
        """Return the JSON form."""
        return cls(start=span.start, end=span.end)
