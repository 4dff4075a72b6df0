"""The limit on the requests of one client."""

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_MAX_CLIENTS = 10_000
"""Clients that are remembered; the one that has been away for longest is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    """A client's tokens, and the time in seconds when they were counted."""

    tokens: float
    at: float


class RateLimiter:
    """A limiter with a bucket of tokens for each client, which holds those of a minute and fills up evenly.

    The buckets are in memory, so each process counts for itself. Call it from the event loop alone: it has no lock.
    """

    def __init__(self, *, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = per_minute
        self._clock = clock
        self._buckets: dict[Hashable, _Bucket] = {}

    def take(self, client: Hashable) -> int:
        """Take one token of the client; return 0, or the whole seconds until there is one."""
        bucket = self._filled(client) or _Bucket(self._size, self._clock())
        # It is put back at the end, so the first one is always the client that has been away for longest.
        self._buckets.pop(client, None)
        self._buckets[client] = bucket
        if len(self._buckets) > _MAX_CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) * 60 / self._size)
        bucket.tokens -= 1
        return 0

    def is_exhausted(self, client: Hashable) -> bool:
        """Say whether the client has no token now, and take none."""
        bucket = self._filled(client)
        return bucket is not None and bucket.tokens < 1

    def _filled(self, client: Hashable) -> _Bucket | None:
        """Return the client's bucket, filled up to now."""
        bucket = self._buckets.get(client)
        if bucket is not None:
            now = self._clock()
            bucket.tokens = min(self._size, bucket.tokens + (now - bucket.at) * self._size / 60)
            bucket.at = now
        return bucket
