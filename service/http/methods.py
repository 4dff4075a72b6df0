"""The methods of a path: HEAD is answered wherever GET is, and `Allow` names all of them."""

from fastapi import FastAPI
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def allowed_methods(app: FastAPI, scope: Scope) -> tuple[str, ...]:
    """Return the methods that the path of a request takes; none for a path where nothing is."""
    found = [
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.router.routes)
    ]
    return (*found, *(["HEAD"] if "GET" in found else []), *(["OPTIONS"] if found else []))


class AnswerHead:
    """An ASGI middleware that answers HEAD as GET, without the body, and lets the request keep its method."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, a HEAD as a GET whose body is held back."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        # The server must still see a HEAD, or it would miss the body.
        read = {**scope, "method": "GET"}
        try:
            await self._app(read, receive, send_head)
        finally:
            scope["route"] = read.get("route")
