"""Who said what: `GET /quotations`."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from onrecord.index.values import Filters
from onrecord.service.http.requests.dependencies import AppParts
from onrecord.service.schemas.quotations import QuotationOut, QuotationsIn, QuotationsOut

router = APIRouter(tags=["quotations"])


@router.get("/quotations", summary="Who said what")
async def list_quotations(parts: AppParts, query: Annotated[QuotationsIn, Query()]) -> QuotationsOut:
    """Return the quotations nearest to `about`; without it, a page of all in the order they were archived."""
    if query.about is not None and query.cursor is not None:
        return QuotationsOut(quotations=[], next_cursor=None)
    work = partial(
        parts.quotations.find,
        speaker=query.speaker,
        about=query.about,
        kind=query.kind,
        filters=Filters(published_after=query.after, published_before=query.before, publisher=query.publisher),
        limit=query.limit,
        after=int(query.cursor or 0),
    )
    found = await parts.questions.run(work)
    more = query.about is None and len(found) == query.limit
    return QuotationsOut(
        quotations=[QuotationOut.from_found(one) for one in found],
        next_cursor=str(found[-1].stored.id) if more else None,
    )
