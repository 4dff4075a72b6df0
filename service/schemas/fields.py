"""What several forms share: texts and instants in requests, the form that every request has, and ranges of a text."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Span


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
"""A text that is not blank."""
Characters = Annotated[str, AfterValidator(_check_characters)]
"""A text of valid Unicode, which may be empty."""
Instant = Annotated[str, Field(max_length=64), AfterValidator(to_utc)]
"""A date or an instant, in ISO 8601, as an instant in UTC."""


class StrictModel(BaseModel):
    """A part of a request in which an unknown field is an error, as it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SpanOut(BaseModel):
    """A range of Unicode code points of the article's text, end exclusive."""

    start: int
    end: int

    @classmethod
    def from_span(cls, span: Span) -> Self:
        """Return the JSON form."""
        return cls(start=span.start, end=span.end)
