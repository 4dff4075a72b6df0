"""One process owns an archive's folder."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from onrecord.index.archive.lock import ArchiveLock, live_owner_of, owner_of
from onrecord.index.errors import ArchiveError, ArchiveInUse
from tests.paths import ROOT

HOLD = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {root!r})
    from onrecord.index.errors import ArchiveInUse
    from onrecord.index.archive.lock import ArchiveLock
    try:
        lock = ArchiveLock(Path({home!r}))
    except ArchiveInUse as error:
        print(error, flush=True)
    else:
        print("held", flush=True)
        sys.stdin.readline()
        lock.release()
"""


def start(home):
    """Start a process that takes the lock and holds it until it is told to let go; return it and what it says."""
    code = textwrap.dedent(HOLD).format(root=str(ROOT), home=str(home))
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def test_a_second_process_is_refused_with_the_owner_s_id(home):
    """The second process learns the first one's id and what to do; when the first lets go, the next one may."""
    lock = ArchiveLock(home)
    process, said = start(home)
    process.communicate()
    assert said == (
        f"The archive {home} is in use by process {os.getpid()}. "
        "Ask it over HTTP, stop it, or name another folder with ONRECORD_HOME."
    )
    lock.release()
    process, said = start(home)
    process.communicate("\n")
    assert (said, process.returncode) == ("held", 0)


def test_this_process_is_refused_while_another_holds_the_lock(home):
    """The owner's id is the other process's, and its end is enough to let the next one in."""
    process, said = start(home)
    assert (said, owner_of(home)) == ("held", process.pid)
    with pytest.raises(
        ArchiveInUse, match=f"^The archive {re.escape(str(home))} is in use by process {process.pid}\\."
    ):
        ArchiveLock(home)
    process.communicate("\n")
    lock = ArchiveLock(home)
    assert owner_of(home) == os.getpid()
    lock.release()


def test_a_lock_that_a_killed_process_left_is_taken_over(home):
    """The kernel lets go of a dead process's lock; the id it left behind misleads nobody."""
    process, said = start(home)
    assert said == "held"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert owner_of(home) == process.pid
    lock = ArchiveLock(home)
    assert owner_of(home) == os.getpid()
    lock.release()


def test_a_dead_owner_is_no_owner(home):
    """The id that a killed process left behind is not shown as who has the archive open."""
    process, _ = start(home)
    assert live_owner_of(home) == process.pid
    process.kill()
    process.communicate()
    assert live_owner_of(home) is None


def test_an_owner_that_has_just_taken_the_lock_is_waited_for(home):
    """Between taking the lock and writing its id, the id there is a dead process's: that one is not named."""
    dead, _ = start(home)
    dead.kill()
    dead.communicate()
    process, _ = start(home)
    (home / "owner.pid").write_text(str(dead.pid))
    writer = threading.Timer(0.05, lambda: (home / "owner.pid").write_text(str(process.pid)))
    writer.start()
    with pytest.raises(ArchiveInUse, match=f"is in use by process {process.pid}\\."):
        ArchiveLock(home)
    writer.join()
    process.communicate("\n")


def test_one_process_does_not_take_the_lock_twice(home):
    """Two archives on one folder in one process would disturb each other as two processes would."""
    lock = ArchiveLock(home)
    link = home.parent / "link"
    link.symlink_to(home)
    for folder in (home, link):
        with pytest.raises(ArchiveInUse) as caught:
            ArchiveLock(folder)
        assert str(caught.value) == (
            f"The archive {folder} is open in this process already. Use that one, or close it first."
        )
    assert owner_of(home) == os.getpid()
    lock.release()
    ArchiveLock(home).release()


def test_an_owner_that_left_no_id_is_unknown(home):
    """Somebody removed the file with the owner's id: the lock holds nevertheless."""
    process, _ = start(home)
    (home / "owner.pid").unlink()
    with pytest.raises(ArchiveInUse, match="is in use by process unknown"):
        ArchiveLock(home)
    process.communicate("\n")


def test_an_owner_of_the_same_id_in_another_container_is_another_process(home):
    """Every container has a process 1, so the id alone does not say that this process holds the lock."""
    process, _ = start(home)
    (home / "owner.pid").write_text(str(os.getpid()))
    with pytest.raises(ArchiveInUse, match=f"is in use by process {os.getpid()}\\. Ask it over HTTP"):
        ArchiveLock(home)
    process.communicate("\n")


def test_nobody_owns_a_folder_that_was_given_back(home):
    """Before and after, there is no owner; neither is there one in a file that holds no number."""
    assert owner_of(home) is None
    ArchiveLock(home).release()
    assert owner_of(home) is None
    (home / "owner.pid").write_text("nobody")
    assert owner_of(home) is None


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """A file where the folder should be is an error with the system's reason and the way out."""
    (tmp_path / "home").write_text("a file")
    with pytest.raises(ArchiveError) as caught:
        ArchiveLock(tmp_path / "home")
    assert type(caught.value) is ArchiveError
    assert str(caught.value) == (
        f"Cannot write the archive's folder {tmp_path}/home: File exists. Choose another folder with ONRECORD_HOME."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_named(home):
    """A folder of somebody else's is an error with the system's reason and the way out."""
    home.mkdir(mode=0o500)
    with pytest.raises(ArchiveError, match=r"^Cannot write the archive's folder .*: Permission denied\."):
        ArchiveLock(home)
