"""Whether anybody still listens: a connection is kept open while nothing comes, and work for nobody is stopped."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import Request

_T = TypeVar("_T")

HEARTBEAT = 10.0
"""Seconds of silence after which a comment is sent; proxies close a silent connection after 30 to 60."""
_LOOK = 0.25
"""Seconds between two looks whether the client has gone."""


async def with_heartbeats(events: AsyncGenerator[bytes], *, every: float = HEARTBEAT) -> AsyncGenerator[bytes]:
    """Yield the events, and a comment, which clients overlook, whenever none came for a while."""
    coming: asyncio.Future[bytes] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait({coming}, timeout=every)
            if not done:
                yield b": waiting\n\n"
                continue
            try:
                event = coming.result()
            except StopAsyncIteration:
                return
            coming = None
            yield event
    finally:
        if coming is not None and not coming.done():
            coming.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await coming
        await events.aclose()


async def unless_gone(request: Request, work: Coroutine[Any, Any, _T]) -> _T | None:
    """Return what the work returns; if the client goes away first, stop the work and return None."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=_LOOK))[0]:
            if await request.is_disconnected():
                return None
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
