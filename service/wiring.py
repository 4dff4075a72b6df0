"""Where the parts are chosen and put together: the one place that names concrete classes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.archive import SqliteArchive
from index.embedder import Embedder, load_embedder
from index.indexer import Indexer
from index.lock import ArchiveLock
from index.next_index import read_next
from index.quotation_finder import QuotationFinder
from index.reindexer import take_over
from index.retriever import Retriever
from index.speaker_index import SpeakerIndex
from index.vector_folder import VectorFolder
from index.vector_index import VectorIndex
from service.evidence import EvidenceFinder
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
    speakers: SpeakerIndex
    quotations: QuotationFinder
    answerer: ExtractiveAnswerer


def archive_file(home: Path) -> Path:
    """Return the store of record's place in the archive's folder."""
    return home / "archive.sqlite3"


def vectors_folder(home: Path) -> Path:
    """Return the vector index's place in the archive's folder."""
    return home / "vectors"


def next_folder(home: Path) -> Path:
    """Return the place, in the archive's folder, of an index that is being made for another model."""
    return home / "next"


@contextmanager
def open_parts(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[Parts]:
    """Own the archive, open everything on it, and close it all at the end.

    An index that `onrecord reindex` has made for the model takes the old one's place first. Raises `ArchiveInUse`,
    `ArchiveError`, `EmbedderError`, `EmbedderMismatch` or `InvalidPrompt`.
    """
    prompts, weights = load_prompts(), load_weights()
    lock = ArchiveLock(settings.home)
    try:
        archive = SqliteArchive(archive_file(settings.home))
        try:
            model = embedder
            if read_next(next_folder(settings.home)):
                model = model or load_embedder(settings.embedder)
                take_over(archive, next_folder(settings.home), vectors_folder(settings.home), model)
            # Examined while the model is loaded.
            vectors = VectorFolder(vectors_folder(settings.home), archive=archive)
            try:
                model = model or load_embedder(settings.embedder)
                archive.claim(model.fingerprint)
                vector_index = vectors.open()
                indexer = Indexer(archive=archive, vector_index=vector_index, embedder=model)
                retriever = Retriever(archive=archive, vector_index=vector_index, embedder=model)
                speakers = SpeakerIndex(archive)
                quotations = QuotationFinder(archive=archive, retriever=retriever, speakers=speakers)
                evidence = EvidenceFinder(archive=archive, embedder=model, retriever=retriever, ranker=Ranker(weights))
                answerer = ExtractiveAnswerer(evidence=evidence, speakers=speakers, prompts=prompts)
                yield Parts(
                    embedder=model,
                    archive=archive,
                    vector_index=vector_index,
                    indexer=indexer,
                    retriever=retriever,
                    speakers=speakers,
                    quotations=quotations,
                    answerer=answerer,
                )
            finally:
                vectors.close()
        finally:
            archive.close()
    finally:
        lock.release()
