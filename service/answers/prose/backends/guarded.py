"""The limits of every backend: on answers at one time, on seconds and on length, with a circuit breaker."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from anyio import Semaphore

from onrecord.service.answers.prose.backends.backend import (
    Backend,
    BackendError,
    BackendUnreachable,
    PromptMessage,
    PromptRejected,
)
from onrecord.service.answers.prose.backends.circuit_breaker import Breaker

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one backend and of each of its answers."""

    max_concurrent: int = 4
    """Answers that are generated at one time."""
    max_waiting: int = 16
    """Questions that wait until the model is free."""
    max_wait_seconds: float = 10.0
    """Seconds that a question waits until the model is free; after that, quotes are better than prose."""
    max_answer_seconds: float = 120.0
    """Seconds that an answer takes, from the end of the wait."""
    max_characters: int = 20_000
    """Characters in an answer, four times as many as a long one has."""


class Guarded:
    """A backend that holds another one to its limits, and raises `BackendError` for what they refuse.

    Silence and failed connections open the breaker at once, other failures after several in a row, so that a dead
    backend costs one time-out and not one for each question. The first piece of an answer closes the breaker.
    """

    def __init__(self, backend: Backend, *, limits: Limits, breaker: Breaker) -> None:
        self._backend = backend
        self._limits = limits
        self._breaker = breaker
        # A semaphore of anyio belongs to no event loop, as one of asyncio would.
        self._free = Semaphore(limits.max_concurrent)

    @property
    def name(self) -> str:
        """The name of the backend inside."""
        return self._backend.name

    async def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Yield the answer in pieces; raise `BackendError` also for an empty answer and beyond a limit."""
        self._check_rest()
        async with self._until_free():
            # Another question may have found the backend dead in the meantime.
            self._check_rest()
            token = self._breaker.enter()
            try:
                async with aclosing(self._pieces(messages)) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                self._breaker.leave(token)

    async def close(self) -> None:
        """Close the backend."""
        await self._backend.close()

    async def _pieces(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        left = self._limits.max_characters
        deadline = asyncio.get_running_loop().time() + self._limits.max_answer_seconds
        begun = False
        async with aclosing(self._backend.stream(messages)) as pieces:
            while True:
                try:
                    # The time-out covers the wait for a piece only, and so never cancels the code that takes it.
                    async with asyncio.timeout_at(deadline):
                        piece = await anext(pieces, None)
                except TimeoutError:
                    self._breaker.failed(at_once=not begun)
                    raise self._late(begun=begun) from None
                except PromptRejected:
                    # One user's question must not silence the model for all.
                    raise
                except BackendError as error:
                    self._breaker.failed(at_once=isinstance(error, BackendUnreachable))
                    raise
                except Exception as error:
                    # A fault of this program or of a library must not take the quotes from the user.
                    self._breaker.failed(at_once=False)
                    _log.error("The language model %s failed.", self.name, exc_info=error)
                    raise self._error("failed inside this service") from None
                if piece is None:
                    break
                if not begun:
                    self._breaker.passed()
                    begun = True
                left -= len(piece)
                if left < 0:
                    raise self._error(f"wrote more than {self._limits.max_characters:,} characters and was stopped")
                yield piece
        if not begun:
            self._breaker.passed()
            raise self._error("gave an empty answer")

    @asynccontextmanager
    async def _until_free(self) -> AsyncGenerator[None]:
        """Wait until the model is free and keep it for the block; raise `BackendError` beyond the limits on waiting."""
        if self._free.value == 0 and self._free.statistics().tasks_waiting >= self._limits.max_waiting:
            raise self._busy()
        try:
            async with asyncio.timeout(self._limits.max_wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise self._busy() from None
        try:
            yield
        finally:
            self._free.release()

    def _check_rest(self) -> None:
        if self._breaker.rests:
            raise self._error("failed a moment ago and is not asked again yet")

    def _busy(self) -> BackendError:
        return self._error("is busy with other questions")

    def _late(self, *, begun: bool) -> BackendError:
        if begun:
            return self._error(f"did not finish within {self._limits.max_answer_seconds:g} seconds")
        return BackendUnreachable(f"The language model {self.name} did not answer in time.")

    def _error(self, what: str) -> BackendError:
        return BackendError(f"The language model {self.name} {what}.")
