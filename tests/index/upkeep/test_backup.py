"""A copy of the archive in one file, and the way back."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.errors import ArchiveError
from onrecord.index.upkeep.backup import back_up, restore
from onrecord.index.upkeep.verifier import Verifier
from onrecord.index.values import Actor, Draft
from tests.paths import ROOT


def names(file):
    """The source names of an archive's articles, after it has been found sound."""
    assert Verifier(file).verify("not looked at").sound
    with closing(SqliteArchive(file)) as archive:
        return [info.source_name for info in archive.articles(limit=1_000)[0]]


def add(store, *names):
    drafts = [Draft(text=f"The vote about {name} is on Friday.", source_name=name) for name in names]
    assert [added.status for added in store.indexer.add(drafts)] == ["created"] * len(drafts)


@pytest.fixture
def filled(store):
    """An archive of two articles, open."""
    add(store, "a", "b")
    return store


@pytest.fixture
def backup(tmp_path):
    return tmp_path / "backup"


def test_a_backup_is_one_file_that_is_an_archive_itself(filled, backup):
    """It holds what the archive holds, in one file that needs no other one; nothing is left beside it."""
    backup.mkdir()
    assert back_up(filled.archive.file, backup / "b.sqlite3") == 2
    assert [path.name for path in backup.iterdir()] == ["b.sqlite3"]
    with closing(sqlite3.connect(f"{(backup / 'b.sqlite3').as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("SELECT source_name FROM articles ORDER BY number").fetchall() == [("a",), ("b",)]
    assert names(backup / "b.sqlite3") == ["a", "b"]


def test_a_backup_taken_while_somebody_writes_is_the_archive_at_one_instant(filled, backup):
    """Every article in it is whole, none that was acknowledged before is missing, and the writer is not held up."""
    stop, written = threading.Event(), ["a", "b"]

    def write():
        while not stop.is_set():
            add(filled, f"{len(written)}")
            written.append(f"{len(written)}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(10):
            known, target = list(written), backup.with_name(f"b{turn}")
            back_up(filled.archive.file, target)
            found = names(target)
            assert found[: len(known)] == known
            assert len(found) <= len(written) + 1
            time.sleep(0.05)
    finally:
        stop.set()
        writer.join()
    assert len(written) > 5


@pytest.mark.parametrize("of", ["itself", "another file", "a folder"])
def test_a_backup_overwrites_nothing_by_mistake(filled, backup, of):
    """What is there already stays, and the error names the way out."""
    if of == "a folder":
        backup.mkdir()
    elif of == "another file":
        backup.write_text("mine")
    else:
        backup = filled.archive.file
    with pytest.raises(ArchiveError, match=f"^{re.escape(str(backup))} is (there already; .*--force|a folder; name a)"):
        back_up(filled.archive.file, backup, force=of == "itself")
    if of == "another file":
        assert backup.read_text() == "mine"
        assert back_up(filled.archive.file, backup, force=True) == 2
        assert names(backup) == ["a", "b"]


def test_there_is_nothing_to_back_up_without_an_archive(tmp_path):
    """The error names the file, and none is made."""
    with pytest.raises(ArchiveError, match="^There is no archive .*ONRECORD_HOME"):
        back_up(tmp_path / "none.sqlite3", tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(filled, tmp_path):
    """A folder that is not there is one line."""
    with pytest.raises(
        ArchiveError,
        match=r"^Cannot write .*/nowhere/b: No such file or directory\. Make room there, or choose another place\.$",
    ):
        back_up(filled.archive.file, tmp_path / "nowhere" / "b")


def test_a_backup_is_put_back(filled, backup, tmp_path):
    """In an empty folder or in place of what was added since; ids stay, and the vector index is left to be rebuilt."""
    back_up(filled.archive.file, backup)
    ids = [info.id for info in filled.archive.articles(limit=9)[0]]
    add(filled, "c")
    filled.vector_index.close()
    filled.archive.close()
    with pytest.raises(ArchiveError, match="is not empty; overwrite it with --force"):
        restore(backup, filled.archive.file)
    assert names(filled.archive.file) == ["a", "b", "c"]
    assert restore(backup, filled.archive.file, force=True) == 2
    assert names(filled.archive.file) == ["a", "b"]
    assert not (filled.home / "vectors").exists()
    assert restore(backup, tmp_path / "new" / "archive.sqlite3") == 2
    with closing(SqliteArchive(tmp_path / "new" / "archive.sqlite3")) as archive:
        assert [info.id for info in archive.articles(limit=9)[0]] == ids
    assert backup.exists()


def test_an_empty_archive_is_overwritten_without_a_word(filled, backup, tmp_path):
    """There is nothing to lose."""
    back_up(filled.archive.file, backup)
    SqliteArchive(tmp_path / "empty.sqlite3").close()
    assert restore(backup, tmp_path / "empty.sqlite3") == 2


def test_the_old_log_is_not_played_into_the_new_archive(filled, backup, tmp_path):
    """A killed process leaves a write-ahead log: restoring takes it away before the new file comes."""
    back_up(filled.archive.file, backup)
    add(filled, "c")
    left = Path(shutil.copytree(filled.home, tmp_path / "left"))
    assert (left / "archive.sqlite3-wal").stat().st_size > 0
    assert restore(backup, left / "archive.sqlite3", force=True) == 2
    assert names(left / "archive.sqlite3") == ["a", "b"]
    assert not (left / "archive.sqlite3-wal").exists()


def not_sqlite(file):
    file.write_text("no database " * 1_000)


def other_database(file):
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE mine (x)")


def other_format(file):
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")


def damaged(file):
    content = bytearray(file.read_bytes())
    content[4096 * 8 : 4096 * 20] = bytes(4096 * 12)
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (not_sqlite, "is no archive, or cannot be copied: file is not a database"),
        (other_database, "is a database, but no archive"),
        (
            other_format,
            r"format 99, this version reads format 1\. Use the version of onrecord that made it\.$",
        ),
        (damaged, "is damaged|is no archive, or cannot be copied"),
        (lambda file: file.unlink(), r"no such file; name one that `onrecord backup` wrote\.$"),
    ],
    ids=["no database", "another database", "another format", "damaged", "missing"],
)
def test_what_is_no_sound_archive_replaces_none(filled, backup, spoil, says):
    """The file is checked first; the archive stays what it was, and nothing is left behind."""
    if spoil is not other_database:
        back_up(filled.archive.file, backup)
    spoil(backup)
    filled.archive.close()
    with pytest.raises(ArchiveError, match=says):
        restore(backup, filled.archive.file, force=True)
    assert names(filled.archive.file) == ["a", "b"]
    assert [path.name for path in filled.home.iterdir() if path.name.startswith(".")] == []


def test_an_archive_that_is_damaged_is_replaced_with_force_only(filled, backup):
    """What cannot be read may still be worth keeping, so it is not overwritten without being told to."""
    back_up(filled.archive.file, backup)
    filled.archive.close()
    not_sqlite(filled.archive.file)
    with pytest.raises(ArchiveError, match=r"cannot be read: .*--force"):
        restore(backup, filled.archive.file)
    assert restore(backup, filled.archive.file, force=True) == 2
    assert names(filled.archive.file) == ["a", "b"]


@pytest.mark.slow
def test_a_restoring_process_may_be_killed(filled, backup, tmp_path):
    """At whatever instant: there is the old archive or the new one, whole, and the next restore works."""
    add(filled, *(f"c{n}" for n in range(60)))
    back_up(filled.archive.file, backup)
    before = names(backup)
    add(filled, "d")
    filled.archive.close()
    code = f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from onrecord.index.upkeep.backup import restore
        print("go", flush=True)
        while True:
            restore(Path({str(backup)!r}), Path({str(filled.archive.file)!r}), force=True)
    """
    for turn in range(8):
        process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.003 * turn)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert names(filled.archive.file) in (before, [*before, "d"])
    restore(backup, filled.archive.file, force=True)
    assert names(filled.archive.file) == before


def test_a_restoration_wipes_out_nothing_that_was_done(filled, backup):
    """The log goes on from the old archive's, of which the back-up has the beginning, and names who restored."""
    back_up(filled.archive.file, backup)
    add(filled, "c")
    filled.indexer.remove(filled.archive.articles(limit=9)[0][0].id, by=Actor(name="ana", way="http"))
    filled.archive.close()
    for _ in range(2):
        restore(backup, filled.archive.file, force=True, by=Actor(name="root", way="command line"))
    assert names(filled.archive.file) == ["a", "b"]
    with closing(SqliteArchive(filled.archive.file)) as archive:
        said = [(entry.number, entry.who, entry.action) for entry in archive.audit.entries()]
        assert said == [
            *((number, "unnamed", "created") for number in (1, 2, 3)),
            (4, "ana", "removed"),
            (5, "root", "restored"),
            (6, "root", "restored"),
        ]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            archive.database.writer.execute("DELETE FROM audit")
    restore(backup, backup.with_name("new") / "archive.sqlite3")
    with closing(sqlite3.connect(backup)) as old:
        old.execute("DROP TABLE audit")
    restore(backup, filled.archive.file, force=True)
    with closing(SqliteArchive(filled.archive.file)) as archive:
        assert [entry.action for entry in archive.audit.entries()][-3:] == ["restored"] * 3
