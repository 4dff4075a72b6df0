"""The key of the request: `GET /key`."""

from fastapi import APIRouter

from onrecord.service.http.requests.dependencies import TAKES_NO_QUERY, RequestCaller
from onrecord.service.schemas.keys import KeyOut

router = APIRouter(tags=["articles"])


@router.get("/key", summary="What this key allows", dependencies=[TAKES_NO_QUERY])
async def read_key(caller: RequestCaller) -> KeyOut:
    """Return the name and the rights of the key, so that a page offers only what it allows."""
    return KeyOut.from_caller(caller)
