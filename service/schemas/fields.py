"""What several forms share: texts and instants in requests, the form that every request has, and ranges of a text."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from onrecord.index.text.invisible_characters import VISIBLE, as_seen
from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Span

_CURSOR = r"^[0-9]{1,18}\Z"
_MAX_UNKNOWN = 20
"""Unknown fields that are named; a body may have a million, and looking for the nearest name takes time."""


def _check_text(text: str) -> str:
    seen = as_seen(_check_characters(text))
    if not seen:
        raise ValueError("it is blank; write what you want to know")
    return seen


def _check_characters(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"it holds half of a surrogate pair at position {error.start}; send valid Unicode") from None
    return text


def _check_cursor(cursor: str) -> str:
    if not re.match(_CURSOR, cursor):
        raise ValueError("it is no cursor of this service; send next_cursor of the page before, or leave it out")
    return cursor


DATE: JsonDict = {"anyOf": [{"format": "date"}, {"format": "date-time"}]}
"""The form of a date in the document; other ways to write one are read as well."""
Text = Annotated[str, Field(json_schema_extra={"pattern": VISIBLE}), AfterValidator(_check_text)]
"""A text that is not blank, as its writer sees it."""
Characters = Annotated[str, AfterValidator(_check_characters)]
"""A text of valid Unicode, which may be empty."""
Instant = Annotated[
    str,
    Field(max_length=64, json_schema_extra=DATE),
    AfterValidator(to_utc),
]
"""A date or an instant, as people and programs write it, as an instant in UTC."""
Cursor = Annotated[
    str,
    Field(description="`next_cursor` of the page before.", json_schema_extra={"pattern": _CURSOR}),
    AfterValidator(_check_cursor),
]
"""The number, in digits, after which a page begins."""


class LenientModel(BaseModel):
    """A part of a request in which an unknown field is ignored, and a null where a field may be left out is none."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nulls(cls, data: Any) -> Any:
        # Many clients send null for what was not given.
        if not isinstance(data, dict):
            return data
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {name: value for name, value in data.items() if value is not None or name not in optional}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema with null as a value of each field that may be left out."""
        described = handler(schema)
        model = handler.resolve_ref_schema(described)
        for name, form in model.get("properties", {}).items():
            if name not in model.get("required", ()) and {"type": "null"} not in form.get("anyOf", ()):
                said = {key: form.pop(key) for key in ("title", "description", "default") if key in form}
                model["properties"][name] = {"anyOf": [form, {"type": "null"}], **said}
        return described


class StrictModel(LenientModel):
    """A part of a request in which an unknown field is an error, as it is most likely misspelt."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_fields(cls, data: Any) -> Any:
        names = data if isinstance(data, dict) else ()
        unknown = (_unknown(str(name), tuple(cls.model_fields)) for name in names if name not in cls.model_fields)
        if errors := list(islice(unknown, _MAX_UNKNOWN)):
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return data


def _unknown(name: str, known: Sequence[str]) -> InitErrorDetails:
    """Return the error for a field that a form does not have: it names those that the form has, and the nearest."""
    nearest = "".join(f" (did you mean {other!r}?)" for other in get_close_matches(name, known, n=1))
    message = f"unknown field{nearest}; known are {', '.join(known)}" if known else "unknown field; leave it out"
    return InitErrorDetails(
        type=PydanticCustomError("unknown_field", "{message}", {"message": message}), loc=(name,), input=None
    )


class NoQuery(StrictModel):
    """The query of a request that takes none."""


class SpanOut(BaseModel):
    """A range of Unicode code points of the article's text, end exclusive."""

    start: int
    end: int

    @classmethod
    def from_span(cls, span: Span) -> Self:
        """Return the JSON form."""
        return cls(start=span.start, end=span.end)
