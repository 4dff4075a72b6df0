"""Do without a part that fails: it costs what the part adds, and never the answer."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from onrecord.index.errors import OnRecordError, StorageError

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part that an answer can do without."""

    name: str
    """Its name as a noun, in the log and in the metrics."""
    loss: str
    """What an answer lacks if the part failed, as a sentence."""


_watched: ContextVar[dict[Part, None] | None] = ContextVar("watched", default=None)


class Fallback:
    """A way on without the parts that fail, which counts their failures; threads share it."""

    def __init__(self, *, strict: bool = False) -> None:
        """If `strict` is true, let every exception of a part through, instead of going on without the part."""
        self._strict = strict
        self._lock = threading.Lock()
        self._failures: Counter[Part] = Counter()

    @property
    def failures(self) -> Mapping[str, int]:
        """How often each part has failed, by its name; parts that never failed are not in it."""
        with self._lock:
            return {part.name: count for part, count in self._failures.items()}

    def run(self, part: Part, work: Callable[[], _T], *, without: Callable[[], _T]) -> _T:
        """Return what `work` returns; if it raises an unexpected exception, note it and return what `without` does.

        An `OnRecordError` is expected, and goes through, unless it is a `StorageError`: a damaged page of the file
        costs the part that reads it.
        """
        try:
            return work()
        except Exception as error:
            if self._strict or (isinstance(error, OnRecordError) and not isinstance(error, StorageError)):
                raise
            self.note(part, error)
        return without()

    def note(self, part: Part, error: Exception) -> None:
        """Count a failure of the part, and log the first one."""
        with self._lock:
            self._failures[part] += 1
            is_first = self._failures[part] == 1
        if is_first:
            # A part that fails at every question must not fill the log; the metrics count the others.
            _log.error("The %s failed. %s Later failures are only counted.", part.name, part.loss, exc_info=error)
        watched = _watched.get()
        if watched is not None:
            watched[part] = None


STRICT = Fallback(strict=True)
"""A fallback that lets every exception through, for measurements and for parts that are put together by hand."""


@contextmanager
def watch() -> Iterator[dict[Part, None]]:
    """Yield the parts that fail in this thread inside the `with` block, in the order in which they first fail."""
    failed: dict[Part, None] = {}
    token = _watched.set(failed)
    try:
        yield failed
    finally:
        _watched.reset(token)
