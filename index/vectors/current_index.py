"""The vector index that is in use at the moment, if any; another one takes its place while it is searched."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from onrecord.index.errors import VectorIndexMissing, first_line
from onrecord.index.text.embedder import Matrix, Vector
from onrecord.index.vectors.vector_index import VectorIndex

_log = logging.getLogger(__name__)


class CurrentIndex:
    """A vector index that can be exchanged, shared between threads.

    An exchange waits for the searches and writes that are under way, and later ones wait for the exchange.
    """

    def __init__(self, index: VectorIndex | None) -> None:
        """Begin with this index; None if there is none yet."""
        self._index = index
        self._changed = threading.Condition()
        self._users = 0
        self._exchanging = False

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add the vectors, one row for each id.

        Without an index do nothing: the next one is built from all vectors of the archive. An index that cannot be
        written, on a full disk for instance, is given up.
        """
        with self._used() as index:
            if index is not None:
                self._write(index, lambda: index.upsert(ids, vectors))

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the ids; unknown ones are ignored."""
        with self._used() as index:
            if index is not None:
                self._write(index, lambda: index.remove(ids))

    def search(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their cosines, best first; the search is approximate.

        Raise `VectorIndexMissing` while there is no index, and `VectorIndexDown` if the search fails.
        """
        with self._used() as index:
            return self._required(index).search(vector, limit=limit)

    def ids(self) -> set[int]:
        """Return every id; raise `VectorIndexMissing` while there is no index."""
        with self._used() as index:
            return self._required(index).ids()

    def close(self) -> None:
        """Do nothing: the part that opened the index closes it."""

    def exchange(self, open_next: Callable[[], VectorIndex]) -> None:
        """Let `open_next` close the index that was used so far, and use the one that it returns.

        If it raises, there is no index from then on.
        """
        with self._changed:
            self._exchanging = True
            self._changed.wait_for(lambda: not self._users)
        self._index = None
        try:
            self._index = open_next()
        finally:
            with self._changed:
                self._exchanging = False
                self._changed.notify_all()

    def _write(self, index: VectorIndex, work: Callable[[], None]) -> None:
        try:
            work()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # A panic in Rust is no Exception.
            _log.error(
                "The vector index cannot be written: %s. It is given up and built anew; searches compare every vector "
                "meanwhile, and the archive has them all.",
                first_line(error).rstrip("."),
            )
            with self._changed:
                if self._index is index:
                    self._index = None

    @contextmanager
    def _used(self) -> Iterator[VectorIndex | None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._exchanging)
            self._users += 1
        try:
            yield self._index
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    @staticmethod
    def _required(index: VectorIndex | None) -> VectorIndex:
        if index is None:
            raise VectorIndexMissing("There is no vector index at the moment; the log says why.")
        return index
