"""The wait for an address that tries keys.

If an address has sent too many wrong keys, each further key from there is looked at after a second, and only a few at a
time. A right key waits like a wrong one, because the time would otherwise tell which it is. A key that was right from
there before does not wait, so other clients behind the same proxy hardly notice.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import anyio

from onrecord.service.http.rate_limiter import RateLimiter

WRONG_PER_MINUTE = 10
"""The most wrong keys from one address in a minute before its next key has to wait."""
HOLD_SECONDS = 1.0
_MAX_HELD = 20
"""Keys from one address that are held at once; more are refused without a look at them."""
_MAX_HELD_ALL = 500
_MAX_REMEMBERED = 10_000
"""Right keys that are remembered with their addresses; the one that was away for longest is forgotten first."""


class WrongKeys:
    """What is known of the keys that each address has sent; in bounded memory, for the event loop alone."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = anyio.sleep) -> None:
        self._sleep = sleep
        self._limiter = RateLimiter(per_minute=WRONG_PER_MINUTE)
        self._right: dict[tuple[str, str], None] = {}
        self._held: Counter[str] = Counter()

    async def admit(self, address: str, sha256: str) -> bool:
        """Return whether the key may be looked at, after a wait if the address has sent too many wrong ones."""
        if (address, sha256) in self._right or not self._limiter.is_exhausted(address):
            return True
        if self._held[address] >= _MAX_HELD or self._held.total() >= _MAX_HELD_ALL:
            return False
        with self._holding(address):
            await self._sleep(HOLD_SECONDS)
        return True

    def note_right(self, address: str, sha256: str) -> None:
        """Remember that the key was right."""
        self._right.pop((address, sha256), None)
        self._right[address, sha256] = None
        if len(self._right) > _MAX_REMEMBERED:
            del self._right[next(iter(self._right))]

    def note_wrong(self, address: str, sha256: str) -> bool:
        """Count a wrong key; return whether it is the last one that the address may send without a wait."""
        self._right.pop((address, sha256), None)
        free = not self._limiter.is_exhausted(address)
        self._limiter.take(address)
        return free and self._limiter.is_exhausted(address)

    @contextmanager
    def _holding(self, address: str) -> Iterator[None]:
        self._held[address] += 1
        try:
            yield
        finally:
            self._held[address] -= 1
            if not self._held[address]:
                del self._held[address]
