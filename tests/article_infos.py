"""What an archive says of an article, made up for a test."""

from onrecord.index.values import ArticleInfo


def article_info(id: str, *, title: str = "", **known: str | None) -> ArticleInfo:
    """Return an article's description in which nothing is known but what is given."""
    fields = ("publisher", "author", "published_at", "url", "source_name")
    given = {**dict.fromkeys(fields), "content_sha256": "0" * 64, "added_at": "2025-01-01T00:00:00Z", **known}
    return ArticleInfo(id=id, title=title, **given)  # type: ignore[arg-type]
