"""Who said what: `GET /quotations`."""

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query

from onrecord.index.speech.quotations import QuotationKind
from onrecord.index.values import Filters
from onrecord.service.http.problems import invalid, read_cursor
from onrecord.service.http.requests.dependencies import AppParts
from onrecord.service.schemas.fields import Instant, Text
from onrecord.service.schemas.quotations import QuotationOut, QuotationsOut

router = APIRouter(tags=["quotations"])


@router.get("/quotations", summary="Who said what")
async def list_quotations(
    parts: AppParts,
    speaker: Annotated[Text | None, Query(max_length=200, description="A name in any form, or a role.")] = None,
    about: Annotated[Text | None, Query(max_length=2_000, description="A topic, by word and by meaning.")] = None,
    after: Annotated[Instant | None, Query(description="Published at or after this date or instant.")] = None,
    before: Annotated[Instant | None, Query(description="Published before this date or instant.")] = None,
    publisher: Annotated[Text | None, Query(max_length=2_000)] = None,
    kind: Annotated[QuotationKind | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    cursor: Annotated[str | None, Query(max_length=32, description="`next_cursor` of the page before.")] = None,
) -> QuotationsOut:
    """Return the quotations nearest to `about`; without it, a page of all in the order they were archived."""
    if about is not None and cursor is not None:
        raise invalid("cursor cannot be sent with about, whose quotations come in one page; raise limit instead")
    work = partial(
        parts.quotations.find,
        speaker=speaker,
        about=about,
        kind=kind,
        filters=Filters(published_after=after, published_before=before, publisher=publisher),
        limit=limit,
        after=read_cursor(cursor),
    )
    found = await to_thread.run_sync(work, limiter=parts.answer_limiter)
    more = about is None and len(found) == limit
    return QuotationsOut(
        quotations=[QuotationOut.from_found(one) for one in found],
        next_cursor=str(found[-1].stored.id) if more else None,
    )
