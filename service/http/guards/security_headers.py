"""The headers by which a browser keeps a response from other sites, and from itself."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAULTS: Mapping[str, str] = {
    # An answer is data: it loads nothing and stands in no frame, also where a browser takes it for a page.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Another site may not load a response as a script or a picture; what the widget asks for goes by CORS instead.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # An answer may need a key, so neither a proxy nor a browser keeps it.
    "Cache-Control": "no-store",
}
_DEFAULTS = [(name.lower().encode(), value.encode()) for name, value in DEFAULTS.items()]


class AddSecurityHeaders:
    """An ASGI middleware that gives every response the headers that it lacks, errors and files included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the headers of its response."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in _DEFAULTS if one[0] not in there)]
            await send(message)

        await self._app(scope, receive, complete)
