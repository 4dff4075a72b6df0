"""Exact search, which holds in memory every passage's vector and the values that filters compare."""

import threading
from collections import defaultdict
from dataclasses import dataclass
from itertools import repeat
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.tables.passage_table import StoredPassages
from onrecord.index.text.embedder import Vector
from onrecord.index.values import Filters

Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_T = TypeVar("_T", bound=np.generic)

_BATCH_PASSAGES = 8192
"""Passages read from the archive at a time."""
_BLOCK_ROWS = 1024
"""Rows that are widened to float32 at a time, so few that they stay in the processor's cache."""
_MAX_GATHERED_SHARE = 0.3
"""Above this share of the passages, comparing all of them is faster than gathering the selected ones."""
_NONE, _UNKNOWN = -1, -2
"""Numbers of no publisher: of an article that has none, and of a filter that names one no article has."""
_STEPS = np.float32(32767)
"""Each number of a vector is kept in 16 bits, as a multiple of a 32,767th of the row's largest number. That is finer
than the archive's own half precision, takes half the memory of float32 and is widened ten times as fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The passages that pass a filter at one moment."""

    ids: Ids
    """Passage ids, ascending."""
    _vectors: npt.NDArray[np.int16]
    _scales: npt.NDArray[np.float32]
    _rows: Ids

    def nearest(self, vector: Vector, *, limit: int) -> list[tuple[int, float]]:
        """Return the ids and cosines of the `limit` nearest passages, best first; of equals, the older ones."""
        similarities = self._similarities(vector)
        if not len(similarities) or limit <= 0:
            return []
        if len(similarities) > limit:
            least = np.partition(similarities, -limit)[-limit]
            near = np.flatnonzero(similarities >= least)
        else:
            near = np.arange(len(similarities))
        best = near[np.argsort(-similarities[near], kind="stable")][:limit]
        return list(zip(self.ids[best].tolist(), similarities[best].tolist(), strict=True))

    def _similarities(self, vector: Vector) -> npt.NDArray[np.float32]:
        rows, every = self._rows, len(self._scales)
        if len(rows) > _MAX_GATHERED_SHARE * every:
            return self._compare(None, every, vector)[rows]
        return self._compare(rows, len(rows), vector)

    def _compare(self, rows: Ids | None, count: int, vector: Vector) -> npt.NDArray[np.float32]:
        # vecdot stays on this thread; a matrix product would wait for a second thread that another query may be using.
        found = np.empty(count, dtype=np.float32)
        for start in range(0, count, _BLOCK_ROWS):
            block = slice(start, start + _BLOCK_ROWS) if rows is None else rows[start : start + _BLOCK_ROWS]
            np.vecdot(self._vectors[block].astype(np.float32), vector, out=found[start : start + _BLOCK_ROWS])
        return found * (self._scales if rows is None else self._scales[rows])


class ExactSearch:
    """A copy in memory of what never changes about a passage, read from the archive at the first search.

    A passage's id is never used again, and a change of its article gives it a new one. So the copy follows the archive
    by reading the passages with higher ids and forgetting those that are gone. Threads share it.
    """

    def __init__(self, archive: SqliteArchive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._recent: tuple[tuple[tuple[int, int], Filters], Ids] | None = None
        self._clear()

    def select(self, filters: Filters) -> Selection:
        """Return the passages that pass the filters, as the archive is now."""
        with self._lock:
            self._follow()
            # A conversation keeps its filters, and looking up ten thousand named articles takes milliseconds.
            if self._recent is None or self._recent[0] != (self._state, filters):
                self._recent = (self._state, filters), np.flatnonzero(self._passing(filters))
            rows = self._recent[1]
            count = self._count
            # Later passages are written behind these views, and no row before their end is ever written again.
            return Selection(
                ids=self._ids[rows], _vectors=self._vectors[:count], _scales=self._scales[:count], _rows=rows
            )

    def _passing(self, filters: Filters) -> Mask:
        count = self._count
        mask = self._there[:count].copy()
        published = self._published[:count]
        if filters.published_after is not None or filters.published_before is not None:
            mask &= published != b""
        if filters.published_after is not None:
            mask &= published >= filters.published_after.encode()
        if filters.published_before is not None:
            mask &= published < filters.published_before.encode()
        if filters.publisher is not None:
            mask &= self._publisher[:count] == self._publishers.get(filters.publisher.casefold(), _UNKNOWN)
        if filters.article_ids is not None:
            wanted = np.zeros(len(self._articles) + 1, dtype=np.bool_)
            # One pass in C, because a filter may name half of a large archive. The row behind the last article stands
            # for all unknown ones.
            numbers = map(self._articles.get, filters.article_ids, repeat(len(self._articles)))
            wanted[np.fromiter(numbers, dtype=np.int64, count=len(filters.article_ids))] = True
            mask &= wanted[self._article[:count]]
        if filters.without_articles:
            known = [self._articles[name] for name in filters.without_articles if name in self._articles]
            mask &= ~np.isin(self._article[:count], known)
        if filters.speakers is not None:
            said = np.zeros(count, dtype=np.bool_)
            for speaker in filters.speakers:
                said[self._spoken.get(speaker, [])] = True
            mask &= said
        return mask

    # Following the archive

    def _clear(self) -> None:
        self._state = (0, 0)
        self._last = 0
        self._count = 0
        self._ids = np.empty(0, dtype=np.int64)
        self._vectors = np.empty((0, 0), dtype=np.int16)
        self._scales = np.empty(0, dtype=np.float32)
        self._there: Mask = np.empty(0, dtype=np.bool_)
        self._published = np.empty(0, dtype="S19")
        self._publisher = np.empty(0, dtype=np.int32)
        self._article = np.empty(0, dtype=np.int32)
        self._articles: dict[str, int] = {}
        self._publishers: dict[str, int] = {}
        self._spoken: defaultdict[str, list[int]] = defaultdict(list)

    def _follow(self) -> None:
        last, count = self._archive.passages.state()
        if (last, count) == self._state:
            return
        while self._last < last:
            rows = self._archive.passages.stored(after=self._last, upto=last, limit=_BATCH_PASSAGES)
            self._append(rows)
            self._last = rows.ids[-1] if len(rows.ids) == _BATCH_PASSAGES else last
        if np.count_nonzero(self._there[: self._count]) != count:
            self._there = np.isin(self._ids[: self._count], self._archive.passages.ids())
        self._state = (last, count)
        if 2 * count < self._count - _BATCH_PASSAGES:
            # More passages are gone than present, so start anew: memory must follow the archive's size.
            self._clear()
            self._follow()

    def _append(self, rows: StoredPassages) -> None:
        if not rows.ids:
            return
        largest = np.maximum(np.abs(rows.vectors).max(axis=1), np.finfo(np.float32).tiny)
        scales = largest / _STEPS
        publishers = [_NONE if name is None else _number(self._publishers, name) for name in rows.publishers]
        start = self._count
        self._ids = _extended(self._ids, start, np.array(rows.ids, dtype=np.int64))
        self._vectors = _extended(self._vectors, start, np.rint(rows.vectors / scales[:, None]).astype(np.int16))
        self._scales = _extended(self._scales, start, scales.astype(np.float32))
        self._there = _extended(self._there, start, np.ones(len(rows.ids), dtype=np.bool_))
        self._published = _extended(self._published, start, np.array(rows.published, dtype="S19"))
        self._publisher = _extended(self._publisher, start, np.array(publishers, dtype=np.int32))
        numbers = [_number(self._articles, name) for name in rows.articles]
        self._article = _extended(self._article, start, np.array(numbers, dtype=np.int32))
        places = {passage: start + row for row, passage in enumerate(rows.ids)}
        for passage, speaker in rows.speakers:
            if passage in places:
                self._spoken[speaker].append(places[passage])
        self._count += len(rows.ids)


def _number(numbers: dict[str, int], name: str) -> int:
    return numbers.setdefault(name, len(numbers))


def _extended(held: npt.NDArray[_T], count: int, more: npt.NDArray[_T]) -> npt.NDArray[_T]:
    """Write `more` behind the first `count` rows, in place if there is room; views of those rows do not change."""
    needed = count + len(more)
    if needed > len(held):
        # Memory that was never written to takes no room, so the array can be much larger than needed.
        grown = np.empty((max(needed, 2 * len(held)), *more.shape[1:]), dtype=more.dtype)
        if count:
            grown[:count] = held[:count]
        held = grown
    held[count:needed] = more
    return held
