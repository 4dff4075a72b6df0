"""Articles: add, list, read, remove."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import from_json

from onrecord.index.articles.drafts import check_draft
from onrecord.index.articles.files import read_content
from onrecord.index.articles.indexer import Indexer
from onrecord.index.errors import InvalidArticle
from onrecord.index.values import Actor, Copies, Draft, Filters
from onrecord.service.http.problems import invalid
from onrecord.service.http.requests.dependencies import TAKES_NO_QUERY, AppParts, RequestCaller
from onrecord.service.http.requests.form_files import read_form_files
from onrecord.service.schemas.articles import (
    AddedListOut,
    AddedOut,
    ArticleIn,
    ArticleInfoOut,
    ArticleOut,
    ArticlesOut,
    ListIn,
    PageIn,
)
from onrecord.service.schemas.quotations import ArticleQuotationsOut, QuotedOut

router = APIRouter(prefix="/articles", tags=["articles"])

ArticleId = Annotated[str, Path(max_length=64, description="As `POST /articles` and citations name it.")]

_MAX_ARTICLES = 1_000
"""Articles in one request; `onrecord add` takes any number."""


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    dependencies=[TAKES_NO_QUERY],
    summary="Add articles",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "anyOf": [
                            {"$ref": "#/components/schemas/ArticleIn"},
                            {"$ref": "#/components/schemas/PageIn"},
                            {
                                "type": "array",
                                "items": {
                                    "anyOf": [
                                        {"$ref": "#/components/schemas/ArticleIn"},
                                        {"$ref": "#/components/schemas/PageIn"},
                                    ]
                                },
                                "minItems": 1,
                                "maxItems": _MAX_ARTICLES,
                            },
                        ]
                    },
                    "example": ArticleIn.model_config["json_schema_extra"]["examples"][0],  # type: ignore[index]
                },
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["files"],
                        "properties": {
                            "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
                        },
                    }
                },
            },
        }
    },
)
async def add(request: Request, parts: AppParts, caller: RequestCaller) -> AddedListOut:
    """Add one article, a list of them, or files: texts in UTF-8 and web pages; on an error, none of them is added.

    Articles in the response are on the disk. An article with a known url or source name is a new revision of it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    read: Callable[[], list[Draft]]
    if kind == "multipart/form-data":
        read = partial(_read_files, await request.body(), request.headers["content-type"])
    elif kind == "application/json" or kind.endswith("+json"):
        read = partial(_read_json, await request.body())
    else:
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Content-Type {kind!r} is not accepted; send application/json or multipart/form-data.",
        )
    # A large body is parsed in the thread too, as the event loop would stand still meanwhile.
    return await parts.additions.run(lambda: _add(parts.indexer, read(), caller.actor))


@router.get("", summary="List articles")
async def list_articles(parts: AppParts, query: Annotated[ListIn, Query()]) -> ArticlesOut:
    """Return a page of articles in the order they were added."""

    def list_page() -> ArticlesOut:
        articles, more = parts.archive.articles(limit=query.limit, after=int(query.cursor or 0), query=query.query)
        copies = parts.archive.copies.shared([info.id for info in articles])
        return ArticlesOut(
            articles=[ArticleInfoOut.from_info(info, copies.get(info.id, Copies())) for info in articles],
            next_cursor=str(more) if more is not None else None,
        )

    return await parts.readings.run(list_page)


@router.get(
    "/{article_id}",
    summary="Read an article",
    dependencies=[TAKES_NO_QUERY],
    responses={404: {"description": "No such article."}},
)
async def read(article_id: ArticleId, parts: AppParts) -> ArticleOut:
    """Return an article with its text as it was added, character for character."""

    def find() -> ArticleOut:
        article = parts.archive.article(article_id)
        copies = parts.archive.copies.shared([article_id]).get(article_id, Copies())
        return ArticleOut.from_article(article, copies, parts.archive.revisions.of_article(article_id))

    return await parts.readings.run(find)


@router.get(
    "/{article_id}/quotations",
    summary="Who said what in an article",
    dependencies=[TAKES_NO_QUERY],
    responses={404: {"description": "No such article."}},
)
async def read_quotations(article_id: ArticleId, parts: AppParts) -> ArticleQuotationsOut:
    """Return all quotations of the article in its order."""

    def find() -> ArticleQuotationsOut:
        parts.archive.info(article_id)
        said = sorted(
            (stored.quotation for stored in parts.archive.quotations.find(filters=Filters(article_ids=(article_id,)))),
            key=lambda quotation: quotation.span,
        )
        return ArticleQuotationsOut(quotations=[QuotedOut.from_quotation(quotation) for quotation in said])

    return await parts.readings.run(find)


@router.delete(
    "/{article_id}",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[TAKES_NO_QUERY],
    summary="Remove an article",
    responses={404: {"description": "No such article."}},
)
async def remove(article_id: ArticleId, parts: AppParts, caller: RequestCaller) -> None:
    """Remove an article and everything that was derived from it; the audit log keeps its id and its hash."""
    await parts.additions.run(partial(parts.indexer.remove, article_id, by=caller.actor))


def _add(indexer: Indexer, drafts: list[Draft], by: Actor) -> AddedListOut:
    several = len(drafts) > 1
    # All are checked before one is stored, so that an error adds nothing.
    checked = [
        check_draft(draft, name=draft.source_name or (f"Article {number}" if several else None))
        for number, draft in enumerate(drafts, 1)
    ]
    return AddedListOut(articles=[AddedOut.from_added(added) for added in indexer.add_all(checked, by=by)])


def _read_json(body: bytes) -> list[Draft]:
    try:
        data = from_json(body)
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"The body is not JSON: {error}.") from None
    if isinstance(data, list) and not 1 <= len(data) <= _MAX_ARTICLES:
        raise invalid(f"the list has {len(data):,} articles; send 1 to {_MAX_ARTICLES:,} at once")
    items = data if isinstance(data, list) else [data]
    sent: list[ArticleIn | PageIn] = []
    errors: list[Any] = []
    for number, item in enumerate(items):
        # The form that was sent is the one that is checked, so that an error speaks of it.
        form = PageIn if isinstance(item, dict) and "html" in item else ArticleIn
        try:
            sent.append(form.model_validate(item))
        except ValidationError as error:
            place = ("body", number) if isinstance(data, list) else ("body",)
            found = error.errors(include_url=False, include_context=False)
            errors += [{**one, "loc": (*place, *one["loc"])} for one in found]
    if errors:
        raise RequestValidationError(errors)
    return [
        _read_page(article, f"Article {number}" if len(sent) > 1 else "html")
        if isinstance(article, PageIn)
        else article.to_draft()
        for number, article in enumerate(sent, 1)
    ]


def _read_page(page: PageIn, name: str) -> Draft:
    # What chooses an article's blocks takes half a second to load, which the service's start need not wait for.
    from onrecord.index.articles.html.page_reader import read_page

    try:
        return read_page(page.html, url=page.url)
    except InvalidArticle as error:
        raise error.at(name) from None


def _read_files(body: bytes, content_type: str) -> list[Draft]:
    drafts = []
    for name, content in read_form_files(body, content_type, max_parts=_MAX_ARTICLES):
        try:
            drafts.append(read_content(content, source_name=name or None))
        except InvalidArticle as error:
            raise error.at(name or "The file") from None
    return drafts
