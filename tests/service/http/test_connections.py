"""Over real sockets: slow and half-sent requests, many connections, and clients that do not read."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from onrecord.service.http.app import create_app
from onrecord.service.http.connections import GuardedProtocol, Room
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.serving import serving

ASK = b'{"question": "Who leads the Russian delegation?", "limit": 1}'
HEADERS = b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@contextmanager
def guarded(parts: Parts, **limits: float) -> Iterator[tuple[str, int]]:
    """Serve the parts as `onrecord serve` does, with limits of the test's own; yields host and port."""
    room = Room(**{"max_connections": 100, "header_seconds": 0.6, "body_seconds": 0.6, **limits})  # type: ignore[arg-type]
    with serving(create_app(parts, Settings()), http=partial(GuardedProtocol, room=room)) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        yield host, int(port)
    assert room.unoccupied == {}


def read_all(connection: socket.socket) -> bytes:
    connection.settimeout(20)
    received = b""
    with connection:
        while piece := connection.recv(65_536):
            received += piece
    return received


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        (b"", "headers"),
        (b"POST /ask HT", "headers"),
        (HEADERS, "headers"),
        (HEADERS + b"Content-Length: 61\r\n\r\n", "body"),
        (HEADERS + b"Content-Length: 61\r\n\r\n" + ASK[:10], "body"),
        (HEADERS + b"Transfer-Encoding: chunked\r\n\r\n5\r\n" + ASK[:5] + b"\r\n", "body"),
    ],
)
def test_half_a_request_is_not_waited_for(seeded: Parts, sent: bytes, what: str) -> None:
    """A request that does not come whole in time is a 408, and its connection is closed."""
    with guarded(seeded) as address:
        connection = socket.create_connection(address)
        connection.sendall(sent)
        started = time.monotonic()
        received = read_all(connection)
        assert time.monotonic() - started < 10
    assert received.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"application/problem+json" in received
    assert f"The {what} of the request did not come in time".encode() in received


def test_a_request_that_drips_is_not_waited_for(seeded: Parts) -> None:
    """The deadline is for the whole, so that one byte now and then does not put it off."""
    with guarded(seeded) as address, socket.create_connection(address) as connection:
        connection.sendall(HEADERS + b"Content-Length: 61\r\n\r\n")

        def drip() -> None:
            for _ in range(100):
                connection.sendall(b" ")
                time.sleep(0.1)

        with pytest.raises(OSError, match=r"Broken pipe|Connection reset"):
            drip()


def test_headers_without_end_are_refused(seeded: Parts) -> None:
    with guarded(seeded, header_seconds=20) as address:
        connection = socket.create_connection(address)
        connection.sendall(HEADERS)
        try:
            for number in range(40):
                connection.sendall(b"X-%d: %s\r\n" % (number, b"x" * 4_000))
                time.sleep(0.01)
        except OSError:
            pass
        assert read_all(connection).startswith(b"HTTP/1.1 431 ")


def test_whole_requests_are_answered_as_ever(seeded: Parts) -> None:
    """In pieces, in chunks, after `Expect: 100-continue`, several on one connection, and one behind the other."""
    length = b"Content-Length: %d\r\n" % len(ASK)
    chunked = b"".join(b"1\r\n%c\r\n" % byte for byte in ASK) + b"0\r\n\r\n"
    live = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with guarded(seeded, header_seconds=20, body_seconds=20) as address:
        for sent, answers in (
            ([HEADERS[:20], HEADERS[20:] + length + b"\r\n", ASK[:9], ASK[9:], live], 2),
            ([HEADERS + b"Transfer-Encoding: chunked\r\n\r\n" + chunked, live], 2),
            ([HEADERS + length + b"Expect: 100-continue\r\n\r\n", ASK], 1),
            ([live * 20], 20),
        ):
            with socket.create_connection(address) as connection:
                connection.settimeout(20)
                received = b""
                for piece in sent:
                    connection.sendall(piece)
                    time.sleep(0.02)
                while received.count(b"HTTP/1.1 200 OK") < answers or not received.endswith(b"}"):
                    piece = connection.recv(65_536)
                    assert piece, received
                    received += piece
                assert b"HTTP/1.1 4" not in received


def test_a_connection_beyond_the_limit_takes_the_room_of_an_idle_one(seeded: Parts) -> None:
    """Half-sent requests fill the room, and whole ones are answered all the same; the oldest half one is closed."""
    with guarded(seeded, max_connections=5, header_seconds=30) as address, ExitStack() as stack:
        half = [stack.enter_context(socket.create_connection(address)) for _ in range(5)]
        for connection in half:
            connection.sendall(b"GET /health")
        time.sleep(0.2)
        base = f"http://{address[0]}:{address[1]}"
        assert httpx.get(f"{base}/health/live", timeout=10).status_code == 200
        assert read_all(half[0]).startswith(b"HTTP/1.1 503 ")
        half[4].sendall(b"/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        half[4].settimeout(10)
        assert half[4].recv(100).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_does_not_read_is_dropped() -> None:
    """A response that nobody reads is not held for ever."""
    app = FastAPI()

    @app.get("/")
    async def much() -> PlainTextResponse:
        return PlainTextResponse("x" * 20_000_000)

    room = Room(max_connections=10, read_seconds=0.5)
    with serving(app, http=partial(GuardedProtocol, room=room)) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        connection = socket.create_connection((host, int(port)))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(1.5)
        try:
            received = read_all(connection)
        except ConnectionResetError:
            return
    assert len(received) < 20_000_000
