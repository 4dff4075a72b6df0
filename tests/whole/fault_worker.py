"""Add, change and remove on a disk that fails at each change in turn; the disk is `faulty_disk.c`, loaded before."""

import ctypes
import errno
import json
import os
import sys
from contextlib import closing
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.errors import DiskFull, StorageError
from onrecord.index.values import UNNAMED
from tests.index.archive.made_up import indexed, trouble

disk = ctypes.CDLL(None)
KEPT = "The harbour opens in May.\nAna Reis said so."
NEW = "\n".join(f"Line {n} of a text that fills some pages: {'word ' * 60}" for n in range(12))


def state(archive):
    """Return all that the archive holds but its id and its times, so that states of two archives can be compared."""
    articles = [archive.article(info.id) for info in archive.articles(limit=99)[0]]
    revisions = [[r.text for r in archive.revisions.of_article(article.info.id)] for article in articles]
    return [(a.info.id, a.info.title, a.text) for a in articles], revisions, archive.counts()


def work_on(archive):
    """Add two articles in one change, replace one and remove another."""
    with archive.transaction():
        archive.save(indexed(NEW, source_name="new.txt"), by=UNNAMED)
        archive.save(indexed(f"{NEW}\nAnother.", source_name="other.txt"), by=UNNAMED)
    yield
    archive.save(indexed(f"{NEW}\nIt was corrected.", source_name="new.txt"), by=UNNAMED)
    yield
    archive.remove(archive.find(indexed("", source_name="gone.txt").draft).id, by=UNNAMED)
    archive._eraser.wait()
    yield


def begin(folder):
    file = folder / "archive.sqlite3"
    with closing(SqliteArchive(file)) as archive:
        archive.save(indexed(KEPT, source_name="kept.txt"), by=UNNAMED)
        archive.save(indexed("It will be gone.", source_name="gone.txt"), by=UNNAMED)
    return file


def changes_of_whole_work(folder):
    """Return how many changes of the disk the work makes, and the states that the archive goes through."""
    file = begin(folder)
    disk.arm(0, 0, 0)
    with closing(SqliteArchive(file)) as archive:
        states = [state(archive)]
        states += [state(archive) for _ in work_on(archive)]
    return disk.counted(), states


def fail(folder, at, error, lasting):
    """Work until the disk fails, and return the states that were reached, and what was said."""
    file = begin(folder)
    states, raised = [], None
    disk.arm(at, error, lasting)
    try:
        with closing(SqliteArchive(file)) as archive:
            states.append(state(archive))
            for _ in work_on(archive):
                states.append(state(archive))
    except StorageError as storage_error:
        raised = storage_error
    disk.arm(0, 0, 0)
    if raised is not None:
        said = str(raised)
        # SQLite does not say why it could not flush a file; a disk that is really full is told by its free space.
        full = isinstance(raised, DiskFull) or "_SHM" in said or "_FSYNC" in said or "_TRUNCATE" in said
        assert full if error == errno.ENOSPC else not isinstance(raised, DiskFull), said
        assert "full. Make room" in said or "see the system's log" in said, said
    return file, states, raised


def check(file, states, whole):
    """Check that the archive is in the last state that was reached, or whole in the next one, and goes on."""
    with closing(SqliteArchive(file)) as archive:
        now = state(archive)
        reached = whole.index(now)
        assert reached in {max(len(states) - 1, 0), len(states)}, (reached, len(states))
        archive.save(indexed("It goes on.", source_name="on.txt"), by=UNNAMED)
        archive.resume_erasing()
    assert trouble(file) == [], trouble(file)
    assert not [name for name in file.parent.iterdir() if not name.name.startswith("archive.sqlite3")]


def main():
    folder, kind, step = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    (folder / "whole").mkdir(parents=True)
    count, whole = changes_of_whole_work(folder / "whole")
    error = {"full": errno.ENOSPC, "broken": errno.EIO, "killed": 0}[kind]
    said = set()
    for at in range(1, count + 1, step):
        place = folder / str(at)
        place.mkdir()
        if kind == "killed":
            file = begin(place)
            child = os.fork()
            if child == 0:
                disk.arm(at, 0, 0)
                with closing(SqliteArchive(file)) as archive:
                    for _ in work_on(archive):
                        pass
                os._exit(0)
            os.waitpid(child, 0)
            with closing(SqliteArchive(file)) as archive:
                states = whole[: whole.index(state(archive)) + 1]
        else:
            file, states, message = fail(place, at, error, lasting=at % 2)
            said.add(str(message or "").replace(str(place), ""))
        check(file, states, whole)
    sys.stdout.write(json.dumps({"changes": count, "said": sorted(filter(None, said))}))


main()
