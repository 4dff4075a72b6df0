"""Bring a vector index in line with the archive, and compare every vector of the two."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.vectors.chroma_index import Collection
from onrecord.index.vectors.chroma_server import ChromaServer
from onrecord.index.vectors.vector_index import VectorIndex

_BATCH_VECTORS = 4096
"""Vectors read from the archive at a time."""
_SEARCHED = 500
"""Vectors that a check searches for at most, evenly spread, and besides them the newest."""
_NEWEST_SEARCHED = 100
_MAX_MISSED_SHARE = 1 / 20
"""Share of these vectors that an approximate search may miss: among many near-copies, sound indexes missed 1 in 80."""
_MIN_OWN_COSINE = 0.998
"""Cosine between a vector and the same vector in half precision: anything lower is another vector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How many passages a vector index lacked, and how many it held that the archive has not."""

    added: int
    removed: int


def reconcile(archive: SqliteArchive, vector_index: VectorIndex) -> Reconciled:
    """Bring the vector index in line with the archive, from the archive's own vectors, without embedding again."""
    wanted, held = set(archive.passages.ids()), vector_index.ids()
    stray, missing = held - wanted, sorted(wanted - held)
    vector_index.remove(stray)
    for start in range(0, len(missing), _BATCH_VECTORS):
        vector_index.upsert(*archive.passages.vectors(missing[start : start + _BATCH_VECTORS]))
    return Reconciled(added=len(missing), removed=len(stray))


def find_difference(index: Collection | ChromaServer, archive: SqliteArchive) -> str | None:
    """Say how the index differs from the archive in ids, vectors or what a search finds; None if it does not."""
    wanted, held_ids = set(archive.passages.ids()), index.ids()
    if wanted != held_ids:
        return f"{len(wanted - held_ids)} passages are missing, {len(held_ids - wanted)} are not the archive's"
    ids = sorted(wanted)
    wrong = 0
    for start in range(0, len(ids), _BATCH_VECTORS):
        present, vectors = archive.passages.vectors(ids[start : start + _BATCH_VECTORS])
        stored = index.vectors(present)
        rows = [row for row, i in enumerate(present) if i in stored]
        wrong += len(present) - len(rows)
        if rows:
            held = np.stack([stored[present[row]] for row in rows])
            # The comparison is negated, so that a cosine that is not a number counts as wrong.
            wrong += int((~(np.einsum("ij,ij->i", held, vectors[rows]) > _MIN_OWN_COSINE)).sum())
    if wrong:
        return f"{wrong} of {len(ids)} vectors are not the archive's"
    searched = _sample(ids)
    _, vectors = archive.passages.vectors(searched)
    # The archive may hold one passage twice, so what counts is a passage of the same vector, not the same id.
    found = [index.search(vector, limit=1) for vector in vectors]
    missed = sum(1 for nearest in found if not nearest or nearest[0][1] < _MIN_OWN_COSINE)
    if missed > _MAX_MISSED_SHARE * len(searched):
        return f"{missed} of {len(searched)} vectors were not found by a search for them"
    return None


def _sample(ids: Sequence[int]) -> list[int]:
    if len(ids) <= _SEARCHED + _NEWEST_SEARCHED:
        return list(ids)
    older = ids[:-_NEWEST_SEARCHED]
    return [*older[:: -(-len(older) // _SEARCHED)], *ids[-_NEWEST_SEARCHED:]]
