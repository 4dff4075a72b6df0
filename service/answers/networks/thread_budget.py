"""How many threads a network computes with."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ThreadBudget:
    """A budget of threads that gives all cores to a computation that runs alone, and one thread to each further one.

    Threads of several computations that share the cores wait for each other, which takes longer than one thread each.
    """

    def __init__(self) -> None:
        self._all = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._lock = threading.Lock()
        self._running = 0

    @contextmanager
    def lend(self) -> Iterator[int]:
        """Yield the number of threads to compute with while the block runs."""
        with self._lock:
            self._running += 1
            threads = self._all if self._running == 1 else 1
        try:
            yield threads
        finally:
            with self._lock:
                self._running -= 1
