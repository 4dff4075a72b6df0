"""The record of requests: an id and a line in the log for each, its count, and a problem for an unexpected error."""

import logging
import time
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.service.http.guards.security_headers import complete
from onrecord.service.http.metrics import Metrics
from onrecord.service.http.problems import problem
from onrecord.service.http.request_ids import HEADER, begin_request
from onrecord.service.settings import AccessLog

_log = logging.getLogger("onrecord.access")

_ID_HEADER = HEADER.lower().encode()
_CLIENT_IS_GONE = 499
"""The status of a request whose client left before it was answered; nginx logs the same number."""


class RecordRequests:
    """An ASGI middleware that gives each request an id, counts it, and writes a line when its response was sent.

    Every response gets the id and the headers that all responses have here, in one pass. The line has no query and no
    body, which hold questions, unless `access_log` is `questions`.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, access_log: AccessLog) -> None:
        self._app = app
        self._metrics = metrics
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and record it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = begin_request(_given_id(scope))
        started = time.perf_counter()
        status = 0

        async def complete_start(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*complete(message["headers"]), (_ID_HEADER, request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, complete_start)
        except Exception:
            # An answer must not show the traceback.
            _log.exception("%s failed.", _name(scope))
            if status:
                status = HTTPStatus.INTERNAL_SERVER_ERROR
                raise
            await problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "Something went wrong inside the service; its log says what, under the id of the request. Try again.",
            )(scope, receive, complete_start)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.count_request(scope["method"], route, status or _CLIENT_IS_GONE, seconds)
            if self._access_log != "none" and _log.isEnabledFor(logging.INFO):
                took = seconds * 1e3
                _log.info("%s %s %s %.0f ms%s", _client(scope), _name(scope), status or "-", took, self._asked(scope))

    def _asked(self, scope: Scope) -> str:
        """Return what was asked, if the log may hold it, as the end of a line."""
        if self._access_log != "questions":
            return ""
        query = scope["query_string"].decode("latin-1")
        question = scope.get("state", {}).get("question")
        return (f" ?{query}" if query else "") + (f" {question!r}" if question else "")


def _given_id(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == _ID_HEADER), None)


def _name(scope: Scope) -> str:
    # The raw path keeps its percent-encoding, so it cannot hold a line break.
    return f"{scope['method']} {scope.get('raw_path', b'').decode('latin-1') or '-'}"


def _client(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else "-"
