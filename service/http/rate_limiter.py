"""How often one client may ask."""

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_MOST = 10_000
"""Clients that are remembered; beyond, those that have been away for longest are forgotten first."""


@dataclass(slots=True)
class _Bucket:
    """What is left, and when that was."""

    tokens: float
    at: float


class RateLimiter:
    """A bucket for each client, holding a minute's worth of requests and filling up evenly.

    Kept in memory: each process counts for itself. Not safe across threads; the event loop is its one caller.
    """

    def __init__(self, *, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = per_minute
        self._clock = clock
        self._buckets: dict[Hashable, _Bucket] = {}

    def take(self, client: Hashable) -> int:
        """Take one token; returns 0, or the whole seconds to wait until there is one."""
        now = self._clock()
        bucket = self._buckets.pop(client, None) or _Bucket(self._size, now)
        # Put back at the end: the first one is always the one that was away for longest.
        self._buckets[client] = bucket
        if len(self._buckets) > _MOST:
            del self._buckets[next(iter(self._buckets))]
        bucket.tokens = min(self._size, bucket.tokens + (now - bucket.at) * self._size / 60)
        bucket.at = now
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) * 60 / self._size)
        bucket.tokens -= 1
        return 0
