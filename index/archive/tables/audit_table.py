"""The audit log: who added, changed and removed which article. It holds hashes and no word of an article."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from onrecord.index.text.timestamps import now_in_utc
from onrecord.index.values import Actor, ArticleInfo, Way

Action = Literal["created", "updated", "removed", "restored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A change of one article, or of all of them: `restored`, when a back-up took their place."""

    number: int
    at: str
    """When the change was made, an instant in UTC (ISO 8601)."""
    who: str
    way: Way
    action: Action
    article_id: str
    """The article; empty if a back-up was restored."""
    content_sha256: str
    """SHA-256 of the text that was added or removed, in hexadecimal; empty if a back-up was restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """A choice of entries; None is no restriction. Instants are as `to_utc` writes them."""

    who: str | None = None
    way: str | None = None
    action: str | None = None
    article_id: str | None = None
    content_sha256: str | None = None
    after: str | None = None
    """At or after this instant."""
    before: str | None = None
    """Before this instant."""


_NAMES = ("number", "at", "who", "way", "action", "article_id", "content_sha256")
_CONDITIONS = {
    **{name: f"{name} = :{name}" for name in ("who", "way", "action", "article_id", "content_sha256")},
    "after": "substr(at, 1, 19) >= :after",
    "before": "substr(at, 1, 19) < :before",
}
"""The conditions by the filter's field; an instant in the table ends with its zone, which is always UTC."""


class AuditTable:
    """The archive's table `audit`, to which rows are only ever added; SQLite itself refuses to change or delete one."""

    def __init__(self, read: Callable[[], sqlite3.Connection]) -> None:
        self._read = read

    def entries(self, wanted: AuditFilter | None = None) -> Iterator[AuditEntry]:
        """Yield the entries that are wanted, or all, the first one first."""
        values = {name: value for name, value in asdict(wanted or AuditFilter()).items() if value is not None}
        where = " AND ".join(_CONDITIONS[name] for name in values) or "TRUE"
        sql = f"SELECT {', '.join(_NAMES)} FROM audit WHERE {where} ORDER BY number"
        for row in self._read().execute(sql, values):
            yield AuditEntry(**dict(zip(_NAMES, row, strict=True)))


def note_change(db: sqlite3.Connection, action: Action, article: ArticleInfo, *, by: Actor, now: str) -> None:
    """Add an entry in the transaction that makes the change, so that neither is ever there without the other."""
    _insert(db, (now, by.name, by.way, action, article.id, article.content_sha256))


def note_restoration(db: sqlite3.Connection, *, by: Actor) -> None:
    """Add the entry that a back-up has taken the place of all articles."""
    _insert(db, (now_in_utc(), by.name, by.way, "restored", "", ""))


def _insert(db: sqlite3.Connection, values: tuple[str, ...]) -> None:
    db.execute("INSERT INTO audit (at, who, way, action, article_id, content_sha256) VALUES (?, ?, ?, ?, ?, ?)", values)
