"""After a removal, what the word index and the log still hold of the words is wiped out, beside whoever searches.

SQLite overwrites what is deleted from its tables, but FTS5 only notes that a passage is gone: its words stay in old
segments until these are merged. Newer versions of FTS5 could delete at once, at the price that older ones could not
read the archive any more.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

_log = logging.getLogger(__name__)

_PAGES = 200
"""Pages merged in one transaction: a tenth of a second, in which others wait to write."""

NOTE = "to_sweep"
"""The fact that says that something was removed and not yet wiped out."""


class Sweeper:
    """Wipes out, in a thread of its own, what was removed; what it did not come to is done at the next opening."""

    def __init__(self, file: Path, *, write: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        self._file = file
        self._write = write
        self._turn = threading.Lock()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, or go on for what was removed meanwhile."""
        self._wanted.set()
        with self._turn:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until all that was removed is wiped out, as before the archive is closed."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while self._wanted.is_set():
                self._wanted.clear()
                self.sweep()
        except sqlite3.Error as error:
            _log.warning("What was removed is not wiped out yet: %s; it is at the next start.", error)

    def sweep(self) -> None:
        """Merge the word index into one segment, a few pages at a time, and empty the log."""
        # A negative number begins such a merge of all segments, a positive one goes on with it.
        pages, done = -_PAGES, False
        while not done:
            with self._write() as db:
                before = db.total_changes
                db.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
                # FTS5 says so: fewer than two changes, nothing was left to merge.
                done = db.total_changes - before < 2
            pages = _PAGES
        with self._write() as db:
            db.execute("DELETE FROM facts WHERE name = ?", (NOTE,))
        with closing(sqlite3.connect(self._file, timeout=1, isolation_level=None)) as other:
            # Who reads at this moment keeps the log as it is until the next time; closing the archive empties it too.
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
