"""Questions to begin with."""

from typing import Self

from pydantic import BaseModel, Field

from onrecord.service.answers.quoting.suggestions import MAX_SUGGESTIONS, Suggestion
from onrecord.service.schemas.fields import StrictModel


class SuggestionsIn(StrictModel):
    """How many questions are suggested."""

    limit: int = Field(default=4, ge=1, le=MAX_SUGGESTIONS)


class SuggestionOut(BaseModel):
    """A question that the archive answers with words of `speaker`."""

    question: str
    speaker: str

    @classmethod
    def from_suggestion(cls, suggestion: Suggestion) -> Self:
        """Return the JSON form."""
        return cls(question=suggestion.question, speaker=suggestion.speaker)


class SuggestionsOut(BaseModel):
    """Questions to begin with."""

    suggestions: list[SuggestionOut]
