"""Keys: who sends a request, and what they may do."""

import ipaddress
import secrets
from collections.abc import Sequence
from http import HTTPStatus

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.service.access.caller import ANONYMOUS, Caller, Right
from onrecord.service.http.problems import problem
from onrecord.service.http.rate_limiter import RateLimiter
from onrecord.service.settings import Settings

_FOR_WIDGETS = tuple(
    (method, compile_path(path)[0])
    for method, path in (
        ("POST", "/ask"),
        ("GET", "/suggestions"),
        # An article that an answer cites can be read, and the archive cannot be listed.
        ("GET", "/articles/{article_id}"),
        ("GET", "/articles/{article_id}/quotations"),
    )
)
_READS = {"GET", "HEAD", "OPTIONS"}
_QUESTIONS = {"/ask", "/search", "/verify", "/v1/chat/completions"}
"""Paths whose POST changes nothing."""


def is_for_widgets(method: str, path: str) -> bool:
    """Say whether the widget needs this request; its key, and a page of another origin, may send no other."""
    return any(method == allowed and pattern.match(path) for allowed, pattern in _FOR_WIDGETS)


def needed_right(method: str, path: str) -> Right:
    """Return the right that a request needs; what is not known to be harmless needs the greatest."""
    if method in _READS or (method == "POST" and path in _QUESTIONS):
        return Right.ASK
    if (method, path) == ("POST", "/articles"):
        return Right.ADD
    return Right.ADMINISTER


class CheckKeys:
    """An ASGI middleware that finds the caller of a request by its key, before any of its body is read.

    `scope["state"]["caller"]` holds the caller for the routes. A request without a right key, or whose key does not
    allow it, is answered with a problem, unless it goes to one of the `keyless` routes.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, keyless: Sequence[BaseRoute]) -> None:
        self._app = app
        self._settings = settings
        self._keyless = keyless
        self._widgets = RateLimiter(per_minute=settings.widget_rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its caller, or answer it with a problem."""
        if scope["type"] == "http":
            checked = self._check(scope)
            if isinstance(checked, JSONResponse):
                await checked(scope, receive, send)
                return
            scope.setdefault("state", {})["caller"] = checked
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> Caller | JSONResponse:
        """Return the caller, or the problem that answers the request."""
        if not self._settings.has_keys:
            return ANONYMOUS
        if any(route.matches(scope)[0] is not Match.NONE for route in self._keyless):
            return ANONYMOUS
        caller = self._caller(scope)
        if caller is None:
            return problem(
                HTTPStatus.UNAUTHORIZED,
                "This service needs a key: send `Authorization: Bearer KEY` with one of ONRECORD_API_KEYS.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        method, path = scope["method"], scope["path"].removeprefix(scope.get("root_path", ""))
        if caller.is_widget:
            return self._check_widget(caller, method, path, scope)
        right = needed_right(method, path)
        if right not in caller.rights:
            may = " and ".join(sorted(caller.rights))
            return problem(
                HTTPStatus.FORBIDDEN,
                f"The key {caller.name!r} has the right to {may}; {method} {path} needs the right to {right}.",
            )
        return caller

    def _caller(self, scope: Scope) -> Caller | None:
        """Return the caller whose key the request has."""
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        key = given.strip().encode() if scheme.lower() == "bearer" else b""
        # Every key is compared, each in constant time, so that the time does not tell which one was nearly right.
        known = [full.get_secret_value().encode() for full in self._settings.api_keys]
        matches = [secrets.compare_digest(key, full) for full in known]
        if any(matches):
            return Caller(name=f"ONRECORD_API_KEYS {matches.index(True) + 1}")
        if self._settings.widget_key and secrets.compare_digest(key, self._settings.widget_key.encode()):
            return Caller(name="ONRECORD_WIDGET_KEY", rights=frozenset(), is_widget=True)
        return None

    def _check_widget(self, caller: Caller, method: str, path: str, scope: Scope) -> Caller | JSONResponse:
        if not is_for_widgets(method, path):
            return problem(
                HTTPStatus.FORBIDDEN,
                "The widget's key allows to ask and to read what is cited; everything else needs one of "
                "ONRECORD_API_KEYS.",
            )
        wait = self._widgets.take(_network(scope["client"][0] if scope.get("client") else ""))
        if wait:
            return problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"More than {self._settings.widget_rate} requests a minute came from here; try again in {wait} s.",
                headers={"Retry-After": str(wait)},
            )
        return caller


def _network(address: str) -> str:
    """Return the client of an address: the address itself, or the first 64 bits of IPv6, which one household shares."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.ipv4_mapped:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
