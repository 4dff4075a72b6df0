"""Which of a page's blocks are the article: trafilatura points at them, and the page's own structure completes them."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from onrecord.index.articles.html.titles import key_of
from onrecord.index.articles.html.visible_text import VisibleBlock
from onrecord.index.articles.news.furniture import is_furniture

_MIN_DISTINCT: Final = 25
"""Letters and digits from which on a text is found inside a longer one by no accident."""
_MAX_LINKED: Final = 0.5
"""Share of a block's text that may be links; teasers have more."""
_MIN_LEAD: Final = 40
"""Letters and digits of the shortest deck below a headline."""
_MAX_TEASER: Final = 600
"""Characters in an article element inside the article that is a teaser of another one."""
_MIN_MAIN_SHARE: Final = 0.15
"""Share of the chosen text that lies in an element which counts as one of the article's own."""
_MAX_BOX_SHARE: Final = 0.7
"""Share of the chosen text from which on an element holds the article, whatever it is called."""
_MAX_ID: Final = 30
"""Characters of an id that may name a box."""
_STRUCTURE: Final = 4
"""Elements around a block by which blocks of one kind are told."""

# What sites call the boxes beside an article, and pictures' captions.
_BESIDE: Final = re.compile(
    r"(?i)(?:^|[\s_-])(?:fact-?box|info-?box|news-?letter\w*|related\w*|recommend\w*|promos?|read-?(?:also|more|next)"
    r"|subscri\w*|comments?|social|share|sharing|advert\w*|caption|toast|popup|copyright|author-?(?:bio|box|info)"
    r"|breadcrumbs?)(?:$|[\s_-])"
)
_PARAGRAPHS: Final = frozenset({"p", "li", "blockquote", "dd", "dt", "tr", "pre", "div"})


def article_blocks(
    root: HtmlElement, blocks: Sequence[VisibleBlock], *, titles: Collection[str], decks: Collection[str]
) -> list[VisibleBlock]:
    """Return the blocks of the article, without its headline; none if there is no article on the page.

    `titles` and `decks` are the headlines and the descriptions that the page declares, as `key_of` spells them.
    """
    choice = _Choice(blocks, [key_of(block.text) for block in blocks], _chosen(root, blocks))
    choice.drop_headline(titles)
    choice.drop_beside()
    choice.drop_other_articles()
    choice.add_alike()
    choice.add_between()
    choice.add_decks(decks)
    return [blocks[number] for number in sorted(choice.chosen)]


def _chosen(root: HtmlElement, blocks: Sequence[VisibleBlock]) -> set[int]:
    """Return the numbers of the blocks whose words trafilatura takes for the article's."""
    document = bare_extraction(root, include_comments=False)
    text = getattr(document, "text", None) or ""
    lines = {key for line in text.split("\n") if (key := key_of(line))}
    whole = key_of(text)

    def in_article(line: str) -> bool:
        key = key_of(line)
        return key in lines or (len(key) >= _MIN_DISTINCT and key in whole)

    return {
        number
        for number, block in enumerate(blocks)
        if key_of(block.text) and all(in_article(line) for line in block.text.split("\n") if key_of(line))
    }


class _Choice:
    """The blocks that are chosen so far, by number."""

    def __init__(self, blocks: Sequence[VisibleBlock], keys: Sequence[str], chosen: set[int]) -> None:
        self.chosen = chosen
        self._blocks = blocks
        self._keys = keys
        self._headline: int | None = None
        self._boxes: dict[HtmlElement, bool] = {}
        self._texts = Counter[HtmlElement]()
        for number in chosen:
            for element in (blocks[number].element, *blocks[number].element.iterancestors()):
                self._texts[element] += self._length(number)
        self._total = sum(map(self._length, chosen))

    def drop_headline(self, titles: Collection[str]) -> None:
        """Drop the headline and what stands above it, such as the way from the home page to the article."""
        # A kicker may stand in the same heading as the headline.
        long = tuple(title for title in titles if len(title) >= _MIN_DISTINCT)
        same = [
            number
            for number, key in enumerate(self._keys)
            if key in titles or (self._blocks[number].element.tag in {"h1", "h2"} and long and key.endswith(long))
        ]
        shown = [number for number in same if self._blocks[number].element.tag == "h1"] or same
        self._headline = next(iter(shown), None)
        self._drop(same)
        self._drop(n for n in self.chosen if self._blocks[n].element.tag == "h1")
        if self._headline is not None:
            above = [n for n in self.chosen if n < self._headline]
            if sum(map(self._length, above)) * 5 < sum(map(self._length, self.chosen)):
                self._drop(above)

    def drop_beside(self) -> None:
        """Drop links to other stories, boxes beside the article, captions, and what every page of a site repeats."""
        self._drop(number for number in self.chosen if self._is_beside(number))

    def drop_other_articles(self) -> None:
        """Drop other articles of the page: teasers inside the article, and the next one below it."""
        inside = {number: self._article_of(number) for number in self.chosen}
        texts = Counter[HtmlElement]()
        for number, article in inside.items():
            if article is not None:
                texts[article] += self._length(number)
        if len(texts) < 2:
            return
        main = max(texts, key=lambda article: (self._has_headline(article), texts[article]))
        around = set(main.iterancestors())
        for number, article in inside.items():
            if article is None or article is main or article in around:
                continue
            nested = main in article.iterancestors()
            if not nested or texts[article] < _MAX_TEASER:
                self.chosen.discard(number)

    def add_alike(self) -> None:
        """Add paragraphs that stand in the same structure as those of the article, as in a second container."""
        texts = Counter[tuple[str, ...]]()
        for number in self.chosen:
            texts[self._structure(number)] += self._length(number)
        least = _MIN_MAIN_SHARE * sum(texts.values())
        articles = {self._article_of(number) for number in self.chosen}
        for number, block in enumerate(self._blocks):
            if (
                number not in self.chosen
                and block.element.tag in _PARAGRAPHS
                and (self._headline is None or number > self._headline)
                and texts[self._structure(number)] > least
                and self._article_of(number) in articles
                and not self._is_beside(number)
            ):
                self.chosen.add(number)

    def add_between(self) -> None:
        """Add headings, lists and paragraphs that stand between chosen ones in the same element."""
        containers = Counter[HtmlElement]()
        for number in self.chosen:
            if (parent := self._blocks[number].element.getparent()) is not None:
                containers[parent] += self._length(number)
        least = _MIN_MAIN_SHARE * sum(containers.values())
        main = {element for element, length in containers.items() if length > least}
        for number in range(min(self.chosen, default=0), max(self.chosen, default=0)):
            element = self._blocks[number].element
            above = list(element.iterancestors())[: 3 if element.tag == "li" else 1]
            if number not in self.chosen and main.intersection(above) and not self._is_beside(number):
                self.chosen.add(number)

    def add_decks(self, decks: Collection[str]) -> None:
        """Add the deck between the headline and the article, which the page's description repeats."""
        first = min(self.chosen, default=0)
        starts = {deck[:_MIN_LEAD] for deck in decks if len(deck) >= _MIN_LEAD}
        for number in range(self._headline or 0, first):
            key = self._keys[number]
            if len(key) >= _MIN_LEAD and key[:_MIN_LEAD] in starts and not self._is_beside(number):
                self.chosen.add(number)

    def _drop(self, numbers: Collection[int] | Iterator[int]) -> None:
        self.chosen -= set(numbers)

    def _length(self, number: int) -> int:
        return len(self._blocks[number].text)

    def _is_beside(self, number: int) -> bool:
        block = self._blocks[number]
        if block.linked > _MAX_LINKED * len(block.text) or is_furniture(block.text):
            return True
        return any(self._is_box(element) for element in (block.element, *block.element.iterancestors()))

    def _is_box(self, element: HtmlElement) -> bool:
        """Say whether an element is a box beside the article, or a caption, by its name."""
        if element not in self._boxes:
            name = element.get("id", "")
            # A long id is made of the words of a headline.
            names = f"{element.get('class', '')} {name if len(name) <= _MAX_ID else ''}"
            named = element.tag == "figcaption" or _BESIDE.search(names)
            self._boxes[element] = bool(named) and self._texts[element] < _MAX_BOX_SHARE * self._total
        return self._boxes[element]

    def _article_of(self, number: int) -> HtmlElement | None:
        element = self._blocks[number].element
        return element if element.tag == "article" else next(element.iterancestors("article"), None)

    def _has_headline(self, article: HtmlElement) -> bool:
        return self._headline is not None and article in self._blocks[self._headline].element.iterancestors("article")

    def _structure(self, number: int) -> tuple[str, ...]:
        """Return tags and classes of a block's element and of those around it."""
        element = self._blocks[number].element
        around = [element, *element.iterancestors()][:_STRUCTURE]
        return tuple(f"{one.tag} {one.get('class', '') if one is not element else ''}" for one in around)
