"""What SQLite's errors become: each says what is wrong with the disk or the file, and the way out."""

import os
import resource
import sqlite3
from contextlib import closing, suppress

import pytest

from onrecord.index.archive.archive import SqliteArchive, open_to_read
from onrecord.index.archive.connection import connect
from onrecord.index.errors import (
    ArchiveBusy,
    ArchiveDamaged,
    ArchiveUnwritable,
    DiskFull,
    StorageError,
)
from onrecord.index.values import UNNAMED
from tests.index.archive.made_up import indexed, trouble


def test_a_full_disk_undoes_the_change_and_says_to_make_room(archive, file):
    archive.save(indexed("One."), by=UNNAMED)
    (pages,) = archive.database.writer.execute("PRAGMA page_count").fetchone()
    archive.database.writer.execute(f"PRAGMA max_page_count = {pages + 1}").fetchall()
    with pytest.raises(
        DiskFull, match=rf"^The disk that holds the archive {file} is full\. Make room there and try again"
    ):
        archive.save(indexed("word " * 9_000, source_name="large.txt"), by=UNNAMED)
    archive.database.writer.execute("PRAGMA max_page_count = 1000000").fetchall()
    assert archive.counts().articles == 1
    archive.save(indexed("word " * 9_000, source_name="large.txt"), by=UNNAMED)
    assert trouble(file) == []


def test_what_several_saves_change_together_is_stored_together_or_not_at_all(archive):
    """An exception half way undoes all of it, and afterwards the archive is written as before."""

    def fail_half_way():
        with archive.transaction():
            first = archive.save(indexed("One."), by=UNNAMED).article
            assert archive.article(first.id).text == "One."
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert archive.counts().articles == 0
    with archive.transaction():
        archive.save(indexed("One."), by=UNNAMED)
        archive.save(indexed("Two.", source_name="two.txt"), by=UNNAMED)
    assert archive.counts().articles == 2


def test_an_archive_that_may_not_be_written_says_so(archive, file):
    archive.database.writer.execute("PRAGMA query_only = ON")
    with pytest.raises(ArchiveUnwritable, match=rf"^The archive {file} cannot be written: .* ONRECORD_HOME"):
        archive.save(indexed("One."), by=UNNAMED)


def test_an_archive_that_another_program_locks_says_to_try_again(archive, file):
    archive.database.writer.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveBusy, match=r"keeps the archive .* locked\. Try again"):
            archive.save(indexed("One."), by=UNNAMED)


@pytest.mark.parametrize("damage", ["pages", "header", "table", "text", "empty"])
def test_a_damaged_archive_asks_for_a_backup(archive, file, damage):
    """Wherever the damage is found, at the opening or in the middle of a read."""
    for number in range(40):
        archive.save(indexed(f"Article {number}. {'word ' * 300}", source_name=f"{number}.txt"), by=UNNAMED)
    archive.close()
    content = bytearray(file.read_bytes())
    match damage:
        case "pages":
            content[8_192:] = b"\xa5" * (len(content) - 8_192)
        case "header":
            content[:100] = bytes(100)
        case "empty":
            content = b""
        case statement:
            with closing(sqlite3.connect(file)) as db:
                change = (
                    "DROP TABLE sentences" if statement == "table" else "UPDATE articles SET text = CAST(x'ff' AS TEXT)"
                )
                db.execute(change)
                db.commit()
            content = file.read_bytes()
    file.write_bytes(content)
    with pytest.raises(ArchiveDamaged, match=r"is damaged: .*\. Restore a backup with `onrecord restore FILE --force`"):
        _read_all(file)


def _read_all(file):
    with closing(SqliteArchive(file)) as archive:
        archive.counts()
        for info in archive.articles(limit=99)[0]:
            archive.article(info.id)
            archive.words.match(["word"], limit=99)


def test_too_many_open_files_are_named(archive, file):
    """SQLite says no more than that it cannot open the file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 20, hard))  # noqa: PTH208
        with suppress(OSError):
            while True:
                held.append(os.open("/dev/null", os.O_RDONLY))
        with pytest.raises(StorageError, match=r"too many files open .*ulimit -n"):
            connect(file).execute("SELECT * FROM facts")
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_fault_of_the_program_stays_one(archive):
    """A statement that is wrong is no trouble of the disk's."""
    with pytest.raises(sqlite3.OperationalError, match="syntax error"):
        archive.database.writer.execute("SELEC 1")
    with pytest.raises(sqlite3.IntegrityError):
        archive.database.writer.execute("INSERT INTO facts VALUES ('id', '')")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_an_archive_is_its_users_alone(tmp_path, umask):
    """Whatever the umask, nobody else may read the folder, the archive, its log or the log's index."""
    before = os.umask(umask)
    try:
        with closing(SqliteArchive(tmp_path / "home" / "archive.sqlite3")) as archive:
            archive.save(indexed("One."), by=UNNAMED)
            files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "home").iterdir()}
    finally:
        os.umask(before)
    assert files == dict.fromkeys(["archive.sqlite3", "archive.sqlite3-wal", "archive.sqlite3-shm"], 0o600)
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_an_archive_that_nobody_can_write_is_read(archive, file, unwritable):
    """Where SQLite can keep no log beside the file, it is read alone; adding says why it cannot be."""
    saved = archive.save(indexed("One."), by=UNNAMED).article
    archive.close()
    with unwritable(file.parent), closing(open_to_read(file)) as read:
        assert read.article(saved.id).text == "One."
        assert read.words.match(["one"], limit=1)
        with pytest.raises(ArchiveUnwritable, match="only be read"):
            read.save(indexed("Two."), by=UNNAMED)


def test_a_log_that_nobody_can_read_is_not_passed_over(archive, file, unwritable, tmp_path):
    """What stands in the log alone would be missing, so the archive is not read without it."""
    archive.save(indexed("One."), by=UNNAMED)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("archive.sqlite3", "archive.sqlite3-wal"):
        (copy / name).write_bytes((file.parent / name).read_bytes())
    with unwritable(copy), pytest.raises(ArchiveUnwritable, match=r"its log archive\.sqlite3-wal .* Copy the folder"):
        open_to_read(copy / "archive.sqlite3")
