"""An index for another embedding model, kept in a file beside the archive until it is whole."""

import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from onrecord.index.archive.archive import IndexedArticle
from onrecord.index.archive.database import FORMAT, make_private, statements_in, transaction
from onrecord.index.archive.lock import ArchiveLock, live_owner_of
from onrecord.index.archive.tables.passage_table import insert_passage
from onrecord.index.archive.tables.quotation_table import insert_quotations
from onrecord.index.errors import ArchiveError, ArchiveInUse
from onrecord.index.text.embedder import Fingerprint
from onrecord.index.values import METADATA, Draft

_TABLES = ("facts", "passages", "sentences", "quotations")
"""Tables that this file shares with `archive.sql`."""
_ARTICLES = "CREATE TABLE articles (number INTEGER PRIMARY KEY, content_sha256 TEXT NOT NULL, title TEXT NOT NULL)"
"""A table of the articles' hashes and titles at the time when their passages were made."""
_OUTDATED = """
    FROM archive.articles AS now LEFT JOIN main.articles AS made
    ON made.number = now.number AND made.content_sha256 = now.content_sha256 AND made.title = now.title
    WHERE made.number IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextState:
    """A record of the model, the progress and the id of a next index."""

    id: str
    embedder: Fingerprint
    articles: int
    finished: bool
    """Whether it held every article once; few can have been added since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """An archived article that the next index lacks, or has in an older form."""

    number: int
    content_sha256: str
    draft: Draft


class NextIndex:
    """An index that is built for another model, with passages, sentences and quotations; one process has it open."""

    def __init__(self, folder: Path, *, archive_file: Path, embedder: Fingerprint, anew: bool = False) -> None:
        """Continue the index that was begun for this model, or begin one; `anew` forgets what was begun for any model.

        The caller need not own the archive. Raise `ArchiveInUse` if another process makes it, and `ArchiveError` if it
        was begun for another model or cannot be written.
        """
        self.file = next_file(folder)
        try:
            self._lock = ArchiveLock(folder)
        except ArchiveInUse:
            raise ArchiveInUse(
                f"Process {live_owner_of(folder) or 'unknown'} is making a new index of the archive {archive_file}. "
                "Wait for it, or stop it: what it has made is kept."
            ) from None
        try:
            state = None if anew else read_next(folder)
            if state is not None and state.embedder != embedder:
                raise ArchiveError(
                    f"A new index for the model {state.embedder.name!r} is begun already, with {state.articles} "
                    f"articles. Finish it with ONRECORD_EMBEDDER={state.embedder.name}, or forget it with --force."
                )
            if state is None:
                _delete(self.file)
                make_private(self.file)
            with self._named_errors():
                self._db = sqlite3.connect(self.file.absolute().as_uri(), uri=True, timeout=30, isolation_level=None)
                try:
                    self._prepare(archive_file, embedder if state is None else None)
                except BaseException:
                    self._db.close()
                    raise
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Close the file and release its lock."""
        self._db.close()
        self._lock.release()

    def discard(self) -> None:
        """Delete the index; call nothing but `close` afterwards."""
        self._db.close()
        _delete(self.file)

    def outdated(self, *, after: int, limit: int) -> list[Outdated]:
        """Return the first `limit` new or changed articles with a number above `after`."""
        with self._named_errors():
            rows = self._db.execute(
                f"SELECT now.number, now.content_sha256, text, {', '.join(f'now.{name}' for name in METADATA)} "
                f"{_OUTDATED} AND now.number > ? ORDER BY now.number LIMIT ?",
                (after, limit),
            ).fetchall()
        return [
            Outdated(
                number=number,
                content_sha256=sha,
                draft=Draft(text=text, **dict(zip(METADATA, metadata, strict=True))),
            )
            for number, sha, text, *metadata in rows
        ]

    def progress(self) -> tuple[int, int]:
        """Return how many of the archive's articles are made as they are now, and how many there are."""
        with self._named_errors():
            (missing,) = self._db.execute(f"SELECT count(*) {_OUTDATED}").fetchone()
            (every,) = self._db.execute("SELECT count(*) FROM archive.articles").fetchone()
        return every - missing, every

    def put(self, made: Iterable[tuple[Outdated, IndexedArticle]]) -> None:
        """Store what was made of these articles, in one transaction."""
        with self._named_errors(), self._write() as db:
            for outdated, article in made:
                _forget(db, "= ?", outdated.number)
                row = (outdated.number, outdated.content_sha256, outdated.draft.title)
                db.execute("INSERT INTO main.articles VALUES (?, ?, ?)", row)
                passages = [
                    (insert_passage(db, outdated.number, passage, embedding), passage.span)
                    for passage, embedding in article.passages
                ]
                insert_quotations(db, outdated.number, article.quotations, passages)

    def finish(self) -> None:
        """Forget the articles that the archive has removed, and note that all of it was made once."""
        with self._named_errors(), self._write() as db:
            _forget(db, "NOT IN (SELECT number FROM archive.articles)")
            db.execute("INSERT OR IGNORE INTO main.facts VALUES ('finished', 'yes')")

    def check(self) -> None:
        """Raise `ArchiveError` if the file is damaged."""
        with self._named_errors():
            ((said, *_), *_) = self._db.execute("PRAGMA main.quick_check(1)").fetchall()
        if said != "ok":
            what = said.splitlines()[-1]
            raise ArchiveError(f"The new index {self.file} is damaged: {what}. Begin anew: `onrecord reindex --force`.")

    # Inside

    def _prepare(self, archive_file: Path, created_for: Fingerprint | None) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        # A power cut may lose the last batches, which are then made again, and nothing else.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        # A title that the archive has removed is overwritten here too.
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("ATTACH ? AS archive", (f"{archive_file.absolute().as_uri()}?mode=ro",))
        if created_for is None:
            return
        statements = statements_in("archive.sql")
        tables = [next(s for s in statements if f"CREATE TABLE {name} (" in s) for name in _TABLES]
        facts = {"next_index": uuid.uuid4().hex, "embedder": json.dumps(asdict(created_for))}
        with self._write() as db:
            for statement in (_ARTICLES, *tables):
                db.execute(statement)
            db.executemany("INSERT INTO main.facts VALUES (?, ?)", facts.items())
            db.execute(f"PRAGMA main.user_version = {FORMAT}")

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with transaction(self._db):
            yield self._db

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ArchiveError(
                f"The new index {self.file} cannot be made: {error}. What was made is kept; see to the disk, and "
                "`onrecord reindex` goes on, or begins anew with --force."
            ) from error


def next_file(folder: Path) -> Path:
    """Return the place of a next index in its folder."""
    return folder / "index.sqlite3"


def read_next(folder: Path) -> NextState | None:
    """Return the state of the folder's next index, also while a process makes it; None if there is no usable one."""
    file = next_file(folder)
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as db:
            (found,) = db.execute("PRAGMA user_version").fetchone()
            facts = dict(db.execute("SELECT name, value FROM facts").fetchall())
            (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
            if found != FORMAT:
                return None
            return NextState(
                id=facts["next_index"],
                embedder=Fingerprint(**json.loads(facts["embedder"])),
                articles=articles,
                finished="finished" in facts,
            )
    except (sqlite3.Error, KeyError, ValueError, TypeError):
        return None


def _forget(db: sqlite3.Connection, which: str, *numbers: int) -> None:
    for table, column in (("quotations", "article"), ("passages", "article"), ("articles", "number")):
        db.execute(f"DELETE FROM main.{table} WHERE {column} {which}", numbers)


def _delete(file: Path) -> None:
    for ending in ("-wal", "-shm", ""):
        file.with_name(file.name + ending).unlink(missing_ok=True)
