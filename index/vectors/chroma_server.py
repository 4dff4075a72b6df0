"""A vector index on a Chroma server that several processes share."""

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
from onrecord.index.vectors.chroma_index import Collection, collection_name, describe

_log = logging.getLogger(__name__)

_REQUEST_TIMEOUT_SECONDS = 10.0
"""An upsert of 4,096 vectors takes two seconds on a busy core."""
_MIN_PAUSE_SECONDS = 2.0
"""A server that failed gets no request for this long, so that no question waits for it."""
_PAUSE_PER_FAILURE = 5
"""The pause lasts this many times as long as the failure took, if that is more."""
_BEHIND = "vector_server_behind"
"""The archive's fact that tells whether the server lacks passages, because every process must know that."""
_T = TypeVar("_T")


class ChromaServer:
    """The archive's collection on a Chroma server: one process writes it, any number search it; shared by threads.

    When the server fails, a search raises `VectorIndexDown` and a write is only logged: the archive has every vector,
    and a `Replicator` brings the server what it lacks.
    """

    def __init__(self, url: str, *, archive: SqliteArchive) -> None:
        """Connect at the first request; the archive's id, which a new index changes, names the collection."""
        self._url = url
        self._archive = archive
        self._lock = threading.Lock()
        self._client: Any = None
        self._collection: tuple[str, Collection] | None = None
        self._down_until = 0.0
        self._trouble = ""
        self.lost = 0
        """How many writes the server did not take."""

    @property
    def behind(self) -> bool:
        """Whether the server is known to lack passages: then no process searches it."""
        return self._archive.fact(_BEHIND) == "yes"

    @behind.setter
    def behind(self, behind: bool) -> None:
        if behind != self.behind:
            self._archive.set_fact(_BEHIND, "yes" if behind else "no")

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add the vectors, one row for each id; those that the server does not take now it gets later."""
        self._try_to_write(lambda collection: collection.upsert(ids, vectors))

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the ids; unknown ones are ignored."""
        if names := list(ids):
            self._try_to_write(lambda collection: collection.remove(names))

    def search(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their cosines, best first; the search is approximate.

        Raise `VectorIndexDown` if the server does not answer or lacks passages.
        """
        if self.behind:
            raise VectorIndexDown(f"The Chroma server {self._url} (CHROMA_URL) lacks some passages still.")
        return self._request(lambda collection: collection.search(vector, limit=limit))

    def ids(self) -> set[int]:
        """Return every id; raise `VectorIndexDown` if the server does not answer."""
        return self._request(lambda collection: collection.ids())

    def vectors(self, ids: Sequence[int]) -> dict[int, Vector]:
        """Return the vectors of those ids that are there; raise `VectorIndexDown` if the server does not answer."""
        return self._request(lambda collection: collection.vectors(ids))

    def count(self) -> int:
        """Return how many ids there are; raise `VectorIndexDown` if the server does not answer."""
        return self._request(lambda collection: collection.count())

    def forget_replaced(self) -> None:
        """Delete the collection of the index that `onrecord reindex` has replaced.

        Raise `VectorIndexDown` if the server does not answer.
        """
        from chromadb.errors import NotFoundError

        if replaced := self._archive.fact("replaced_id"):
            with suppress(NotFoundError):
                self._request(
                    lambda _: self._client.delete_collection(collection_name(replaced)), pass_on=NotFoundError
                )

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._close()

    # Inside

    def _try_to_write(self, work: Callable[[Collection], None]) -> None:
        try:
            self._request(work)
        except VectorIndexDown as error:
            self.lost += 1
            self.behind = True
            _log.warning("%s The archive has the passages; the server gets them when it works again.", error)

    def _request(self, work: Callable[[Collection], _T], *, pass_on: type[Exception] | tuple[()] = ()) -> _T:
        if time.monotonic() < self._down_until:
            raise VectorIndexDown(self._trouble)
        started = time.monotonic()
        try:
            return work(self._open())
        except pass_on:
            raise
        except Exception as error:  # The errors of httpx, of Chroma and ValueError have no common root.
            self._trouble = f"The Chroma server {self._url} (CHROMA_URL) fails: {describe(error)}."
            self._collection = None
            now = time.monotonic()
            self._down_until = now + max(_MIN_PAUSE_SECONDS, _PAUSE_PER_FAILURE * (now - started))
            raise VectorIndexDown(self._trouble) from error

    def _open(self) -> Collection:
        archive_id = self._archive.fact("id") or ""
        held = self._collection
        if held is None or held[0] != archive_id:
            with self._lock:
                if self._client is None:
                    self._client, self._close = _connect(self._url)
            create = not self._archive.read_only
            held = self._collection = (archive_id, Collection(self._client, archive_id=archive_id, create=create))
        return held[1]


def _connect(url: str) -> tuple[Any, Callable[[], None]]:
    """Return a client that connects to this address and nowhere else, and a function that closes its connections."""
    from chromadb.api.client import Client
    from chromadb.config import Settings

    closing: list[Callable[[], None]] = []

    class Direct(Client):
        def get_user_identity(self) -> Any:
            # Chroma calls this before its first request. Left alone, its HTTP client would wait for ever, use the proxy
            # that the environment names, and keep its connections after it is closed.
            session = self._server._session  # type: ignore[attr-defined]
            session._mounts = {}
            session.timeout = _REQUEST_TIMEOUT_SECONDS
            closing.append(session.close)
            return super().get_user_identity()

        def _validate_tenant_database(self, tenant: str, database: str) -> None:
            # Chroma would use a second HTTP client of its own making; the default tenant and database always exist.
            pass

    settings = Settings(
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=url,
        # Chroma requires a port and does not use it where the host is a whole address.
        chroma_server_http_port=urlsplit(url).port or 80,
        chroma_server_ssl_enabled=url.startswith("https:"),
    )
    try:
        return Direct(settings=settings), closing[0]
    except BaseException:
        for close in closing:
            close()
        raise
