"""A vector index gives way to one made anew, while it is searched and written.

An index in which much was replaced finds less: HNSW joins up what is left around a deleted passage badly. The new one
is made by a process of its own, at low priority, from the archive's vectors.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.errors import VectorIndexDown
from onrecord.index.text.embedder import Matrix, Vector
from onrecord.index.vectors.child_process import end_with_parent
from onrecord.index.vectors.vector_index import ChromaIndex, VectorIndex

_BATCH = 4096
_NICENESS = 10
"""Questions come first: this process gets what they leave of the cores."""
_LOST = "The vector index could not be made anew; the next start tries again."


class Renewable:
    """The index of the moment, shared between threads: who uses it waits for an exchange, and an exchange for them."""

    def __init__(self, index: VectorIndex) -> None:
        self._index: VectorIndex | None = index
        self._changed = threading.Condition()
        self._users = 0
        self._exchanging = False

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add the vectors, one row an id; an id that is there already gets the new one."""
        with self._used() as index:
            if index is not None:
                index.upsert(ids, vectors)

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the ids; unknown ones are ignored."""
        with self._used() as index:
            if index is not None:
                index.remove(ids)

    def search(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their cosine, best first; approximate. Raises `VectorIndexDown`."""
        with self._used() as index:
            if index is None:
                raise VectorIndexDown(_LOST)
            return index.search(vector, limit=limit)

    def ids(self) -> set[int]:
        """Return every id; raises `VectorIndexDown`."""
        with self._used() as index:
            if index is None:
                raise VectorIndexDown(_LOST)
            return index.ids()

    def close(self) -> None:
        """Do nothing: whoever made the index closes it."""

    def exchange(self, make: Callable[[], VectorIndex]) -> None:
        """Let `make` close the index that was used so far, and use the one that it returns."""
        with self._changed:
            self._exchanging = True
            self._changed.wait_for(lambda: not self._users)
        self._index = None
        try:
            self._index = make()
        finally:
            with self._changed:
                self._exchanging = False
                self._changed.notify_all()

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


def fill(folder: Path, archive_file: Path) -> None:
    """Make an index of all the archive's passages in a new folder; the archive is only read."""
    with closing(SqliteArchive(archive_file, read_only=True)) as archive:
        ids = sorted(archive.passage_ids())
        with closing(ChromaIndex(folder, archive_id=archive.id)) as index:
            for start in range(0, len(ids), _BATCH):
                there, vectors = archive.vectors(ids[start : start + _BATCH])
                if there:
                    index.upsert(there, vectors)


def main() -> None:
    """Fill the folder from the archive, as the arguments name them; ends when whoever started it does."""
    end_with_parent()
    # Ctrl-C is for whoever started us, and we end with them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    folder, archive_file = map(Path, sys.argv[1:3])
    fill(folder, archive_file)
    # Not by way of the interpreter's end, where a thread of Chroma's may still be at work.
    os._exit(0)
