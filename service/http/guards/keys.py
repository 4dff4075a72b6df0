"""Keys: who sends a request, and what they may do."""

import ipaddress
import logging
from collections.abc import Collection
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.service.access.caller import ANONYMOUS, Caller, Right
from onrecord.service.access.key_ring import KeyRing
from onrecord.service.access.keys import hash_key
from onrecord.service.http.guards.public_address import path_of
from onrecord.service.http.guards.wrong_keys import HOLD_SECONDS, WRONG_PER_MINUTE, WrongKeys
from onrecord.service.http.metrics import Metrics
from onrecord.service.http.problems import problem
from onrecord.service.http.rate_limiter import RateLimiter

_log = logging.getLogger(__name__)

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
READS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
_QUESTIONS = {"/ask", "/search", "/verify", "/v1/chat/completions"}
"""Paths whose POST changes nothing."""
_MAX_SHOWN = 200
"""Characters of a path that an error repeats."""


def is_for_widgets(method: str, path: str) -> bool:
    """Say whether the widget needs this request; its key, and a page of another origin, may send no other."""
    return any(method == allowed and pattern.match(path.rstrip("/")) for allowed, pattern in _FOR_WIDGETS)


def needed_right(method: str, path: str) -> Right:
    """Return the right that a request needs; what is not known to be harmless needs the greatest."""
    # The router redirects a path with a slash at its end to the one without.
    path = path.rstrip("/")
    if method in READS or (method == "POST" and path in _QUESTIONS):
        return Right.ASK
    if (method, path) == ("POST", "/articles"):
        return Right.ADD
    return Right.ADMINISTER


class CheckKeys:
    """An ASGI middleware that finds the caller of a request by its key, before any of its body is read.

    `scope["state"]["caller"]` holds the caller for the routes. A request without a right key, or whose key does not
    allow it, is answered with a problem, unless it goes to one of the `keyless` paths.
    """

    def __init__(
        self, app: ASGIApp, *, keys: KeyRing, widget_rate: int, metrics: Metrics, keyless: Collection[str]
    ) -> None:
        self._app = app
        self._keys = keys
        self._widget_rate = widget_rate
        self._metrics = metrics
        self._keyless = frozenset(keyless)
        self._widgets = RateLimiter(per_minute=widget_rate)
        self._wrong = WrongKeys()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its caller, or answer it with a problem."""
        if scope["type"] == "http":
            checked = await self._check(scope)
            if isinstance(checked, Response):
                await checked(scope, receive, send)
                return
            scope.setdefault("state", {})["caller"] = checked
        await self._app(scope, receive, send)

    async def _check(self, scope: Scope) -> Caller | Response:
        """Return the caller, or the problem that answers the request."""
        if self._keys.is_empty or path_of(scope) in self._keyless:
            return ANONYMOUS
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            return _unauthorized("This service needs a key: send `Authorization: Bearer KEY` with one of its keys.")
        sha256 = hash_key(given.strip().encode())
        address = _network(scope["client"][0] if scope.get("client") else "")
        if not await self._wrong.admit(address, sha256):
            return problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"More than {WRONG_PER_MINUTE} wrong keys a minute came from here; try again in {HOLD_SECONDS:.0f} s.",
                headers={"Retry-After": f"{HOLD_SECONDS:.0f}"},
            )
        caller = self._keys.caller(sha256)
        if caller is None:
            self._metrics.wrong_keys.inc()
            if self._wrong.note_wrong(address, sha256):
                _log.warning("%d wrong keys came from %s; further ones from there wait.", WRONG_PER_MINUTE, address)
            return _unauthorized(
                "This service needs a key, and this one is none of ONRECORD_API_KEYS or ONRECORD_KEYS_FILE."
            )
        self._wrong.note_right(address, sha256)
        return self._check_right(caller, scope, address)

    def _check_right(self, caller: Caller, scope: Scope, address: str) -> Caller | Response:
        method, path = scope["method"], path_of(scope)
        if caller.is_widget:
            return self._check_widget(caller, method, path, address)
        right = needed_right(method, path)
        if right in caller.rights:
            return caller
        return problem(
            HTTPStatus.FORBIDDEN,
            f"The key {caller.name!r} has the right to {' and to '.join(sorted(caller.rights))}; "
            f"{method} {path[:_MAX_SHOWN]} needs the right to {right}.",
        )

    def _check_widget(self, caller: Caller, method: str, path: str, address: str) -> Caller | Response:
        if not is_for_widgets(method, path):
            return problem(
                HTTPStatus.FORBIDDEN,
                "The widget's key allows to ask and to read what is cited; everything else needs one of "
                "ONRECORD_API_KEYS or of ONRECORD_KEYS_FILE.",
            )
        wait = self._widgets.take(address)
        if wait:
            return problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"More than {self._widget_rate} requests a minute came from here; try again in {wait} s.",
                headers={"Retry-After": str(wait)},
            )
        return caller


def _unauthorized(detail: str) -> Response:
    return problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})


def _network(address: str) -> str:
    """Return the client of an address: the address itself, or the first 64 bits of IPv6, which one household shares."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.ipv4_mapped:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
