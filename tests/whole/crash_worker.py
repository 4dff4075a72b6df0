"""The processes that `killing.py` kills: forked from one that has imported everything and loaded the model.

Reads a line of JSON a worker from standard input:
`{"home", "seed", "restless", "reindexes", "waits_for_index", "phase_file"}`. The worker opens the archive as the
service does and says what it found there and what is wrong with it. After a kill the vector index is always built anew;
`waits_for_index` says whether the worker waits for that or goes on without one. Then it adds, revises and removes
articles until it is killed: what it is about to do and what is acknowledged go to standard output, a line each. In some
of its turns (the share `reindexes`) it makes an index for another model; with a whole one it opens the archive again,
which is the switch, and says again what it found.
"""

import hashlib
import json
import mmap
import os
import random
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from onrecord.index.archive.archive import SqliteArchive, content_hash
from onrecord.index.archive.lock import ArchiveLock
from onrecord.index.articles.indexer import Indexer
from onrecord.index.errors import VectorIndexMissing
from onrecord.index.search.exact_search import ExactSearch
from onrecord.index.text.embedder import Embedder, SentenceTransformerEmbedder, load_embedder
from onrecord.index.upkeep.next_index import NextIndex, read_next
from onrecord.index.upkeep.reindexer import build_next, take_over
from onrecord.index.values import Draft, Filters
from onrecord.index.vectors.chroma_folder import ChromaFolder
from onrecord.index.vectors.chroma_index import _HNSW, ChromaIndex
from tests.index.archive.made_up import trouble
from tests.other_embedders import Halved

PHASES = (
    *("opening", "building", "checking", "embedding", "saving", "between", "indexing", "removing"),
    *("reindexing", "switching", "idle"),
)
"""What a worker may be at when it is killed; "between" is after a commit and before Chroma hears of it."""
PARAGRAPHS = 2
SHAPE = {"passages": PARAGRAPHS, "sentences": 2 * PARAGRAPHS, "quotations": PARAGRAPHS}
"""What every article is cut into."""
_MOST_ARTICLES = 12
_FILLER = (
    "According to the minutes of the committee, which were published late on Tuesday after a long night of talks, the "
    "members disagreed about the budget, about the calendar of the coming session, about the order of the speakers, "
    "about the seats in the hall, and about whether the minutes themselves should be read aloud before the doors were "
    "opened to the public, to the newspapers and to the two television stations that had asked for a place in the room"
)


def word_of(name: str, version: int, paragraph: int) -> str:
    """A word that stands in one paragraph of one version of one article, and nowhere else."""
    digest = hashlib.sha256(f"{name}/{version}/{paragraph}".encode()).digest()
    return "".join(chr(97 + byte % 26) for byte in digest[:12]) + "x"


def text_of(name: str, version: int) -> str:
    """The text of a version of an article; all are alike but for one word a paragraph."""
    return "\n\n".join(
        f"{_FILLER} near {word_of(name, version, n)}. “We will never leave {word_of(name, version, n)} to the others,” "
        "said Ana Reis, the mayor of the town."
        for n in range(PARAGRAPHS)
    )


def say(**what: Any) -> None:
    """Write a line in one piece, so that a kill cannot cut it."""
    os.write(1, json.dumps(what).encode() + b"\n")


# What a worker is at


class Phase:
    """A byte that the killer sees, and that outlives the killed."""

    def __init__(self) -> None:
        self.shared: mmap.mmap | None = None

    def set(self, name: str) -> None:
        if self.shared:
            self.shared[0] = PHASES.index(name)

    def during(self, name: str, method: Callable[..., Any], *, after: str) -> Callable[..., Any]:
        @wraps(method)
        def noted(*args: Any, **kwargs: Any) -> Any:
            self.set(name)
            try:
                return method(*args, **kwargs)
            finally:
                self.set(after)

        return noted


def note_phases(phase: Phase) -> None:
    """Let the real parts say when they are at work."""
    for part, method, name, after in (
        (SentenceTransformerEmbedder, "embed", "embedding", "idle"),
        (SqliteArchive, "save", "saving", "between"),
        (SqliteArchive, "remove", "removing", "between"),
        (ChromaIndex, "upsert", "indexing", "idle"),
        (ChromaIndex, "remove", "indexing", "between"),
        (NextIndex, "put", "reindexing", "idle"),
        (NextIndex, "finish", "reindexing", "idle"),
        (SqliteArchive, "take_over", "switching", "switching"),
    ):
        setattr(part, method, phase.during(name, getattr(part, method), after=after))


# A worker


@contextmanager
def opened(
    home: Path, models: Mapping[str, Embedder], phase: Phase, *, waits_for_index: bool
) -> Iterator[tuple[Any, ...]]:
    """Open the parts as the service does, with the model whose index is made or else the one that the archive has."""
    with closing(SqliteArchive(home / "archive.sqlite3")) as archive:
        state = read_next(home / "next")
        name = state.embedder.name if state and state.finished else archive.embedder()
        embedder = models[name or next(iter(models))]
        phase.set("switching")
        take_over(archive, home / "next", home / "vectors", embedder)
    phase.set("opening")
    archive = SqliteArchive(home / "archive.sqlite3")
    # A build that nobody waits for never starts, which saves the child process.
    build_after_seconds = 0.0 if waits_for_index else 3_600.0
    vectors = ChromaFolder(home / "vectors", archive=archive, build_after_seconds=build_after_seconds)
    archive.claim(embedder.fingerprint)
    index = vectors.open()
    try:
        if waits_for_index:
            phase.set("building")
            while ids_of(index) is None:
                time.sleep(0.005)
        yield archive, index, Indexer(archive=archive, vector_index=index, embedder=embedder), embedder
    finally:
        vectors.close()
        archive.close()


def ids_of(index: Any) -> set[int] | None:
    """The ids in the vector index; None if there is none at the moment."""
    try:
        return set(index.ids())
    except VectorIndexMissing:
        return None


def check(home: Path, archive: SqliteArchive, index: Any) -> tuple[dict[str, int], list[str]]:
    """Return each article's version, and all that is wrong in either store."""
    wrong = [f"the archive's file: {fault}" for fault in trouble(home / "archive.sqlite3")]
    database = sqlite3.connect(home / "archive.sqlite3", isolation_level=None, timeout=30)
    ids = set(archive.passages.ids())
    if {row[0] for row in database.execute("SELECT id FROM words_docsize")} != ids:
        wrong.append("the word index has other passages than the archive")
    if ids_of(index) not in (None, ids):
        wrong.append("the vector index has other passages than the archive")
    exact = ExactSearch(archive)
    if {row[0] for row in database.execute("SELECT passage FROM sentences")} != ids:
        wrong.append("sentences of other passages")

    versions: dict[str, int] = {}
    for info in archive.articles(limit=1_000)[0]:
        name, _, version = (info.title or "").partition(" v")
        article = archive.article(info.id)
        versions[name] = int(version)
        if article.text != text_of(name, int(version)) or content_hash(article.text) != info.content_sha256:
            wrong.append(f"{name}: not the text of version {version}")
        (number,) = database.execute("SELECT number FROM articles WHERE id = ?", (info.id,)).fetchone()
        rows = database.execute("SELECT id, start, end FROM passages WHERE article = ? ORDER BY start", (number,))
        passages = rows.fetchall()
        of_article = "SELECT count(*) FROM sentences WHERE passage IN (SELECT id FROM passages WHERE article = ?)"
        shape = {
            "passages": len(passages),
            "sentences": database.execute(of_article, (number,)).fetchone()[0],
            "quotations": database.execute("SELECT count(*) FROM quotations WHERE article = ?", (number,)).fetchone()[
                0
            ],
        }
        if shape != SHAPE:
            wrong.append(f"{name}: {shape}, not {SHAPE}")
        for paragraph, (number, start, end) in enumerate(passages):
            word = word_of(name, int(version), paragraph)
            if word not in article.text[start:end]:
                wrong.append(f"{name}: passage {number} is another slice")
            if [found for found, _ in archive.words.match([word], limit=9)] != [number]:
                wrong.append(f"{name}: passage {number} is not found by its own word")
            there, vectors = archive.passages.vectors([number])
            try:
                nearest = index.search(vectors[0], limit=3) if there else []
            except VectorIndexMissing:
                nearest = exact.select(Filters()).nearest(vectors[0], limit=3) if there else []
            if number not in [found for found, cosine in nearest if cosine > 0.998]:
                wrong.append(f"{name}: passage {number} is not found by its own vector: {nearest}")
    database.close()
    return versions, wrong


def write(archive: SqliteArchive, indexer: Indexer, versions: dict[str, int], chance: random.Random) -> Iterator[None]:
    """Add, revise and remove, a yield each. Intents come first, acknowledgements when the indexer has given them."""
    made = 0
    while True:
        yield
        names = sorted(versions)
        what = chance.choices(["add", "revise", "remove"], [6, 3, 2 if len(names) < _MOST_ARTICLES else 12])[0]
        if what == "remove" and names:
            name = chance.choice(names)
            say(intend=name, version=None)
            indexer.remove(archive.find(Draft(text="", source_name=name)).id)  # type: ignore[union-attr]
            say(acknowledge=name, version=None)
            del versions[name]
            continue
        if what == "revise" and names:
            chosen = {name: versions[name] + 1 for name in chance.sample(names, min(len(names), chance.randint(1, 2)))}
        else:
            made += 1
            chosen = {f"n{chance.getrandbits(40):x}-{made}": 1 for _ in range(chance.randint(1, 3))}
        for name, version in chosen.items():
            say(intend=name, version=version)
        drafts = [Draft(text=text_of(n, v), title=f"{n} v{v}", source_name=n) for n, v in chosen.items()]
        for added in indexer.add(drafts):
            name, _, version = added.article.title.partition(" v")
            say(acknowledge=name, version=int(version))
            versions[name] = int(version)


def build(home: Path, embedder: Embedder) -> Iterator[None]:
    """Make an index for the model, a batch a yield."""
    fingerprint = embedder.fingerprint
    with closing(NextIndex(home / "next", archive_file=home / "archive.sqlite3", embedder=fingerprint)) as next_index:
        for _ in build_next(next_index, embedder):
            yield


def work(order: dict[str, Any], models: Mapping[str, Embedder], phase: Phase) -> None:
    """Be a worker; the process group is what is killed, the child process that builds an index included."""
    with Path(order["phase_file"]).open("r+b") as stream:
        phase.shared = mmap.mmap(stream.fileno(), 1)
    if order["restless"]:
        make_restless()
    home = Path(order["home"])
    chance = random.Random(order["seed"])
    ArchiveLock(home)
    while True:
        with opened(home, models, phase, waits_for_index=order["waits_for_index"]) as (
            archive,
            index,
            indexer,
            embedder,
        ):
            phase.set("checking")
            versions, wrong = check(home, archive, index)
            phase.set("idle")
            say(found=versions, wrong=wrong, mended=archive.fact("vector_index_mended"))
            (other,) = (model for model in models.values() if model is not embedder)
            writing, building = write(archive, indexer, versions, chance), build(home, other)
            going = True
            while going:
                if chance.random() < order["reindexes"]:
                    phase.set("reindexing")
                    going = next(building, "whole") != "whole"
                else:
                    next(writing)


def make_restless() -> None:
    """Let Chroma write the HNSW files of new collections every few passages instead of every thousand."""
    from chromadb.api.client import Client

    create = Client.get_or_create_collection
    often = {"hnsw": {**_HNSW, "sync_threshold": 6, "batch_size": 3}}
    Client.get_or_create_collection = lambda *args, **kwargs: create(*args, **{**kwargs, "configuration": often})  # type: ignore[method-assign]


def main() -> None:
    """Load everything once, on one core so that no thread is started before the forks; then fork a worker a line."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    # What Chroma would import when it is opened; none of it starts a thread before that.
    import chromadb.api.rust
    import chromadb.telemetry.product.posthog  # noqa: F401
    import torch

    torch.set_num_threads(1)
    embedder = load_embedder()
    models = {model.fingerprint.name: model for model in (embedder, Halved(embedder))}
    os.sched_setaffinity(0, cores)
    phase = Phase()
    note_phases(phase)
    say(loaded=True)
    for line in sys.stdin:
        order = json.loads(line)
        worker = os.fork()
        if worker == 0:
            os.setpgid(0, 0)
            try:
                work(order, models, phase)
            except BaseException:
                say(failed=traceback.format_exc())
            os._exit(1)
        say(pid=worker)
        os.waitpid(worker, 0)
        say(dead=worker)


if __name__ == "__main__":
    main()
