"""The archive's passages and sentences, with their vectors."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.index.archive.article_row import INFO_COLUMNS, info_of
from onrecord.index.archive.conditions import condition_of, listed
from onrecord.index.errors import ArchiveError
from onrecord.index.text.embedder import Embedding, Matrix
from onrecord.index.values import Filters, FoundPassage, Passage, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSentences:
    """A passage's quotable sentences, and a matrix with one row for each."""

    spans: tuple[Span, ...]
    vectors: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassages:
    """Passages without their texts, and their speakers; dates and publishers have the form that filters compare."""

    ids: list[int]
    articles: list[str]
    published: list[str]
    """Empty where the article has no date."""
    publishers: list[str | None]
    vectors: Matrix
    speakers: list[tuple[int, str]]
    """The passage and the speaker of each quotation."""


class PassageTable:
    """The archive's tables `passages` and `sentences`."""

    def __init__(self, read: Callable[[], sqlite3.Connection]) -> None:
        self._read = read

    def ids(self, filters: Filters | None = None) -> list[int]:
        """Return the ids of all passages, or of those in articles that pass the filters."""
        where, values = condition_of(filters)
        return [
            row[0]
            for row in self._read().execute(
                f"SELECT passages.id FROM passages JOIN articles ON number = article WHERE {where}", values
            )
        ]

    def state(self) -> tuple[int, int]:
        """Return the highest id that a passage ever had, and how many passages there are.

        While both are the same, so are the passages.
        """
        state = "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'passages'), (SELECT count(*) FROM passages)"
        last, there = self._read().execute(state).fetchone()
        return last or 0, there

    def stored(self, *, after: int, upto: int, limit: int) -> StoredPassages:
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
        found = dict(self._read().execute(f"SELECT id, vector FROM passages WHERE id IN {listed(ids)}").fetchall())
        there = [i for i in ids if i in found]
        return there, _unpack(b"".join(found[i] for i in there), rows=len(there))

    def found(self, scores: Mapping[int, tuple[float, float]]) -> list[FoundPassage]:
        """Return the passages that still exist, given each id's score and similarity, best score first."""
        rows = self._read().execute(
            f"SELECT {INFO_COLUMNS}, passages.id, start, end, substr(text, start + 1, end - start) "
            f"FROM passages JOIN articles ON number = article WHERE passages.id IN {listed(list(scores))}"
        )
        found = [
            FoundPassage(
                id=row[9],
                article=info_of(row[:9]),
                span=Span(row[10], row[11]),
                text=row[12],
                score=scores[row[9]][0],
                similarity=scores[row[9]][1],
            )
            for row in rows
        ]
        return sorted(found, key=lambda passage: (-passage.score, passage.id))

    def sentences(self, ids: Sequence[int]) -> dict[int, StoredSentences]:
        """Return each passage's quotable sentences with their vectors, in the order of the text."""
        rows: dict[int, list[tuple[Span, bytes]]] = {i: [] for i in ids}
        for passage, start, end, vector in self._read().execute(
            f"SELECT passage, start, end, vector FROM sentences WHERE passage IN {listed(ids)} ORDER BY passage, start"
        ):
            rows[passage].append((Span(start, end), vector))
        return {
            passage: StoredSentences(
                spans=tuple(span for span, _ in found),
                vectors=_unpack(b"".join(vector for _, vector in found), rows=len(found)),
            )
            for passage, found in rows.items()
        }


def insert_passage(db: sqlite3.Connection, article: int, passage: Passage, embedding: Embedding) -> int:
    """Store a passage and its sentences; return its id. `db` is any database that has the archive's tables."""
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


def _pack(vector: Matrix) -> bytes:
    # Half precision takes half the space and changes a cosine in the fourth digit.
    return vector.astype(np.float16).tobytes()


def _unpack(packed: bytes, *, rows: int) -> Matrix:
    """Return the vectors, a row each; raise `ArchiveError` if they are damaged."""
    try:
        return np.frombuffer(packed, dtype=np.float16).reshape(rows, -1 if rows else 0).astype(np.float32)
    except ValueError as error:
        raise ArchiveError("The archive holds damaged vectors; `onrecord verify --repair` mends them.") from error
