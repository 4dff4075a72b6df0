"""Errors."""

from typing import Any

from pydantic import BaseModel, Field


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
