"""The store of record: articles, their passages and sentences, every vector, and the word index, in one SQLite file."""

import hashlib
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from itertools import compress, count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.copy_table import CopyTable, link, unlink
from index.embedder import Embedding, Fingerprint, Matrix, Vector
from index.errors import ArchiveError, ArchiveReadOnly, ArticleNotFound, EmbedderMismatch
from index.instants import to_utc
from index.lock import live_owner_of
from index.quotations import Quotation, QuotationKind
from index.revisions import Revisions, keep
from index.sweeper import NOTE, Sweeper
from index.values import Article, ArticleInfo, Draft, Filters, FoundPassage, Passage, Span

FORMAT = 1
"""Stored as SQLite's `user_version`; an archive of another format is refused, never misread."""

_RANKING = "bm25(1.0, 1.0)"
"""Weights of title and text; FTS5's k1 is 1.2 and its b .75, and neither can be changed."""
_FEW = 2_000
"""Up to so many wanted passages are named in the statement; beyond, what is not wanted is left out afterwards."""
_BATCH = 512
_COUNTED = 100_000
"""Words whose number of passages is remembered until the archive changes."""

_INFO_COLUMNS = (
    "articles.id, articles.title, publisher, author, published_at, url, source_name, content_sha256, added_at"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedArticle:
    """A draft that is ready to be stored: its title is set, its passages are cut and embedded."""

    draft: Draft
    passages: tuple[tuple[Passage, Embedding], ...]
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving or removing an article did to the passages."""

    article: ArticleInfo
    added: tuple[int, ...] = ()
    vectors: tuple[Vector, ...] = ()
    """One for each added passage."""
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSentences:
    """A passage's quotable sentences, and one vector a row for each."""

    spans: tuple[Span, ...]
    vectors: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassages:
    """Passages without their texts, a row each, and who speaks in them. Instants and publishers are as filters ask."""

    ids: list[int]
    articles: list[str]
    published: list[str]
    """Empty where the article has no date."""
    publishers: list[str | None]
    vectors: Matrix
    speakers: list[tuple[int, str]]
    """Passage and speaker of each quotation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuotation:
    """A quotation and the article it stands in; `passage` is None for words of a headline."""

    id: int
    article: ArticleInfo
    passage: int | None
    quotation: Quotation


@dataclass(frozen=True, slots=True, kw_only=True)
class StemCounts:
    """In how many passages each stem occurs, and how many passages there are."""

    passages: int
    by_stem: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much the archive holds."""

    articles: int
    passages: int
    sentences: int
    quotations: int


class SqliteArchive:
    """An archive in one file, shared between threads: readers see the last committed state, writers take turns."""

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        """Open the file, or create it unless it is only to be read; raises `ArchiveError` if that cannot be done."""
        self.file = file
        self.read_only = read_only
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._writing = threading.RLock()
        self._counted: tuple[tuple[int, int], dict[str, int]] = ((0, 0), {})
        self.copies = CopyTable(read=self._read, write=self._write)
        self.revisions = Revisions(self._read)
        self._sweeper = Sweeper(file, write=self._write)
        try:
            if not read_only:
                file.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            self._create()
            self.id = self.fact("id") or ""
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise ArchiveError(
                f"Cannot open the archive {file}: {error}. Choose a folder that can be written with ONRECORD_HOME."
            ) from error
        except ArchiveError:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection, after what was removed is wiped out."""
        self._sweeper.wait()
        for connection in self._opened:
            connection.close()

    # Articles

    def save(self, article: IndexedArticle, *, instead_of: str | None = None) -> Saved:
        """Store an article with its passages in one transaction, in place of the one that `find` names, if any.

        `instead_of` is the id of the article whose place it takes, if that is known.
        """
        draft = article.draft
        with self._write() as db:
            earlier = self.info(instead_of) if instead_of is not None else self.find(draft)
            removed = self._delete_passages(db, earlier.id) if earlier else ()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            if earlier:
                keep(db, earlier.id, content_sha256=content_hash(draft.text), now=now)
            row = {
                "id": earlier.id if earlier else self._new_id(draft),
                "title": draft.title,
                "publisher": draft.publisher,
                "publisher_folded": draft.publisher.casefold() if draft.publisher else None,
                "author": draft.author,
                "published_at": draft.published_at,
                "published_utc": to_utc(draft.published_at) if draft.published_at else None,
                "url": draft.url,
                "source_name": draft.source_name,
                "content_sha256": content_hash(draft.text),
                "added_at": now,
                "text": draft.text,
            }
            columns = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            updates = ", ".join(f"{name} = excluded.{name}" for name in row if name not in {"id", "url", "source_name"})
            # What an article is known by is never taken from it: a revision may come without its url.
            updates += ", url = coalesce(excluded.url, url), source_name = coalesce(excluded.source_name, source_name)"
            (number,) = db.execute(
                f"INSERT INTO articles ({columns}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET {updates} "
                "RETURNING number",
                row,
            ).fetchone()
            added = tuple(
                self.insert_passage(db, number, passage, embedding) for passage, embedding in article.passages
            )
            db.execute(
                "INSERT INTO words (rowid, title, text) SELECT id, title, text FROM passage_texts WHERE article = ?",
                (number,),
            )
            self.insert_quotations(db, number, article, added)
            link(db, number)
            vectors = tuple(embedding.vector for _, embedding in article.passages)
            return Saved(article=self.info(row["id"] or ""), added=added, vectors=vectors, removed=removed)

    def remove(self, article_id: str) -> Saved:
        """Delete an article, its revisions and all that was derived from it; raises `ArticleNotFound`."""
        with self._write() as db:
            info = self.info(article_id)
            removed = self._delete_passages(db, article_id)
            db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            db.execute("INSERT OR REPLACE INTO facts VALUES (?, '')", (NOTE,))
        self._sweeper.start()
        return Saved(article=info, removed=removed)

    def sweep(self) -> None:
        """Go on wiping out what was removed, if that was cut short."""
        if self.fact(NOTE) is not None:
            self._sweeper.start()

    def find(self, draft: Draft) -> ArticleInfo | None:
        """Return the archived article that the draft is, or is a new revision of.

        An article is known by its url, else by its source name; a draft that has neither is known by its text.
        """
        if draft.url:
            where = "url = :url OR (url IS NULL AND source_name = :source_name) ORDER BY url IS NULL"
        elif draft.source_name:
            where = "source_name = :source_name ORDER BY number"
        else:
            where = "content_sha256 = :sha ORDER BY number"
        values = {"url": draft.url, "source_name": draft.source_name, "sha": content_hash(draft.text)}
        row = self._read().execute(f"SELECT {_INFO_COLUMNS} FROM articles WHERE {where} LIMIT 1", values).fetchone()
        return _info(row) if row else None

    def info(self, article_id: str) -> ArticleInfo:
        """Return an article without its text; raises `ArticleNotFound`."""
        return _info(self._row(article_id, _INFO_COLUMNS))

    def article(self, article_id: str) -> Article:
        """Return an article with its text; raises `ArticleNotFound`."""
        *row, text = self._row(article_id, f"{_INFO_COLUMNS}, text")
        return Article(info=_info(row), text=text)

    def articles(self, *, limit: int, after: int = 0, query: str | None = None) -> tuple[list[ArticleInfo], int | None]:
        """Return a page of articles in the order they were first added, and where the next page starts.

        `query` keeps the articles whose title, publisher, author or source name contains it.
        """
        contains = " AND (title || ' ' || coalesce(publisher, '') || ' ' || coalesce(author, '') || ' ' || "
        contains += "coalesce(source_name, '')) LIKE ? ESCAPE '\\'"
        pattern = "%" + (query or "").replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        rows = (
            self._read()
            .execute(
                f"SELECT {_INFO_COLUMNS}, number FROM articles WHERE number > ?{contains if query else ''} "
                "ORDER BY number LIMIT ?",
                (after, *([pattern] if query else []), limit + 1),
            )
            .fetchall()
        )
        more = rows[limit - 1][-1] if len(rows) > limit else None
        return [_info(row[:-1]) for row in rows[:limit]], more

    def counts(self) -> Counts:
        """Count what the archive holds."""
        names = ("articles", "passages", "sentences", "quotations")
        return Counts(**{name: self._read().execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names})

    def as_of(self) -> str | None:
        """Return when the newest of the dated articles was published, as the article has it; None if none is dated."""
        newest = "SELECT published_at FROM articles WHERE published_utc IS NOT NULL ORDER BY published_utc DESC LIMIT 1"
        row = self._read().execute(newest).fetchone()
        return row[0] if row else None

    # Passages and sentences

    def passage_ids(self, filters: Filters | None = None) -> list[int]:
        """Return the ids of all passages, or of those in articles that pass the filters."""
        where, values = _where(filters)
        return [
            row[0]
            for row in self._read().execute(
                f"SELECT passages.id FROM passages JOIN articles ON number = article WHERE {where}", values
            )
        ]

    def passage_state(self) -> tuple[int, int]:
        """Return the highest id a passage ever had, and how many there are: the same numbers, the same passages."""
        state = "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'passages'), (SELECT count(*) FROM passages)"
        last, there = self._read().execute(state).fetchone()
        return last or 0, there

    def stored_passages(self, *, after: int, upto: int, limit: int) -> StoredPassages:
        """Return the first `limit` passages with an id above `after`, up to `upto`, by id."""
        rows = (
            self._read()
            .execute(
                "SELECT passages.id, articles.id, coalesce(published_utc, ''), publisher_folded, vector FROM passages "
                "JOIN articles ON number = article WHERE passages.id > ? AND passages.id <= ? "
                "ORDER BY passages.id LIMIT ?",
                (after, upto, limit),
            )
            .fetchall()
        )
        ids = [row[0] for row in rows]
        said = "SELECT passage, speaker FROM quotations WHERE passage BETWEEN ? AND ? AND speaker NOT NULL"
        return StoredPassages(
            ids=ids,
            articles=[row[1] for row in rows],
            published=[row[2] for row in rows],
            publishers=[row[3] for row in rows],
            vectors=_unpack(b"".join(row[4] for row in rows), rows=len(rows)),
            speakers=self._read().execute(said, (ids[0], ids[-1])).fetchall() if ids else [],
        )

    def vectors(self, ids: Sequence[int]) -> tuple[list[int], Matrix]:
        """Return those of the passages that still exist, in the given order, and their vectors, a row an id."""
        found = dict(self._read().execute(f"SELECT id, vector FROM passages WHERE id IN {_listed(ids)}").fetchall())
        there = [i for i in ids if i in found]
        return there, _unpack(b"".join(found[i] for i in there), rows=len(there))

    def passages(self, scores: Mapping[int, tuple[float, float]]) -> list[FoundPassage]:
        """Return the passages that still exist, given each id's score and similarity, best score first."""
        rows = self._read().execute(
            f"SELECT {_INFO_COLUMNS}, passages.id, start, end, substr(text, start + 1, end - start) "
            f"FROM passages JOIN articles ON number = article WHERE passages.id IN {_listed(list(scores))}"
        )
        found = [
            FoundPassage(
                id=row[9],
                article=_info(row[:9]),
                span=Span(row[10], row[11]),
                text=row[12],
                score=scores[row[9]][0],
                similarity=scores[row[9]][1],
            )
            for row in rows
        ]
        return sorted(found, key=lambda passage: (-passage.score, passage.id))

    def sentences(self, passage_ids: Sequence[int]) -> dict[int, StoredSentences]:
        """Return each passage's quotable sentences with their vectors, in the order of the text."""
        rows: dict[int, list[tuple[Span, bytes]]] = {i: [] for i in passage_ids}
        for passage, start, end, vector in self._read().execute(
            f"SELECT passage, start, end, vector FROM sentences WHERE passage IN {_listed(passage_ids)} "
            "ORDER BY passage, start"
        ):
            rows[passage].append((Span(start, end), vector))
        return {
            passage: StoredSentences(
                spans=tuple(span for span, _ in found),
                vectors=_unpack(b"".join(vector for _, vector in found), rows=len(found)),
            )
            for passage, found in rows.items()
        }

    # Quotations

    def speakers(self) -> list[tuple[str, str | None]]:
        """Return the names of all speakers, as the articles resolve them, with each role they are given."""
        sql = "SELECT DISTINCT speaker, role FROM quotations WHERE speaker NOT NULL ORDER BY speaker, role"
        return [(row[0], row[1]) for row in self._read().execute(sql)]

    def last_quotation(self) -> int:
        """Return the highest id a quotation ever had: as long as it stays, there is no new speaker."""
        row = self._read().execute("SELECT seq FROM sqlite_sequence WHERE name = 'quotations'").fetchone()
        return int(row[0]) if row else 0

    def quotations(
        self,
        *,
        passages: Sequence[int] | None = None,
        filters: Filters | None = None,
        kind: QuotationKind | None = None,
        after: int = 0,
        limit: int = -1,
    ) -> list[StoredQuotation]:
        """Return quotations in the order they were stored: those in the passages, if any are given, and of the kind.

        Of the filters, `speakers` is the quotation's own.
        """
        where, values = _where(replace(filters, speakers=None) if filters else None)
        if passages is not None:
            where += f" AND passage IN {_listed(passages)}"
        if filters and filters.speakers is not None:
            where += " AND speaker IN (SELECT value FROM json_each(:speakers))"
        rows = self._read().execute(
            f"SELECT {_INFO_COLUMNS}, quotations.id, passage, start, end, kind, cue_start, cue_end, speaker_start, "
            "speaker_end, speaker, role, denied, reported_by, substr(text, start + 1, end - start), "
            "substr(text, cue_start + 1, cue_end - cue_start), "
            "substr(text, speaker_start + 1, speaker_end - speaker_start) "
            f"FROM quotations JOIN articles ON number = article WHERE {where} AND quotations.id > :last_seen "
            "AND (:kind IS NULL OR kind = :kind) ORDER BY quotations.id LIMIT :limit",
            {
                **values,
                "speakers": json.dumps(filters.speakers) if filters else None,
                "last_seen": after,
                "kind": kind,
                "limit": limit,
            },
        )
        return [_stored_quotation(row) for row in rows]

    # Words

    def match_words(
        self,
        words: Sequence[str],
        *,
        limit: int,
        besides: Sequence[str] = (),
        among: npt.NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """Return passage ids by BM25 over any of the words, best first; a higher score is better.

        The words `besides` count as much and find nothing: passages with none of `words` are not even ranked. `among`
        restricts the passages to these ids, which ascend.
        """
        if not words or (among is not None and not len(among)):
            return []
        match, times = _any_of(words), 1
        if besides:
            # FTS5 scores whatever the expression names, as often as it names it: here, every word twice.
            match, times = f"({match}) AND ({match} OR {_any_of(besides)} OR {_any_of(besides)})", 2
        few = among is not None and len(among) <= _FEW
        restriction = f" AND +rowid IN {_listed(among.tolist())}" if among is not None and few else ""
        rows = self._read().execute(
            f"SELECT rowid, -rank / {times} FROM words WHERE words MATCH :words AND rank MATCH :ranking{restriction} "
            "ORDER BY rank LIMIT :limit",
            {"words": match, "ranking": _RANKING, "limit": limit if among is None or few else -1},
        )
        if among is None or few:
            return rows.fetchall()
        # They come best first and were ranked all at once, so it is enough to leave out what is not wanted.
        found: list[tuple[int, float]] = []
        while len(found) < limit and (batch := rows.fetchmany(_BATCH)):
            ids = np.array([row[0] for row in batch])
            wanted = among[np.minimum(np.searchsorted(among, ids), len(among) - 1)] == ids
            found += compress(batch, wanted)
        rows.close()
        return found[:limit]

    def stem_counts(self, stems: Sequence[str]) -> StemCounts:
        """Count the passages that hold each stem, as the Porter stemmer writes it."""
        state = self.passage_state()
        counted_at, known = self._counted
        if counted_at != state or len(known) > _COUNTED:
            known = {}
        if missing := [stem for stem in stems if stem not in known]:
            # The word index goes through all of a word's passages to count them: milliseconds for a common word.
            marks = ", ".join("?" * len(missing))
            rows = self._read().execute(f"SELECT term, doc FROM word_counts WHERE term IN ({marks})", missing)
            known = {**known, **dict.fromkeys(missing, 0), **dict(rows.fetchall())}
            if not getattr(self._local, "writes", False) and self.passage_state() == state:
                self._counted = (state, known)
        return StemCounts(passages=state[1], by_stem={stem: known[stem] for stem in stems})

    def stems(self) -> list[str]:
        """Return every stem in the word index; reads all of it."""
        # In one row: between two rows another thread may have the interpreter, for milliseconds each time.
        (all_of_them,) = self._read().execute("SELECT group_concat(term, char(10)) FROM word_counts").fetchone()
        return all_of_them.split("\n") if all_of_them else []

    def texts_with(self, stem: str, *, limit: int) -> list[str]:
        """Return title and text of the first passages that hold the stem."""
        db = self._read()
        db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word_places USING fts5vocab (main, words, instance)")
        rows = db.execute(
            "SELECT title || char(10) || text FROM passage_texts "
            "WHERE id IN (SELECT DISTINCT doc FROM temp.word_places WHERE term = ? LIMIT ?)",
            (stem, limit),
        )
        return [row[0] for row in rows]

    def texts_after(self, after: int, *, upto: int) -> Iterator[str]:
        """Yield title and text of the passages with an id above `after`, up to `upto`."""
        rows = self._read().execute(
            "SELECT title || char(10) || text FROM passage_texts WHERE id > ? AND id <= ?", (after, upto)
        )
        return (row[0] for row in rows)

    # The embedder

    def claim(self, fingerprint: Fingerprint) -> None:
        """Record the embedder of an archive that has none yet; raises `EmbedderMismatch` if it has another one."""
        wanted = {
            "name": fingerprint.name,
            "weights_sha256": fingerprint.weights_sha256,
            "dimension": fingerprint.dimension,
        }
        if not self.read_only:
            with self._write() as db:
                db.execute("INSERT OR IGNORE INTO facts VALUES ('embedder', ?)", (json.dumps(wanted),))
        # Where there is none yet, there is no passage either.
        known = json.loads(self.fact("embedder") or json.dumps(wanted))
        if known != wanted:
            raise EmbedderMismatch(
                f"The archive {self.file} was built with the embedding model {known['name']!r} "
                f"(weights {known['weights_sha256'][:12]}…), not {wanted['name']!r} "
                f"({fingerprint.weights_sha256[:12]}…). "
                "Set ONRECORD_EMBEDDER to the first, or build the index anew for the second with `onrecord reindex`, "
                "while the first goes on answering."
            )

    def embedder(self) -> str | None:
        """Return the name of the embedder the archive was built with."""
        known = self.fact("embedder")
        return str(json.loads(known)["name"]) if known else None

    def take_over(self, file: Path) -> None:
        """Put a whole next index (`index/next_index.py`) in the old one's place, in one transaction.

        The articles stay as they are. Passages and quotations get ids that were never used, and the archive a new id,
        so that no vector index made before is taken for this one's. Raises `ArchiveError`; then nothing has changed.
        """
        try:
            with self._writing:
                self._writer.execute("ATTACH ? AS next", (str(file),))
                try:
                    with self._write() as db:
                        self._replace_index(db)
                finally:
                    self._writer.execute("DETACH next")
                # The log holds the whole index once more.
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise ArchiveError(
                f"The new index {file} could not be put in place: {error}. The archive is as it was; "
                "`onrecord reindex` tries again."
            ) from error
        self.id = self.fact("id") or ""

    def _replace_index(self, db: sqlite3.Connection) -> None:
        (missing,) = db.execute(
            "SELECT count(*) FROM main.articles WHERE (number, content_sha256, title) NOT IN "
            "(SELECT number, content_sha256, title FROM next.articles)"
        ).fetchone()
        if missing:
            raise ArchiveError(f"The new index lacks {missing} articles; `onrecord reindex` completes it.")
        tables = ("passages", "sentences", "quotations")
        used = dict(db.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        db.execute("INSERT INTO words (words) VALUES ('delete-all')")
        for table in reversed(tables):
            db.execute(f"DELETE FROM main.{table}")
        for table in tables:
            columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
            shifts = {"id": used.get(table, 0), "passage": used.get("passages", 0)}
            values = ", ".join(f"{name} + {shifts[name]}" if name in shifts else name for name in columns)
            db.execute(f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {values} FROM next.{table} ORDER BY 1")
        db.execute("INSERT INTO words (words) VALUES ('rebuild')")
        # No seal is like this one, and a folder that is not there is no loss.
        db.execute("INSERT OR REPLACE INTO main.facts VALUES ('vector_seal', '')")
        known = "name IN ('embedder', 'next_index')"
        db.execute(f"INSERT OR REPLACE INTO main.facts SELECT name, value FROM next.facts WHERE {known}")
        db.execute("INSERT OR REPLACE INTO main.facts SELECT 'replaced_id', value FROM main.facts WHERE name = 'id'")
        db.execute("INSERT OR REPLACE INTO main.facts VALUES ('id', ?)", (uuid.uuid4().hex,))

    # Facts

    def fact(self, name: str) -> str | None:
        """Return what was noted under the name."""
        row = self._read().execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set_fact(self, name: str, value: str) -> None:
        """Note something about the archive itself."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # Inside

    def _connect(self) -> sqlite3.Connection:
        # Each connection is used by one thread at a time; close() closes them all from whichever thread calls it.
        name = f"{self.file.absolute().as_uri()}?mode={'ro' if self.read_only else 'rwc'}"
        db = sqlite3.connect(name, uri=True, timeout=30, isolation_level=None, check_same_thread=False)
        self._opened.append(db)
        db.execute("PRAGMA journal_mode = WAL")
        # A commit is on the disk when it returns, power cut included.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten.
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA mmap_size = 1073741824")
        return db

    def _create(self) -> None:
        with nullcontext(self._writer) if self.read_only else self._write() as db:
            (found,) = db.execute("PRAGMA user_version").fetchone()
            if found not in {0, FORMAT} or (found == 0 and self.read_only):
                raise ArchiveError(
                    f"The archive {self.file} has format {found}, this version reads format {FORMAT}. "
                    "Use the version of onrecord that wrote it, or add the articles to a new folder (ONRECORD_HOME)."
                )
            if self.read_only:
                return
            for name in ("archive.sql", "additions.sql") if found == 0 else ("additions.sql",):
                for statement in resources.files("index").joinpath(name).read_text(encoding="utf-8").split(";\n"):
                    db.execute(statement)
            if found == 0:
                db.execute("INSERT INTO facts VALUES ('id', ?)", (uuid.uuid4().hex,))
                db.execute(f"PRAGMA user_version = {FORMAT}")

    def _read(self) -> sqlite3.Connection:
        """Return this thread's connection; inside a transaction of this thread, the one that sees its changes."""
        if getattr(self._local, "writes", False):
            return self._writer
        if not hasattr(self._local, "connection"):
            self._local.connection = self._connect()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def check_writable(self) -> None:
        """Raise `ArchiveReadOnly`, naming the process that writes it, if the archive was opened to be read."""
        if not self.read_only:
            return
        writer = live_owner_of(self.file.parent)
        if writer is not None:
            said = f"process {writer} writes it, so add and remove articles there"
        else:
            said = "the process that wrote it is gone, and the next one that starts will write it"
        raise ArchiveReadOnly(f"This process only reads the archive {self.file}: {said}.")

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        self.check_writable()
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            self._local.writes = True
            try:
                yield self._writer
            except BaseException:
                # On a full disk SQLite may have done so itself.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            else:
                self._writer.execute("COMMIT")
            finally:
                self._local.writes = False

    def _row(self, article_id: str, columns: str) -> Sequence[str]:
        row: Sequence[str] | None = (
            self._read().execute(f"SELECT {columns} FROM articles WHERE id = ?", (article_id,)).fetchone()
        )
        if row is None:
            raise ArticleNotFound(
                f"No article {article_id!r} in the archive; GET /articles or `onrecord list` names all."
            )
        return row

    def _new_id(self, draft: Draft) -> str:
        """Hash what the article is known by; an earlier article may still have that id and be known by its url now."""
        taken = "SELECT 1 FROM articles WHERE id = ?"
        made = (_make_id(draft, turn) for turn in count())
        return next(name for name in made if self._read().execute(taken, (name,)).fetchone() is None)

    @staticmethod
    def insert_passage(db: sqlite3.Connection, article: int, passage: Passage, embedding: Embedding) -> int:
        """Store a passage and its sentences; return its id. `db` may be any that has the archive's tables."""
        (number,) = db.execute(
            "INSERT INTO passages (article, start, end, vector) VALUES (?, ?, ?, ?) RETURNING id",
            (article, passage.span.start, passage.span.end, _pack(embedding.vector)),
        ).fetchone()
        db.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?, ?)",
            [
                (number, span.start, span.end, _pack(vector))
                for span, vector in zip(passage.sentences, embedding.parts, strict=True)
            ],
        )
        return int(number)

    @staticmethod
    def insert_quotations(
        db: sqlite3.Connection, article: int, indexed: IndexedArticle, passages: Sequence[int]
    ) -> None:
        """Store an article's quotations, each with the passage it stands in, if any. `db` as in `insert_passage`."""

        def passage_of(span: Span) -> int | None:
            spans = zip((passage.span for passage, _ in indexed.passages), passages, strict=True)
            return next((number for held, number in spans if held.overlaps(span)), None)

        db.executemany(
            "INSERT INTO quotations (article, passage, start, end, kind, cue_start, cue_end, speaker_start, "
            "speaker_end, speaker, role, denied, reported_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    article,
                    passage_of(q.span),
                    *_ends(q.span),
                    q.kind,
                    *_ends(q.cue_span),
                    *_ends(q.speaker_span),
                    q.speaker,
                    q.role,
                    q.denied,
                    q.reported_by,
                )
                for q in indexed.quotations
            ],
        )

    def _delete_passages(self, db: sqlite3.Connection, article_id: str) -> tuple[int, ...]:
        (number,) = db.execute("SELECT number FROM articles WHERE id = ?", (article_id,)).fetchone()
        # FTS5 must be told the text that it forgets, so this comes before anything else changes.
        db.execute(
            "INSERT INTO words (words, rowid, title, text) SELECT 'delete', id, title, text FROM passage_texts "
            "WHERE article = ?",
            (number,),
        )
        db.execute("DELETE FROM quotations WHERE article = ?", (number,))
        unlink(db, number)
        return tuple(row[0] for row in db.execute("DELETE FROM passages WHERE article = ? RETURNING id", (number,)))


def content_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _make_id(draft: Draft, turn: int) -> str:
    known_by = (draft.url, draft.source_name if not draft.url else None)
    name = json.dumps(known_by) if any(known_by) else draft.text
    return content_hash(name + f"\0{turn}" * (turn > 0))[:16]


def _info(row: Sequence[str]) -> ArticleInfo:
    names = ("id", "title", "publisher", "author", "published_at", "url", "source_name", "content_sha256", "added_at")
    return ArticleInfo(**dict(zip(names, row, strict=True)))


def _ends(span: Span | None) -> tuple[int | None, int | None]:
    return (span.start, span.end) if span else (None, None)


def _stored_quotation(row: Sequence[Any]) -> StoredQuotation:
    (number, passage, start, end, kind, cue_start, cue_end, speaker_start, speaker_end, *rest) = row[9:]
    speaker, role, denied, reported_by, text, cue, mention = rest
    return StoredQuotation(
        id=number,
        article=_info(row[:9]),
        passage=passage,
        quotation=Quotation(
            text=text,
            span=Span(start, end),
            kind=QuotationKind(kind),
            cue=cue,
            cue_span=Span(cue_start, cue_end) if cue_start is not None else None,
            speaker_mention=mention,
            speaker_span=Span(speaker_start, speaker_end) if speaker_start is not None else None,
            speaker=speaker,
            role=role,
            denied=bool(denied),
            reported_by=reported_by,
        ),
    )


def _where(filters: Filters | None) -> tuple[str, dict[str, str]]:
    """Write the filters as a condition on `articles` and, for speakers, `passages`."""
    if not filters:
        return "TRUE", {}
    conditions: dict[str, tuple[str, str | None]] = {
        "after": ("published_utc >= :after", filters.published_after),
        "before": ("published_utc < :before", filters.published_before),
        "publisher": (
            "publisher_folded = :publisher",
            # SQLite's own NOCASE knows the letters of ASCII alone.
            filters.publisher.casefold() if filters.publisher is not None else None,
        ),
        "ids": (
            "articles.id IN (SELECT value FROM json_each(:ids))",
            json.dumps(filters.article_ids) if filters.article_ids is not None else None,
        ),
        "without": (
            "articles.id NOT IN (SELECT value FROM json_each(:without))",
            json.dumps(filters.without_articles) if filters.without_articles else None,
        ),
        "speakers": (
            "passages.id IN (SELECT passage FROM quotations WHERE speaker IN (SELECT value FROM json_each(:speakers)))",
            json.dumps(filters.speakers) if filters.speakers is not None else None,
        ),
    }
    used = {name: pair for name, pair in conditions.items() if pair[1] is not None}
    return " AND ".join(sql for sql, _ in used.values()), {name: value or "" for name, (_, value) in used.items()}


def _any_of(words: Sequence[str]) -> str:
    """Write an FTS5 expression."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)


def _listed(ids: Sequence[int]) -> str:
    # Integers of our own, so they may stand in the statement; SQLite's limit on parameters does not apply.
    return "(" + ",".join(str(int(i)) for i in ids) + ")"


def _pack(vector: Matrix) -> bytes:
    """Half precision: half the space, and cosines that differ in the fourth digit."""
    return vector.astype(np.float16).tobytes()


def _unpack(packed: bytes, *, rows: int) -> Matrix:
    try:
        return np.frombuffer(packed, dtype=np.float16).reshape(rows, -1 if rows else 0).astype(np.float32)
    except ValueError as error:
        raise ArchiveError("The archive holds damaged vectors; `onrecord verify --repair` mends them.") from error
