"""A language model that says what a test wants: a real server on loopback, one script for each request.

    with scripted("openai", refuses(429, retry_after="1"), says("The talks ", "began. [", "k1]")) as server:
        backend = OpenAI("any", url=server.url, patience=Patience())
        ...
        assert server.requests[0].json["stream"] is True

A script is what `says`, `refuses`, … return, or a function from the request to one, for answers that need something of
the prompt. The last script is kept up for all further requests.
"""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

Protocol = Literal["openai", "ollama", "anthropic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent; header names are in lower case."""

    path: str
    headers: dict[str, str]
    json: dict[str, Any]

    @property
    def prompt(self) -> str:
        """All that the model is told, as one text."""
        system = [self.json["system"]] if "system" in self.json else []
        return "\n\n".join([*system, *(turn["content"] for turn in self.json["messages"])])


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing for some seconds."""

    seconds: float


RESET = object()
"""The connection is torn down (TCP RST)."""
SILENCE = object()
"""Nothing more is sent, and the connection stays open."""
STEP = str | bytes | Pause | object
"""A piece of the answer, which the protocol wraps; bytes as they are; or one of the above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One response. `steps` are sent one by one; `ends` says that the protocol's own end follows."""

    steps: tuple[STEP, ...] = ()
    repeat: int = 1
    ends: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    packet: int | None = None
    """Bytes in a packet, whatever a piece's length; None sends each step as one."""
    before_headers: tuple[STEP, ...] = ()


Answers = Script | Callable[[Request], Script]


def says(*pieces: STEP, packet: int | None = None) -> Script:
    """A right answer in these pieces; `Pause` may stand among them. With `packet`, cut after so many bytes."""
    return Script(steps=pieces, packet=packet)


def keeps_saying(piece: str = "word ", times: int = 200_000) -> Script:
    """An answer that does not want to end."""
    return Script(steps=(piece,), repeat=times)


def never_ends_a_line(size: int = 64 * 1024 * 1024) -> Script:
    """One line of so many bytes."""
    return Script(steps=(b"data: " + b"x" * 65_530,), repeat=size // 65_536, ends=False)


def falls_silent(*pieces: STEP) -> Script:
    """These pieces, then nothing more."""
    return Script(steps=(*pieces, SILENCE), ends=False)


def never_answers() -> Script:
    """The request is taken, and that is all."""
    return Script(before_headers=(SILENCE,))


def resets(*pieces: STEP) -> Script:
    """These pieces, then the connection is torn down; without any, at once."""
    return Script(steps=(*pieces, RESET), ends=False) if pieces else Script(before_headers=(RESET,))


def stops_short(*pieces: STEP) -> Script:
    """These pieces and then the connection's end, in good order but for the protocol's own end."""
    return Script(steps=pieces, ends=False)


def refuses(status: int, *, error: object = None, retry_after: str | None = None) -> Script:
    """An error with this status; `error` is the body's field of that name."""
    headers = {"Content-Type": "application/json"} | ({"Retry-After": retry_after} if retry_after else {})
    body = json.dumps({"error": error or {"message": "no", "type": "some_error"}}).encode()
    return Script(status=status, headers=headers, steps=(body,), ends=False)


def sends(body: str | bytes, *, content_type: str | None = None) -> Script:
    """This body as it is; without `content_type`, under the protocol's own."""
    raw = body.encode() if isinstance(body, str) else body
    return Script(headers={"Content-Type": content_type} if content_type else {}, steps=(raw,), ends=False)


def html() -> Script:
    """A page, as some proxy's log-in is."""
    return sends("<!doctype html><title>Log in</title>", content_type="text/html; charset=utf-8")


def reports_an_error(*pieces: STEP, error: object = None) -> Script:
    """These pieces, then an error inside the stream."""
    return Script(steps=(*pieces, _Fault(error or {"message": "overloaded", "type": "overloaded_error"})), ends=False)


class Server:
    """The running server: its address, and what came."""

    def __init__(self, protocol: Protocol, scripts: tuple[Answers, ...]) -> None:
        self.requests: list[Request] = []
        self.asked = threading.Event()
        """Set when the first request has come."""
        self.hung_up = threading.Event()
        """Set when a client closes its connection before the answer's end."""
        self._protocol = protocol
        self._scripts = scripts
        self._open = 0
        self._most = 0

    @property
    def url(self) -> str:
        """The base address, as the setting for this protocol wants it."""
        return f"http://127.0.0.1:{self.port}{'/v1' if self._protocol == 'openai' else ''}"

    @property
    def most_at_once(self) -> int:
        """The most requests that were being answered at one time."""
        return self._most

    async def _serve(self, started: "Future[asyncio.Event]") -> None:
        stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._stop = stop
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port: int = server.sockets[0].getsockname()[1]
        started.set_result(stop)
        await stop.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                self.asked.set()
                script = self._scripts[min(len(self.requests), len(self._scripts)) - 1]
                self._open += 1
                self._most = max(self._most, self._open)
                try:
                    await self._answer(script if isinstance(script, Script) else script(request), reader, writer)
                finally:
                    self._open -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        finally:
            writer.close()

    async def _answer(self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sending = asyncio.ensure_future(self._send(script, writer))
        # A client sends nothing while it is answered: what comes is its end.
        leaving = asyncio.ensure_future(reader.read(1))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({sending, leaving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done() and not self._stop.is_set():
                self.hung_up.set()
        finally:
            for task in (sending, leaving, stopping):
                task.cancel()
            await asyncio.gather(sending, leaving, stopping, return_exceptions=True)
        writer.close()

    async def _send(self, script: Script, writer: asyncio.StreamWriter) -> None:
        for step in script.before_headers:
            await self._step(step, script, writer)
        headers = {"Content-Type": _CONTENT_TYPE[self._protocol]} | dict(script.headers)
        lines = [f"HTTP/1.1 {script.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
        # Without a length the body ends with the connection, so that anything may be sent.
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        for _ in range(script.repeat):
            for step in script.steps:
                await self._step(step, script, writer)
        if script.ends:
            await self._step(_end(self._protocol), script, writer)

    async def _step(self, step: STEP, script: Script, writer: asyncio.StreamWriter) -> None:
        match step:
            case Pause(seconds):
                await asyncio.sleep(seconds)
                return
            case _Fault(error):
                raw = _fault(self._protocol, error)
            case str():
                raw = _piece(self._protocol, step)
            case bytes():
                raw = step
            case _ if step is RESET:
                await asyncio.sleep(0.05)  # What was sent is to arrive; a reset throws away what was not read.
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
                raise ConnectionResetError
            case _:
                await asyncio.Event().wait()
        size = script.packet or len(raw) or 1
        for at in range(0, len(raw), size):
            writer.write(raw[at : at + size])
            await writer.drain()
            if script.packet:
                await asyncio.sleep(0.001)


@dataclass(frozen=True, slots=True)
class _Fault:
    """An error object inside the stream."""

    error: object


_CONTENT_TYPE = {
    "openai": "text/event-stream",
    "anthropic": "text/event-stream; charset=utf-8",
    "ollama": "application/x-ndjson",
}


@contextmanager
def scripted(protocol: Protocol, *scripts: Answers) -> Iterator[Server]:
    """Run a server that answers by these scripts, in a thread of its own, until the block is left."""
    server = Server(protocol, scripts)
    started: Future[asyncio.Event] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(server._serve(started)), daemon=True)
    thread.start()
    stop = started.result(timeout=10)
    try:
        yield server
    finally:
        with suppress(RuntimeError):
            server._loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """Read one request; None at the connection's end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(path=first.split(" ")[1], headers=headers, json=json.loads(body or "{}"))


def _event(data: object, name: str | None = None) -> bytes:
    return (f"event: {name}\n" if name else "").encode() + f"data: {_json(data)}\n\n".encode()


def _json(data: object) -> str:
    # As the real ones send it: letters as they are, not as escapes.
    return json.dumps(data, ensure_ascii=False)


def _piece(protocol: Protocol, text: str) -> bytes:
    if protocol == "openai":
        delta = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        return _event({"id": "c1", "object": "chat.completion.chunk", "model": "scripted", "choices": [delta]})
    if protocol == "anthropic":
        delta = {"type": "text_delta", "text": text}
        return _event({"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta")
    turn = {"role": "assistant", "content": text}
    return f"{_json({'model': 'scripted', 'message': turn, 'done': False})}\n".encode()


def _end(protocol: Protocol) -> bytes:
    if protocol == "openai":
        stop = {"id": "c1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        return _event(stop) + b"data: [DONE]\n\n"
    if protocol == "anthropic":
        return _event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, "message_delta") + _event(
            {"type": "message_stop"}, "message_stop"
        )
    last = {"model": "scripted", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
    return f"{_json(last)}\n".encode()


def _fault(protocol: Protocol, error: object) -> bytes:
    if protocol == "ollama":
        return f"{_json({'error': error})}\n".encode()
    return _event({"type": "error", "error": error}, "error")
