"""Which archived article a set means by a gold article's name."""

import re
from collections.abc import Iterable, Iterator, Mapping

from onrecord.index.values import ArticleInfo

_MISSING = "missing: "


class ArticleNames:
    """A table of the names of the articles in an archive.

    A name is an id, a url or a source name; else a file name without folder or ending; else a title; else the beginning
    of one article's file name up to the end of a word, as `001` of `001_b467.txt`. The first of these steps at which
    any article has the name decides: if several have it there, it names none.
    """

    def __init__(self, articles: Iterable[ArticleInfo]) -> None:
        self._steps: tuple[dict[str, set[str]], ...] = ({}, {}, {}, {})
        for info in articles:
            for step, names in zip(self._steps, _names_of(info), strict=True):
                for name in names:
                    step.setdefault(name.casefold(), set()).add(info.id)

    def resolve(self, name: str) -> str | None:
        """Return the article's id, or None if no article, or more than one, has the name."""
        for step in self._steps:
            if found := step.get(name.strip().casefold()):
                return next(iter(found)) if len(found) == 1 else None
        return None

    def resolve_all(self, articles: Mapping[str, int]) -> dict[str, int]:
        """Return the grades by id; an article that is not in the archive gets a name that no article has."""
        return {self.resolve(name) or _MISSING + name: grade for name, grade in articles.items()}


def is_missing(article: str) -> bool:
    """Return whether `resolve_all` found no article by this name."""
    return article.startswith(_MISSING)


def _names_of(info: ArticleInfo) -> Iterator[list[str]]:
    source = info.source_name or ""
    file = source.rpartition("/")[2]
    stem = re.sub(r"\.(?:txt|text|md|jsonl?)(?:\.gz)?(?=#|$)", "", file, flags=re.IGNORECASE)
    yield [name for name in (info.id, info.url, info.source_name) if name]
    yield [name for name in {file, stem} if name]
    yield [info.title]
    yield [stem[: match.start()] for match in re.finditer(r"(?<=[^\W_])(?=[\W_])", stem)]
