"""One SQLite file: its connections, its transactions and its tables."""

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import resources
from pathlib import Path

from onrecord.index.archive.lock import live_owner_of
from onrecord.index.errors import ArchiveError, ArchiveReadOnly

FORMAT = 1
"""The archive's format, stored as SQLite's `user_version`: an archive of another format is refused, never misread."""


class Database:
    """A file that threads share: readers see the last committed state, and one thread writes at a time."""

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        """Open the file, or create it unless `read_only` is true; raise `ArchiveError` if that cannot be done."""
        self.file = file
        self.read_only = read_only
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._writing = threading.RLock()
        try:
            if not read_only:
                file.parent.mkdir(parents=True, exist_ok=True)
            self.writer = self._connect()
            """The connection that writes; `write` lends it to one thread at a time."""
            self._create()
            self.id = self._read_id()
            """The archive's id at the opening."""
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise ArchiveError(
                f"Cannot open the archive {file}: {error}. Choose another folder with ONRECORD_HOME."
            ) from error
        except ArchiveError:
            self.close()
            raise

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._opened:
            connection.close()

    def read(self) -> sqlite3.Connection:
        """Return this thread's connection; inside a transaction of this thread, the one that sees its changes."""
        if getattr(self._local, "writes", False):
            return self.writer
        if not hasattr(self._local, "connection"):
            self._local.connection = self._connect()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def check_writable(self) -> None:
        """Raise `ArchiveReadOnly`, naming the process that writes the archive, if it was opened read-only."""
        if not self.read_only:
            return
        writer = live_owner_of(self.file.parent)
        if writer is not None:
            said = f"process {writer} writes it, so add and remove articles there"
        else:
            said = "the process that wrote it is gone, and the next one that starts will write it"
        raise ArchiveReadOnly(f"This process only reads the archive {self.file}: {said}.")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend the writer for one `transaction`; raise `ArchiveReadOnly` if the archive was opened read-only."""
        self.check_writable()
        with self._writing, transaction(self.writer):
            self._local.writes = True
            try:
                yield self.writer
            finally:
                self._local.writes = False

    @contextmanager
    def attached(self, file: Path, name: str) -> Iterator[None]:
        """Let the writer see another file's tables under the name, while no other thread writes."""
        with self._writing:
            self.writer.execute(f"ATTACH ? AS {name}", (str(file),))
            try:
                yield
            finally:
                self.writer.execute(f"DETACH {name}")

    def shorten_log(self) -> None:
        """Copy what the log holds into the file, and empty it."""
        with self._writing:
            self.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _connect(self) -> sqlite3.Connection:
        # One thread at a time uses a connection, but any thread may close them all.
        name = f"{self.file.absolute().as_uri()}?mode={'ro' if self.read_only else 'rwc'}"
        db = sqlite3.connect(name, uri=True, timeout=30, isolation_level=None, check_same_thread=False)
        self._opened.append(db)
        db.execute("PRAGMA journal_mode = WAL")
        # A commit that has returned survives a power cut.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        # SQLite overwrites what is deleted.
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA mmap_size = 1073741824")
        return db

    def _create(self) -> None:
        with nullcontext(self.writer) if self.read_only else self.write() as db:
            (found,) = db.execute("PRAGMA user_version").fetchone()
            if found not in {0, FORMAT} or (found == 0 and self.read_only):
                raise ArchiveError(
                    f"The archive {self.file} has format {found}, this version reads format {FORMAT}. "
                    "Use the version of onrecord that wrote it, or add the articles to a new folder (ONRECORD_HOME)."
                )
            if self.read_only:
                return
            for name in ("archive.sql", "additions.sql") if found == 0 else ("additions.sql",):
                for statement in statements_in(name):
                    db.execute(statement)
            if found == 0:
                db.execute("INSERT INTO facts VALUES ('id', ?)", (uuid.uuid4().hex,))
                db.execute(f"PRAGMA user_version = {FORMAT}")

    def _read_id(self) -> str:
        row = self.writer.execute("SELECT value FROM facts WHERE name = 'id'").fetchone()
        return str(row[0]) if row else ""


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, or undo all of it if anything is raised."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # On a full disk SQLite itself may have rolled back already.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def statements_in(name: str) -> list[str]:
    """Return the SQL statements of a file in `index/archive/sql`."""
    return resources.files("onrecord.index.archive").joinpath("sql", name).read_text("utf-8").split(";\n")
