"""Questions to begin with: `GET /suggestions`."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query

from onrecord.service.answers.quoting.suggestions import MAX_SUGGESTIONS
from onrecord.service.http.requests.dependencies import AppParts
from onrecord.service.schemas.suggestions import SuggestionOut, SuggestionsOut

router = APIRouter(tags=["questions"])


@router.get("/suggestions", summary="Questions to begin with")
async def suggestions(parts: AppParts, limit: Annotated[int, Query(ge=1, le=MAX_SUGGESTIONS)] = 4) -> SuggestionsOut:
    """Return questions about what the newest articles quote; the archive answers each of them."""
    found = await to_thread.run_sync(parts.suggester.suggest, limiter=parts.answer_limiter)
    return SuggestionsOut(suggestions=[SuggestionOut.from_suggestion(one) for one in found[:limit]])
