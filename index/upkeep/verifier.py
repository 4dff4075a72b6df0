"""Verifying an archive's file, and mending what can be derived again."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from onrecord.index.archive.connection import check_not_empty, explain
from onrecord.index.errors import ArchiveError, VectorIndexMissing

_MAX_LISTED = 20
"""Faults of one kind that are listed; all are counted."""
_BATCH_ROWS = 4096
"""Rows read at a time."""
_MAX_LENGTH_ERROR = 0.01
"""Difference between a vector's length and 1; half precision accounts for a thousandth."""
_WAITING = "articles_to_index_again"

# Each statement finds faults: a row is a fault in words and the id of the article that has it, if any.
_SLICES = {
    "passages": (
        "SELECT 'passage ' || p.id || ' is no slice of article ' || a.id, a.id FROM passages p JOIN articles a "
        "ON a.number = p.article WHERE NOT (p.start >= 0 AND p.start < p.end AND p.end <= length(a.text))",
        "SELECT 'passage ' || id || ' overlaps another one of article ' || article, article FROM "
        "(SELECT p.id AS id, a.id AS article, p.start AS start, "
        "lag(p.end) OVER (PARTITION BY p.article ORDER BY p.start, p.id) AS before "
        "FROM passages p JOIN articles a ON a.number = p.article) WHERE start < before",
    ),
    "sentences": (
        "SELECT 'a sentence at ' || s.start || '–' || s.end || ' is not inside passage ' || p.id, a.id "
        "FROM sentences s JOIN passages p ON p.id = s.passage JOIN articles a ON a.number = p.article "
        "WHERE NOT (s.start >= p.start AND s.start < s.end AND s.end <= p.end)",
        "SELECT 'a sentence is of passage ' || passage || ', which is not there', NULL FROM sentences "
        "WHERE passage NOT IN (SELECT id FROM passages)",
    ),
    "quotations": (
        "SELECT 'quotation ' || q.id || ' is no slice of article ' || a.id, a.id FROM quotations q JOIN articles a "
        "ON a.number = q.article WHERE NOT (q.start >= 0 AND q.start < q.end AND q.end <= length(a.text))",
        "SELECT 'quotation ' || q.id || ' is not in its passage', a.id FROM quotations q JOIN passages p "
        "ON p.id = q.passage JOIN articles a ON a.number = q.article "
        "WHERE p.article != q.article OR q.start >= p.end OR q.end <= p.start",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check of one kind of record: how many there are, and what is wrong with them."""

    name: str
    checked: int
    faults: int = 0
    listed: tuple[str, ...] = ()
    skipped: str | None = None
    """Why it was not checked, or None if it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of all checks; a damaged article has a sound text, but records made from it are faulty."""

    checks: tuple[Check, ...]
    damaged: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was found wrong."""
        return not any(check.faults for check in self.checks)


class Verifier:
    """A check of an archive's file, which another process may serve meanwhile; mending needs the owner's lock."""

    def __init__(self, file: Path) -> None:
        """Open an existing archive's file."""
        self._file = file

    def verify(self, vectors: Callable[[], str | None] | str) -> Report:
        """Check everything. `vectors` returns what is wrong with the vector index, or is the reason not to check it."""
        damaged: dict[str, None] = {}
        with self._opened() as db:
            checks = [
                _check("database", lambda: _database(db)),
                _check("texts", lambda: _texts(db)),
                *(_check(name, lambda name=name: _slices(db, name, damaged)) for name in _SLICES),  # type: ignore[misc]
                _check("vectors", lambda: _vectors(db, damaged)),
                _check("words", lambda: _words(db)),
                _check("copies", lambda: _copies(db)),
                _check("revisions", lambda: _revisions(db)),
                _check("unfinished repairs", lambda: _waiting(db, damaged)),
            ]
            checks.append(_check_vector_index(db, vectors))
        return Report(checks=tuple(checks), damaged=tuple(damaged))

    def mend(self, report: Report) -> None:
        """Mend what the file alone allows; delete what is wrong with the damaged articles.

        The caller owns the archive, and then indexes again the articles that `waiting` names.
        """
        with self._opened() as db:
            if any(check.faults for check in report.checks if check.name == "database"):
                _try(db, "REINDEX")
            db.execute("BEGIN IMMEDIATE")
            db.execute("DELETE FROM passages WHERE article NOT IN (SELECT number FROM articles)")
            db.execute("DELETE FROM quotations WHERE article NOT IN (SELECT number FROM articles)")
            db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (_WAITING, json.dumps(report.damaged)))
            numbers = "(SELECT number FROM articles WHERE id IN (SELECT value FROM json_each(?)))"
            for table in ("quotations", "passages"):
                db.execute(f"DELETE FROM {table} WHERE article IN {numbers}", (json.dumps(report.damaged),))
            db.execute("DELETE FROM sentences WHERE passage NOT IN (SELECT id FROM passages)")
            db.execute("DELETE FROM quotations WHERE passage NOT NULL AND passage NOT IN (SELECT id FROM passages)")
            for table in ("stories", "story_keys", "copies", "revisions") if _has_copies(db) else ():
                db.execute(f"DELETE FROM {table} WHERE article NOT IN (SELECT number FROM articles)")
            if any(check.faults for check in report.checks if check.name == "copies"):
                # The next opening of the archive finds the copies again.
                db.execute(f"DELETE FROM stories WHERE article IN ({_ONE_SIDED})")
                db.execute(f"DELETE FROM copies WHERE article IN ({_ONE_SIDED})")
            for number, _ in list(_wrong_revisions(db)):
                db.execute("DELETE FROM revisions WHERE rowid = ?", (number,))
            # The content of the word index may be what was wrong, so it is rebuilt in any case.
            db.execute("INSERT INTO words (words) VALUES ('rebuild')")
            db.execute("COMMIT")

    def waiting(self) -> list[str]:
        """Return the ids of the articles that wait to be indexed again."""
        with self._opened() as db:
            return _waiting_ids(db)

    def done(self) -> None:
        """Note that no article waits any more."""
        with self._opened() as db:
            db.execute("DELETE FROM facts WHERE name = ?", (_WAITING,))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            check_not_empty(self._file)
            db = sqlite3.connect(
                f"{self._file.absolute().as_uri()}?mode=rw", uri=True, timeout=30, isolation_level=None
            )
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(f"Cannot open the archive {self._file}: {error}.") from error
        try:
            db.execute("PRAGMA foreign_keys = ON")
            yield db
        except sqlite3.Error as error:
            raise explain(error, self._file) or ArchiveError(
                f"The archive {self._file} cannot be mended: {error}. Restore a copy with `onrecord restore`."
            ) from error
        finally:
            db.close()


_Found = tuple[int, Iterable[str]]
"""How many were looked at, and each fault."""


def _check(name: str, look: Callable[[], _Found]) -> Check:
    """Count and list the faults; a check that SQLite cannot finish is a fault."""
    checked, faults, listed = 0, 0, []
    try:
        checked, found = look()
        for fault in found:
            faults += 1
            if faults <= _MAX_LISTED:
                listed.append(fault)
    except sqlite3.Error as error:
        faults += 1
        listed.append(f"SQLite says: {error}")
    return Check(name=name, checked=checked, faults=faults, listed=tuple(listed))


def _database(db: sqlite3.Connection) -> _Found:
    def faults() -> Iterator[str]:
        yield from (str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok")
        for table, _, parent, _ in db.execute("PRAGMA foreign_key_check"):
            yield f"a row of {table} belongs to one of {parent} that is not there"

    return int(db.execute("PRAGMA page_count").fetchone()[0]), faults()


def _texts(db: sqlite3.Connection) -> _Found:
    def faults() -> Iterator[str]:
        # The text is read as bytes, because a damaged text may not be UTF-8.
        for article, known, text in db.execute("SELECT id, content_sha256, CAST(text AS BLOB) FROM articles"):
            if hashlib.sha256(text).hexdigest() != known:
                yield (
                    f"the text of article {article} is not the one that was archived; "
                    f"remove it (`onrecord remove {article}`) and add it again"
                )

    return _count(db, "articles"), faults()


def _slices(db: sqlite3.Connection, name: str, damaged: dict[str, None]) -> _Found:
    def faults() -> Iterator[str]:
        for statement in _SLICES[name]:
            for fault, article in db.execute(statement):
                if article is not None:
                    damaged[article] = None
                yield str(fault)

    return _count(db, name), faults()


def _vectors(db: sqlite3.Connection, damaged: dict[str, None]) -> _Found:
    (known,) = db.execute("SELECT value FROM facts WHERE name = 'embedder'").fetchone() or (None,)
    dimension = int(json.loads(known)["dimension"]) if known else None

    def faults() -> Iterator[str]:
        for what, statement in (
            ("passage", "SELECT p.id, p.article, p.vector FROM passages p"),
            (
                "a sentence of passage",
                "SELECT p.id, p.article, s.vector FROM sentences s JOIN passages p ON p.id = s.passage",
            ),
        ):
            rows = db.execute(statement)
            while batch := rows.fetchmany(_BATCH_ROWS):
                size = -1 if dimension is None else 2 * dimension
                wrong = [(row, "has not the model's dimension") for row in batch if len(row[2]) != size]
                right = [row for row in batch if len(row[2]) == size]
                matrix = np.frombuffer(b"".join(row[2] for row in right), dtype=np.float16).astype(np.float32)
                with np.errstate(invalid="ignore", over="ignore"):
                    lengths = np.linalg.norm(matrix.reshape(len(right), -1 if right else 0), axis=1)
                # Negated, so that a length that is not a number counts as wrong.
                bad = np.flatnonzero(~(np.abs(lengths - 1) <= _MAX_LENGTH_ERROR))
                wrong += [(right[place], "is no unit vector") for place in bad]
                for (number, article, _), fault in wrong:
                    (name,) = db.execute("SELECT id FROM articles WHERE number = ?", (article,)).fetchone() or (None,)
                    if name is not None:
                        damaged[name] = None
                    yield f"the vector of {what} {number} {fault}"

    return _count(db, "passages") + _count(db, "sentences"), faults()


def _words(db: sqlite3.Connection) -> _Found:
    def faults() -> Iterator[str]:
        for fault, statement in (
            ("passage {} is not in the word index", "SELECT id FROM passages EXCEPT SELECT id FROM words_docsize"),
            (
                "the word index has passage {}, which is not there",
                "SELECT id FROM words_docsize EXCEPT SELECT id FROM passages",
            ),
        ):
            yield from (fault.format(row[0]) for row in db.execute(statement))
        try:
            # With rank 1 FTS5 compares the index with every text of the content table.
            db.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            yield f"the word index does not agree with the texts: {error}"

    return _count(db, "passages"), faults()


_ONE_SIDED = """
SELECT article FROM copies one WHERE copy NOT IN (SELECT article FROM stories)
    OR NOT EXISTS (SELECT 1 FROM copies other WHERE other.article = one.copy AND other.copy = one.article)
"""


def _copies(db: sqlite3.Connection) -> _Found:
    if not _has_copies(db):
        return 0, []

    def faults() -> Iterator[str]:
        for fault, statement in (
            (
                "article {} was never compared with the others",
                "SELECT id FROM articles WHERE number NOT IN (SELECT article FROM stories)",
            ),
            (
                "article {} is a copy of one that does not know of it",
                f"SELECT id FROM articles WHERE number IN ({_ONE_SIDED})",
            ),
        ):
            yield from (fault.format(row[0]) for row in db.execute(statement))

    return _count(db, "copies") // 2, faults()


def _revisions(db: sqlite3.Connection) -> _Found:
    if not _has_copies(db):
        return 0, []
    faults = (
        f"an earlier text of article {article} is not the one that was archived" for _, article in _wrong_revisions(db)
    )
    return _count(db, "revisions"), faults


def _wrong_revisions(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    if not _has_copies(db):
        return
    rows = db.execute(
        "SELECT revisions.rowid, id, revisions.content_sha256, CAST(revisions.text AS BLOB) FROM revisions "
        "JOIN articles ON number = article"
    )
    yield from ((row[0], row[1]) for row in rows if hashlib.sha256(row[3]).hexdigest() != row[2])


def _has_copies(db: sqlite3.Connection) -> bool:
    """Say whether the archive has tables of copies and revisions, which the oldest archives lack."""
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'revisions'").fetchone() is not None


def _waiting(db: sqlite3.Connection, damaged: dict[str, None]) -> _Found:
    ids = _waiting_ids(db)
    damaged.update(dict.fromkeys(ids))
    return len(ids), [f"article {article} waits to be indexed again" for article in ids]


def _waiting_ids(db: sqlite3.Connection) -> list[str]:
    row = db.execute("SELECT value FROM facts WHERE name = ?", (_WAITING,)).fetchone()
    return [str(article) for article in json.loads(row[0])] if row else []


def _check_vector_index(db: sqlite3.Connection, find_fault: Callable[[], str | None] | str) -> Check:
    name = "vector index"
    if isinstance(find_fault, str):
        return Check(name=name, checked=0, skipped=find_fault)

    def look() -> _Found:
        fault = find_fault()
        return _count(db, "passages"), [] if fault is None else [fault]

    try:
        return _check(name, look)
    except VectorIndexMissing as error:
        return Check(name=name, checked=0, skipped=str(error))


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _try(db: sqlite3.Connection, statement: str) -> None:
    """Run a statement that may help; its failure does no harm."""
    with suppress(sqlite3.Error):
        db.execute(statement)
