"""Keeping a Chroma server in line with the archive, whatever the server loses."""

import logging
import threading
from collections.abc import Callable

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.errors import VectorIndexDown
from onrecord.index.vectors.chroma_server import ChromaServer

_log = logging.getLogger(__name__)

_CHECK_EVERY_SECONDS = 5.0


class Replicator:
    """A thread, in the process that writes, that brings the server whatever it lacks of the archive."""

    def __init__(
        self,
        server: ChromaServer,
        *,
        archive: SqliteArchive,
        reconcile: Callable[[], object],
        check_every_seconds: float = _CHECK_EVERY_SECONDS,
    ) -> None:
        """Check now, before the thread starts; `reconcile` brings the server in line with the archive."""
        self._server = server
        self._archive = archive
        self._reconcile = reconcile
        self._check_every_seconds = check_every_seconds
        self._closed = threading.Event()
        self._was_down = False
        self.check(complete=True)
        self._thread = threading.Thread(target=self._run, name="chroma-replicator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join()

    def check(self, *, complete: bool = False) -> None:
        """Send the server what it lacks if it holds another number of passages than the archive.

        With `complete`, compare the ids in any case.
        """
        try:
            if complete:
                self._server.forget_replaced()
            if complete or self._server.behind or self._server.count() != self._archive.passages.state()[1]:
                lost, self._server.behind = self._server.lost, True
                self._reconcile()
                self._server.behind = self._server.lost != lost
            if self._was_down:
                _log.warning("The Chroma server works again and has every passage.")
            self._was_down = False
        except VectorIndexDown as error:
            if not self._was_down:
                _log.warning("%s Searches compare every vector meanwhile.", error)
            self._was_down = True

    def _run(self) -> None:
        while not self._closed.wait(self._check_every_seconds):
            try:
                self.check()
            except Exception:
                _log.exception("The Chroma server could not be compared with the archive.")
