"""The written articles with their claims, as sources for the gate."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onrecord.index.archive.archive import IndexedArticle
from onrecord.index.archive.tables.passage_table import StoredSentences
from onrecord.index.articles.indexer import Preparer
from onrecord.index.text.embedder import Embedder
from onrecord.index.values import ArticleInfo, Draft, FoundPassage
from onrecord.service.answers.evidence.evidence_finder import Source

ARTICLES = Path(__file__).parent / "articles.jsonl"
BORNE_OUT = frozenset({"verbatim", "paraphrase"})
"""The classes whose claims the article bears out; the claims of every other class are false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenArticle:
    """An article with its claims by class.

    `half` is "open" for articles whose results may be read one by one, and "kept" for those whose table alone may.
    """

    id: str
    half: str
    title: str
    text: str
    claims: Mapping[str, Sequence[str]]


def read_written(file: Path = ARTICLES) -> list[WrittenArticle]:
    """Return the articles of a file of JSON lines, in its order."""
    with file.open(encoding="utf-8") as lines:
        return [WrittenArticle(**json.loads(line)) for line in lines]


def sources_of(articles: Iterable[WrittenArticle], embedder: Embedder) -> dict[str, dict[str, Source]]:
    """Return the passages of each article by its id, as the archive would have them, under keys of eight digits."""
    articles = list(articles)
    prepared = Preparer(embedder).prepare([Draft(text=one.text, title=one.title) for one in articles])
    return {
        article.id: {f"{at:08x}": source for at, source in enumerate(_sources(article.id, ready), start=1)}
        for article, ready in zip(articles, prepared, strict=True)
    }


def _sources(article_id: str, ready: IndexedArticle) -> list[Source]:
    info = ArticleInfo(
        id=article_id,
        title=ready.draft.title or "",
        publisher=None,
        author=None,
        published_at=None,
        url=None,
        source_name=None,
        content_sha256="",
        added_at="",
    )
    return [
        Source(
            passage=FoundPassage(
                id=at,
                article=info,
                span=passage.span,
                text=passage.span.of(ready.draft.text),
                score=1.0,
                similarity=1.0,
            ),
            sentences=StoredSentences(spans=passage.sentences, vectors=embedding.parts),
            quotations=tuple(q for q in ready.quotations if q.span.overlaps(passage.span)),
        )
        for at, (passage, embedding) in enumerate(ready.passages, start=1)
    ]
