"""One SQLite file: its connections, its transactions and its tables."""

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import resources
from pathlib import Path

from onrecord.index.archive.connection import check_not_empty, connect, may_write, mode_to_read, unwritable
from onrecord.index.archive.lock import live_owner_of
from onrecord.index.errors import ArchiveError, ArchiveReadOnly, StorageError

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
            if not read_only and not file.exists():
                _create(file)
            check_not_empty(file)
            self._mode = mode_to_read(file) if read_only else "rw"
            self.writer = self._connect()
            """The connection that writes; `write` lends it to one thread at a time."""
            self._check_format()
            self.id = self._read_id()
            """The archive's id at the opening."""
        except OSError as error:
            self.close()
            raise ArchiveError(
                f"Cannot open the archive {file}: {error.strerror or error}. Choose another folder with ONRECORD_HOME."
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
        """Raise `ArchiveReadOnly`, naming the process that writes the archive, if it was opened read-only.

        Raise `ArchiveUnwritable` if no process could write it.
        """
        if not self.read_only:
            return
        if not may_write(self.file.parent):
            raise unwritable(self.file, "its folder may only be read")
        writer = live_owner_of(self.file.parent)
        if writer is not None:
            said = f"process {writer} writes it, so add and remove articles there"
        else:
            said = "the process that wrote it is gone, and the next one that starts will write it"
        raise ArchiveReadOnly(f"This process only reads the archive {self.file}: {said}.")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend the writer for one `transaction`, which is part of the one that this thread is in, if it is in one.

        Raise `ArchiveReadOnly` if the archive was opened read-only.
        """
        self.check_writable()
        if getattr(self._local, "writes", False):
            yield self.writer
            return
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
        db = connect(self.file, mode=self._mode)
        self._opened.append(db)
        if not self.read_only:
            db.execute("PRAGMA journal_mode = WAL")
            # A commit that has returned survives a power cut.
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            # SQLite overwrites what is deleted.
            db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA mmap_size = 1073741824")
        return db

    def _check_format(self) -> None:
        (found,) = self.writer.execute("PRAGMA user_version").fetchone()
        if found != FORMAT:
            raise ArchiveError(
                f"The archive {self.file} has format {found}, this version reads format {FORMAT}. "
                "Use the version of onrecord that wrote it, or add the articles to a new folder (ONRECORD_HOME)."
            )
        if not self.read_only:
            with self.write() as db:
                execute_all(db, "additions.sql")

    def _read_id(self) -> str:
        row = self.writer.execute("SELECT value FROM facts WHERE name = 'id'").fetchone()
        return str(row[0]) if row else ""


def _create(file: Path) -> None:
    """Make an archive without articles, which is there whole or not at all, however the process ends."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        make_private(made)
        with closing(connect(made, shown=file)) as db, transaction(db):
            execute_all(db, "archive.sql")
            execute_all(db, "additions.sql")
            db.execute("INSERT INTO facts VALUES ('id', ?)", (uuid.uuid4().hex,))
            db.execute(f"PRAGMA user_version = {FORMAT}")
        # If another process was faster, its archive stays.
        with suppress(FileExistsError):
            os.link(made, file)
        sync_folder(file.parent)
    finally:
        for ending in ("", "-journal"):
            made.with_name(made.name + ending).unlink(missing_ok=True)


def make_private(file: Path) -> None:
    """Make an empty file that its owner alone may read, whatever the umask; raise `FileExistsError` if it is there."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def sync_folder(folder: Path) -> None:
    """Flush the names of a folder's files to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, or undo all of it if anything is raised."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        # On a full disk this may fail too.
        db.execute("COMMIT")
    except BaseException:
        # SQLite itself may have rolled back already.
        if db.in_transaction:
            with suppress(StorageError):
                db.execute("ROLLBACK")
        raise


def execute_all(db: sqlite3.Connection, name: str) -> None:
    """Execute the statements of an SQL file of this package, in order."""
    for statement in statements_in(name):
        db.execute(statement)


def statements_in(name: str) -> list[str]:
    """Return the SQL statements of a file in `index/archive/sql`."""
    return resources.files("onrecord.index.archive").joinpath("sql", name).read_text("utf-8").split(";\n")
