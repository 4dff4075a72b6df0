"""Which of the archive's articles are copies of each other: found when an article is saved, deleted when it goes.

The two articles alone decide whether they are copies. So the order in which they were added does not matter, and
nothing needs to be found again when one of them is removed.
"""

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from onrecord.index.text.copies import MAX_DAYS_APART, VERSION, Story, is_copy, is_correction, keys_of, topic_key
from onrecord.index.values import Copies

_log = logging.getLogger(__name__)

_MAX_COMPARED = 200
"""Articles that a new one is compared with, those that have most keys in common with it first."""
_BATCH_ARTICLES = 200
"""Articles in a transaction when all are compared."""
_PROGRESS_EVERY = 5_000
"""Log the progress after this many articles, which take about ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An article that carries a story which other articles carry too."""

    article_id: str
    published: str
    """The instant of its publication as filters write it; empty if it has none."""
    content_sha256: str
    corrects: bool
    length: int
    """Length of its text, in code points."""

    @property
    def precedence(self) -> tuple[bool, str, int, str]:
        """Return a sort key whose highest is shown: a correction, then the newest, then the fullest, then any one."""
        return self.corrects, self.published, self.length, self.article_id


class CopyTable:
    """The archive's tables `stories`, `story_keys` and `copies`."""

    def __init__(
        self,
        *,
        read: Callable[[], sqlite3.Connection],
        write: Callable[[], AbstractContextManager[sqlite3.Connection]],
    ) -> None:
        self._read = read
        self._write = write

    def complete(self) -> int:
        """Compare the articles that were not compared yet, or all after a change of the rules; return how many."""
        with self._write() as db:
            known = db.execute("SELECT value FROM facts WHERE name = 'copies'").fetchone()
            if known != (VERSION,):
                for table in ("copies", "story_keys", "stories"):
                    db.execute(f"DELETE FROM {table}")
                db.execute("INSERT OR REPLACE INTO facts VALUES ('copies', ?)", (VERSION,))
        sql = "SELECT number FROM articles WHERE number NOT IN (SELECT article FROM stories) ORDER BY number"
        missing = [row[0] for row in self._read().execute(sql)]
        if missing:
            _log.warning(
                "Looking for copies among %d articles, once; no question is answered meanwhile.",
                len(missing),
            )
        for start in range(0, len(missing), _BATCH_ARTICLES):
            with self._write() as db:
                for number in missing[start : start + _BATCH_ARTICLES]:
                    link_copies(db, number)
            if start and not start % _PROGRESS_EVERY:
                _log.warning("%d of %d articles have been compared.", start, len(missing))
        return len(missing)

    def of_articles(self, article_ids: Sequence[str]) -> dict[str, list[Version]]:
        """Return, by article id, the other articles that carry its story; an article without copies is left out.

        A correction also counts as a copy of the copies of what it corrects, whatever headline these have.
        """
        found = self._pairs(article_ids)
        linked = {version.article_id for versions in found.values() for version in versions}
        if not linked:
            return {}
        beyond, own = self._pairs(sorted(linked)), self.versions(list(found))
        for this, versions in found.items():
            known = {this, *(version.article_id for version in versions)}
            for version in [other for near in versions for other in beyond.get(near.article_id, [])]:
                if version.article_id not in known and (version.corrects or (this in own and own[this].corrects)):
                    known.add(version.article_id)
                    versions.append(version)
        return found

    def shared(self, article_ids: Sequence[str]) -> dict[str, Copies]:
        """Return, by article id, the other articles that carry its story, and which of these it corrects."""
        links, own = self.of_articles(article_ids), self.versions(article_ids)
        return {
            name: Copies(
                article_ids=tuple(other.article_id for other in links.get(name, []) if not _corrects(this, other)),
                corrected=tuple(other.article_id for other in links.get(name, []) if _corrects(this, other)),
            )
            for name, this in own.items()
        }

    def _pairs(self, article_ids: Sequence[str]) -> dict[str, list[Version]]:
        rows = self._read().execute(
            "SELECT this.id, other.id, coalesce(other.published_utc, ''), other.content_sha256, corrects, "
            "length(other.text) FROM articles this JOIN copies ON copies.article = this.number "
            "JOIN articles other ON other.number = copy JOIN stories ON stories.article = copy "
            "WHERE this.id IN (SELECT value FROM json_each(?)) ORDER BY other.id",
            (json.dumps(list(article_ids)),),
        )
        found: dict[str, list[Version]] = {}
        for this, *row in rows:
            found.setdefault(this, []).append(_version(row))
        return found

    def versions(self, article_ids: Sequence[str]) -> dict[str, Version]:
        """Return those of the articles that exist, by id."""
        rows = self._read().execute(
            "SELECT id, coalesce(published_utc, ''), content_sha256, coalesce(corrects, 0), length(text) FROM articles "
            "LEFT JOIN stories ON article = number WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        )
        return {row[0]: _version(row) for row in rows}

    def story(self, article_id: str) -> Story:
        """Return an article as it is compared; an empty story if there is no such article."""
        row = self._read().execute("SELECT number FROM articles WHERE id = ?", (article_id,)).fetchone()
        return _story(self._read(), row[0]) if row else Story("", "")


def link_copies(db: sqlite3.Connection, number: int) -> None:
    """Find the copies of an article whose passages are stored, and forget those that were found before."""
    unlink_copies(db, number)
    story = _story(db, number)
    db.execute("INSERT INTO stories VALUES (?, ?)", (number, story.corrects))
    keys = keys_of(story)
    topics = topic_key(story, corrects=False), topic_key(story, corrects=True)
    if not keys:
        return
    shared: Counter[int] = Counter()
    for key in keys:
        same = db.execute("SELECT article FROM story_keys WHERE key = ? ORDER BY article LIMIT ?", (key, _MAX_COMPARED))
        shared.update(row[0] for row in same)
    # A correction of figures in a table may share no three words in a row with what it corrects.
    topic = topics[0] if story.corrects else topics[1]
    if topic is not None:
        shared.update(
            row[0]
            for row in db.execute(
                _SAME_DAYS, {"key": topic, "number": number, "most": _MAX_COMPARED, "days": MAX_DAYS_APART}
            )
        )
    pairs = [other for other, _ in shared.most_common(_MAX_COMPARED) if is_copy(story, _story(db, other))]
    db.executemany(
        "INSERT INTO copies VALUES (?, ?)", [pair for other in pairs for pair in ((number, other), (other, number))]
    )
    own = [*keys, *(key for key in (topics if story.corrects else topics[:1]) if key is not None)]
    db.executemany("INSERT INTO story_keys VALUES (?, ?)", [(key, number) for key in own])


def unlink_copies(db: sqlite3.Connection, number: int) -> None:
    """Forget which articles are copies of this one."""
    for table in ("stories", "story_keys", "copies"):
        db.execute(f"DELETE FROM {table} WHERE article = ?", (number,))
    db.execute("DELETE FROM copies WHERE copy = ?", (number,))


_SAME_DAYS = """
SELECT article FROM story_keys JOIN articles other ON other.number = article, articles this
WHERE key = :key AND this.number = :number AND NOT coalesce(
    abs(julianday(other.published_utc) - julianday(this.published_utc)) > :days, FALSE
) ORDER BY article LIMIT :most
"""


def _corrects(one: Version, other: Version) -> bool:
    return one.corrects and not other.corrects


def _version(row: Sequence[Any]) -> Version:
    name, published, sha, corrects, length = row
    return Version(article_id=name, published=published, content_sha256=sha, corrects=bool(corrects), length=length)


def _story(db: sqlite3.Connection, number: int) -> Story:
    """Read an article as it is compared: its passages, which hold no furniture."""
    title, published, text = db.execute(
        "SELECT title, published_utc, text FROM articles WHERE number = ?", (number,)
    ).fetchone()
    spans = db.execute("SELECT start, end FROM passages WHERE article = ? ORDER BY start", (number,))
    return Story(
        title=title,
        text="\n".join(text[start:end] for start, end in spans),
        day=date.fromisoformat(published[:10]).toordinal() if published else None,
        corrects=is_correction(title, text),
    )
