"""Passages: `POST /search`."""

from fastapi import APIRouter, Request

from onrecord.index.search.retriever import Retrieval
from onrecord.service.http.requests.dependencies import TAKES_NO_QUERY, AppParts, AppSettings
from onrecord.service.http.requests.request_limits import check_length, check_limit
from onrecord.service.schemas.passages import PassageOut, PassagesOut, SearchIn

router = APIRouter(tags=["questions"], dependencies=[TAKES_NO_QUERY])


@router.post("/search", summary="Find passages")
async def search(body: SearchIn, request: Request, parts: AppParts, settings: AppSettings) -> PassagesOut:
    """Return the passages nearest to the query by word and by meaning."""
    check_length(body.query, "query", settings)
    check_limit(body.limit, settings)
    request.state.question = body.query

    def retrieve() -> Retrieval:
        filters = body.filters.to_filters(parts.speakers)
        return parts.retriever.retrieve(body.query, limit=body.limit, filters=filters)

    found = await parts.questions.run(retrieve)
    return PassagesOut(passages=[PassageOut.from_passage(passage) for passage in found.passages])
