"""Erasing, after a removal, what the word index and the log still hold of the removed words.

SQLite overwrites what is deleted from its tables, but FTS5 only marks a passage as deleted: its words stay in old
segments until these are merged. Newer versions of FTS5 could delete at once, but older ones could then no longer read
the archive.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

_log = logging.getLogger(__name__)

_PAGES = 200
"""Pages merged in one transaction, which keeps other writers waiting for a tenth of a second."""

TO_ERASE = "to_sweep"
"""The fact that something was removed and is not erased yet."""


class Eraser:
    """A thread that erases what was removed while the archive is searched; the next opening goes on where it ended."""

    def __init__(self, file: Path, *, write: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        self._file = file
        self._write = write
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start erasing, or go on with what was removed meanwhile."""
        self._wanted.set()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="eraser", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until everything that was removed is erased, before the archive is closed."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while self._wanted.is_set():
                self._wanted.clear()
                self.erase()
        except sqlite3.Error as error:
            _log.warning("Removed words could not be erased: %s. The next start tries again.", error)

    def erase(self) -> None:
        """Merge the word index into one segment, a few pages at a time, and empty the log."""
        # A negative number of pages starts a merge of all segments, a positive one continues it.
        pages, done = -_PAGES, False
        while not done:
            with self._write() as db:
                before = db.total_changes
                db.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
                # FTS5 documents that fewer than two changes mean there was nothing left to merge.
                done = db.total_changes - before < 2
            pages = _PAGES
        with self._write() as db:
            db.execute("DELETE FROM facts WHERE name = ?", (TO_ERASE,))
        with closing(sqlite3.connect(self._file, timeout=1, isolation_level=None)) as other:
            # A reader that is active now keeps the log as it is until the next time; closing the archive empties it.
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
