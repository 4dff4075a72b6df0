"""How an article without its text is read from a row of the archive."""

from collections.abc import Sequence

from onrecord.index.values import ArticleInfo

_NAMES = ("id", "title", "publisher", "author", "published_at", "url", "source_name", "content_sha256", "added_at")
INFO_COLUMNS = ", ".join(f"articles.{name}" for name in _NAMES)
"""The columns of an article without its text, as `info_of` reads them."""


def info_of(row: Sequence[str]) -> ArticleInfo:
    """Read a row of `INFO_COLUMNS`."""
    return ArticleInfo(**dict(zip(_NAMES, row, strict=True)))
