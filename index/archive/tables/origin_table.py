"""Where each article comes from: who brought its present text, as the archive noted it, and on which day."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from onrecord.index.values import Actor

UNKNOWN = "unknown"
"""The name of an origin that was never noted, as that of an article that was archived by an earlier version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A caller's name and the day, in UTC (ISO 8601), on which they brought an article's text."""

    name: str
    day: str


class OriginTable:
    """The archive's table `origins`."""

    def __init__(self, read: Callable[[], sqlite3.Connection]) -> None:
        self._read = read

    def of_articles(self, article_ids: Iterable[str]) -> dict[str, Origin]:
        """Return the origin of each of these articles that has one, by the article's id."""
        rows = self._read().execute(
            "SELECT articles.id, name, day FROM origins JOIN articles ON articles.number = origins.article "
            "WHERE articles.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        )
        return {article: Origin(name=name, day=day) for article, name, day in rows}

    def articles(self, names: Iterable[str], *, others: bool = False) -> tuple[str, ...]:
        """Return the ids of the articles whose origin has one of these names, or with `others` any other name."""
        rows = self._read().execute(
            "SELECT articles.id FROM articles LEFT JOIN origins ON origins.article = articles.number "
            f"WHERE coalesce(name, ?) {'NOT ' * others}IN (SELECT value FROM json_each(?)) ORDER BY articles.number",
            (UNKNOWN, json.dumps(list(names))),
        )
        return tuple(row[0] for row in rows)


def name_of(actor: Actor) -> str:
    """Return the name of an origin: that of the key over HTTP, and else the way, as the owner's own machine has it."""
    return actor.name if actor.way == "http" else actor.way


def note_origin(db: sqlite3.Connection, article: int, *, by: Actor, now: str) -> None:
    """Note who brought the article's present text, in the transaction that stores it."""
    db.execute("INSERT OR REPLACE INTO origins VALUES (?, ?, ?)", (article, name_of(by), now[:10]))
