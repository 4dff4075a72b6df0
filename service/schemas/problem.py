"""Errors."""

from typing import Any

from pydantic import BaseModel, Field


class OpenAIError(BaseModel):
    """An error in the form that OpenAI's clients read."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class Problem(BaseModel):
    """An error in the form of RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="The wrong value, and the way out.")
    errors: list[dict[str, Any]] | None = Field(default=None, description="Each wrong field.")
    request_id: str | None = Field(default=None, description="The id of the request, as `X-Request-ID` has it.")
    error: OpenAIError = Field(description="The same for OpenAI's clients, which show nothing else.")
