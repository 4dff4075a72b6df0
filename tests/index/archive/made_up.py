"""Made-up articles, and what is wrong inside an archive's file."""

import sqlite3

import numpy as np

from onrecord.index.archive.archive import IndexedArticle
from onrecord.index.text.embedder import Embedding, Fingerprint
from onrecord.index.text.terms import terms_of
from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Draft, Passage, Span

DIMENSION = 8
MINILM = Fingerprint(name="all-MiniLM-L6-v2", weights_sha256="5" * 64, dimension=384)


def unit_vectors(count, seed=0, *, dimension=DIMENSION):
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def indexed(text, *, seed=0, **fields):
    """Cut a text as simply as can be: a passage a line, a sentence a word."""
    passages, start = [], 0
    for number, line in enumerate(text.split("\n")):
        span = Span(start, start + len(line))
        start = span.end + 1
        if line.strip():
            words = tuple(Span(span.start + t.span.start, span.start + t.span.end) for t in terms_of(line))
            vectors = unit_vectors(len(words) + 1, seed + number)
            passages.append((Passage(span=span, sentences=words), Embedding(vector=vectors[0], parts=vectors[1:])))
    return IndexedArticle(draft=Draft(text=text, **{"title": "A title", **fields}), passages=tuple(passages))


def halved(vectors):
    """What is left of vectors that are stored in half precision."""
    return np.asarray(vectors).astype(np.float16).astype(np.float32)


def trouble(file):
    """Return what is wrong inside an archive's file: orphans, and a word index that does not agree with the text."""
    database = sqlite3.connect(file, timeout=30)
    try:
        found = database.execute("PRAGMA foreign_key_check").fetchall()
        found += [row for row in database.execute("PRAGMA integrity_check") if row != ("ok",)]
        found += database.execute("SELECT * FROM sentences WHERE passage NOT IN (SELECT id FROM passages)").fetchall()
        found += database.execute(
            "SELECT id FROM passages WHERE article NOT IN (SELECT number FROM articles)"
        ).fetchall()
        try:
            # With rank 1 FTS5 compares the index with every text of the content table.
            database.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            found.append(str(error))
        there = {row[0] for row in database.execute("SELECT id FROM passages")}
        database.execute("CREATE VIRTUAL TABLE temp.places USING fts5vocab (main, words, instance)")
        found += [
            ("a word of no passage", row) for row in database.execute("SELECT doc FROM places") if row[0] not in there
        ]
        database.rollback()
        return found
    finally:
        database.close()


PUBLISHERS = [None, "Reuters", "reuters", "REUTERS ", "Українська правда", "УКРАЇНСЬКА ПРАВДА", "al_jazeera", "%"]
DATES = [None, "2025-11-30", "2025-12-01", "2025-12-01T08:55:24", "2025-12-01T00:30:00+02:00", "2025-12-02"]
INSTANTS = [None, *(to_utc(date) for date in DATES if date), "2025-12-01T08:55:25"]
