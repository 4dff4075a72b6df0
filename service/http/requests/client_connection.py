"""The connection to a client that reads a stream: it is kept open, and the work stops when the client goes away."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from anyio import CancelScope
from fastapi import Request

HEARTBEAT_SECONDS = 10.0
"""Silence after which a comment is sent; proxies close a silent connection after 30 to 60 seconds."""
_CHECK_SECONDS = 0.25
"""Time between two checks whether the client has gone away."""


async def with_heartbeats(
    request: Request, events: AsyncGenerator[bytes], *, every: float = HEARTBEAT_SECONDS
) -> AsyncGenerator[bytes]:
    """Yield the events, and a comment, which clients ignore, after each `every` seconds without one.

    When the client goes away, stop and close the events: a server that sends nothing does not notice it otherwise.
    """
    waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def produce() -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    waiting.put_nowait(event)
        finally:
            waiting.put_nowait(None)

    # One task reads all events, so that cancelling it unwinds everything down to the language model's connection.
    producer = asyncio.ensure_future(produce())
    silent_since = time.monotonic()
    try:
        while True:
            try:
                event = await asyncio.wait_for(waiting.get(), min(_CHECK_SECONDS, every))
            except TimeoutError:
                if await request.is_disconnected():
                    return
                if time.monotonic() - silent_since >= every:
                    yield b": waiting\n\n"
                    silent_since = time.monotonic()
                continue
            if event is None:
                break
            yield event
            silent_since = time.monotonic()
        await producer
    finally:
        await _stop(producer)


async def _stop(task: "asyncio.Future[Any]") -> None:
    """Cancel a task once and wait for its end.

    A task that is awaited directly is cancelled again and again while the server gives up the request, and would drop
    the language model's connection without closing it.
    """
    task.cancel()
    with CancelScope(shield=True):
        await asyncio.wait({task})
    if not task.cancelled():
        # An exception that is never read would be logged.
        task.exception()
