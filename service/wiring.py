"""Where the parts are chosen and put together: the one place that names concrete classes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.archive import SqliteArchive
from index.embedder import Embedder, load_embedder
from index.indexer import Indexer
from index.lock import ArchiveLock
from index.retriever import Retriever
from index.vector_index import ChromaIndex, VectorIndex
from service.extractive import ExtractiveAnswerer
from service.prompts import load_prompts
from service.ranker import Ranker, load_weights
from service.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The service's parts, put together."""

    embedder: Embedder
    archive: SqliteArchive
    vector_index: VectorIndex
    indexer: Indexer
    retriever: Retriever
    answerer: ExtractiveAnswerer


def archive_file(home: Path) -> Path:
    """Return the store of record's place in the archive's folder."""
    return home / "archive.sqlite3"


@contextmanager
def open_parts(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[Parts]:
    """Own the archive, open everything on it, and close it all at the end.

    Raises `ArchiveInUse`, `ArchiveError`, `EmbedderError`, `EmbedderMismatch` or `InvalidPrompt`.
    """
    prompts, weights = load_prompts(), load_weights()
    lock = ArchiveLock(settings.home)
    try:
        archive = SqliteArchive(archive_file(settings.home))
        try:
            model = embedder or load_embedder(settings.embedder)
            vector_index = ChromaIndex(settings.home / "vectors", archive_id=archive.id)
            try:
                indexer = Indexer(archive=archive, vector_index=vector_index, embedder=model)
                indexer.reconcile()
                retriever = Retriever(archive=archive, vector_index=vector_index, embedder=model)
                answerer = ExtractiveAnswerer(
                    archive=archive, retriever=retriever, ranker=Ranker(weights), prompts=prompts
                )
                yield Parts(
                    embedder=model,
                    archive=archive,
                    vector_index=vector_index,
                    indexer=indexer,
                    retriever=retriever,
                    answerer=answerer,
                )
            finally:
                vector_index.close()
        finally:
            archive.close()
    finally:
        lock.release()
