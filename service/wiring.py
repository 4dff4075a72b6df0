"""The parts of the service, chosen by the settings and put together; only this file names concrete classes."""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive, open_to_read
from onrecord.index.archive.lock import ArchiveLock
from onrecord.index.articles.indexer import Indexer
from onrecord.index.errors import ArchiveDamaged, ArchiveInUse, ArchiveUnwritable
from onrecord.index.fallback import Fallback
from onrecord.index.search.quotation_finder import QuotationFinder
from onrecord.index.search.retriever import Retriever
from onrecord.index.search.speaker_finder import SpeakerFinder
from onrecord.index.search.trust import Trust
from onrecord.index.text.embedder import Embedder, load_embedder
from onrecord.index.upkeep.next_index import read_next
from onrecord.index.upkeep.reindexer import take_over
from onrecord.index.vectors.chroma_folder import ChromaFolder
from onrecord.index.vectors.chroma_server import ChromaServer
from onrecord.index.vectors.current_index import CurrentIndex
from onrecord.index.vectors.replicator import Replicator
from onrecord.index.vectors.vector_index import VectorIndex
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.evidence.calibration import Calibration, own_calibration, stored_calibration
from onrecord.service.answers.evidence.evidence_finder import EvidenceFinder
from onrecord.service.answers.evidence.judge import Judge, load_judge_weights
from onrecord.service.answers.evidence.ranker import Ranker, load_weights
from onrecord.service.answers.evidence.readers.chosen_reader import choose_reader
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.answers.evidence.reranker import Reranker, load_reranker, reranker_files
from onrecord.service.answers.evidence.weights import shipped_file
from onrecord.service.answers.prompts import load_prompts
from onrecord.service.answers.prose.backends.backend import Backend
from onrecord.service.answers.prose.backends.open_backend import open_backend
from onrecord.service.answers.prose.gate.factuality.parser import SpacyParser
from onrecord.service.answers.prose.gate.support_model import load_support
from onrecord.service.answers.prose.generative_answerer import GenerativeAnswerer
from onrecord.service.answers.quoting.extractive_answerer import ExtractiveAnswerer
from onrecord.service.answers.quoting.suggestions import Suggester
from onrecord.service.answers.work_queue import WorkQueue
from onrecord.service.settings import Settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the service, open and connected."""

    embedder: Embedder
    archive: SqliteArchive
    vector_index: VectorIndex
    indexer: Indexer
    retriever: Retriever
    speakers: SpeakerFinder
    quotations: QuotationFinder
    evidence: EvidenceFinder
    answerer: ExtractiveAnswerer
    answering: Answering
    questions: WorkQueue
    """The queue of questions, with a thread for each core, as more would only wait for each other."""
    additions: WorkQueue
    """The queue of articles that are added or removed; while a thread embeds a long one, another adds short ones."""
    readings: WorkQueue
    """The queue of what is only read from the archive."""
    self_asked: WorkQueue
    """The queue of the questions that the service asks itself to see whether it can answer."""
    suggester: Suggester
    fallback: Fallback
    """The way on without parts that fail, with the number of their failures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingParts:
    """The parts that answer without owning the archive and without abstaining, for measurements."""

    archive: SqliteArchive
    retriever: Retriever
    speakers: SpeakerFinder
    answerer: ExtractiveAnswerer


def archive_file(home: Path) -> Path:
    """Return the file of the store of record in the archive's folder."""
    return home / "archive.sqlite3"


def vectors_folder(home: Path) -> Path:
    """Return the folder of the vector index in the archive's folder."""
    return home / "vectors"


def next_folder(home: Path) -> Path:
    """Return the folder, in the archive's folder, of an index that is being built for another model."""
    return home / "next"


@contextmanager
def open_parts(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    reader: Reader | None = None,
    backend: Backend | None = None,
    reads: bool = False,
    writes_prose: bool = False,
) -> Iterator[Parts]:
    """Take the archive, open all parts on it, and close them at the end of the `with` block.

    Embedder, reader and, if `writes_prose` is true, language model are loaded as the settings say, unless they are
    given. An index that `onrecord reindex` has built for the model replaces the old one first. If `reads` is true, an
    archive that nobody can write is opened too, and with a Chroma server in the settings also one that another process
    owns; adding or removing then raises `ArchiveUnwritable` or `ArchiveReadOnly`.

    Raise `ArchiveInUse`, `ArchiveError`, `EmbedderError`, `EmbedderMismatch`, `ReaderError`, `BackendError` or
    `InvalidPrompt` if a part cannot be opened.
    """
    prompts, weights = load_prompts(), load_weights()
    home, model = settings.home, embedder
    with ExitStack() as stack:
        if reads and settings.chroma_url is not None:
            # A process that owns the archive for one question has ended by the time the model is loaded.
            model = model or load_embedder(settings.embedder)
        check_not_lost(home)
        lock = _own(home, reads=reads, beside=settings.chroma_url is not None)
        if lock is not None:
            stack.callback(lock.release)
        archive = stack.enter_context(closing(_open(archive_file(home), owned=lock is not None, reads=reads)))
        if not archive.read_only:
            if read_next(next_folder(home)):
                model = model or load_embedder(settings.embedder)
                take_over(archive, next_folder(home), vectors_folder(home), model)
            archive.copies.complete()
            archive.resume_erasing()
        trust = Trust(archive=archive, weights=dict(settings.trust))
        folder = server = None
        if settings.chroma_url is None and not archive.read_only:
            # The folder is checked while the model is loaded.
            folder = stack.enter_context(closing(ChromaFolder(vectors_folder(home), archive=archive)))
        model = model or load_embedder(settings.embedder)
        archive.claim(model.fingerprint)
        vector_index: VectorIndex
        if settings.chroma_url is not None:
            vector_index = server = stack.enter_context(closing(ChromaServer(settings.chroma_url, archive=archive)))
        else:
            vector_index = folder.open() if folder is not None else CurrentIndex(None)
        indexer = Indexer(archive=archive, vector_index=vector_index, embedder=model, may_replace=trust.may_replace)
        if server is not None and not archive.read_only:
            stack.enter_context(closing(Replicator(server, archive=archive, reconcile=indexer.reconcile)))
        fallback = Fallback()
        retriever = Retriever(
            archive=archive, vector_index=vector_index, embedder=model, fallback=fallback, trust=trust
        )
        stack.callback(retriever.close)
        # A thread reads the passages while the reader is loaded.
        retriever.read_ahead()
        speakers = SpeakerFinder(archive)
        quotations = QuotationFinder(archive=archive, retriever=retriever, speakers=speakers)
        evidence = EvidenceFinder(
            archive=archive,
            embedder=model,
            retriever=retriever,
            ranker=Ranker(weights),
            judge=_judge(settings, model, reader),
            reranker=_reranker(settings),
            calibration=_own_calibration(archive, settings),
            fallback=fallback,
            trust=trust,
        )
        answerer = ExtractiveAnswerer(evidence=evidence, speakers=speakers, prompts=prompts, is_empty=archive.is_empty)
        questions, additions, readings, self_asked = (
            stack.enter_context(closing(queue)) for queue in _queues(settings)
        )
        generative = None
        backend = backend or (open_backend(settings) if writes_prose else None)
        if backend is not None:
            parser = SpacyParser()
            parser.load_ahead()
            generative = GenerativeAnswerer(
                extractive=answerer,
                evidence=evidence,
                backend=backend,
                embedder=model,
                support_model=load_support(model) if settings.reader != "none" else None,
                parser=parser,
                prompts=prompts,
                budget=settings.llm_passages,
                queue=questions,
                fallback=fallback,
            )
        yield Parts(
            embedder=model,
            archive=archive,
            vector_index=vector_index,
            indexer=indexer,
            retriever=retriever,
            speakers=speakers,
            quotations=quotations,
            evidence=evidence,
            answerer=answerer,
            answering=Answering(extractive=answerer, generative=generative, queue=questions),
            questions=questions,
            additions=additions,
            readings=readings,
            self_asked=self_asked,
            suggester=Suggester(archive=archive, answerer=answerer),
            fallback=fallback,
        )


@contextmanager
def open_reading(settings: Settings, *, embedder: Embedder | None = None) -> Iterator[ReadingParts]:
    """Open an existing archive, also while another process owns it, and compare every vector instead of using Chroma.

    Answers have the confidence that the models give, and none is withheld. Raise `ArchiveError`, `EmbedderError`,
    `EmbedderMismatch` or `ReaderError` if a part cannot be opened.
    """
    with closing(open_to_read(archive_file(settings.home))) as archive:
        model = embedder or load_embedder(settings.embedder)
        archive.claim(model.fingerprint)
        retriever = Retriever(archive=archive, vector_index=None, embedder=model)
        speakers = SpeakerFinder(archive)
        evidence = EvidenceFinder(
            archive=archive,
            embedder=model,
            retriever=retriever,
            ranker=Ranker(load_weights()),
            judge=_judge(settings, model, None),
            reranker=_reranker(settings),
            calibration=Calibration(threshold=0.0),
        )
        answerer = ExtractiveAnswerer(
            evidence=evidence, speakers=speakers, prompts=load_prompts(), is_empty=archive.is_empty
        )
        yield ReadingParts(archive=archive, retriever=retriever, speakers=speakers, answerer=answerer)


def shipped_calibration(settings: Settings) -> Calibration:
    """Return the calibration of an archive that has none of its own."""
    weights = load_weights() if settings.reader == "none" else load_judge_weights(choose_reader(settings.reader).judge)
    return Calibration(threshold=weights.threshold)


def _own_calibration(archive: SqliteArchive, settings: Settings) -> Calibration | None:
    calibration = own_calibration(archive, weight_files(settings))
    if calibration is None and stored_calibration(archive):
        _log.warning("The archive's calibration was made with other models and is not used; see onrecord calibrate.")
    return calibration


def _queues(settings: Settings) -> tuple[WorkQueue, WorkQueue, WorkQueue, WorkQueue]:
    """Return the queues of questions, of additions and removals, of readings and of self-asked questions."""
    waiting, question_seconds = settings.max_waiting, settings.question_timeout
    return (
        # A question that waits for half of its time still has the other half to be answered in.
        WorkQueue("questions", threads=os.cpu_count() or 1, max_waiting=waiting, patience_seconds=question_seconds / 2),
        WorkQueue("additions", threads=2, max_waiting=waiting, patience_seconds=settings.add_timeout),
        WorkQueue("readings", threads=4, max_waiting=2 * waiting, patience_seconds=question_seconds / 2),
        WorkQueue("self-asked questions", threads=1, max_waiting=1, patience_seconds=question_seconds),
    )


def weight_files(settings: Settings) -> list[Path]:
    """Return the files with the weights of the models that a confidence comes from, the embedder's excepted.

    Raise `ReaderError` or `RerankerError` if the settings name a model that cannot be found.
    """
    files = [shipped_file("ranker.json")]
    if settings.reader != "none":
        chosen = choose_reader(settings.reader)
        files += [shipped_file(chosen.judge), *chosen.files]
    if settings.reranker != "none":
        files += reranker_files(settings.reranker)
    return files


def _judge(settings: Settings, embedder: Embedder, reader: Reader | None) -> Judge | None:
    if settings.reader == "none":
        return None
    chosen = choose_reader(settings.reader)
    return Judge(reader=reader or chosen.load(embedder), weights=load_judge_weights(chosen.judge))


def _reranker(settings: Settings) -> Reranker | None:
    return None if settings.reranker == "none" else load_reranker(settings.reranker)


def check_not_lost(home: Path) -> None:
    """Raise `ArchiveDamaged` if a vector index is there and the archive that it was made from is not."""
    vectors = vectors_folder(home)
    if not archive_file(home).exists() and vectors.is_dir() and any(vectors.iterdir()):
        raise ArchiveDamaged(
            f"There is no archive {archive_file(home)}, but its vector index {vectors} is there, so the archive was "
            "lost or moved. Restore a backup with `onrecord restore FILE`, or delete the index to begin anew."
        )


def _open(file: Path, *, owned: bool, reads: bool) -> SqliteArchive:
    if not owned:
        return SqliteArchive(file, read_only=True)
    return open_to_read(file) if reads else SqliteArchive(file)


def _own(home: Path, *, reads: bool, beside: bool) -> ArchiveLock | None:
    """Take the archive; return None to read it only, if `reads` allows that.

    That is so where nobody can write it, and, if `beside` is true, where another process owns it.
    """
    try:
        return ArchiveLock(home)
    except (ArchiveInUse, ArchiveUnwritable) as error:
        if not reads or not archive_file(home).exists() or (isinstance(error, ArchiveInUse) and not beside):
            raise
        _log.warning("%s This process only reads it.", str(error).partition(". ")[0] + ".")
        return None
