"""The log of requests: each gets an id and a line, and an error that nobody expected becomes a problem with that id."""

import logging
import time
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.service.http.problems import problem
from onrecord.service.http.request_ids import HEADER, begin_request
from onrecord.service.settings import AccessLog

_log = logging.getLogger("onrecord.access")


class LogRequests:
    """An ASGI middleware that gives each request an id and writes a line about it when its response was sent.

    The line has no query and no body, which hold questions, unless `access_log` is `questions`.
    """

    def __init__(self, app: ASGIApp, *, access_log: AccessLog) -> None:
        self._app = app
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = begin_request(Headers(scope=scope).get(HEADER))
        started = time.perf_counter()
        status = 0

        async def name(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, name)
        except Exception:
            # An answer must not show the traceback.
            _log.exception("%s failed.", _name(scope))
            if status:
                raise
            await problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "Something went wrong inside the service; its log says what, under the id of the request. Try again.",
            )(scope, receive, name)
        finally:
            if self._access_log != "none":
                took = (time.perf_counter() - started) * 1e3
                _log.info("%s %s %s %.0f ms%s", _client(scope), _name(scope), status or "-", took, self._asked(scope))

    def _asked(self, scope: Scope) -> str:
        """Return what was asked, if the log may hold it, as the end of a line."""
        if self._access_log != "questions":
            return ""
        query = scope["query_string"].decode("latin-1")
        question = scope.get("state", {}).get("question")
        return (f" ?{query}" if query else "") + (f" {question!r}" if question else "")


def _name(scope: Scope) -> str:
    # The raw path keeps its percent-encoding, so it cannot hold a line break.
    return f"{scope['method']} {scope.get('raw_path', b'').decode('latin-1') or '-'}"


def _client(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else "-"
