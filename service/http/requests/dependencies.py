"""What a route depends on: the parts, settings and counters that the app was made of, and who sent the request."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request

from onrecord.service.access.caller import Caller
from onrecord.service.access.key_ring import KeyRing
from onrecord.service.http.metrics import Metrics
from onrecord.service.http.readiness import Readiness
from onrecord.service.schemas.fields import NoQuery
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts

# Dependencies are coroutines, as FastAPI would run a plain function in a thread of its own for each request.


def _kept_by_app(name: str) -> Any:
    """Return the dependency on what `create_app` keeps in the state of the app under this name."""

    async def read(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(read)


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _no_query(query: Annotated[NoQuery, Query()]) -> None:
    """Refuse every query parameter, as a request without any has none to misspell."""


AppParts = Annotated[Parts, _kept_by_app("parts")]
AppSettings = Annotated[Settings, _kept_by_app("settings")]
AppMetrics = Annotated[Metrics, _kept_by_app("metrics")]
AppReadiness = Annotated[Readiness, _kept_by_app("readiness")]
AppKeys = Annotated[KeyRing, _kept_by_app("keys")]
RequestCaller = Annotated[Caller, Depends(_caller)]
"""Who sent the request: the name and the rights of the key, as the middleware `CheckKeys` found them."""
TAKES_NO_QUERY = Depends(_no_query)
