"""The archive's quotations, with the articles in which they stand."""

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onrecord.index.archive.article_row import INFO_COLUMNS, info_of
from onrecord.index.archive.conditions import condition_of, listed
from onrecord.index.speech.quotations import Quotation, QuotationKind
from onrecord.index.values import ArticleInfo, Filters, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuotation:
    """A quotation and the article in which it stands; `passage` is None for words of a headline."""

    id: int
    article: ArticleInfo
    passage: int | None
    quotation: Quotation


class QuotationTable:
    """The archive's table `quotations`."""

    def __init__(self, read: Callable[[], sqlite3.Connection]) -> None:
        self._read = read

    def speakers(self) -> list[tuple[str, str | None]]:
        """Return the names of all speakers, as the articles resolve them, with each role they are given."""
        sql = "SELECT DISTINCT speaker, role FROM quotations WHERE speaker NOT NULL ORDER BY speaker, role"
        return [(row[0], row[1]) for row in self._read().execute(sql)]

    def state(self) -> tuple[int, int]:
        """Return the highest id that a quotation ever had, and how many quotations there are.

        While both are the same, so are the quotations.
        """
        state = "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'quotations'), (SELECT count(*) FROM quotations)"
        last, there = self._read().execute(state).fetchone()
        return last or 0, there

    def find(
        self,
        *,
        passages: Sequence[int] | None = None,
        filters: Filters | None = None,
        kind: QuotationKind | None = None,
        after: int = 0,
        limit: int = -1,
    ) -> list[StoredQuotation]:
        """Return quotations in the order they were stored: those in the passages, if any are given, and of the kind.

        Of the filters, `speakers` is the quotation's own.
        """
        where, values = condition_of(replace(filters, speakers=None) if filters else None)
        if passages is not None:
            where += f" AND passage IN {listed(passages)}"
        if filters and filters.speakers is not None:
            where += " AND speaker IN (SELECT value FROM json_each(:speakers))"
        rows = self._read().execute(
            f"SELECT {INFO_COLUMNS}, quotations.id, passage, start, end, kind, cue_start, cue_end, speaker_start, "
            "speaker_end, speaker, role, denied, reported_by, substr(text, start + 1, end - start), "
            "substr(text, cue_start + 1, cue_end - cue_start), "
            "substr(text, speaker_start + 1, speaker_end - speaker_start) "
            f"FROM quotations JOIN articles ON number = article WHERE {where} AND quotations.id > :last_seen "
            "AND (:kind IS NULL OR kind = :kind) ORDER BY quotations.id LIMIT :limit",
            {
                **values,
                "speakers": json.dumps(filters.speakers) if filters else None,
                "last_seen": after,
                "kind": kind,
                "limit": limit,
            },
        )
        return [_stored_quotation(row) for row in rows]


def insert_quotations(
    db: sqlite3.Connection, article: int, quotations: Sequence[Quotation], passages: Sequence[tuple[int, Span]]
) -> None:
    """Store an article's quotations, each with the passage it stands in, if any.

    `passages` are ids and spans, in the article's order; `db` may be any that has the archive's tables.
    """
    ends = [held.end for _, held in passages]

    def passage_of(span: Span) -> int | None:
        # An article may have 100,000 quotations, so the first passage that ends behind the quotation's start is looked
        # up, and not searched for.
        first = bisect_right(ends, span.start)
        if first == len(passages):
            return None
        number, held = passages[first]
        return number if held.overlaps(span) else None

    db.executemany(
        "INSERT INTO quotations (article, passage, start, end, kind, cue_start, cue_end, speaker_start, "
        "speaker_end, speaker, role, denied, reported_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                article,
                passage_of(q.span),
                *_ends_of(q.span),
                q.kind,
                *_ends_of(q.cue_span),
                *_ends_of(q.speaker_span),
                q.speaker,
                q.role,
                q.denied,
                q.reported_by,
            )
            for q in quotations
        ],
    )


def _stored_quotation(row: Sequence[Any]) -> StoredQuotation:
    (number, passage, start, end, kind, cue_start, cue_end, speaker_start, speaker_end, *rest) = row[9:]
    speaker, role, denied, reported_by, text, cue, mention = rest
    return StoredQuotation(
        id=number,
        article=info_of(row[:9]),
        passage=passage,
        quotation=Quotation(
            text=text,
            span=Span(start, end),
            kind=QuotationKind(kind),
            cue=cue,
            cue_span=Span(cue_start, cue_end) if cue_start is not None else None,
            speaker_mention=mention,
            speaker_span=Span(speaker_start, speaker_end) if speaker_start is not None else None,
            speaker=speaker,
            role=role,
            denied=bool(denied),
            reported_by=reported_by,
        ),
    )


def _ends_of(span: Span | None) -> tuple[int | None, int | None]:
    """Return a span's start and end, or two None."""
    return (span.start, span.end) if span else (None, None)
