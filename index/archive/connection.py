"""Connections to SQLite files whose errors say what is wrong with the disk or the file, and the way out."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from onrecord.index.errors import ArchiveBusy, ArchiveDamaged, ArchiveUnwritable, DiskFull, StorageError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""The system's errors of a disk, or of a user's part of it, that is full."""
_MIN_FREE_BYTES = 1_000_000
"""With less free space than this, an error of reading or writing is taken for a full disk."""

P = ParamSpec("P")
T = TypeVar("T")


def _explained(method: Callable[P, T]) -> Callable[P, T]:
    """Return the method of a connection or a cursor with its errors explained."""

    @wraps(method)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except sqlite3.Error as error:
            owner: Any = args[0]
            explained = explain(error, owner.file if isinstance(owner, Connection) else owner.connection.file)
            if explained is None:
                raise
            raise explained from error

    return run


class Cursor(sqlite3.Cursor):
    """A cursor that raises `StorageError` where the disk or the file fails."""

    execute = _explained(sqlite3.Cursor.execute)
    executemany = _explained(sqlite3.Cursor.executemany)
    fetchone = _explained(sqlite3.Cursor.fetchone)
    fetchmany = _explained(sqlite3.Cursor.fetchmany)
    fetchall = _explained(sqlite3.Cursor.fetchall)

    def __next__(self) -> Any:
        """Return the next row; raise `StorageError` if the disk or the file fails."""
        return _next_row(self)


_next_row = _explained(sqlite3.Cursor.__next__)


class Connection(sqlite3.Connection):
    """A connection that raises `StorageError` where the disk or the file fails."""

    file = Path()

    def cursor(self, factory: Any = Cursor) -> Any:
        """Return a cursor of the same kind."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        """Execute a statement; raise `StorageError` if the disk or the file fails."""
        cursor: sqlite3.Cursor = self.cursor().execute(sql, parameters)
        return cursor

    def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        """Execute a statement for each row; raise `StorageError` if the disk or the file fails."""
        cursor: sqlite3.Cursor = self.cursor().executemany(sql, parameters)
        return cursor


def connect(file: Path, *, mode: str = "rw", timeout: float = 30, shown: Path | None = None) -> Connection:
    """Connect to an existing file; statements are committed one by one. Raise `StorageError` if that cannot be done.

    Any thread may use the connection, one at a time. `mode` is that of SQLite's addresses; errors name the file
    `shown`, or else the file itself.
    """
    name = f"{file.absolute().as_uri()}?mode={mode}"
    try:
        db = sqlite3.connect(
            name, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False, factory=Connection
        )
    except sqlite3.Error as error:
        raise explain(error, shown or file) or error from error
    db.file = shown or file
    return db


def mode_to_read(file: Path) -> str:
    """Return the mode in which a file is read: "ro", or that of a medium on which nobody can write beside the file.

    Raise `StorageError` if it cannot be read.
    """
    try:
        with closing(connect(file, mode="ro")) as db:
            # SQLite opens the file no earlier than at the first statement that reads it.
            db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            return "ro"
    except ArchiveUnwritable:
        # SQLite keeps a log and an index of it beside a file that is in use. Where it cannot, nobody writes the file
        # either, and it is read alone if the log holds nothing.
        log = file.with_name(f"{file.name}-wal")
        if log.exists() and log.stat().st_size:
            raise ArchiveUnwritable(
                f"The archive {file} was not closed in good order, and its log {log.name} can be read only where its "
                "folder can be written. Copy the folder to such a place, and name that one with ONRECORD_HOME."
            ) from None
        return "ro&immutable=1"


def explain(error: sqlite3.Error, file: Path) -> StorageError | None:
    """Return the error of the archive that an error of SQLite means; None if it means a fault of the program."""
    code = getattr(error, "sqlite_errorcode", None)
    said = str(error)
    if code is None:
        # Python's own module finds a text that is not UTF-8, and its message holds the text.
        return damaged(file, "a text is not UTF-8") if said.startswith("Could not decode") else None
    match code & 0xFF:
        case sqlite3.SQLITE_IOERR if not _is_full(file):
            return StorageError(
                f"The disk under the archive {file} fails ({error.sqlite_errorname}): see the system's log. "
                "Nothing of this change was stored."
            )
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return _full(file)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return unwritable(file, said)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return ArchiveBusy(
                f"Another program keeps the archive {file} locked. Try again; if that does not help, see which program "
                f"has the file open (`lsof {file}`)."
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_FORMAT:
            return damaged(file, said)
        case sqlite3.SQLITE_ERROR if said.startswith(("no such table", "no such column", "vtable constructor failed")):
            return damaged(file, said)
        case sqlite3.SQLITE_CANTOPEN:
            return _not_opened(file)
        case sqlite3.SQLITE_NOMEM:
            return StorageError(
                f"There is no memory left to read the archive {file}. End other programs, or add memory."
            )
        case _:
            return None


def unwritable(file: Path, why: str) -> ArchiveUnwritable:
    """Return the error of an archive that may be read and not written."""
    return ArchiveUnwritable(
        f"The archive {file} cannot be written: {why}. Give this user the right to write the file and its folder, or "
        "name another folder with ONRECORD_HOME. It can be asked as it is."
    )


def may_write(folder: Path) -> bool:
    """Say whether this process may make files in the folder."""
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def check_not_empty(file: Path) -> None:
    """Raise `ArchiveDamaged` if the file holds nothing, which SQLite would take for a new archive."""
    if not file.stat().st_size:
        raise damaged(file, "it is empty, so its articles are lost")


def damaged(file: Path, what: str) -> ArchiveDamaged:
    """Return the error of an archive that is not what was written."""
    return ArchiveDamaged(
        f"The archive {file} is damaged: {what}. Restore a backup with `onrecord restore FILE --force`; "
        "`onrecord verify` says what is wrong."
    )


def _full(file: Path) -> DiskFull:
    return DiskFull(
        f"The disk that holds the archive {file} is full. Make room there and try again; nothing of this change was "
        "stored, and what was acknowledged before is there."
    )


def _is_full(file: Path) -> bool:
    try:
        return shutil.disk_usage(file.parent).free < _MIN_FREE_BYTES
    except OSError:
        return False


def _not_opened(file: Path) -> StorageError:
    """Return why a file cannot be opened, which SQLite does not say."""
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            return StorageError(
                f"This process has too many files open to open the archive {file}. Raise the limit (`ulimit -n 4096`), "
                "or send fewer requests at once."
            )
        return StorageError(
            f"Cannot open the archive {file}: {error.strerror or error}. Choose another folder with ONRECORD_HOME."
        )
    if not may_write(file.parent):
        return unwritable(file, "its folder may not be written")
    if _is_full(file):
        return _full(file)
    return StorageError(
        f"Cannot open the archive {file} or the files that SQLite keeps beside it. See who may write the folder, "
        "and whether too many files are open."
    )
