"""Whether a Chroma folder is sound, found out in a process of its own: on some damage Chroma's native code dies."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import numpy as np

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.text.embedder import Vector
from onrecord.index.vectors.child_process import end_with_parent, start_child
from onrecord.index.vectors.vector_index import ChromaIndex

_COMPARED = 15_000
_SEARCHED = 500
"""Vectors that are compared with the archive's, and searched for, at most, and beside them some of the newest."""
_NEWEST = 5_000
"""Compared whatever their number: what was written last is what a crash hurts."""
_TOLERATED = 1 / 20
"""Share of the sample that an approximate search may miss: among many near-copies, sound indexes missed 1 in 80."""
_ALIKE = 0.998
"""Cosine of a vector with itself after half precision, both ways."""
_BATCH = 4096


class ReadableIndex(Protocol):
    """What an index tells of itself."""

    def ids(self) -> set[int]:
        """Return every id."""
        ...

    def vectors(self, ids: Sequence[int]) -> dict[int, Vector]:
        """Return the stored vectors of those ids that are there."""
        ...

    def search(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return at most `limit` ids with their cosine, best first."""
        ...


def probe(folder: Path, archive_file: Path, *, complete: bool = False) -> str | None:
    """Say what is wrong with the folder's index of this archive, or None; a process of its own opens it and may die.

    Ids that are missing or stray are no trouble, because they are mended by their difference, unless the index is to be
    `complete`.
    """
    arguments = [str(folder.absolute()), str(archive_file.absolute()), *(["complete"] * complete)]
    # It never outlives the lock.
    with start_child("onrecord.index.vectors.probe", *arguments) as process:
        try:
            # Not communicate(), which would close its standard input. One line is less than a pipe holds.
            process.wait(timeout=60 + archive_file.stat().st_size / 1e6)
            said = process.stdout.read() if process.stdout else b""
        except subprocess.TimeoutExpired:
            process.kill()
            return "opening it did not end"
        except BaseException:
            process.kill()
            raise
    if process.returncode < 0:
        return f"Chroma died opening it ({signal.Signals(-process.returncode).name})"
    try:
        trouble = json.loads(said)["trouble"]
    except (ValueError, KeyError, TypeError):
        return f"Chroma died opening it (exit code {process.returncode})"
    return None if trouble is None else str(trouble)


def find_trouble(folder: Path, archive_file: Path, *, complete: bool = False) -> str | None:
    """Open the folder in this process and say as `probe` does what is wrong with it; may not come back."""
    try:
        # Not read-only: after a crash there may be a journal to be rolled back.
        with closing(sqlite3.connect(f"{(folder / 'chroma.sqlite3').as_uri()}?mode=rw", uri=True)) as database:
            # Chroma reads no page that it does not need, so it would find this out later.
            ((said, *_), *_) = database.execute("PRAGMA quick_check(1)").fetchall()
        if said != "ok":
            return f"its database is damaged ({said})"
        with closing(SqliteArchive(archive_file)) as archive:
            index = ChromaIndex(folder, archive_id=archive.id)
            with closing(index):
                return compare(index, archive, complete=complete)
    except sqlite3.Error as error:
        return f"its database is damaged ({error})"
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # A panic in Rust is no Exception.
        return f"Chroma says: {(str(error).strip() or type(error).__name__).splitlines()[0][:200]}"


def compare(index: ReadableIndex, archive: SqliteArchive, *, complete: bool) -> str | None:
    """Say what is wrong with an open index of the archive; `complete` as for `probe`."""
    wanted, held_ids = set(archive.passage_ids()), index.ids()
    if complete and wanted != held_ids:
        return f"{len(wanted - held_ids)} passages are missing, {len(held_ids - wanted)} are not the archive's"
    ids = sorted(wanted & held_ids)
    if wanted and not ids:
        return "it holds none of the archive's passages"
    compared = ids if complete else _some(ids, _COMPARED, newest=_NEWEST)
    wrong = 0
    for start in range(0, len(compared), _BATCH):
        there, vectors = archive.vectors(compared[start : start + _BATCH])
        stored = index.vectors(there)
        held = [place for place, i in enumerate(there) if i in stored]
        wrong += len(there) - len(held)
        if held:
            rows = np.stack([stored[there[place]] for place in held])
            wrong += int((~(np.einsum("ij,ij->i", rows, vectors[held]) > _ALIKE)).sum())
    if wrong:
        return f"{wrong} of {len(compared)} vectors are not the archive's"
    searched = _some(ids, _SEARCHED, newest=_SEARCHED // 5)
    _, vectors = archive.vectors(searched)
    # The same passage may be there twice, so what counts is that its like is found, not its id.
    found = [index.search(vector, limit=1) for vector in vectors]
    missed = sum(1 for nearest in found if not nearest or nearest[0][1] < _ALIKE)
    if missed > _TOLERATED * len(searched):
        return f"{missed} of {len(searched)} vectors were not found by a search for them"
    return None


def _some(ids: Sequence[int], count: int, *, newest: int) -> list[int]:
    """Return at most `count` of the ids, evenly spread, and the newest."""
    if len(ids) <= count + newest:
        return list(ids)
    older = ids[:-newest]
    return [*older[:: -(-len(older) // count)], *ids[-newest:]]


def main() -> None:
    """Probe the folder and the archive that the arguments name; ends when whoever started it does."""
    end_with_parent()
    folder, archive_file = map(Path, sys.argv[1:3])
    answer = json.dumps({"trouble": find_trouble(folder, archive_file, complete=len(sys.argv) > 3)})
    sys.stdout.write(answer)
    sys.stdout.flush()
    # Not by way of the interpreter's end, where a thread of Chroma's may still be at work.
    os._exit(0)
