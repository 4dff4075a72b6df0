"""Measure what an archive costs to open, to check and to mend: what a crash costs at the next start.

    python -m bench.speed.recovery [--passages 100000]

The texts are words drawn at random and the vectors are drawn around 500 centres, as passages lie around their subjects;
none of the figures depends on what a text says. Everything is in one process but the probe; no model is loaded.
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
from onrecord.index.text.embedder import Embedding, Fingerprint
from onrecord.index.upkeep.backup import back_up, restore
from onrecord.index.upkeep.verifier import Verifier
from onrecord.index.values import Draft, Passage, Span
from onrecord.index.vectors.folder import VectorFolder, verify_folder
from onrecord.index.vectors.probe import probe
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

        def run(name: str) -> None:
            opened = VectorFolder(vectors, archive=archive)
            timed(name, lambda: len(opened.open().ids()))
            timed(f"{name}_close", opened.close)

        run("rebuild")
        run("open")
        opened = VectorFolder(vectors, archive=archive)
        index = opened.open()
        with _searched(index) as waits:
            timed("make_anew_while_searched", lambda: opened._renew(index))
        figures["longest_search_meanwhile"] = round(max(waits), 2)
        opened.close()
        (vectors / "seal.json").unlink()
        run("open_after_crash")
        timed("verify_vector_index", lambda: verify_folder(vectors, archive))
        (segment,) = (path for path in vectors.iterdir() if path.is_dir())
        (segment / "index_metadata.pickle").unlink()
        (vectors / "seal.json").unlink()
        timed("notice_damage_after_crash", lambda: probe(vectors, file))
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
