"""Search results without copies: of articles that carry the same words one is shown, and the others are named."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.archive.tables.copy_table import Version
from onrecord.index.fallback import Part
from onrecord.index.search.trust import Trust
from onrecord.index.text.copies import Story, holds, is_copy, restates
from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Copies, Filters, FoundPassage

COPY_FINDER = Part(name="copy finder", loss="The copy finder failed, so copies of one story were not recognised.")
"""The part that shows one of several copies."""

_MIN_SHARED_WORDS = 40
"""Words in a passage that shows two articles to be copies. Other articles share a shorter passage by chance, or because
both were made from one template."""
_MAX_REMEMBERED = 2_000
"""Stories kept in memory, because each takes a tenth of a millisecond to read."""

_Links = Mapping[str, Sequence[Version]]
"""The other articles that carry an article's story, by its id."""
_Precedence = Callable[[Version], tuple[float, bool, str, int, str]]
"""The sort key of versions whose highest is shown."""


@dataclass(slots=True, kw_only=True)
class _Kept:
    """A passage that is shown, and the articles whose passages it stands for."""

    passage: FoundPassage
    story: Story
    articles: set[str] = field(default_factory=set)


class CopyFinder:
    """A finder of the passages that are copies of each other; threads share it."""

    def __init__(self, archive: SqliteArchive, trust: Trust | None = None) -> None:
        """Take the archive; of two copies, the one whose origin has more `trust` is shown."""
        self._archive = archive
        self._trust = trust or Trust(archive=archive, weights={})
        # Keys are passage ids and hashes of texts, neither of which ever stands for another text.
        self._stories: dict[int | str, Story] = {}

    def collapse(
        self, ranked: Sequence[tuple[int, float, float]], *, limit: int, filters: Filters | None = None
    ) -> list[FoundPassage]:
        """Return the first `limit` passages that are no copies of each other, given ids, scores and similarities.

        They keep their order. Of the articles that carry a passage and pass the filters, the foremost is shown: the
        most trusted, then a correction, then the newest, then the fullest.
        """
        kept: list[_Kept] = []
        links: dict[str, list[Version]] = {}
        weights: dict[str, float] = {}
        for start in range(0, len(ranked), max(1, limit)):
            found = self._archive.passages.found(
                {i: (score, alike) for i, score, alike in ranked[start : start + limit]}
            )
            links |= self._archive.copies.of_articles([passage.article.id for passage in found])
            weights |= self._trust.of_articles(passage.article.id for passage in found)
            for passage in found:
                if len(kept) < limit:
                    self._keep(passage, kept, links, weights)
            if len(kept) >= limit:
                break
        return [self._choose(one, links, filters) for one in kept]

    def carried(self, article_id: str, quote: str) -> Copies:
        """Return the articles that carry a quote of this article too, among those that carry its story."""
        others = self._archive.copies.of_articles([article_id]).get(article_id)
        if not others:
            return Copies()
        own = self._archive.copies.versions([article_id]).get(article_id)
        precedence = self._precedence([article_id, *(version.article_id for version in others)])
        return self._copies(Story("", quote), own, others, precedence)

    def _keep(self, passage: FoundPassage, kept: list[_Kept], links: _Links, weights: Mapping[str, float]) -> None:
        """Add a passage to those kept, unless one of them has its words already."""
        name, story = passage.article.id, self._passage_story(passage)
        for one in kept:
            if name in {one.passage.article.id, *one.articles}:
                continue
            there = [version for version in links.get(name, []) if version.article_id == one.passage.article.id]
            back = [version for version in links.get(one.passage.article.id, []) if version.article_id == name]
            if there:
                inside, around = holds(one.story, story), holds(story, one.story)
                corrects = any(version.corrects for version in (*there, *back))
                same = inside or around or (corrects and restates(one.story, story))
            else:
                shortest = min(len(story.words), len(one.story.words))
                inside = same = shortest >= _MIN_SHARED_WORDS and is_copy(story, one.story)
                around = False
            if same:
                one.articles.add(name)
                if around and not inside and weights[name] >= weights[one.passage.article.id]:
                    # This passage says all that the other one says, and more.
                    one.articles.add(one.passage.article.id)
                    one.passage, one.story = replace(passage, score=one.passage.score), story
                return
        kept.append(_Kept(passage=passage, story=story))

    def _choose(self, one: _Kept, links: _Links, filters: Filters | None) -> FoundPassage:
        """Return the passage as it stands in the foremost article that carries it, with the other articles."""
        articles = {one.passage.article.id, *one.articles}
        versions = {version.article_id: version for name in articles for version in links.get(name, [])}
        if len(versions | dict.fromkeys(articles)) == 1:
            return one.passage
        versions |= self._archive.copies.versions(sorted(articles))
        shown, own = one.passage, versions.get(one.passage.article.id)
        precedence = self._precedence(versions)
        for version in sorted(versions.values(), key=precedence, reverse=True):
            if own is None or precedence(version) <= precedence(own):
                break
            if found := self._same_in(version, one, filters, restated=version.corrects or own.corrects):
                shown, own = found, version
                break
        others = [version for version in versions.values() if version.article_id != shown.article.id]
        return replace(shown, copies=self._copies(Story("", shown.text), own, others, precedence))

    def _same_in(self, version: Version, one: _Kept, filters: Filters | None, *, restated: bool) -> FoundPassage | None:
        """Return the passage of another version that says what this one says, if it passes the filters.

        `restated`: whether one version corrects the other, so that figures may differ.
        """
        filters = filters or Filters()
        if filters.article_ids is not None and version.article_id not in filters.article_ids:
            return None
        ids = self._archive.passages.ids(replace(filters, article_ids=(version.article_id,)))
        scores = (one.passage.score, one.passage.similarity)
        for passage in sorted(self._archive.passages.found(dict.fromkeys(ids, scores)), key=lambda found: found.span):
            story = self._passage_story(passage)
            if holds(story, one.story) or (restated and restates(story, one.story)):
                return passage
        return None

    def _copies(self, part: Story, own: Version | None, others: Sequence[Version], precedence: _Precedence) -> Copies:
        carrying, corrected = [], []
        for version in sorted(others, key=precedence, reverse=True):
            if holds(self._article_story(version), part):
                carrying.append(version.article_id)
            elif own is not None and own.corrects and precedence(own) > precedence(version):
                corrected.append(version.article_id)
        return Copies(article_ids=tuple(carrying), corrected=tuple(corrected))

    def _precedence(self, article_ids: Iterable[str]) -> _Precedence:
        """Return the sort key of versions whose highest is shown."""
        weights = self._trust.of_articles(article_ids)
        return lambda version: (weights[version.article_id], *version.precedence)

    def _passage_story(self, passage: FoundPassage) -> Story:
        def read() -> Story:
            published = passage.article.published_at
            day = date.fromisoformat(to_utc(published)[:10]).toordinal() if published else None
            return Story(passage.article.title, passage.text, day)

        return self._remembered(passage.id, read)

    def _article_story(self, version: Version) -> Story:
        return self._remembered(version.content_sha256, lambda: self._archive.copies.story(version.article_id))

    def _remembered(self, key: int | str, read: Callable[[], Story]) -> Story:
        story = self._stories.get(key)
        if story is None:
            if len(self._stories) >= _MAX_REMEMBERED:
                self._stories = {}
            story = self._stories[key] = read()
        return story
