"""Questions to begin with: `GET /suggestions`."""

from typing import Annotated

from fastapi import APIRouter, Query

from onrecord.service.http.requests.dependencies import AppParts
from onrecord.service.schemas.suggestions import SuggestionOut, SuggestionsIn, SuggestionsOut

router = APIRouter(tags=["questions"])


@router.get("/suggestions", summary="Questions to begin with")
async def suggestions(parts: AppParts, query: Annotated[SuggestionsIn, Query()]) -> SuggestionsOut:
    """Return questions about what the newest articles quote; the archive answers each of them."""
    found = await parts.questions.run(parts.suggester.suggest)
    return SuggestionsOut(suggestions=[SuggestionOut.from_suggestion(one) for one in found[: query.limit]])
