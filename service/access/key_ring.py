"""The keys that the service takes: those of the settings, and those of the file of keys as it is now."""

import logging
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from onrecord.index.errors import first_line
from onrecord.service.access.caller import Caller
from onrecord.service.access.keys import Key, hash_key
from onrecord.service.access.keys_file import KeysFileError, read_keys

_log = logging.getLogger(__name__)

_UNSETTLED_NS = 2_000_000_000
"""Nanoseconds after a change in which another one might bear the same time."""


class KeyRing:
    """The keys by their hashes. The file is read again when it changes; one that cannot be read leaves the old keys."""

    def __init__(self, *, keys: Sequence[str] = (), widget_key: str | None = None, file: Path | None = None) -> None:
        """Take the keys of the settings, and read the file; raise `KeysFileError` if it cannot be read."""
        self._settled = [
            Key(name=f"ONRECORD_API_KEYS {number}", sha256=hash_key(key.encode())) for number, key in enumerate(keys, 1)
        ]
        self._widget = hash_key(widget_key.encode()) if widget_key else None
        self._file = file
        self._filed: tuple[Key, ...] = ()
        self._seen: tuple[int, ...] = ()
        self.trouble: str | None = None
        """Why the file cannot be read now; None if it can."""
        if file is not None:
            self._seen = _signature(file)
            self._filed = read_keys(file)

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a key nor a file for them, so that no request needs one."""
        return not self._settled and self._widget is None and self._file is None

    def caller(self, sha256: str) -> Caller | None:
        """Return who has the key with this hash; None if nobody has."""
        self.refresh()
        keys = [*self._settled, *self._filed]
        # Every key is compared, each in constant time, so that the time does not tell which one was nearly right.
        matches = [secrets.compare_digest(sha256, key.sha256) for key in keys]
        if self._widget is not None and secrets.compare_digest(sha256, self._widget):
            return Caller(name="ONRECORD_WIDGET_KEY", rights=frozenset(), is_widget=True)
        if not any(matches):
            return None
        key = keys[matches.index(True)]
        return Caller(name=key.name, rights=key.rights)

    def refresh(self) -> None:
        """Read the file again if it has changed."""
        if self._file is None:
            return
        seen = _signature(self._file)
        if seen == self._seen:
            return
        try:
            filed = read_keys(self._file)
        except KeysFileError as error:
            trouble = first_line(error)
            if trouble != self.trouble:
                _log.error("%s The keys that were read before stay in force.", trouble)
            self.trouble = trouble
        else:
            if filed != self._filed or self.trouble:
                _log.info("The file of keys was read again: %s.", ", ".join(key.name for key in filed) or "no key")
            self._filed, self.trouble = filed, None
        self._seen = seen


def _signature(file: Path) -> tuple[int, ...]:
    """Return what tells a file from its changed self; it differs from call to call just after a change."""
    try:
        found = file.stat()
    except OSError as error:
        return (error.errno or 0,)
    unsettled = time.time_ns() - found.st_mtime_ns < _UNSETTLED_NS
    settled = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return (*settled, time.monotonic_ns()) if unsettled else settled
