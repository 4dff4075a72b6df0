"""What a vector index must do. Everything in one is derived from the archive and can be thrown away."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from onrecord.index.text.embedder import Matrix, Vector


class VectorIndex(Protocol):
    """Passage ids by vector; another engine can take Chroma's place behind these five methods."""

    def upsert(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Add the vectors, one row for each id; a new vector replaces the one that an id has already."""
        ...

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the ids; unknown ones are ignored."""
        ...

    def search(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their cosines, best first; the search is approximate.

        Raise `VectorIndexDown` if the index does not answer.
        """
        ...

    def ids(self) -> set[int]:
        """Return every id; raise `VectorIndexDown` if the index does not answer."""
        ...

    def close(self) -> None:
        """Release files and threads."""
        ...
