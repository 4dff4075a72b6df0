"""Backing up an archive into one file while it is served, and restoring it."""

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from onrecord.index.archive.connection import NO_ROOM, explain, may_write, mode_to_read
from onrecord.index.archive.database import FORMAT, execute_all, make_private, sync_folder
from onrecord.index.archive.tables.audit_table import note_restoration
from onrecord.index.errors import ArchiveBusy, ArchiveError, DiskFull
from onrecord.index.values import UNNAMED, Actor


def back_up(archive_file: Path, target: Path, *, force: bool = False) -> int:
    """Copy the archive as it is at one instant, while others may write to it; return the number of articles.

    Raise `ArchiveError` if there is no archive, or if the target is there already and not to be overwritten.
    """
    if not archive_file.exists():
        raise ArchiveError(f"There is no archive {archive_file} to back up; choose its folder with ONRECORD_HOME.")
    if target.is_dir():
        raise ArchiveError(f"{target} is a folder; name a file.")
    if target.exists() and (target.samefile(archive_file) or not force):
        raise ArchiveError(f"{target} is there already; name another file, or overwrite it with --force.")
    with _beside(target) as made:
        articles = _copy(archive_file, made, target)
        made.replace(target)
    sync_folder(target.absolute().parent)
    return articles


def restore(source: Path, archive_file: Path, *, force: bool = False, by: Actor = UNNAMED) -> int:
    """Put a back-up in the archive's place in one step; return the number of articles. The caller owns the archive.

    The audit log keeps what the old archive's had, and says who restored the back-up.

    Raise `ArchiveError` if the source is no sound archive, or if the archive is not empty and not to be overwritten.
    """
    if not source.is_file():
        raise ArchiveError(f"{source}: no such file; name one that `onrecord backup` wrote.")
    archive_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if archive_file.exists() and archive_file.samefile(source):
        raise ArchiveError(f"{source} is the archive itself; name a file that `onrecord backup` wrote.")
    with _beside(archive_file) as made:
        articles = _copy(source, made, archive_file)
        with closing(sqlite3.connect(made, isolation_level=None)) as copy:
            # Two archives with one id on one Chroma server would take each other's passages for their own.
            copy.execute("UPDATE facts SET value = ? WHERE name = 'id'", (uuid.uuid4().hex,))
            # An empty seal says that the vector index is yet to be built, so that its absence is no loss.
            copy.execute("INSERT OR REPLACE INTO facts VALUES ('vector_seal', '')")
        _clear_way(archive_file, force=force)
        _keep_log(archive_file, made, by=by)
        made.replace(archive_file)
    sync_folder(archive_file.parent)
    return articles


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield a temporary file's path in the target's folder, and delete what is left of it."""
    made = target.absolute().with_name(f".{target.name}.{os.getpid()}")
    try:
        made.unlink(missing_ok=True)
        make_private(made)
        yield made
    except OSError as error:
        kind = DiskFull if error.errno in NO_ROOM else ArchiveError
        raise kind(
            f"Cannot write {target}: {error.strerror or error}. Make room there, or choose another place."
        ) from error
    finally:
        for name in (made, made.with_name(made.name + "-wal"), made.with_name(made.name + "-shm")):
            name.unlink(missing_ok=True)


def _copy(source: Path, made: Path, target: Path) -> int:
    """Copy a sound archive into one file and flush it to the disk; return its number of articles."""
    mode = "ro" if may_write(source.absolute().parent) else mode_to_read(source)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode={mode}", uri=True, timeout=30)) as read,
            closing(sqlite3.connect(made, timeout=30, isolation_level=None)) as copy,
        ):
            # A copy made in several steps would start again whenever another process commits.
            read.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")
            (found,) = copy.execute("PRAGMA user_version").fetchone()
            if not copy.execute("SELECT 1 FROM sqlite_schema WHERE name = 'facts'").fetchone():
                raise ArchiveError(f"{source} is a database, but no archive.")
            if found != FORMAT:
                raise ArchiveError(
                    f"{source} is an archive of format {found}, this version reads format {FORMAT}. "
                    "Use the version of onrecord that made it."
                )
            (said, *_), *_ = copy.execute("PRAGMA integrity_check(1)").fetchall()
            if said != "ok":
                raise ArchiveError(f"{source} is damaged: {said}. Restore another back-up.")
            articles = int(copy.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.Error as error:
        cause = explain(error, target)
        if isinstance(cause, DiskFull):
            raise DiskFull(
                f"Cannot write {target}: the disk is full. Make room there, or choose another place."
            ) from error
        raise ArchiveError(f"{source} is no archive, or cannot be copied: {error}.") from error
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    return articles


def _clear_way(archive_file: Path, *, force: bool) -> None:
    """Delete the old archive's log and vector index, so that neither is taken for the new one's."""
    log = [archive_file.with_name(archive_file.name + ending) for ending in ("-wal", "-shm")]
    if archive_file.exists():
        try:
            with closing(sqlite3.connect(archive_file, timeout=5, isolation_level=None)) as old:
                if not force and old.execute("SELECT 1 FROM articles LIMIT 1").fetchone():
                    raise ArchiveError(
                        f"The archive {archive_file} is not empty; overwrite it with --force, or choose another folder "
                        "with ONRECORD_HOME."
                    )
                # This copies the log into the file and deletes it, which fails while another process reads.
                old.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            if isinstance(explain(error, archive_file), ArchiveBusy):
                raise ArchiveError(f"The archive {archive_file} is being read: {error}. Try again.") from error
            if not force:
                raise ArchiveError(f"{archive_file} cannot be read: {error}. Overwrite it with --force.") from error
    for file in log:
        file.unlink(missing_ok=True)
    shutil.rmtree(archive_file.parent / "vectors", ignore_errors=True)


def _keep_log(old: Path, new: Path, *, by: Actor) -> None:
    """Add to the new archive's audit log what only the old one's has, and that a back-up was restored."""
    columns = "at, who, way, action, article_id, content_sha256"
    with closing(sqlite3.connect(new, isolation_level=None)) as db:
        # The back-up may be from before there was a log.
        execute_all(db, "additions.sql")
        if old.exists():
            # An archive that is damaged, or from before there was a log, has none to keep.
            with suppress(sqlite3.DatabaseError):
                db.execute("ATTACH ? AS old", (str(old),))
                db.execute(
                    f"INSERT INTO main.audit ({columns}) SELECT {columns} FROM old.audit "
                    f"WHERE (number, {columns}) NOT IN (SELECT number, {columns} FROM main.audit) ORDER BY number"
                )
        note_restoration(db, by=by)
