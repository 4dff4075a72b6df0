"""Measure what an archive costs to open, to check and to mend: what a crash costs at the next start.

    python -m bench.speed.recovery [--passages 100000]

The texts are words drawn at random and the vectors are drawn around 500 centres, as passages lie around their subjects;
none of the figures depends on what a text says. No model is loaded, and a child process builds the vector index.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from onrecord.index.archive.archive import IndexedArticle, SqliteArchive
from onrecord.index.errors import VectorIndexMissing
from onrecord.index.search.exact_search import ExactSearch
from onrecord.index.text.embedder import Embedding, Fingerprint
from onrecord.index.upkeep.backup import back_up, restore
from onrecord.index.upkeep.verifier import Verifier
from onrecord.index.values import Draft, Filters, Passage, Span
from onrecord.index.vectors.chroma_folder import ChromaFolder, verify_folder
from onrecord.index.vectors.current_index import CurrentIndex
from onrecord.index.vectors.vector_index import VectorIndex

_DIMENSION = 384
_PASSAGES = 20
_SENTENCES = 4
_WORDS = 24


def measure(passages: int, folder: Path) -> dict[str, float | int | str]:
    """Return seconds for each step, in the order they were taken."""
    figures: dict[str, float | int | str] = {"passages": passages}

    def timed(name: str, work: Callable[[], object]) -> None:
        started = time.perf_counter()
        found = work()
        figures[name] = round(time.perf_counter() - started, 2)
        print(name, figures[name], found if isinstance(found, str) else "", file=sys.stderr, flush=True)

    file, vectors = folder / "archive.sqlite3", folder / "vectors"
    with closing(SqliteArchive(file)) as archive:
        archive.claim(Fingerprint(name="none", weights_sha256="0", dimension=_DIMENSION))
        timed("fill_archive", lambda: [archive.save(article) for article in _articles(passages)].clear())

        vector = np.full(_DIMENSION, _DIMENSION**-0.5, dtype=np.float32)

        def answer_exactly() -> None:
            exact.select(Filters()).nearest(vector, limit=100)

        archive.set_fact("vector_seal", "open")
        folder_after_crash = ChromaFolder(vectors, archive=archive, build_after_seconds=0.0)
        exact = ExactSearch(archive)
        opened: list[CurrentIndex] = []
        timed("open_after_crash", lambda: opened.append(folder_after_crash.open()))
        timed("first_exact_search", answer_exactly)
        timed("exact_search", answer_exactly)
        timed("build", lambda: _wait_for(opened[0]))
        timed("close", folder_after_crash.close)
        sealed_folder = ChromaFolder(vectors, archive=archive)
        timed("open", lambda: opened.append(sealed_folder.open()))
        with _searched(opened[1]) as waits:
            timed("build_while_searched", lambda: sealed_folder._build(opened[1]))
        figures["longest_search_meanwhile"] = round(max(waits), 2)
        sealed_folder.close()
        timed("verify_vector_index", lambda: verify_folder(vectors, archive))
    report = None

    def verify() -> None:
        nonlocal report
        report = Verifier(file).verify("not looked at")

    timed("verify_archive", verify)
    assert report is not None
    assert report.sound
    timed("backup", lambda: back_up(file, folder / "backup"))
    timed("restore", lambda: restore(folder / "backup", file, force=True))
    figures["archive_mb"] = round(file.stat().st_size / 1e6)
    return figures


def _wait_for(index: CurrentIndex) -> None:
    while True:
        try:
            index.ids()
            return
        except VectorIndexMissing:
            time.sleep(0.1)


@contextmanager
def _searched(index: VectorIndex) -> Iterator[list[float]]:
    """Search all the time in a thread, and note how many seconds each search took."""
    vector = np.full(_DIMENSION, _DIMENSION**-0.5, dtype=np.float32)
    waits, ended = [0.0], threading.Event()

    def search() -> None:
        while not ended.wait(0.02):
            started = time.perf_counter()
            index.search(vector, limit=100)
            waits.append(time.perf_counter() - started)

    thread = threading.Thread(target=search)
    thread.start()
    try:
        yield waits
    finally:
        ended.set()
        thread.join()


def _articles(passages: int) -> Iterator[IndexedArticle]:
    chance, rng = random.Random(0), np.random.default_rng(0)
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(20_000)]
    centres = rng.normal(size=(500, _DIMENSION)).astype(np.float32)
    for number in range(passages // _PASSAGES):
        text, cut = "", []
        for _ in range(_PASSAGES):
            sentences = []
            for _ in range(_SENTENCES):
                start = len(text)
                text += " ".join(chance.choices(vocabulary, k=_WORDS)) + "."
                sentences.append(Span(start, len(text)))
                text += " "
            rows = centres[rng.integers(500)] + 0.7 * rng.normal(size=(1 + _SENTENCES, _DIMENSION)).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            passage = Passage(span=Span(sentences[0].start, sentences[-1].end), sentences=tuple(sentences))
            cut.append((passage, Embedding(vector=rows[0], parts=rows[1:])))
        draft = Draft(text=text, title=f"Article {number}", source_name=f"{number}.txt")
        yield IndexedArticle(draft=draft, passages=tuple(cut))


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--passages", type=int, default=100_000)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(parser.parse_args().passages, Path(folder)), indent=2))


if __name__ == "__main__":
    main()
