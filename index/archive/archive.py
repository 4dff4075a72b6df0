"""The archive, the store of record: articles and all that is derived from them, in one SQLite file."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from onrecord.index.archive.article_row import INFO_COLUMNS, info_of
from onrecord.index.archive.database import Database
from onrecord.index.archive.eraser import TO_ERASE, Eraser, note_to_erase
from onrecord.index.archive.replacement import replace_index
from onrecord.index.archive.tables.audit_table import AuditTable, note_change
from onrecord.index.archive.tables.copy_table import CopyTable, link_copies, unlink_copies
from onrecord.index.archive.tables.origin_table import OriginTable, note_origin
from onrecord.index.archive.tables.page_table import PageTable, note_page
from onrecord.index.archive.tables.passage_table import PassageTable, insert_passage
from onrecord.index.archive.tables.quotation_table import QuotationTable, insert_quotations
from onrecord.index.archive.tables.revision_table import RevisionTable, keep_revision
from onrecord.index.archive.tables.word_table import WordTable, forget_words, index_words
from onrecord.index.errors import ArchiveUnwritable, ArticleNotFound, EmbedderMismatch, StorageError
from onrecord.index.speech.quotations import Quotation
from onrecord.index.text.embedder import Embedding, Fingerprint, Vector
from onrecord.index.text.timestamps import now_in_utc, to_utc
from onrecord.index.values import UNNAMED, Actor, Article, ArticleInfo, Draft, Passage

_ARTICLES_AT_ONCE = 500
"""Articles read in one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedArticle:
    """A draft that is ready to be stored: its title is set, its passages are cut and embedded."""

    draft: Draft
    passages: tuple[tuple[Passage, Embedding], ...]
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """An article that was saved or removed, and the passages that came and went."""

    article: ArticleInfo
    added: tuple[int, ...] = ()
    vectors: tuple[Vector, ...] = ()
    """The vector of each added passage."""
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A count of the articles, passages, sentences and quotations that an archive holds."""

    articles: int
    passages: int
    sentences: int
    quotations: int


def open_to_read(file: Path) -> "SqliteArchive":
    """Open an existing archive beside its owner, also on a medium that nobody can write; raise `ArchiveError`."""
    try:
        return SqliteArchive(file)
    except ArchiveUnwritable:
        return SqliteArchive(file, read_only=True)


class SqliteArchive:
    """An archive in one file that threads share: readers see the last committed state, one thread writes at a time."""

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        """Open the file, or create it unless `read_only` is true; raise `ArchiveError` if that cannot be done."""
        self.file = file
        self.read_only = read_only
        self.database = Database(file, read_only=read_only)
        self._read, self._write = self.database.read, self.database.write
        self.passages = PassageTable(self._read)
        self.words = WordTable(read=self._read, state=self.passages.state)
        self.quotations = QuotationTable(self._read)
        self.copies = CopyTable(read=self._read, write=self._write)
        self.revisions = RevisionTable(self._read)
        self.audit = AuditTable(self._read)
        self.origins = OriginTable(self._read)
        self.pages = PageTable(self._read)
        self._eraser = Eraser(file, write=self._write)
        self.id = self.database.id

    def close(self) -> None:
        """Close every connection, after what was removed is erased."""
        self._eraser.wait()
        self.database.close()

    def check_writable(self) -> None:
        """Raise `ArchiveReadOnly`, naming the process that writes it, if the archive was opened to be read."""
        self.database.check_writable()

    def transaction(self) -> AbstractContextManager[object]:
        """Make what this thread saves and removes inside the `with` block one change: all of it is stored, or none."""
        return self._write()

    # Articles

    def save(self, article: IndexedArticle, *, by: Actor | None = UNNAMED, instead_of: str | None = None) -> Saved:
        """Store an article with its passages in one transaction, in place of the one that `find` names, if any.

        `instead_of` is the id of the article whose place it takes, if that is known. The audit log names `by`, which is
        None if an archived article is cut and embedded anew: that is no change.
        """
        draft = article.draft
        with self._write() as db:
            earlier = self.info(instead_of) if instead_of is not None else self.find(draft)
            removed = self._delete_passages(db, earlier.id) if earlier else ()
            now = now_in_utc()
            if earlier:
                keep_revision(db, earlier.id, content_sha256=content_hash(draft.text), now=now)
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
            added = tuple(insert_passage(db, number, passage, embedding) for passage, embedding in article.passages)
            note_page(db, number, draft.page)
            index_words(db, number)
            spans = (passage.span for passage, _ in article.passages)
            insert_quotations(db, number, article.quotations, list(zip(added, spans, strict=True)))
            link_copies(db, number)
            vectors = tuple(embedding.vector for _, embedding in article.passages)
            info = self.info(row["id"] or "")
            if by is not None:
                note_change(db, "updated" if earlier else "created", info, by=by, now=now)
                note_origin(db, number, by=by, now=now)
            return Saved(article=info, added=added, vectors=vectors, removed=removed)

    def remove(self, article_id: str, *, by: Actor = UNNAMED) -> Saved:
        """Delete an article, its revisions and all that was derived from it; raise `ArticleNotFound`."""
        with self._write() as db:
            info = self.info(article_id)
            note_change(db, "removed", info, by=by, now=now_in_utc())
            removed = self._delete_passages(db, article_id)
            db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            note_to_erase(db)
        self._eraser.start()
        return Saved(article=info, removed=removed)

    def resume_erasing(self) -> None:
        """Go on erasing what was removed, if the last process ended before it was done."""
        if self.fact(TO_ERASE) is not None:
            self._eraser.start()

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
        row = self._read().execute(f"SELECT {INFO_COLUMNS} FROM articles WHERE {where} LIMIT 1", values).fetchone()
        return info_of(row) if row else None

    def info(self, article_id: str) -> ArticleInfo:
        """Return an article without its text; raise `ArticleNotFound`."""
        return info_of(self._row(article_id, INFO_COLUMNS))

    def article(self, article_id: str) -> Article:
        """Return an article with its text; raise `ArticleNotFound`."""
        *row, text = self._row(article_id, f"{INFO_COLUMNS}, text")
        return Article(info=info_of(row), text=text, page=self.pages.of_article(article_id))

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
                f"SELECT {INFO_COLUMNS}, number FROM articles WHERE number > ?{contains if query else ''} "
                "ORDER BY number LIMIT ?",
                (after, *([pattern] if query else []), limit + 1),
            )
            .fetchall()
        )
        more = rows[limit - 1][-1] if len(rows) > limit else None
        return [info_of(row[:-1]) for row in rows[:limit]], more

    def article_pages(self, *, query: str | None = None) -> Iterator[list[ArticleInfo]]:
        """Yield every page that `articles` returns, first to last."""
        after: int | None = 0
        while after is not None:
            page, after = self.articles(limit=_ARTICLES_AT_ONCE, after=after, query=query)
            yield page

    def is_empty(self) -> bool:
        """Say whether the archive holds no article."""
        return self._read().execute("SELECT 1 FROM articles LIMIT 1").fetchone() is None

    def counts(self) -> Counts:
        """Count what the archive holds."""
        names = ("articles", "passages", "sentences", "quotations")
        return Counts(**{name: self._read().execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names})

    def as_of(self) -> str | None:
        """Return when the newest of the dated articles was published, as the article has it; None if none is dated."""
        newest = "SELECT published_at FROM articles WHERE published_utc IS NOT NULL ORDER BY published_utc DESC LIMIT 1"
        row = self._read().execute(newest).fetchone()
        return row[0] if row else None

    # The embedder

    def claim(self, fingerprint: Fingerprint) -> None:
        """Record the embedder of an archive that has none yet; raise `EmbedderMismatch` if it has another one."""
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
        """Put a whole next index (`index/upkeep/next_index.py`) in the old one's place, in one transaction.

        The articles stay as they are. Passages and quotations get ids that were never used, and the archive a new id,
        so that no vector index made before is taken for this one's. Raise `ArchiveError`; then nothing has changed.
        """
        try:
            with self.database.attached(file, "next"), self._write() as db:
                replace_index(db)
            # The log holds the whole index once more.
            self.database.shorten_log()
        except StorageError as error:
            raise type(error)(
                f"The new index {file} could not be put in place. {error} The archive is as it was; `onrecord reindex` "
                "tries again."
            ) from error
        self.id = self.fact("id") or ""

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

    def _delete_passages(self, db: sqlite3.Connection, article_id: str) -> tuple[int, ...]:
        (number,) = db.execute("SELECT number FROM articles WHERE id = ?", (article_id,)).fetchone()
        forget_words(db, number)
        db.execute("DELETE FROM quotations WHERE article = ?", (number,))
        unlink_copies(db, number)
        return tuple(row[0] for row in db.execute("DELETE FROM passages WHERE article = ? RETURNING id", (number,)))


def content_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _make_id(draft: Draft, turn: int) -> str:
    known_by = (draft.url, draft.source_name if not draft.url else None)
    name = json.dumps(known_by) if any(known_by) else draft.text
    return content_hash(name + f"\0{turn}" * (turn > 0))[:16]
