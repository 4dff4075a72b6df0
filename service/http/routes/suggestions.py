"""Questions to begin with: `GET /suggestions`."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query

from onrecord.service.answers.quoting.suggestions import MOST
from onrecord.service.http.requests.parts import SuggesterPart, TurnsPart
from onrecord.service.schemas.schemas import SuggestionOut, SuggestionsOut

router = APIRouter(tags=["questions"])


@router.get("/suggestions", summary="Questions to begin with")
async def suggestions(
    suggester: SuggesterPart, turns: TurnsPart, limit: Annotated[int, Query(ge=1, le=MOST)] = 4
) -> SuggestionsOut:
    """Return questions on what the newest articles quote; each of them was put to the archive and answered."""
    found = await to_thread.run_sync(suggester.suggest, limiter=turns)
    return SuggestionsOut(suggestions=[SuggestionOut(question=s.question, speaker=s.speaker) for s in found[:limit]])
