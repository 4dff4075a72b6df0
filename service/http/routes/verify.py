"""Citations: `POST /verify`."""

from functools import partial

from fastapi import APIRouter

from onrecord.service.http.requests.dependencies import TAKES_NO_QUERY, AppParts
from onrecord.service.schemas.verification import VerifiedOut, VerifyIn
from onrecord.service.verification import verify_citation

router = APIRouter(tags=["questions"], dependencies=[TAKES_NO_QUERY])


@router.post("/verify", summary="Check a citation")
async def verify(body: VerifyIn, parts: AppParts) -> VerifiedOut:
    """Say whether a citation still holds against the archive as it is now."""
    work = partial(
        verify_citation, parts.archive, body.article_id, body.start, body.end, body.quote, body.content_sha256
    )
    return VerifiedOut.from_verification(await parts.questions.run(work))
