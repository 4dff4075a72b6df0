"""Whether a citation still holds, and what became of its quote where it does not."""

from dataclasses import dataclass
from typing import Literal

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.tables.revision_table import Revision
from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.errors import ArticleNotFound
from onrecord.index.text.changes import Successor, find_successor
from onrecord.index.values import Article, Span

MAX_OTHER_PLACES = 20
"""Other places of a quote that are reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a quote since it was cited."""

    revision: Revision | None
    """The earlier text that was cited; None if the archive never had it."""
    held: bool | None
    """Whether that text had the quote at exactly the cited place; None without such a text."""
    successor: Successor | None
    """The words of the present text that come nearest to a quote that is gone; None if none are similar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of comparing a citation with the archive as it is now. Positions are Unicode code points."""

    verified: bool
    """Whether the article's present text has the quote at exactly the cited place."""
    status: Literal["verified", "changed", "mismatch", "missing"]
    """`changed`: the article has another text than the one cited. `mismatch`: it has the cited text, or no hash was
    given, and other words stand there. `missing`: the archive has no such article."""
    text: str | None = None
    """The words that stand at the cited place now."""
    found_at: tuple[Span, ...] = ()
    """Other places of the exact quote in the present text, the first `MAX_OTHER_PLACES`."""
    content_sha256: str | None = None
    """SHA-256 of the article's present text."""
    change: Change | None = None
    """What changed, if the status is `changed` or an earlier text had the quote at exactly this place."""


def verify_citation(
    archive: SqliteArchive, article_id: str, start: int, end: int, quote: str, content_sha256: str | None = None
) -> Verification:
    """Compare a citation with the archive: `text[start:end]` of the article should be `quote`.

    `content_sha256` is the hash that the citation carries; with it, a changed text is told from a wrong citation. A
    citation whose end is before its start never holds, as nothing stands there. Raise `ValueError` if `start` is
    negative.
    """
    span = Span(start, max(start, end))
    try:
        article = archive.article(article_id)
    except ArticleNotFound:
        return Verification(verified=False, status="missing")
    text = span.of(article.text)
    same_text = content_sha256 in {None, article.info.content_sha256}
    holds = text == quote and len(text) == end - start
    change = None
    if not (same_text and holds):
        cited = None if same_text else content_sha256
        change = _find_change(archive, article, span, quote, cited_sha256=cited)
    return Verification(
        verified=holds,
        status="changed" if not same_text else "verified" if holds else "mismatch",
        text=text,
        found_at=_other_places(article.text, quote, start),
        content_sha256=article.info.content_sha256,
        change=change,
    )


def _find_change(
    archive: SqliteArchive, article: Article, span: Span, quote: str, *, cited_sha256: str | None
) -> Change | None:
    article_id = article.info.id
    if cited_sha256 is not None:
        revision = archive.revisions.find(article_id, cited_sha256)
    else:
        # The hash is that of the present text, or none was given: an earlier text may have had the quote all the same.
        revision = archive.revisions.find_quote(article_id, span, quote)
        if revision is None:
            return None
    successor = None
    if quote and quote not in article.text:
        blocks = read_article(article.text, title=article.info.title).blocks
        successor = find_successor(quote, article.text, blocks, start=span.start)
    return Change(revision=revision, held=span.of(revision.text) == quote if revision else None, successor=successor)


def _other_places(text: str, quote: str, start: int) -> tuple[Span, ...]:
    """Return the places of the quote other than the one at `start`."""
    places: list[Span] = []
    at = text.find(quote) if quote else -1
    while at >= 0 and len(places) < MAX_OTHER_PLACES:
        if at != start:
            places.append(Span(at, at + len(quote)))
        at = text.find(quote, at + 1)
    return tuple(places)
