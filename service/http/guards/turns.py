"""The turns that requests take: a bounded body, a place in a queue, a deadline, and an end when the client leaves."""

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.service.answers.work_queue import Overloaded, WorkQueue
from onrecord.service.http.guards.public_address import path_of
from onrecord.service.http.problems import overloaded, problem

_MAX_HELD_BYTES = 64_000_000
"""Bytes of bodies that are held at one time; a process that holds what everybody sends runs out of memory."""
_REFUSAL_SECONDS = (0.5, 0.8)
"""Time before a refusal is sent, at the least and at the most. Clients that ask again at once would keep the event loop
busy with refusals alone, and those that were refused together would all come back together."""
_RETRY_AFTER_SECONDS = 2
"""Time after which a client may send a body again that found no room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Requests that wait in one queue."""

    queue: WorkQueue
    routes: Sequence[tuple[str, str]]
    """Method and path, as the routes spell it."""
    max_body: int
    """The most bytes in a body."""
    seconds: float | None = None
    """The most time from the end of the request to the beginning of the response; None if it must not be cut off."""


class TakeTurns:
    """An ASGI middleware that lets in what its lane's queue has room for, and refuses the rest within a second.

    A body is read whole before its request takes a place, so that slow senders hold none.
    """

    def __init__(self, app: ASGIApp, *, lanes: Sequence[Lane]) -> None:
        self._app = app
        self._lanes: list[tuple[str, re.Pattern[str], Lane]] = [
            (method, compile_path(path)[0], lane) for lane in lanes for method, path in lane.routes
        ]
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn, or answer it with a problem."""
        lane = self._lane_of(scope) if scope["type"] == "http" else None
        if lane is None:
            await self._app(scope, receive, send)
            return
        body = bytearray()
        try:
            response = _check_length(scope, lane) or await self._take_turn(lane, scope, body, receive, send)
        except Overloaded as error:
            await asyncio.sleep(random.uniform(*_REFUSAL_SECONDS))
            response = overloaded(error)
        finally:
            self._held_bytes -= len(body)
        if response is not None:
            await response(scope, receive, send)

    def _lane_of(self, scope: Scope) -> Lane | None:
        method, path = scope["method"], path_of(scope)
        return next((lane for known, pattern, lane in self._lanes if method == known and pattern.match(path)), None)

    async def _take_turn(
        self, lane: Lane, scope: Scope, body: bytearray, receive: Receive, send: Send
    ) -> Response | None:
        """Return what to answer the request with, or None if it was answered or its client has left."""
        lane.queue.check_free()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            self._held_bytes += len(message.get("body", b""))
            if len(body) > lane.max_body:
                return _too_large(None, lane)
            if self._held_bytes > _MAX_HELD_BYTES:
                raise Overloaded("Too much is being sent at once.", retry_after=_RETRY_AFTER_SECONDS)
            more = message.get("more_body", False)
        with lane.queue.place():
            return await self._work(lane, scope, bytes(body), receive, send)

    async def _work(self, lane: Lane, scope: Scope, body: bytes, receive: Receive, send: Send) -> Response | None:
        begun = asyncio.Event()
        left = asyncio.ensure_future(receive())
        unread = [body]

        async def replay() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            await asyncio.wait({left})
            return {"type": "http.disconnect"}

        async def watch(message: Message) -> None:
            begun.set()
            await send(message)

        work = asyncio.ensure_future(self._app(scope, replay, watch))
        try:
            await asyncio.wait({work, left}, timeout=lane.seconds, return_when=asyncio.FIRST_COMPLETED)
            if work.done() or begun.is_set():
                await work
            elif not left.done():
                return overloaded(lane.queue.miss())
            return None
        finally:
            # One cancellation unwinds everything down to a language model's connection; a second one would keep it from
            # being closed.
            work.cancel()
            left.cancel()
            await asyncio.wait({work, left})


def _check_length(scope: Scope, lane: Lane) -> Response | None:
    """Return the problem of a body whose header says that it is too large."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return _too_large(int(length), lane) if length.isdigit() and int(length) > lane.max_body else None


def _too_large(length: int | None, lane: Lane) -> Response:
    has = f"has {length:,} bytes" if length is not None else "is too large"
    way_out = (
        "send the articles in several requests, as `onrecord add` does, or raise ONRECORD_MAX_BODY"
        if ("POST", "/articles") in lane.routes
        else "send less"
    )
    return problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body {has}, the limit is {lane.max_body:,} bytes; {way_out}."
    )
