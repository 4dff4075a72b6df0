"""The archive's filters, and lists of ids, as SQL."""

import json
from collections.abc import Sequence

from onrecord.index.values import Filters


def condition_of(filters: Filters | None) -> tuple[str, dict[str, str]]:
    """Write the filters as a condition on `articles` and, for speakers, `passages`."""
    if not filters:
        return "TRUE", {}
    conditions: dict[str, tuple[str, str | None]] = {
        "after": ("published_utc >= :after", filters.published_after),
        "before": ("published_utc < :before", filters.published_before),
        "publisher": (
            "publisher_folded = :publisher",
            # SQLite's own NOCASE knows only the letters of ASCII.
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
    """Write ids as the list that `IN` takes."""
    # Integers need no quoting, and in the statement SQLite's limit on parameters does not apply to them.
    return "(" + ",".join(str(int(i)) for i in ids) + ")"
