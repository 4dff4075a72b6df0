"""The audit log: who added, changed and removed which article. It holds hashes and no word of an article."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from onrecord.index.values import Actor, ArticleInfo, Way

Action = Literal["created", "updated", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A change of one article."""

    number: int
    at: str
    """When the change was made, an instant in UTC (ISO 8601)."""
    who: str
    way: Way
    action: Action
    article_id: str
    content_sha256: str
    """SHA-256 of the text that was added or removed, in hexadecimal."""


_NAMES = ("number", "at", "who", "way", "action", "article_id", "content_sha256")


class AuditTable:
    """The archive's table `audit`, to which rows are only ever added; SQLite itself refuses to change or delete one."""

    def __init__(self, read: Callable[[], sqlite3.Connection]) -> None:
        self._read = read

    def entries(self) -> Iterator[AuditEntry]:
        """Yield all entries, the first one first."""
        for row in self._read().execute(f"SELECT {', '.join(_NAMES)} FROM audit ORDER BY number"):
            yield AuditEntry(**dict(zip(_NAMES, row, strict=True)))


def note_change(db: sqlite3.Connection, action: Action, article: ArticleInfo, *, by: Actor, now: str) -> None:
    """Add an entry in the transaction that makes the change, so that neither is ever there without the other."""
    db.execute(
        "INSERT INTO audit (at, who, way, action, article_id, content_sha256) VALUES (?, ?, ?, ?, ?, ?)",
        (now, by.name, by.way, action, article.id, article.content_sha256),
    )
