"""Articles: as they are sent in, listed and read."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from onrecord.index.archive.tables.revision_table import Revision
from onrecord.index.articles.drafts import CONTROLS, MAX_FIELD, MAX_TEXT
from onrecord.index.articles.indexer import Added
from onrecord.index.values import Article, ArticleInfo, Copies, Draft, PageFacts
from onrecord.service.schemas.fields import DATE, Characters, Cursor, StrictModel

# The checks are those of `check_draft`; the document describes them.
_URL: JsonDict = {"pattern": r"^https?://[A-Za-z0-9.-]*[A-Za-z0-9](:[0-9]{1,4})?(/[!-~]*)?$", "maxLength": MAX_FIELD}
_Datum = Annotated[str, Field(json_schema_extra={"pattern": rf"^[^{CONTROLS}]*$", "maxLength": MAX_FIELD})]


_Said = Annotated[Characters, Field(min_length=1, max_length=MAX_FIELD)]
_SaidList = Annotated[tuple[_Said, ...], Field(max_length=100)]


class PageFactsIn(StrictModel):
    """What a program that read an article from a web page found on it beside the fields that every article has."""

    authors: _SaidList = ()
    language: _Said | None = None
    also_titled: _SaidList = ()
    partial: bool = False
    extractor: _Said | None = None


class ArticleIn(StrictModel):
    """An article to add; a field that is null is looked for in the text."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "Harbour to open in May\nThe new harbour will open in May, Mayor Ana Reis said on Monday.",
                    "publisher": "The Coast",
                    "published_at": "2025-11-03",
                    "source_name": "harbour.txt",
                }
            ]
        }
    )

    text: str = Field(
        description="Stored character for character; citations' offsets hold against it.",
        json_schema_extra={
            "pattern": rf"^[^{CONTROLS}]*[^{CONTROLS}\s\ufeff][^{CONTROLS}]*$",
            "maxLength": MAX_TEXT,
        },
    )
    title: _Datum | None = None
    publisher: _Datum | None = None
    author: _Datum | None = None
    published_at: Annotated[str, Field(json_schema_extra=DATE)] | None = Field(
        default=None,
        description="A date or an instant, as ISO 8601, mails or news sites have it: 2024-05-16, 16 May 2024.",
    )
    url: Annotated[str, Field(json_schema_extra=_URL)] | None = Field(
        default=None, description="http or https. The same url again is a new revision."
    )
    source_name: _Datum | None = Field(
        default=None, description="A file name, say. Identifies an article without a url."
    )
    page: PageFactsIn | None = Field(
        default=None, description="As `onrecord add` sends it of a page that it has read; null for a text."
    )

    def to_draft(self) -> Draft:
        """Return the article as it is handed in."""
        page = PageFacts(**self.page.model_dump()) if self.page else None
        return Draft(page=page, **self.model_dump(exclude={"page"}))


class PageIn(StrictModel):
    """A web page to add: its article is what a reader of the page sees, with what the page declares about it."""

    html: str = Field(description="The page as a browser or a program received it.", json_schema_extra={"minLength": 1})
    url: Annotated[str, Field(json_schema_extra=_URL)] | None = Field(
        default=None,
        description="The address that the page came from. If it is left out, the one that the page declares counts.",
    )


class CopiesOut(BaseModel):
    """Other articles that carry the same words as the one that is shown."""

    count: int = Field(description="The number of other articles.")
    article_ids: list[str]
    corrected: list[str] = Field(description="Articles with other words that the one shown corrects.")
    alike: list[str] = Field(
        description="Articles that say the same in other words and came from the same origin on the same day, where "
        "the origin is not fully trusted: they count once. Only answers have them."
    )

    @classmethod
    def from_copies(cls, copies: Copies) -> Self:
        """Return the JSON form."""
        return cls(
            count=len(copies.article_ids),
            article_ids=list(copies.article_ids),
            corrected=list(copies.corrected),
            alike=list(copies.alike),
        )


class ArticleInfoOut(BaseModel):
    """An archived article without its text."""

    id: str
    title: str
    publisher: str | None
    author: str | None
    published_at: str | None
    url: str | None
    source_name: str | None
    content_sha256: str
    added_at: str
    copies: CopiesOut = Field(description="Other articles that carry the story.")

    @classmethod
    def from_info(cls, info: ArticleInfo, copies: Copies) -> Self:
        """Return the JSON form."""
        return cls(copies=CopiesOut.from_copies(copies), **shared_fields(info, cls))


class RevisionOut(BaseModel):
    """An earlier text of the article, without the text itself."""

    title: str
    content_sha256: str
    added_at: str
    replaced_at: str


class ArticleOut(ArticleInfoOut):
    """An archived article with its text and its earlier revisions."""

    text: str
    authors: list[str] = Field(description="Each author's name; `author` has them in one text.")
    language: str | None = Field(description="As the page declares it (BCP 47); null if a text was added.")
    also_titled: list[str] = Field(description="Other titles that the page shows or declares.")
    partial: bool = Field(description="Whether the page says that a part of the article is for subscribers.")
    extractor: str | None = Field(
        description="Name and version of what read the text from a page; null if a text was added."
    )
    revisions: list[RevisionOut] = Field(description="Earlier texts, oldest first.")

    @classmethod
    def from_article(cls, article: Article, copies: Copies, revisions: Sequence[Revision]) -> Self:
        """Return the JSON form."""
        page = article.page
        return cls(
            text=article.text,
            authors=list(page.authors) or ([article.info.author] if article.info.author else []),
            language=page.language,
            also_titled=list(page.also_titled),
            partial=page.partial,
            extractor=page.extractor,
            copies=CopiesOut.from_copies(copies),
            revisions=[
                RevisionOut(
                    title=one.title,
                    content_sha256=one.content_sha256,
                    added_at=one.added_at,
                    replaced_at=one.replaced_at,
                )
                for one in revisions
            ],
            **shared_fields(article.info, ArticleInfoOut),
        )


class ArticlesOut(BaseModel):
    """A page of articles; `next_cursor` is null on the last one."""

    articles: list[ArticleInfoOut]
    next_cursor: str | None


class ListIn(StrictModel):
    """Which articles are listed."""

    limit: int = Field(default=50, ge=1, le=500)
    cursor: Cursor | None = None
    query: Annotated[Characters, Field(max_length=200)] | None = Field(
        default=None, description="In title, publisher, author or source name."
    )


class AddedOut(BaseModel):
    """What became of one article."""

    id: str
    status: Literal["created", "updated", "unchanged"]
    title: str

    @classmethod
    def from_added(cls, added: Added) -> Self:
        """Return the JSON form."""
        return cls(id=added.article.id, status=added.status, title=added.article.title)


class AddedListOut(BaseModel):
    """What became of each article, in the order they were sent."""

    articles: list[AddedOut]


def shared_fields(info: ArticleInfo, model: type[BaseModel]) -> dict[str, Any]:
    """Return the values of `info` for the fields that `model` has under the same names."""
    return {name: getattr(info, name) for name in model.model_fields if hasattr(info, name)}
