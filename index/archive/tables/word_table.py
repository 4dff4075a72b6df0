"""The word index: search by BM25, and counts of words."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from onrecord.index.archive.conditions import listed

_RANKING = "bm25(1.0, 1.0)"
"""Weights of title and text; FTS5's k1 is 1.2 and its b .75, and neither can be changed."""
_MAX_NAMED = 2_000
"""Up to this many wanted passages are named in the statement; of more, the unwanted ones are dropped afterwards."""
_BATCH_ROWS = 512
"""Rows read at a time."""
_MAX_REMEMBERED = 100_000
"""Words whose number of passages is remembered until the archive changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StemCounts:
    """Numbers of passages: of all, and of those in which each stem occurs."""

    passages: int
    by_stem: dict[str, int]


class WordTable:
    """The archive's table `words`, an index in FTS5 of each passage's text and its article's title."""

    def __init__(self, *, read: Callable[[], sqlite3.Connection], state: Callable[[], tuple[int, int]]) -> None:
        """Take `state`, a function whose value changes whenever the passages do."""
        self._read = read
        self._state = state
        self._counted: tuple[tuple[int, int], dict[str, int]] = ((0, 0), {})

    def match(
        self,
        words: Sequence[str],
        *,
        limit: int,
        besides: Sequence[str] = (),
        among: npt.NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """Return passage ids by BM25 over any of the words, best first; a higher score is better.

        The words `besides` add to the scores but find nothing: a passage with none of `words` is not ranked. `among`
        restricts the passages to these ids, which must ascend.
        """
        if not words or (among is not None and not len(among)):
            return []
        match, times = _any_of(words), 1
        if besides:
            # FTS5 scores a word as often as the expression names it, which is twice here.
            match, times = f"({match}) AND ({match} OR {_any_of(besides)} OR {_any_of(besides)})", 2
        few = among is not None and len(among) <= _MAX_NAMED
        restriction = f" AND +rowid IN {listed(among.tolist())}" if among is not None and few else ""
        rows = self._read().execute(
            f"SELECT rowid, -rank / {times} FROM words WHERE words MATCH :words AND rank MATCH :ranking{restriction} "
            "ORDER BY rank LIMIT :limit",
            {"words": match, "ranking": _RANKING, "limit": limit if among is None or few else -1},
        )
        if among is None or few:
            return rows.fetchall()
        # The rows come best first and were all ranked at once, so dropping the unwanted ones is enough.
        found: list[tuple[int, float]] = []
        while len(found) < limit and (batch := rows.fetchmany(_BATCH_ROWS)):
            ids = np.array([row[0] for row in batch])
            wanted = among[np.minimum(np.searchsorted(among, ids), len(among) - 1)] == ids
            found += compress(batch, wanted)
        rows.close()
        return found[:limit]

    def counts(self, stems: Sequence[str]) -> StemCounts:
        """Count the passages that hold each stem, as the Porter stemmer writes it."""
        state = self._state()
        counted_at, known = self._counted
        if counted_at != state or len(known) > _MAX_REMEMBERED:
            known = {}
        if missing := [stem for stem in stems if stem not in known]:
            # To count a word's passages, the word index goes through all of them: milliseconds for a common word.
            marks = ", ".join("?" * len(missing))
            db = self._read()
            rows = db.execute(f"SELECT term, doc FROM word_counts WHERE term IN ({marks})", missing)
            known = {**known, **dict.fromkeys(missing, 0), **dict(rows.fetchall())}
            # Other threads do not see yet what a transaction of this thread has changed.
            if not db.in_transaction and self._state() == state:
                self._counted = (state, known)
        return StemCounts(passages=state[1], by_stem={stem: known[stem] for stem in stems})

    def stems(self) -> list[str]:
        """Return every stem in the word index; reads all of it."""
        # One row is read at once; between two rows another thread may hold the interpreter for milliseconds.
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


def index_words(db: sqlite3.Connection, article: int) -> None:
    """Add the words of an article's passages."""
    db.execute(
        "INSERT INTO words (rowid, title, text) SELECT id, title, text FROM passage_texts WHERE article = ?", (article,)
    )


def forget_words(db: sqlite3.Connection, article: int) -> None:
    """Remove the words of an article's passages, before the passages go: FTS5 must be told the text."""
    db.execute(
        "INSERT INTO words (words, rowid, title, text) SELECT 'delete', id, title, text FROM passage_texts "
        "WHERE article = ?",
        (article,),
    )


def _any_of(words: Sequence[str]) -> str:
    """Return an FTS5 expression that matches any of the words."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
