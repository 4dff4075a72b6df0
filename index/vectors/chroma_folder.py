"""The folder of the vector index: opened only if it was closed in good order, and otherwise built anew."""

import logging
import shutil
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.errors import ArchiveError, OnRecordError, VectorIndexMissing
from onrecord.index.text.timestamps import now_in_utc
from onrecord.index.vectors.chroma_index import ChromaIndex, describe
from onrecord.index.vectors.current_index import CurrentIndex
from onrecord.index.vectors.index_builder import start_build
from onrecord.index.vectors.reconciliation import Reconciled, find_difference, reconcile
from onrecord.index.vectors.seal import check_seal, seal
from onrecord.index.vectors.vector_index import VectorIndex

_log = logging.getLogger(__name__)

_MAX_REPLACED_SHARE = 0.2
"""Share of the passages that may be removed before the index is built anew: then a search still finds .994 of the ten
nearest, and .978 after half of them. docs/measurements.md has the figures."""
_MIN_WORN_PASSAGES = 10_000
"""Passages in an index in which removals matter; Chroma looks through nearly all of a smaller one."""
_CHECK_EVERY_SECONDS = 30.0
"""A thread checks this often whether too much was removed, so a short command never starts a build."""
_BUILD_AFTER_SECONDS = 5.0
"""A missing index is built this long after the opening: a short command has ended by then, and a service has loaded
its models."""

# Facts of the archive.
_SEAL = "vector_seal"
"""The token of the folder's seal; `_OPEN` while the folder is open; `_NONE` if the next index is yet to be built."""
_OPEN, _NONE = "open", ""
_REMOVED_BEFORE = "vectors_made"
"""How many passages had been removed from the archive when the index was built."""
_MENDED = "vector_index_mended"
"""The last trouble with the index: when, what and why."""

_ABSENT = "its folder is not there"
_CHANGED = "a file of its folder was changed or lost since it was closed"
_NOT_CLOSED = "it was not closed in good order"


class ChromaFolder:
    """A folder whose vector index can be trusted.

    Closing the index seals the folder, and the next process opens it as long as the seal holds. After an unclean end,
    or where a file was changed, Chroma's native code could crash on what is there. So such a folder is never opened: it
    is deleted, and a child process builds the index from the archive's vectors while searches do without. An index from
    which much was removed is built anew in the same way, beside the one that is in use.
    """

    def __init__(
        self,
        folder: Path,
        *,
        archive: SqliteArchive,
        min_worn_passages: int = _MIN_WORN_PASSAGES,
        check_every_seconds: float = _CHECK_EVERY_SECONDS,
        build_after_seconds: float = _BUILD_AFTER_SECONDS,
    ) -> None:
        """Start checking the folder now, in a thread, while the caller loads a model."""
        self._folder = folder
        self._next_folder = folder.with_name(f"{folder.name}.new")
        self._archive = archive
        self._min_worn_passages = min_worn_passages
        self._check_every_seconds = check_every_seconds
        self._build_after_seconds = build_after_seconds
        self._index: ChromaIndex | None = None
        self._closed = threading.Event()
        self._maintainer: threading.Thread | None = None
        self._checker = ThreadPoolExecutor(1, thread_name_prefix="vector-folder")
        self._state = self._checker.submit(check_seal, folder, archive.fact(_SEAL))

    def open(self) -> CurrentIndex:
        """Return the index in line with the archive, or a `CurrentIndex` without one, which is about to be built.

        Trouble is logged and noted in the archive, once. Raise `ArchiveError` if a damaged folder cannot be deleted.
        """
        state = self._state.result()
        self._checker.shutdown()
        shutil.rmtree(self._next_folder, ignore_errors=True)
        _, passages = self._archive.passages.state()
        if state == "sealed":
            self._open_sealed()
        elif not passages:
            self._delete()
            self._open_index()
        elif self._archive.fact(_SEAL) == _NONE:
            self._delete()
        else:
            self._discard({"absent": _ABSENT, "changed": _CHANGED}.get(state, _NOT_CLOSED))
        current = CurrentIndex(self._index)
        self._maintainer = threading.Thread(
            target=self._maintain, args=(current,), name="vector-maintainer", daemon=True
        )
        self._maintainer.start()
        return current

    def close(self) -> None:
        """Close the index and seal its folder, unless Chroma failed to write to it: then the next start builds anew."""
        self._checker.shutdown(cancel_futures=True)
        self._closed.set()
        if self._maintainer is not None:
            self._maintainer.join()
        if self._index is None:
            return
        failed = self._index.failed
        self._index.close()
        self._index = None
        if failed:
            return
        token = uuid.uuid4().hex
        try:
            seal(self._folder, token)
            self._archive.set_fact(_SEAL, token)
        except OSError as error:
            _log.warning("The vector index could not be sealed, so the next start builds it anew: %s", error)

    def _open_sealed(self) -> None:
        try:
            mended = self._open_index()
        except (KeyboardInterrupt, SystemExit, OnRecordError):
            raise
        except BaseException as error:  # A panic in Rust is no Exception.
            self._discard(f"Chroma says: {describe(error)}")
        else:
            if mended.added or mended.removed:
                what = f"it was out of step: {mended.added} passages added, {mended.removed} removed"
                _log.warning("The vector index was mended: %s.", what)
                self._note(what)

    def _open_index(self) -> Reconciled:
        # From now on the seal in the folder counts for nothing, until the folder is closed and sealed again.
        self._archive.set_fact(_SEAL, _OPEN)
        self._index = ChromaIndex(self._folder, archive_id=self._archive.id)
        if not self._index.count():
            self._archive.set_fact(_REMOVED_BEFORE, str(self._removed()))
        return reconcile(self._archive, self._index)

    def _discard(self, why: str) -> None:
        _, passages = self._archive.passages.state()
        _log.warning(
            "The vector index cannot be used: %s. It is rebuilt in the background from %d vectors of the archive; "
            "searches compare every vector meanwhile.",
            why,
            passages,
        )
        self._note(f"being rebuilt from {passages} vectors of the archive: {why}")
        # This comes before the folder is deleted: if the process is killed in between, the next start knows that the
        # folder was given up.
        self._archive.set_fact(_SEAL, _NONE)
        self._delete()

    def _note(self, what: str) -> None:
        self._archive.set_fact(_MENDED, f"{now_in_utc()}: {what}")

    def _delete(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None
        try:
            if self._folder.is_dir():
                shutil.rmtree(self._folder)
            else:
                self._folder.unlink(missing_ok=True)
        except OSError as error:
            raise ArchiveError(
                f"Cannot delete {self._folder}, which is damaged: {error.strerror or error}. "
                "Delete it; it holds nothing that the archive does not."
            ) from error

    # Building

    def _maintain(self, current: CurrentIndex) -> None:
        """Build the index where there is none or it is worn, until the folder is closed or a build fails."""
        try:
            if self._index is None and not self._closed.wait(self._build_after_seconds):
                self._build(current)
            while self._index is not None and not self._closed.wait(self._check_every_seconds):
                if (self._index.failed or self._is_worn()) and not self._build(current):
                    return
        except Exception:
            _log.exception(
                "The vector index could not be built; searches go on without a new one until the next start."
            )

    def _is_worn(self) -> bool:
        _, passages = self._archive.passages.state()
        removed = self._removed() - self._removed_before()
        return passages >= self._min_worn_passages and removed > _MAX_REPLACED_SHARE * passages

    def _removed(self) -> int:
        """Count the passages that were ever removed: their ids are not used again."""
        last, passages = self._archive.passages.state()
        return last - passages

    def _removed_before(self) -> int:
        return int(self._archive.fact(_REMOVED_BEFORE) or 0)

    def _build(self, current: CurrentIndex) -> bool:
        """Build an index beside the folder and put it in its place; return whether that was done."""
        removed = self._removed()
        shutil.rmtree(self._next_folder, ignore_errors=True)
        try:
            with start_build(self._next_folder, self._archive.file) as child:
                while child.poll() is None and not self._closed.wait(0.1):
                    pass
                if self._closed.is_set():
                    child.kill()
                    return False
            if child.returncode:
                _log.warning(
                    "Building the vector index failed (exit code %d); %s until the next start.",
                    child.returncode,
                    "searches compare every vector" if self._index is None else "the old one stays in use",
                )
                return False
            current.exchange(lambda: self._put_in_place(removed))
        finally:
            shutil.rmtree(self._next_folder, ignore_errors=True)
        _log.info("The vector index was built anew and is in use.")
        return True

    def _put_in_place(self, removed: int) -> VectorIndex:
        """Exchange the folders; if the process is killed meanwhile, the next one builds the index.

        `removed` is the number of passages that had been removed when the build began.
        """
        self._delete()
        self._next_folder.rename(self._folder)
        self._open_index()
        self._archive.set_fact(_REMOVED_BEFORE, str(removed))
        if mended := self._archive.fact(_MENDED):
            self._archive.set_fact(_MENDED, mended.replace(": being rebuilt", ": rebuilt", 1))
        assert self._index is not None
        return self._index


def verify_folder(folder: Path, archive: SqliteArchive) -> str | None:
    """Say what is wrong with the folder's index, every id and vector compared; mend nothing.

    The caller owns the archive and does not have the folder open. Raise `VectorIndexMissing` if the index is not opened
    again, because the next start builds it anew.
    """
    token = archive.fact(_SEAL)
    if not archive.passages.state()[1]:
        return None
    if token == _NONE:
        raise VectorIndexMissing("there is none yet; a running `onrecord serve` builds it")
    match check_seal(folder, token):
        case "absent":
            return _ABSENT
        case "changed":
            return _CHANGED
        case "sealed" if token:
            try:
                with closing(ChromaIndex(folder, archive_id=archive.id)) as index:
                    difference = find_difference(index, archive)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # A panic in Rust is no Exception.
                return f"Chroma says: {describe(error)}"
            # Opening an index may be enough for Chroma to write to its files.
            seal(folder, token)
            return difference
        case _:
            raise VectorIndexMissing(f"{_NOT_CLOSED}; a running `onrecord serve` builds it anew")
