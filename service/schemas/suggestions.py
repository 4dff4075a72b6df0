"""Questions to begin with."""

from typing import Self

from pydantic import BaseModel

from onrecord.service.answers.quoting.suggestions import Suggestion


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
