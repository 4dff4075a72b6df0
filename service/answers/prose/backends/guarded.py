"""What holds for every backend: few at a time, a limit on time and length, and no waiting for the dead."""

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
    Message,
    PromptRejected,
)
from onrecord.service.answers.prose.backends.circuit_breaker import Breaker

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one backend, or of one answer."""

    concurrency: int = 4
    """Answers that are generated at one time."""
    waiting: int = 16
    """Questions that wait for a turn at most."""
    turn: float = 10.0
    """Seconds that one waits: then quotes are better than prose."""
    total: float = 120.0
    """Seconds that an answer takes at most, from its turn on."""
    characters: int = 20_000
    """Characters in an answer at most: four times as many as anybody reads."""


class Guarded:
    """A backend within limits; whatever is refused is a `BackendError`.

    Silence and failed connections open the breaker at once, other failures after some in a row, so that a dead backend
    costs one time-out and not one for each question. It is closed again by the first piece of an answer.
    """

    def __init__(self, backend: Backend, *, limits: Limits, breaker: Breaker) -> None:
        self._backend = backend
        self._limits = limits
        self._breaker = breaker
        # Anyio's is bound to no event loop, as asyncio's would be.
        self._turns = Semaphore(limits.concurrency)

    @property
    def name(self) -> str:
        """The backend's own."""
        return self._backend.name

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        """Yield the answer in pieces; raises `BackendError`, also where it is empty."""
        self._check_rest()
        async with self._turn():
            # Another one may have found out in the meantime.
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

    async def _pieces(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        left, deadline = self._limits.characters, asyncio.get_running_loop().time() + self._limits.total
        begun = False
        async with aclosing(self._backend.stream(messages)) as pieces:
            while True:
                try:
                    # Around one piece only: the time-out is not to strike whoever reads the pieces.
                    async with asyncio.timeout_at(deadline):
                        piece = await anext(pieces, None)
                except TimeoutError:
                    self._breaker.failed(at_once=not begun)
                    raise self._late(begun=begun) from None
                except PromptRejected:
                    # One reader's question is not to silence the model for all.
                    raise
                except BackendError as error:
                    self._breaker.failed(at_once=isinstance(error, BackendUnreachable))
                    raise
                except Exception as error:  # A fault of ours, or of a library: quotes are there all the same.
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
                    raise self._error(f"wrote more than {self._limits.characters:,} characters and was stopped")
                yield piece
        if not begun:
            self._breaker.passed()
            raise self._error("gave an empty answer")

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Wait for a turn, with few others and not for long."""
        if self._turns.value == 0 and self._turns.statistics().tasks_waiting >= self._limits.waiting:
            raise self._busy()
        try:
            async with asyncio.timeout(self._limits.turn):
                await self._turns.acquire()
        except TimeoutError:
            raise self._busy() from None
        try:
            yield
        finally:
            self._turns.release()

    def _check_rest(self) -> None:
        if self._breaker.rests:
            raise self._error("failed a moment ago and is not asked again yet")

    def _busy(self) -> BackendError:
        return self._error("is busy with other questions")

    def _late(self, *, begun: bool) -> BackendError:
        if begun:
            return self._error(f"did not finish within {self._limits.total:g} seconds")
        return BackendUnreachable(f"The language model {self.name} did not answer in time.")

    def _error(self, what: str) -> BackendError:
        return BackendError(f"The language model {self.name} {what}.")
