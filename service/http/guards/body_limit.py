"""The limit on the size of a request's body."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.service.http.problems import problem


class RefuseLargeBodies:
    """An ASGI middleware that refuses a body by its Content-Length, before any of it is read.

    Starlette's own limit cuts off bodies that come without this header.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if length.isdigit() and int(length) > self._limit:
            await problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The body has {int(length):,} bytes, the limit is {self._limit:,}; send it in parts, "
                "or use `onrecord add`.",
            )(scope, receive, send)
            return
        await self._app(scope, receive, send)
