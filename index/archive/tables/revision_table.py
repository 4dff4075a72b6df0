"""Earlier texts of an article: each one that was replaced is kept as long as the article is."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from onrecord.index.values import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A text that an article had before it was changed; instants are ISO 8601."""

    title: str
    text: str
    content_sha256: str
    added_at: str
    replaced_at: str


class RevisionTable:
    """The archive's table `revisions`."""

    def __init__(self, read: Callable[[], sqlite3.Connection]) -> None:
        self._read = read

    def find(self, article_id: str, content_sha256: str) -> Revision | None:
        """Return the article's earlier text with this hash; None if it never had one."""
        return self._one("revisions.content_sha256 = ?", article_id, content_sha256)

    def find_quote(self, article_id: str, span: Span, quote: str) -> Revision | None:
        """Return the article's latest earlier text that holds the quote at this very place; None if none does."""
        return self._one("substr(revisions.text, ?, ?) = ?", article_id, span.start + 1, len(span), quote)

    def of_article(self, article_id: str) -> list[Revision]:
        """Return the article's earlier texts, the first one first."""
        return [Revision(**dict(zip(_NAMES, row, strict=True))) for row in self._rows("TRUE", article_id)]

    def _one(self, where: str, article_id: str, *values: object) -> Revision | None:
        rows = self._rows(where, article_id, *values)
        return Revision(**dict(zip(_NAMES, rows[-1], strict=True))) if rows else None

    def _rows(self, where: str, article_id: str, *values: object) -> list[tuple[str, ...]]:
        columns = ", ".join(f"revisions.{name}" for name in _NAMES)
        sql = f"SELECT {columns} FROM revisions JOIN articles ON number = article WHERE id = ? AND {where}"
        return self._read().execute(f"{sql} ORDER BY replaced_at, revisions.rowid", (article_id, *values)).fetchall()


_NAMES = ("title", "text", "content_sha256", "added_at", "replaced_at")


def keep_revision(db: sqlite3.Connection, article_id: str, *, content_sha256: str, now: str) -> None:
    """Keep the article's text before the text with this hash replaces it, unless they are the same."""
    db.execute(
        "INSERT OR REPLACE INTO revisions (article, content_sha256, title, text, added_at, replaced_at) "
        "SELECT number, content_sha256, title, text, added_at, ? FROM articles WHERE id = ? AND content_sha256 != ?",
        (now, article_id, content_sha256),
    )
