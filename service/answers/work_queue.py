"""A bounded queue for one kind of work, and the threads that do it."""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

from onrecord.index.errors import OnRecordError

_T = TypeVar("_T")

_FIRST_GUESS_SECONDS = 0.1
"""The time that a piece of work is taken to need before one was measured."""
_WEIGHT_OF_NEWEST = 0.1
"""Weight of the newest measurement in the mean time of a piece of work."""


class Overloaded(OnRecordError):
    """There is more work than can be done in time; `retry_after` says in how many seconds there may be less."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(f"{message} Try again in {retry_after} s.")
        self.retry_after = retry_after


class WorkQueue:
    """A queue of requests that hold a place from their beginning to their end, with threads of its own for their work.

    As many requests are worked on at once as there are threads, up to `max_waiting` others wait, and the rest are
    refused at once. Work of one kind never waits for work of another. Only the event loop may take places.
    """

    def __init__(self, name: str, *, threads: int, max_waiting: int, patience_seconds: float) -> None:
        """Take the bounds: a request is refused if it would wait for longer than `patience_seconds`."""
        self.name = name
        self.refused = 0
        """Requests that found no place."""
        self.missed = 0
        """Requests that had a place and were given up because their time was over."""
        self._threads = threads
        self._max_waiting = max_waiting
        self._patience = patience_seconds
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=f"onrecord-{name}")
        self._held = 0
        self._lock = threading.Lock()
        self._running = 0
        self._mean_seconds = _FIRST_GUESS_SECONDS

    @property
    def in_flight(self) -> int:
        """The number of pieces of work that threads do now."""
        return self._running

    @property
    def waiting(self) -> int:
        """The number of requests that hold a place and are not worked on."""
        return max(0, self._held - self._running)

    def check_free(self) -> None:
        """Raise `Overloaded` if a request would find no place, or would wait for longer than it is worth."""
        waiting = self._held - self._threads
        if waiting >= self._max_waiting or (waiting > 0 and self._expected_seconds() > self._patience):
            self.refused += 1
            raise Overloaded(f"Too many {self.name} are being worked on.", retry_after=self._retry_after())

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place during the `with` block; raise `Overloaded` as `check_free` does."""
        self.check_free()
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    async def run(self, work: Callable[[], _T]) -> _T:
        """Return what `work` returns, done in a thread; raise `Overloaded` if no thread began it in time.

        If the caller is cancelled, work that has not begun is never done. Work that has begun is done to its end, and
        keeps its thread so long: threads cannot be stopped, and must not become more than the cores can bear.
        """
        # The thread's messages belong to the caller's request.
        job = self._executor.submit(copy_context().run, self._timed, work)
        result = asyncio.wrap_future(job)
        try:
            await asyncio.wait({result}, timeout=self._patience)
            if not result.done() and job.cancel():
                raise self.miss()
            return await result
        except asyncio.CancelledError:
            job.cancel()
            raise

    def miss(self) -> Overloaded:
        """Count a request whose time is over, and return the error that says so."""
        self.missed += 1
        return Overloaded(f"Too many {self.name} came before this one.", retry_after=self._retry_after())

    def close(self) -> None:
        """Drop the work that waits, and end the threads after the work that they do."""
        self._executor.shutdown(cancel_futures=True)

    def _timed(self, work: Callable[[], _T]) -> _T:
        started = time.monotonic()
        with self._lock:
            self._running += 1
        try:
            return work()
        finally:
            with self._lock:
                self._running -= 1
                self._mean_seconds += _WEIGHT_OF_NEWEST * (time.monotonic() - started - self._mean_seconds)

    def _expected_seconds(self) -> float:
        """Return how long the last of the requests that hold a place is expected to wait."""
        return self._held * self._mean_seconds / self._threads

    def _retry_after(self) -> int:
        return max(1, math.ceil(self._expected_seconds()))
