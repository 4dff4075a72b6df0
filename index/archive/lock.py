"""The lock by which one process owns an archive's folder."""

import errno
import os
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from onrecord.index.archive.connection import NO_ROOM
from onrecord.index.errors import ArchiveError, ArchiveInUse, ArchiveUnwritable, DiskFull

_open_here: set[Path] = set()
"""The folders whose locks this process holds; process ids cannot tell, as every container has a process 1."""


class ArchiveLock:
    """A lock that a process holds while it has the archive open; the kernel releases it however the process ends."""

    def __init__(self, folder: Path) -> None:
        """Take the lock; raise `ArchiveInUse`, which says whether this process holds it or which other one does."""
        self._folder = folder.resolve()
        self._owner = folder / "owner.pid"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = FileLock(folder / "owner.lock", timeout=0, mode=0o600)
            self._lock.acquire()
            self._owner.write_text(str(os.getpid()))
            _open_here.add(self._folder)
        except Timeout:
            if self._folder in _open_here:
                raise ArchiveInUse(
                    f"The archive {folder} is open in this process already. Use that one, or close it first."
                ) from None
            raise ArchiveInUse(
                f"The archive {folder} is in use by process {_wait_for_owner(folder) or 'unknown'}. "
                "Ask it over HTTP, stop it, or name another folder with ONRECORD_HOME."
            ) from None
        except OSError as error:
            if hasattr(self, "_lock"):
                self._lock.release()
            said = f"Cannot write the archive's folder {folder}: {error.strerror or error}."
            if error.errno in NO_ROOM:
                raise DiskFull(f"{said} Make room there and try again.") from error
            kind = ArchiveUnwritable if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM} else ArchiveError
            raise kind(f"{said} Choose another folder with ONRECORD_HOME.") from error

    def release(self) -> None:
        """Release the lock."""
        _open_here.discard(self._folder)
        # A disk that fails must not keep the lock.
        with suppress(OSError):
            self._owner.unlink(missing_ok=True)
            _address_file(self._folder).unlink(missing_ok=True)
        self._lock.release()


def announce(folder: Path, address: str) -> None:
    """Leave the address at which this process serves the archive, if it owns the archive, for other processes."""
    if owner_of(folder) == os.getpid():
        # Without the file, the service answers all the same.
        with suppress(OSError):
            _address_file(folder).write_text(f"{os.getpid()} {address}")


def served_at(folder: Path) -> str | None:
    """Return the address at which the archive's owner serves it; None if no other process lives that does."""
    try:
        process, _, address = _address_file(folder).read_text().partition(" ")
    except OSError:
        return None
    owner = live_owner_of(folder)
    return address if owner not in {None, os.getpid()} and process == str(owner) else None


def _address_file(folder: Path) -> Path:
    return folder / "owner.address"


def owner_of(folder: Path) -> int | None:
    """Return the id of the process that took the archive last, if it did not give it back."""
    try:
        return int((folder / "owner.pid").read_text())
    except (OSError, ValueError):
        return None


def live_owner_of(folder: Path) -> int | None:
    """Return the id of the process that took the archive last, if it lives and did not give it back."""
    owner = owner_of(folder)
    if owner is None:
        return None
    try:
        os.kill(owner, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # The process belongs to another user.
    return owner


def _wait_for_owner(folder: Path) -> int | None:
    """Return the owner of a lock that is held; it writes its id a moment after it took the lock."""
    for _ in range(20):
        if (owner := live_owner_of(folder)) is not None:
            return owner
        time.sleep(0.01)
    return owner_of(folder)
