"""How many threads a network gets."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Cores:
    """All cores for a question that is alone, one each for several: threads that wait for each other cost more."""

    def __init__(self) -> None:
        self._all = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._lock = threading.Lock()
        self._out = 0

    @contextmanager
    def lent(self) -> Iterator[int]:
        """Yield the number of threads to compute with."""
        with self._lock:
            self._out += 1
            threads = self._all if self._out == 1 else 1
        try:
            yield threads
        finally:
            with self._lock:
                self._out -= 1
