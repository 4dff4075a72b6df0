"""Nearest passages by vector from a Chroma server that several processes share; what it loses is made again."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.errors import VectorIndexDown
from onrecord.index.text.embedder import Matrix, Vector
from onrecord.index.vectors.vector_index import Collection, name_of

_log = logging.getLogger(__name__)

_PATIENCE = 10.0
"""Seconds without an answer after which a request has failed: an upsert of 4,096 vectors takes two on a busy core."""
_PAUSE = 2.0
"""Seconds for which a server that failed is left alone, so that nobody waits for it; five times as long as the failure
took, if that is more."""
_LOOKS = 5.0
"""Seconds between two looks of the writer's at whether the server has what the archive has."""
_BEHIND = "vector_server_behind"
"""A fact of the archive, as every process is to know it."""
_T = TypeVar("_T")


class ChromaServer:
    """The archive's collection on a Chroma server. One process writes it, any number search it; shared by threads.

    Whatever goes wrong with the server is `VectorIndexDown` to who searches and nothing to who writes: the archive has
    every vector, and `Keeper` brings what is missing.
    """

    def __init__(self, url: str, *, archive: SqliteArchive) -> None:
        """Connect when first asked; the archive's id, which a new index changes, names the collection."""
        self._url = url
        self._archive = archive
        self._turn = threading.Lock()
        self._client: Any = None
        self._collection: tuple[str, Collection] | None = None
        self._down_until = 0.0
        self._trouble = ""
        self.lost = 0
        """How often the server did not take what was written."""

    @property
    def behind(self) -> bool:
        """Whether the server is known not to have every passage: then no process searches it."""
        return self._archive.fact(_BEHIND) == "yes"

    @behind.setter
    def behind(self, behind: bool) -> None:
        if behind != self.behind:
            self._archive.set_fact(_BEHIND, "yes" if behind else "no")

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add the vectors, one row an id; what the server does not take, it gets later."""
        self._try_to_write(lambda collection: collection.upsert(ids, vectors))

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the ids; unknown ones are ignored."""
        if names := list(ids):
            self._try_to_write(lambda collection: collection.remove(names))

    def search(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their cosine, best first; raises `VectorIndexDown`."""
        if self.behind:
            raise VectorIndexDown(f"The Chroma server {self._url} (CHROMA_URL) has not every passage yet.")
        return self._ask(lambda collection: collection.search(vector, limit=limit))

    def ids(self) -> set[int]:
        """Return every id; raises `VectorIndexDown`."""
        return self._ask(lambda collection: collection.ids())

    def vectors(self, ids: Sequence[int]) -> dict[int, Vector]:
        """Return the stored vectors of those ids that are there; raises `VectorIndexDown`."""
        return self._ask(lambda collection: collection.vectors(ids))

    def count(self) -> int:
        """Return how many ids there are; raises `VectorIndexDown`."""
        return self._ask(lambda collection: collection.count())

    def forget_replaced(self) -> None:
        """Delete the collection of the index that `onrecord reindex` has replaced; raises `VectorIndexDown`."""
        from chromadb.errors import NotFoundError

        if replaced := self._archive.fact("replaced_id"):
            with suppress(NotFoundError):
                self._ask(lambda _: self._client.delete_collection(name_of(replaced)), pass_on=NotFoundError)

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()
            self._close()

    # Inside

    def _try_to_write(self, work: Callable[[Collection], None]) -> None:
        try:
            self._ask(work)
        except VectorIndexDown as error:
            self.lost += 1
            self.behind = True
            _log.warning("%s The archive has the passages; the server gets them when it is back.", error)

    def _ask(self, work: Callable[[Collection], _T], *, pass_on: type[Exception] | tuple[()] = ()) -> _T:
        if time.monotonic() < self._down_until:
            raise VectorIndexDown(self._trouble)
        started = time.monotonic()
        try:
            return work(self._open())
        except pass_on:
            raise
        except Exception as error:  # httpx' errors, Chroma's own, ValueError: none of them has a root in common.
            said = (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(".")
            self._trouble = f"The Chroma server {self._url} (CHROMA_URL) fails: {said}."
            self._collection = None
            now = time.monotonic()
            self._down_until = now + max(_PAUSE, 5 * (now - started))
            raise VectorIndexDown(self._trouble) from error

    def _open(self) -> Collection:
        archive_id = self._archive.fact("id") or ""
        held = self._collection
        if held is None or held[0] != archive_id:
            with self._turn:
                if self._client is None:
                    self._client, self._close = _connect(self._url)
            create = not self._archive.read_only
            held = self._collection = (archive_id, Collection(self._client, archive_id=archive_id, create=create))
        return held[1]


class Keeper:
    """Sees to it, from the process that writes, that the server has what the archive has, whatever becomes of it."""

    def __init__(
        self, server: ChromaServer, *, archive: SqliteArchive, reconcile: Callable[[], object], looks: float = _LOOKS
    ) -> None:
        """Look at once, and then every so many seconds, in a thread of its own."""
        self._server = server
        self._archive = archive
        self._reconcile = reconcile
        self._looks = looks
        self._ended = threading.Event()
        self._was_down = False
        self.look(complete=True)
        self._thread = threading.Thread(target=self._keep, name="chroma-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()

    def look(self, *, complete: bool = False) -> None:
        """Compare the numbers of passages, or the ids if asked to, and bring what is missing."""
        try:
            if complete:
                self._server.forget_replaced()
            if complete or self._server.behind or self._server.count() != self._archive.passage_state()[1]:
                lost, self._server.behind = self._server.lost, True
                self._reconcile()
                self._server.behind = self._server.lost != lost
            if self._was_down:
                _log.warning("The Chroma server is back, and has every passage.")
            self._was_down = False
        except VectorIndexDown as error:
            if not self._was_down:
                _log.warning("%s Searches are exact meanwhile, in memory.", error)
            self._was_down = True

    def _keep(self) -> None:
        while not self._ended.wait(self._looks):
            try:
                self.look()
            except Exception:
                _log.exception("The Chroma server could not be compared with the archive.")


def _connect(url: str) -> tuple[Any, Callable[[], None]]:
    """Return a client that goes to this address and nowhere else, and what closes its connections."""
    from chromadb.api.client import Client
    from chromadb.config import Settings

    closing: list[Callable[[], None]] = []

    class Direct(Client):
        def get_user_identity(self) -> Any:
            # Called before the first request. Chroma's HTTP client would wait for ever, go where the environment's
            # proxy settings send it, and keep its connections when it is closed.
            session = self._server._session  # type: ignore[attr-defined]
            session._mounts = {}
            session.timeout = _PATIENCE
            closing.append(session.close)
            return super().get_user_identity()

        def _validate_tenant_database(self, tenant: str, database: str) -> None:
            # Would ask with a second HTTP client, as Chroma makes it; the default ones are always there.
            pass

    settings = Settings(
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=url,
        # Not used where the host is an address, and asked for nevertheless.
        chroma_server_http_port=urlsplit(url).port or 80,
        chroma_server_ssl_enabled=url.startswith("https:"),
    )
    try:
        return Direct(settings=settings), closing[0]
    except BaseException:
        for close in closing:
            close()
        raise
