"""What web pages said about the articles that were read from them."""

import json
import sqlite3
from collections.abc import Callable

from onrecord.index.values import PageFacts


class PageTable:
    """The archive's table `pages`."""

    def __init__(self, read: Callable[[], sqlite3.Connection]) -> None:
        self._read = read

    def of_article(self, article_id: str) -> PageFacts:
        """Return what the article's page said; nothing, if its text did not come from a page."""
        row = (
            self._read()
            .execute(
                "SELECT authors, language, also_titled, partial, extractor FROM pages "
                "JOIN articles ON articles.number = pages.article WHERE id = ?",
                (article_id,),
            )
            .fetchone()
        )
        if row is None:
            return PageFacts()
        authors, language, also_titled, partial, extractor = row
        return PageFacts(
            authors=tuple(json.loads(authors)),
            language=language,
            also_titled=tuple(json.loads(also_titled)),
            partial=bool(partial),
            extractor=extractor,
        )


def note_page(db: sqlite3.Connection, article: int, page: PageFacts | None) -> None:
    """Note what the page of an article's present text says, in the transaction that stores the text."""
    db.execute("DELETE FROM pages WHERE article = ?", (article,))
    if page is not None:
        row = (
            article,
            json.dumps(page.authors, ensure_ascii=False),
            page.language,
            json.dumps(page.also_titled, ensure_ascii=False),
            page.partial,
            page.extractor,
        )
        db.execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?)", row)
