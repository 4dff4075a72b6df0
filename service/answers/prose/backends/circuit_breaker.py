"""A circuit breaker: what is dead is asked once in a while, not once for each question (Nygard, Release It!, 2007)."""

import time
from collections.abc import Callable

COOL_DOWN = 30.0
"""Seconds for which a backend that failed is left alone."""
FAILURES = 3
"""In a row; one is enough where nobody answered."""


class Breaker:
    """Closed, it lets everybody in; open, nobody; after the cool-down one, whose luck decides.

    For one event loop's thread.
    """

    def __init__(
        self, *, failures: int = FAILURES, cool_down: float = COOL_DOWN, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._cool_down = cool_down
        self._clock = clock
        self._failures = 0
        self._until: float | None = None
        self._probe: object | None = None

    @property
    def rests(self) -> bool:
        """Whether nobody is let in now."""
        return self._until is not None and (self._probe is not None or self._clock() < self._until)

    def enter(self) -> object | None:
        """Let somebody in, with a token to `leave` with; None while it rests."""
        if self.rests:
            return None
        token = object()
        if self._until is not None:
            self._probe = token
        return token

    def passed(self) -> None:
        """Close: the backend is alive."""
        self._failures, self._until, self._probe = 0, None, None

    def failed(self, *, at_once: bool) -> None:
        """Count a failure; open on the last that is let pass, or `at_once`."""
        self._failures += 1
        if at_once or self._failures >= self._limit or self._until is not None:
            self._until = self._clock() + self._cool_down

    def leave(self, token: object) -> None:
        """Go, whatever came of it; one who was to try and learnt nothing leaves that to the next."""
        if self._probe is token:
            self._probe = None
