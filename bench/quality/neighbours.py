"""Measure Chroma's HNSW settings on an archive's vectors: recall@10, before and after some of them were replaced.

    python -m bench.quality.neighbours ARCHIVE.sqlite3 [--passages N]

Any passage as near as the tenth nearest counts as found. Replaced passages get new ids and vectors at a cosine of .96
to their old ones, 128 at a time, as articles are changed.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench.speed.instruments.search_clock import questions_of
from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.text.embedder import Matrix, Vector, load_embedder

_SETTINGS: tuple[dict[str, int], ...] = (
    {},
    {"ef_search": 400},
    {"max_neighbors": 32, "ef_construction": 200, "ef_search": 400},
    {"max_neighbors": 32, "ef_construction": 200, "ef_search": 800},
)
_ASKED = 100
"""As many as the retriever asks for."""
_REPLACED = (0.1, 0.2, 0.3, 0.5)
_TURN = 0.3
_BATCH = 4096


def main() -> None:
    """Measure each setting in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    archive = SqliteArchive(options.archive)
    ids = archive.passages.ids()
    ids, vectors = archive.passages.vectors(sorted(random.Random(1).sample(ids, min(len(ids), options.passages))))
    embedder = load_embedder()
    questions = np.stack([embedder.embed_question(text) for text in questions_of(archive, options.queries)])
    archive.close()
    for settings in _SETTINGS:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            _measure(Path(folder), settings, ids, _unit(vectors), _unit(questions))


def _measure(folder: Path, settings: dict[str, int], ids: Sequence[int], vectors: Matrix, questions: Matrix) -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    collection = client.create_collection(
        "passages",
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine", **settings}},  # type: ignore[arg-type]
    )

    def search(vector: Vector) -> list[float]:
        found = collection.query(query_embeddings=vector[None], n_results=_ASKED, include=["distances"])
        return [1 - distance for distance in (found["distances"] or [[]])[0]]

    started = time.perf_counter()
    for at in range(0, len(ids), _BATCH):
        collection.upsert(ids=[str(i) for i in ids[at : at + _BATCH]], embeddings=vectors[at : at + _BATCH])
    print(f"{settings or 'as Chroma has them'}: {len(ids)} vectors in {time.perf_counter() - started:.0f} s")
    print(f"  {_found(search, vectors, questions)}", flush=True)
    noise = np.random.default_rng(1)
    order, changed, done = noise.permutation(len(ids)), vectors.copy(), 0
    for share in _REPLACED:
        upto = int(share * len(ids))
        started = time.perf_counter()
        for at in range(done, upto, 128):
            rows = order[at : min(at + 128, upto)]
            step = noise.standard_normal((len(rows), vectors.shape[1]), dtype=np.float32)
            changed[rows] = _unit(vectors[rows] + _TURN * _unit(step))
            collection.delete(ids=[str(ids[row]) for row in rows])
            collection.upsert(ids=[str(max(ids) + 1 + ids[row]) for row in rows], embeddings=changed[rows])
        print(f"  {share:.0%} replaced, the last {upto - done} in {time.perf_counter() - started:.0f} s")
        print(f"  {_found(search, changed, questions)}", flush=True)
        done = upto
    client.close()  # type: ignore[attr-defined]


def _found(search: Callable[[Vector], list[float]], vectors: Matrix, questions: Matrix) -> str:
    found, times = 0, []
    for question in questions:
        least = np.partition(vectors @ question, -10)[-10]
        started = time.perf_counter()
        nearest = search(question)
        times.append((time.perf_counter() - started) * 1e3)
        found += sum(similarity >= least - 2e-6 for similarity in nearest[:10])
    return f"recall@10 {found / (10 * len(questions)):.4f}, p50 {np.median(times):.1f} ms"


def _unit(rows: Matrix) -> Matrix:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


if __name__ == "__main__":
    main()
