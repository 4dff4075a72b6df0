"""How the archive's values stand in its tables, and how its filters are asked."""

import json
import sqlite3
from collections.abc import Sequence

import numpy as np

from onrecord.index.errors import ArchiveError
from onrecord.index.text.embedder import Embedding, Matrix
from onrecord.index.values import ArticleInfo, Filters, Passage, Span

INFO_COLUMNS = (
    "articles.id, articles.title, publisher, author, published_at, url, source_name, content_sha256, added_at"
)
"""An article without its text, as `info_of` reads it."""


def info_of(row: Sequence[str]) -> ArticleInfo:
    """Read a row of `INFO_COLUMNS`."""
    names = ("id", "title", "publisher", "author", "published_at", "url", "source_name", "content_sha256", "added_at")
    return ArticleInfo(**dict(zip(names, row, strict=True)))


def ends_of(span: Span | None) -> tuple[int | None, int | None]:
    """Write a span, or that there is none."""
    return (span.start, span.end) if span else (None, None)


def condition_of(filters: Filters | None) -> tuple[str, dict[str, str]]:
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


def listed(ids: Sequence[int]) -> str:
    """Write ids as they may stand after `IN`."""
    # Integers of our own, so they may stand in the statement; SQLite's limit on parameters does not apply.
    return "(" + ",".join(str(int(i)) for i in ids) + ")"


def pack(vector: Matrix) -> bytes:
    """Half precision: half the space, and cosines that differ in the fourth digit."""
    return vector.astype(np.float16).tobytes()


def unpack(packed: bytes, *, rows: int) -> Matrix:
    """Return the vectors, a row each; raises `ArchiveError` if they are damaged."""
    try:
        return np.frombuffer(packed, dtype=np.float16).reshape(rows, -1 if rows else 0).astype(np.float32)
    except ValueError as error:
        raise ArchiveError("The archive holds damaged vectors; `onrecord verify --repair` mends them.") from error


def insert_passage(db: sqlite3.Connection, article: int, passage: Passage, embedding: Embedding) -> int:
    """Store a passage and its sentences; return its id. `db` may be any that has the archive's tables."""
    (number,) = db.execute(
        "INSERT INTO passages (article, start, end, vector) VALUES (?, ?, ?, ?) RETURNING id",
        (article, passage.span.start, passage.span.end, pack(embedding.vector)),
    ).fetchone()
    db.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?, ?)",
        [
            (number, span.start, span.end, pack(vector))
            for span, vector in zip(passage.sentences, embedding.parts, strict=True)
        ],
    )
    return int(number)
