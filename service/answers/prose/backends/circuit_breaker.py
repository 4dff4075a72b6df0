"""A circuit breaker: a dead backend is tried now and then, not for every question (Nygard, Release It!, 2007)."""

import time
from collections.abc import Callable

COOL_DOWN_SECONDS = 30.0
"""Seconds for which no request is sent to a backend that failed."""
MAX_FAILURES = 3
"""Failures in a row that open the breaker; one that is counted `at_once` opens it alone."""


class Breaker:
    """A circuit breaker that lets every request through while it is closed, and none while it is open.

    After the cool-down it lets one request through, which closes it or opens it again. All calls must come from the
    thread of one event loop.
    """

    def __init__(
        self,
        *,
        failures: int = MAX_FAILURES,
        cool_down: float = COOL_DOWN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start closed; `failures` in a row open the breaker for `cool_down` seconds of the `clock`."""
        self._max_failures = failures
        self._cool_down = cool_down
        self._clock = clock
        self._failures = 0
        self._until: float | None = None
        self._probe: object | None = None

    @property
    def rests(self) -> bool:
        """Whether a request would be refused now."""
        return self._until is not None and (self._probe is not None or self._clock() < self._until)

    def enter(self) -> object | None:
        """Let a request through and return the token that it must `leave` with; return None if it is refused."""
        if self.rests:
            return None
        token = object()
        if self._until is not None:
            self._probe = token
        return token

    def passed(self) -> None:
        """Close the breaker, because the backend answered."""
        self._failures, self._until, self._probe = 0, None, None

    def failed(self, *, at_once: bool) -> None:
        """Count a failure; open the breaker `at_once`, or if the failures are too many or this was the trial."""
        self._failures += 1
        if at_once or self._failures >= self._max_failures or self._until is not None:
            self._until = self._clock() + self._cool_down

    def leave(self, token: object) -> None:
        """End a request; if it was the trial and showed nothing, the next request becomes the trial."""
        if self._probe is token:
            self._probe = None
