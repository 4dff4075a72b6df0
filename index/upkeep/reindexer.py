"""A change of an archive's embedding model: a new index is built beside the old one and replaces it in one step."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.indexer import Preparer
from onrecord.index.errors import ArchiveError, EmbedderMismatch
from onrecord.index.text.embedder import Embedder, Fingerprint
from onrecord.index.upkeep.next_index import NextIndex, read_next

_log = logging.getLogger(__name__)

_BATCH_ARTICLES = 32
"""Articles embedded together and stored in one transaction; killing the process loses no more than these."""


def build_next(next_index: NextIndex, embedder: Embedder) -> Iterator[tuple[int, int]]:
    """Index the articles that the next index lacks, while the archive may change, and finish it.

    Quotations are read anew. At first and after each batch, yield how many articles are indexed and how many there are.
    """
    preparer = Preparer(embedder)
    yield next_index.progress()
    made = _BATCH_ARTICLES
    # Whole batches of articles may change meanwhile, so repeat. `take_over` indexes the few that are left, when nothing
    # else changes the archive.
    while made >= _BATCH_ARTICLES:
        made = after = 0
        while batch := next_index.outdated(after=after, limit=_BATCH_ARTICLES):
            next_index.put(zip(batch, preparer.prepare([one.draft for one in batch]), strict=True))
            made, after = made + len(batch), batch[-1].number
            yield next_index.progress()
    next_index.finish()


def needs_next(archive_file: Path, next_folder: Path, embedder: Fingerprint) -> bool:
    """Say whether the archive has another model's index, or an index for this model is begun."""
    state = read_next(next_folder)
    if state is not None and state.embedder == embedder:
        return True
    with closing(SqliteArchive(archive_file)) as archive:
        try:
            archive.claim(embedder)
        except EmbedderMismatch:
            return True
    return False


def take_over(archive: SqliteArchive, next_folder: Path, vectors_folder: Path, embedder: Embedder) -> bool:
    """Put the embedder's next index, if there is a finished one, in the place of the archive's; say whether it did.

    The caller owns the archive, and has its vector index not open. Killed at whatever instant, the archive has the one
    index or the other. Raise `ArchiveError`, and `ArchiveInUse` if a process is still making the next index.
    """
    state = read_next(next_folder)
    if state is None or not state.finished or state.embedder != embedder.fingerprint:
        return False
    with closing(NextIndex(next_folder, archive_file=archive.file, embedder=embedder.fingerprint)) as next_index:
        # The last process may have been killed after the switch, but before it deleted the file.
        new = archive.fact("next_index") != state.id
        if new:
            next_index.check()
            for _ in build_next(next_index, embedder):
                pass
            archive.take_over(next_index.file)
            _log.info("The archive has the index that was made for the model %r.", state.embedder.name)
        _remove(vectors_folder)
        next_index.discard()
    return new


def _remove(folder: Path) -> None:
    """Delete the old vector index, whose vectors are another model's."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise ArchiveError(
            f"Cannot delete {folder}, which belongs to the old index: {error.strerror or error}. Delete it."
        ) from error
