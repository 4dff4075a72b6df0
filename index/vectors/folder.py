"""The folder of the vector index: examined before it is opened, thrown away when in doubt, sealed when it is closed."""

import logging
import shutil
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.errors import ArchiveError, OnRecordError
from onrecord.index.vectors.child_process import start_child
from onrecord.index.vectors.probe import probe
from onrecord.index.vectors.renewal import Renewable
from onrecord.index.vectors.seal import break_seal, check_seal, seal
from onrecord.index.vectors.vector_index import ChromaIndex, VectorIndex

_log = logging.getLogger(__name__)

_BATCH = 4096
_WORN = 0.2
"""Share of the passages that may go before the index is made anew: there it finds .994 of the ten nearest;
at half .978. docs/design.md has the figures."""
_LARGE = 10_000
"""Passages; a smaller index is looked through whole in any case."""
_LOOKS = 30.0
"""Seconds between two looks at how many have gone; a command that takes less never begins."""
_MADE = "vectors_made"
"""A fact of the archive: how many passages had gone when the index was made."""
_CHANGED = "a file of its folder was changed or lost since it was closed"

Probe = Callable[[Path, Path], str | None]
"""Say what is wrong with the folder's index of the archive in the file, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How the vector index was brought in line with the archive."""

    added: int
    removed: int


class VectorFolder:
    """Keeps a vector index that can be trusted, or none.

    A folder that was closed in good order carries a seal, and is opened as long as every file is what it was. One
    without (the process was killed, or the folder is a copy) is probed first, in a process of its own. Whatever is not
    sound is deleted: the archive holds every vector. One in which much was replaced is made anew while it is used,
    in a folder beside it.
    """

    def __init__(
        self, folder: Path, *, archive: SqliteArchive, probe: Probe = probe, large: int = _LARGE, looks: float = _LOOKS
    ) -> None:
        """Begin to examine the folder, in a thread of its own; the caller may load a model meanwhile.

        `large`: passages from which on it is worth while to make a worn index anew; `looks`: seconds between two looks.
        """
        self._folder = folder
        self._beside = folder.with_name(f"{folder.name}.new")
        self._archive = archive
        self._probe = probe
        self._large = large
        self._looks = looks
        self._index: ChromaIndex | None = None
        self._ended = threading.Event()
        self._renewer: threading.Thread | None = None
        self._due = archive.fact("vector_seal") == "" and not folder.exists()
        """The archive has been indexed anew, and this index is to be: nothing is mended by that."""
        self._examiner = ThreadPoolExecutor(1, thread_name_prefix="vector-folder")
        self._trouble = self._examiner.submit(self.examine)

    def open(self) -> Renewable:
        """Return the index, in line with the archive; what was wrong with it is logged and noted in the archive."""
        trouble = self._trouble.result()
        self._examiner.shutdown()
        shutil.rmtree(self._beside, ignore_errors=True)
        if trouble is None:
            try:
                mended = self._open()
                if (mended.added or mended.removed) and not self._due:
                    self._note(f"it was out of step: {mended.added} passages added, {mended.removed} removed")
            except (KeyboardInterrupt, SystemExit, OnRecordError):
                raise
            except BaseException as error:  # A panic in Rust is no Exception.
                trouble = f"Chroma says: {(str(error).strip() or type(error).__name__).splitlines()[0][:200]}"
        if trouble is not None:
            # Said before it is done, which takes a minute with 100,000 passages.
            self._note(f"rebuilt from {len(self._archive.passage_ids())} vectors of the archive: {trouble}")
            self._throw_away()
            self._open()
        assert self._index is not None
        renewable = Renewable(self._index)
        self._renewer = threading.Thread(target=self._keep_new, args=(renewable,), name="vector-renewer", daemon=True)
        self._renewer.start()
        return renewable

    def close(self) -> None:
        """Close the index and seal its folder, unless Chroma failed to write to it: then the next start probes it."""
        self._examiner.shutdown(cancel_futures=True)
        self._ended.set()
        if self._renewer is not None:
            self._renewer.join()
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
            self._archive.set_fact("vector_seal", token)
        except OSError as error:
            # It is probed at the next start, as after a crash.
            _log.warning("The vector index could not be sealed: %s", error)

    def examine(self) -> str | None:
        """Say why the folder is not to be opened, or None."""
        match check_seal(self._folder, self._archive.fact("vector_seal")):
            case "absent":
                return "its folder is not there" if self._archive.passage_ids() and not self._due else None
            case "changed":
                return _CHANGED
            case "open":
                return self._probe(self._folder, self._archive.file)
            case _:
                return None

    def _open(self) -> Reconciled:
        break_seal(self._folder)
        self._index = ChromaIndex(self._folder, archive_id=self._archive.id)
        if not self._index.count():
            self._archive.set_fact(_MADE, str(self._gone()))
        return reconcile(self._archive, self._index)

    # Made anew

    def _gone(self) -> int:
        """Count the passages that were ever removed; their ids are not used again."""
        last, there = self._archive.passage_state()
        return last - there

    def _is_worn(self) -> bool:
        _, there = self._archive.passage_state()
        return there >= self._large and self._gone() - self._gone_before() > _WORN * there

    def _gone_before(self) -> int:
        return int(self._archive.fact(_MADE) or 0)

    def _keep_new(self, renewable: Renewable) -> None:
        """Look now and then, until the end or until it fails once."""
        while not self._ended.wait(self._looks):
            try:
                if self._is_worn() and not self._renew(renewable):
                    return
            except Exception:
                _log.exception("The vector index, in which much was replaced, could not be made anew.")
                return

    def _renew(self, renewable: Renewable) -> bool:
        """Make an index beside this one and put it in its place; return whether that was done."""
        gone = self._gone()
        shutil.rmtree(self._beside, ignore_errors=True)
        try:
            with start_child(
                "onrecord.index.vectors.renewal", str(self._beside.absolute()), str(self._archive.file.absolute())
            ) as child:
                while child.poll() is None and not self._ended.wait(0.1):
                    pass
                if self._ended.is_set():
                    child.kill()
                    return False
            if child.returncode:
                _log.warning("Making the vector index anew failed (%d); it stays as it is.", child.returncode)
                return False
            renewable.exchange(self._put_in_place)
        finally:
            shutil.rmtree(self._beside, ignore_errors=True)
        _log.info("The vector index was made anew: %d passages had gone from it.", gone - self._gone_before())
        self._archive.set_fact(_MADE, str(gone))
        return True

    def _put_in_place(self) -> VectorIndex:
        """Exchange the folders; killed meanwhile, the next start finds no folder and makes one."""
        self._throw_away()
        self._beside.rename(self._folder)
        self._open()
        assert self._index is not None
        return self._index

    def _note(self, what: str) -> None:
        _log.warning("The vector index was mended: %s.", what)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._archive.set_fact("vector_index_mended", f"{now}: {what}")

    def _throw_away(self) -> None:
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


def verify_folder(folder: Path, archive: SqliteArchive) -> str | None:
    """Say what is wrong with the folder's index of the archive, down to the last id; mends nothing.

    The caller owns the archive, and has the folder not open.
    """
    token = archive.fact("vector_seal")
    match check_seal(folder, token):
        case "absent":
            return "its folder is not there" if archive.passage_ids() else None
        case "changed":
            return _CHANGED
        case state:
            break_seal(folder)
            trouble = probe(folder, archive.file, complete=True)
            if trouble is None and state == "sealed" and token is not None:
                # Chroma may have written to its files, if only to open them.
                seal(folder, token)
            return trouble


def reconcile(archive: SqliteArchive, vector_index: VectorIndex) -> Reconciled:
    """Bring the vector index in line with the archive, from the archive's own vectors, without embedding again."""
    wanted, there = set(archive.passage_ids()), vector_index.ids()
    stray, missing = there - wanted, sorted(wanted - there)
    vector_index.remove(stray)
    for start in range(0, len(missing), _BATCH):
        vector_index.upsert(*archive.vectors(missing[start : start + _BATCH]))
    return Reconciled(added=len(missing), removed=len(stray))
