"""What a route depends on: the parts, settings and counters that the app was made of, and who sent the request."""

from typing import Annotated

from fastapi import Depends, Query, Request

from onrecord.service.access.caller import Caller
from onrecord.service.access.key_ring import KeyRing
from onrecord.service.http.metrics import Metrics
from onrecord.service.http.readiness import Readiness
from onrecord.service.schemas.fields import NoQuery
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts

# These are coroutines, as FastAPI would run a plain function in a thread of its own for each request.


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


async def _keys(request: Request) -> KeyRing:
    keys: KeyRing = request.app.state.keys
    return keys


async def _readiness(request: Request) -> Readiness:
    readiness: Readiness = request.app.state.readiness
    return readiness


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _no_query(query: Annotated[NoQuery, Query()]) -> None:
    """Refuse every query parameter, as a request without any has none to misspell."""


AppParts = Annotated[Parts, Depends(_parts)]
AppSettings = Annotated[Settings, Depends(_settings)]
AppMetrics = Annotated[Metrics, Depends(_metrics)]
AppReadiness = Annotated[Readiness, Depends(_readiness)]
AppKeys = Annotated[KeyRing, Depends(_keys)]
RequestCaller = Annotated[Caller, Depends(_caller)]
"""Who sent the request: the name and the rights of the key, as the middleware `CheckKeys` found them."""
TAKES_NO_QUERY = Depends(_no_query)
