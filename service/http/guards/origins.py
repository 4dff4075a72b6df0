"""The origins whose pages may use the service from a reader's browser."""

from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.service.http.guards.keys import READS, is_for_widgets
from onrecord.service.http.guards.public_address import path_of
from onrecord.service.http.problems import problem


class GuardOrigins:
    """An ASGI middleware that gives pages of the allowed origins what the widget needs, and other pages only reads.

    Without a key, any page that a reader has open could otherwise add articles to a service on the reader's own
    machine: the browser would hide the response from the page, and send the request all the same.
    """

    def __init__(self, app: ASGIApp, *, allowed: Collection[str], public_url: str | None = None) -> None:
        self._app = app
        self._public = origin_of(public_url) if public_url else None
        self._allowed = frozenset(allowed)
        self._shared = CORSMiddleware(
            app,
            allow_origins=tuple(allowed),
            allow_methods=("GET", "POST"),
            allow_headers=("Authorization", "Content-Type"),
            expose_headers=("Retry-After",),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as its origin allows, or answer it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, method = Headers(scope=scope), scope["method"]
        origin = headers.get("origin")
        if self._is_ours(origin, headers):
            await self._app(scope, receive, send)
            return
        asked = headers.get("access-control-request-method", "") if method == "OPTIONS" else method
        path = path_of(scope)
        if is_for_widgets(asked, path) and self._allowed & {origin, "*"}:
            await self._shared(scope, receive, send)
        elif method in READS:
            await self._app(scope, receive, send)
        else:
            await problem(
                HTTPStatus.FORBIDDEN,
                f"Pages of {(origin or 'another site')[:200]} may not do this. ONRECORD_WIDGET_ORIGINS lists the "
                "origins that may ask; nothing else is open to other sites.",
            )(scope, receive, send)

    def _is_ours(self, origin: str | None, headers: Headers) -> bool:
        # The browser's header comes first, as a proxy may have changed the Host.
        fetched_from = headers.get("sec-fetch-site")
        if fetched_from is not None:
            return fetched_from in {"same-origin", "none"}
        return origin in {None, self._public} or (origin or "").partition("://")[2] == headers.get("host")


def origin_of(url: str) -> str:
    """Return the scheme, the host and the port of an address, as a browser's header Origin has them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
