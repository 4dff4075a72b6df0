"""Whether anybody still listens: a connection is kept open while nothing comes, and work for nobody is stopped."""

import asyncio
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from anyio import CancelScope
from fastapi import Request

_T = TypeVar("_T")

HEARTBEAT = 10.0
"""Seconds of silence after which a comment is sent; proxies close a silent connection after 30 to 60."""
_LOOK = 0.25
"""Seconds between two looks whether the client has gone."""


async def with_heartbeats(
    request: Request, events: AsyncGenerator[bytes], *, every: float = HEARTBEAT
) -> AsyncGenerator[bytes]:
    """Yield the events, and a comment, which clients overlook, whenever none came for a while.

    It ends, and closes the events, when the client goes away: whoever sends nothing does not notice that by itself.
    """
    waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def produce() -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    waiting.put_nowait(event)
        finally:
            waiting.put_nowait(None)

    # One task for all events: cancelled, it unwinds the whole way down to the language model's connection.
    producer = asyncio.ensure_future(produce())
    silent_since = time.monotonic()
    try:
        while True:
            try:
                event = await asyncio.wait_for(waiting.get(), min(_LOOK, every))
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


async def unless_gone(request: Request, work: Coroutine[Any, Any, _T]) -> _T | None:
    """Return what the work returns; if the client goes away first, stop the work and return None."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=_LOOK))[0]:
            if await request.is_disconnected():
                return None
        return task.result()
    finally:
        await _stop(task)


async def _stop(task: "asyncio.Future[Any]") -> None:
    """Cancel a task once and wait for its end.

    Awaited directly it would be cancelled again and again while the server gives the request up, and would drop the
    language model's connection without closing it.
    """
    task.cancel()
    with CancelScope(shield=True):
        await asyncio.wait({task})
    if not task.cancelled():
        # What became of it interests nobody any more.
        task.exception()
