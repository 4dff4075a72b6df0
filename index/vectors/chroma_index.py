"""A vector index in Chroma: one collection for each archive, on a server or in a folder."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onrecord.index.errors import VectorIndexDown, first_line
from onrecord.index.text.embedder import Matrix, Vector

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateHNSWConfiguration

_HNSW: "CreateHNSWConfiguration" = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 800}
"""Settings of the graph. Among many similar passages, Chroma's own settings (16, 100, 100) find four fifths of the ten
nearest passages, and these find nearly all; docs/measurements.md has the figures and the cost."""
_MAX_BATCH_VECTORS = 4096
"""Vectors or ids in one request: a vector costs several times less in a large one; Chroma's own limit is 5,461."""


def _create(client: Any, name: str) -> Any:
    return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": _HNSW})


class Collection:
    """A Chroma collection that holds an archive's passages, whether on a server or in a folder."""

    def __init__(self, client: Any, *, archive_id: str, create: bool = True) -> None:
        """Open the collection that belongs to the archive with this id; `create` makes one if there is none."""
        name = collection_name(archive_id)
        if not create:
            self._collection = client.get_collection(name, embedding_function=None)
            return
        self._collection = _create(client, name)
        made_with = self._collection.configuration_json.get("hnsw") or {}
        if any(made_with.get(setting) != value for setting, value in _HNSW.items()):
            # Another version made the collection. The caller fills the new one from the archive.
            client.delete_collection(name)
            self._collection = _create(client, name)

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add the vectors, one row for each id; a new vector replaces the one that an id has already."""
        for start in range(0, len(ids), _MAX_BATCH_VECTORS):
            rows = slice(start, start + _MAX_BATCH_VECTORS)
            self._collection.upsert(ids=[str(i) for i in ids[rows]], embeddings=vectors[rows])

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the ids; unknown ones are ignored."""
        names = [str(i) for i in ids]
        for start in range(0, len(names), _MAX_BATCH_VECTORS):
            self._collection.delete(ids=names[start : start + _MAX_BATCH_VECTORS])

    def search(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their cosines, best first; the search is approximate."""
        found = self._collection.query(query_embeddings=vector[None], n_results=limit, include=["distances"])
        distances = found["distances"] or [[]]
        return [(int(i), 1.0 - distance) for i, distance in zip(found["ids"][0], distances[0], strict=True)]

    def ids(self) -> set[int]:
        """Return every id."""
        return {int(i) for i in self._collection.get(include=[])["ids"]}

    def vectors(self, ids: Sequence[int]) -> dict[int, Vector]:
        """Return the stored vectors of those ids that are there."""
        found = self._collection.get(ids=[str(i) for i in ids], include=["embeddings"])
        rows = np.asarray(found["embeddings"] if found["embeddings"] is not None else [], dtype=np.float32)
        return dict(zip(map(int, found["ids"]), rows, strict=True))

    def count(self) -> int:
        """Return how many ids there are."""
        return int(self._collection.count())


class ChromaIndex(Collection):
    """A Chroma collection in a folder that this process alone has open."""

    def __init__(self, folder: Path, *, archive_id: str) -> None:
        """Open the folder's index of the archive with this id, or create it."""
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._client = chromadb.PersistentClient(path=str(folder), settings=settings)
        super().__init__(self._client, archive_id=archive_id)
        self.failed = False
        """Whether Chroma ever failed to write, on a full disk for instance; then its files must not be trusted."""

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add the vectors, one row for each id; a new vector replaces the one that an id has already."""
        with self._writing():
            super().upsert(ids, vectors)

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the ids; unknown ones are ignored."""
        with self._writing():
            super().remove(ids)

    def search(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their cosines, best first; the search is approximate.

        Raise `VectorIndexDown` if Chroma fails.
        """
        try:
            return super().search(vector, limit=limit)
        except Exception as error:
            # While Chroma writes its first vectors, for instance, it sometimes says "Nothing found on disk".
            raise VectorIndexDown(f"Chroma fails: {describe(error)}.") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.failed = True
            raise

    def close(self) -> None:
        """Release files and threads."""
        self._client.close()  # type: ignore[attr-defined]


def collection_name(archive_id: str) -> str:
    """Return the name of an archive's collection.

    Passage ids are unique within one archive only, so the name keeps this archive's passages apart from those that a
    folder or a server holds of another one.
    """
    return f"passages-{archive_id}"


def describe(error: BaseException) -> str:
    """Return the first line of an error's message, or its type if it has none; at most 200 characters."""
    return first_line(error)[:200].rstrip(".")
