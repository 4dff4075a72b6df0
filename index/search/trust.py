"""The trust that the owner of an archive puts in those who bring its articles.

A weight is a factor of the odds that a text answers: 1 is full trust, .01 makes it a hundred times less likely to be
preferred, and 0 keeps it out of answers. What a caller who is not fully trusted brings on one day in several wordings
counts once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.tables.origin_table import UNKNOWN, Origin, name_of
from onrecord.index.values import Actor, ArticleInfo, Filters, FoundPassage

OTHERS = "*"
"""The name that stands for every origin without a weight of its own."""

_MIN_COSINE = 0.65
"""The least cosine of two passages that say the same in other words; 98 of 100 pairs of PoisonedRAG's rewrites do.
It only ever joins passages that one caller, not fully trusted, brought on one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The weight of each origin, 0 to 1, by name; an origin without one has that of `*`, or else 1."""

    archive: SqliteArchive
    weights: Mapping[str, float]

    @property
    def is_equal(self) -> bool:
        """Whether everybody is trusted alike, so that answers are what they are without weights."""
        return set(self.weights.values()) <= {self.weights.get(OTHERS, 1.0)} - {0.0}

    def of_articles(self, article_ids: Iterable[str]) -> dict[str, float]:
        """Return the weight of each article, by id."""
        wanted = list(article_ids)
        if self.is_equal:
            return dict.fromkeys(wanted, 1.0)
        origins = self.archive.origins.of_articles(wanted)
        return {article: self._weight(origins[article].name if article in origins else UNKNOWN) for article in wanted}

    def may_replace(self, by: Actor, article: ArticleInfo) -> bool:
        """Say whether a caller is trusted as much as the one who brought the article."""
        return self.is_equal or self._weight(name_of(by)) >= self.of_articles([article.id])[article.id]

    def narrow(self, filters: Filters) -> Filters:
        """Return the filters without the articles whose weight is 0."""
        if self.is_equal or 0.0 not in self.weights.values():
            return filters
        if self.weights.get(OTHERS) == 0.0:
            trusted = [name for name, weight in self.weights.items() if weight and name != OTHERS]
            refused = self.archive.origins.articles(trusted, others=True)
        else:
            refused = self.archive.origins.articles(name for name, weight in self.weights.items() if not weight)
        return replace(filters, without_articles=(*filters.without_articles, *refused))

    def once(self, passages: Sequence[FoundPassage]) -> list[FoundPassage]:
        """Return the passages, best first; of several that one caller brought on one day in other words, the best.

        It names the articles of the others as `copies.alike`. What a fully trusted caller brought stays as it is.
        """
        origins = self.archive.origins.of_articles({passage.article.id for passage in passages})
        there, vectors = self.archive.passages.vectors([passage.id for passage in passages])
        vector = dict(zip(there, vectors, strict=True))
        groups: dict[Origin | int, list[list[FoundPassage]]] = {}
        for passage in passages:
            origin = origins.get(passage.article.id)
            theirs = groups.setdefault(origin if origin and self._weight(origin.name) < 1 else passage.id, [])
            alike = [one for one in theirs if max(vector[passage.id] @ vector[p.id] for p in one) >= _MIN_COSINE]
            theirs[:] = [*(one for one in theirs if one not in alike), [*chain.from_iterable(alike), passage]]
        place = {passage.id: number for number, passage in enumerate(passages)}
        kept: dict[int, FoundPassage] = {}
        for group in chain.from_iterable(groups.values()):
            best, *others = sorted(group, key=lambda one: place[one.id])
            named = dict.fromkeys(name for one in others for name in (one.article.id, *one.copies.article_ids))
            named.pop(best.article.id, None)
            kept[best.id] = replace(best, copies=replace(best.copies, alike=tuple(named)))
        return [kept[passage.id] for passage in passages if passage.id in kept]

    def _weight(self, name: str) -> float:
        return self.weights.get(name, self.weights.get(OTHERS, 1.0))
