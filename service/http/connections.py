"""Connections: how many there may be, and how long one may take to send a request or to read a response."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from onrecord.service.http.problems import problem

_MAX_HEADER_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The connections of one server, and the limits that they have."""

    max_connections: int
    header_seconds: float = 10
    """The most seconds until the headers of a request are there, from the connection's or the request's beginning."""
    body_seconds: float = 60
    """The most seconds from the headers to the end of the body."""
    read_seconds: float = 30
    """The most seconds in which a client reads nothing of a response that waits for it."""
    unoccupied: "dict[GuardedProtocol, None]" = field(default_factory=dict)
    """The connections that have no whole request now, the one that has been so for longest first."""


class GuardedProtocol(HttpToolsProtocol):
    """A protocol of Uvicorn that limits the time and the bytes that a client may take where Uvicorn has no limit.

    Uvicorn's own limit of connections refuses everybody, health included, once half-sent requests fill it. Here a new
    connection takes the room of the one that has had no whole request for longest.
    """

    def __init__(self, *arguments: Any, room: Room, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._room = room
        self._request_timer: asyncio.TimerHandle | None = None
        self._reading_timer: asyncio.TimerHandle | None = None
        self._header_bytes = 0
        self._guarded: object = None
        """The request whose body the timer is set for; None while it is set for headers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, and close another one if there are too many."""
        super().connection_made(transport)
        self._expect_headers()
        if len(self.connections) > self._room.max_connections:
            # All others are occupied if this one is the first without a request.
            next(iter(self._room.unoccupied))._end_with(
                HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections are open. Try again in 1 s.", {"Retry-After": "1"}
            )

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._expect_nothing()
        self._room.unoccupied.pop(self, None)
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and watch how long the request takes to come whole."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        cycle = self._current()
        if cycle is None or (cycle.response_complete and not cycle.more_body):
            if self._request_timer is None:
                self._expect_headers()
            self._header_bytes += len(data)
            if self._header_bytes > _MAX_HEADER_BYTES:
                self._end_with(
                    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    f"The headers have more than {_MAX_HEADER_BYTES:,} bytes; send fewer.",
                )
        elif not cycle.more_body:
            self._expect_nothing()
        elif self._guarded is not cycle:
            self._expect_nothing()
            self._guarded = cycle
            self._room.unoccupied[self] = None
            self._request_timer = self.loop.call_later(self._room.body_seconds, self._end_slow_request)

    def on_response_complete(self) -> None:
        """Go on to the next request of this connection."""
        super().on_response_complete()
        if not self.transport.is_closing() and self.cycle.response_complete:
            self._room.unoccupied.setdefault(self)

    def pause_writing(self) -> None:
        """Wait for the client to read, and close the connection if it reads nothing for `read_seconds`."""
        super().pause_writing()
        if self._reading_timer is None:
            self._reading_timer = self.loop.call_later(self._room.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing the response."""
        if self._reading_timer is not None:
            self._reading_timer.cancel()
            self._reading_timer = None
        super().resume_writing()

    def _current(self) -> RequestResponseCycle | None:
        """Return the request that is read or answered now, or was last; None before the first."""
        return self.cycle

    def _expect_headers(self) -> None:
        self._expect_nothing()
        self._room.unoccupied[self] = None
        self._request_timer = self.loop.call_later(self._room.header_seconds, self._end_slow_request)

    def _expect_nothing(self) -> None:
        if self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None
        self._guarded, self._header_bytes = None, 0
        self._room.unoccupied.pop(self, None)

    def _end_slow_request(self) -> None:
        what = "headers" if self._guarded is None else "body"
        self._end_with(HTTPStatus.REQUEST_TIMEOUT, f"The {what} of the request did not come in time; send it again.")

    def _end_with(self, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> None:
        """Answer with a problem, unless an answer has begun or nothing was asked, and close the connection."""
        self._room.unoccupied.pop(self, None)
        cycle = self._current()
        if cycle is None or (cycle.response_complete and self._header_bytes) or not cycle.response_started:
            response = problem(status, detail, headers={**(headers or {}), "Connection": "close"})
            lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
            lines += [name + b": " + value for name, value in response.raw_headers]
            self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + bytes(response.body))
        self.transport.close()
