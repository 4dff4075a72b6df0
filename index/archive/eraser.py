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

from onrecord.index.archive.connection import connect
from onrecord.index.errors import ArchiveError

_log = logging.getLogger(__name__)

_PAGES = 200
"""Pages merged in one transaction, which keeps other writers waiting for a tenth of a second."""

TO_ERASE = "to_sweep"
"""The fact that something was removed and is not erased yet; each removal gives it another value."""


def note_to_erase(db: sqlite3.Connection) -> None:
    """Note, in the transaction of a removal, that the removed words must be erased."""
    db.execute("INSERT OR REPLACE INTO facts VALUES (?, hex(randomblob(8)))", (TO_ERASE,))


class Eraser:
    """A thread that erases what was removed while the archive is searched; the next opening goes on where it ended."""

    def __init__(self, file: Path, *, write: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        self._file = file
        self._write = write
        self._lock = threading.Lock()
        self._wanted = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start erasing, or go on with what was removed meanwhile."""
        with self._lock:
            self._wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="eraser", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until everything that was removed is erased, before the archive is closed."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        try:
            while self._take():
                self.erase()
        except ArchiveError as error:
            _log.warning("Removed words could not be erased. %s The next start tries again.", error)
            with self._lock:
                self._thread = None

    def _take(self) -> bool:
        """Say whether something must be erased; if nothing must, the thread ends."""
        with self._lock:
            wanted, self._wanted = self._wanted, False
            if not wanted:
                self._thread = None
            return wanted

    def erase(self) -> None:
        """Merge the word index into one segment, a few pages at a time, and empty the log."""
        with self._write() as db:
            (noted,) = db.execute("SELECT value FROM facts WHERE name = ?", (TO_ERASE,)).fetchone() or (None,)
        # A negative number of pages starts a merge of all segments, a positive one continues it.
        pages, done = -_PAGES, False
        while not done:
            with self._write() as db:
                before = db.total_changes
                db.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
                # FTS5 documents that fewer than two changes mean there was nothing left to merge.
                done = db.total_changes - before < 2
            pages = _PAGES
        with closing(connect(self._file, timeout=1)) as other:
            # A reader that is active now keeps the log as it is, and the note with it, until the next time.
            (busy, *_) = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            # What was removed since the merge began has left another note.
            with self._write() as db:
                db.execute("DELETE FROM facts WHERE name = ? AND value = ?", (TO_ERASE, noted))
