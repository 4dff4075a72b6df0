"""The values that travel through the index. All frozen; positions are Unicode code points, ends exclusive."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points: `text[start:end]`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"Not a span: start {self.start}, end {self.end}.")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the slice of `text` that this span names."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Say whether the two share at least one code point."""
        return max(self.start, other.start) < min(self.end, other.end)

    def contains(self, other: "Span") -> bool:
        """Say whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def trimmed(self, text: str) -> "Span":
        """Return the span without the white space at its ends in `text`; of white space alone, its empty end."""
        piece = self.of(text)
        start = self.start + len(piece) - len(piece.lstrip())
        return Span(start, max(start, self.start + len(piece.rstrip())))


class BlockKind(StrEnum):
    """What a line or paragraph of an article is."""

    HEADLINE = "headline"
    """The title, at its first place in the text."""
    HEADING = "heading"
    """A heading between paragraphs: context for a search, never quoted."""
    PARAGRAPH = "paragraph"
    """Article text: the only kind that is ever quoted."""
    FURNITURE = "furniture"
    """Byline, dateline stamp, photo credit, link to another story, biography, …: never searched, never quoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One line or paragraph of an article; the span is trimmed of surrounding white space."""

    span: Span
    kind: BlockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an article's own text says about it. Dates are ISO 8601; unknown is None."""

    title: str | None
    author: str | None
    publisher: str | None
    published_at: str | None
    blocks: tuple[Block, ...]


Way = Literal["http", "command line", "library"]
"""Where a change of the archive comes from."""

METADATA = ("title", "publisher", "author", "published_at", "url", "source_name")
"""Names of a draft's fields besides its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a web page says about its article beside the fields that every article has."""

    authors: tuple[str, ...] = ()
    """Each author's name; the article's `author` has them in one text."""
    language: str | None = None
    """A tag of BCP 47, as the page declares it."""
    also_titled: tuple[str, ...] = ()
    """Other titles that the page shows or declares."""
    partial: bool = False
    """Whether the page says that a part of the article is for subscribers."""
    extractor: str | None = None
    """Name and version of what chose and wrote the text; None if the text was handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as it is handed in to be archived; what is None is looked for in the text."""

    text: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published_at: str | None = None
    url: str | None = None
    source_name: str | None = None
    page: PageFacts | None = None
    """None if the text was handed in, and not a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleInfo:
    """An archived article without its text."""

    id: str
    title: str
    publisher: str | None
    author: str | None
    published_at: str | None
    url: str | None
    source_name: str | None
    content_sha256: str
    """SHA-256 of the text in UTF-8: what a citation names, so that a change is noticed."""
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An archived article; `text` is what was handed in, character for character, or what a page shows."""

    info: ArticleInfo
    text: str
    page: PageFacts = PageFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or a program that adds and removes articles, by the name that the audit log has."""

    name: str
    way: Way = "library"


UNNAMED = Actor(name="unnamed")
"""A caller that does not say who adds or removes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence-aligned slice of an article, the unit of retrieval; its sentences are the part that may be quoted."""

    span: Span
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles a question is put to; None is no restriction, and the restrictions are combined by "and".

    Instants are as `to_utc` writes them; an article without a date passes no date filter.
    """

    published_after: str | None = None
    """At or after this instant."""
    published_before: str | None = None
    """Before this instant."""
    publisher: str | None = None
    """This publisher, whatever the case of the letters."""
    article_ids: tuple[str, ...] | None = None
    without_articles: tuple[str, ...] = ()
    """Every article but these."""
    speakers: tuple[str, ...] | None = None
    """Passages with words of one of these, named as the archive names its speakers."""

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Other articles that carry the same story as one that is shown, by id."""

    article_ids: tuple[str, ...] = ()
    """Those that have the very words, or nearly."""
    corrected: tuple[str, ...] = ()
    """Those that the one shown corrects, and that say it otherwise."""
    alike: tuple[str, ...] = ()
    """Those that say it in other words and that the same caller, not fully trusted, brought on the same day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A passage that the retriever returns."""

    id: int
    article: ArticleInfo
    span: Span
    text: str
    score: float
    """Fused score in 0..1; comparable within one query only."""
    similarity: float
    """Cosine between question and passage."""
    copies: Copies = Copies()
    """The other articles that carry the passage; of all of them the foremost one is shown."""

    def slice(self, span: Span) -> str:
        """Return the passage's words at a span of the article's text."""
        return self.text[span.start - self.span.start : span.end - self.span.start]

    def local(self, span: Span) -> Span:
        """Return where a span of the article's text lies in the passage's text."""
        return Span(span.start - self.span.start, span.end - self.span.start)
