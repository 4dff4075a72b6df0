"""The HTTP app, made of parts."""

import os
import secrets
from http import HTTPStatus
from typing import Any

from anyio import CapacityLimiter
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.openapi.utils import get_openapi
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from index.archive import SqliteArchive
from index.indexer import Indexer
from index.quotation_finder import QuotationFinder
from index.retriever import Retriever
from index.speaker_index import SpeakerIndex
from service import __version__
from service.extractive import ExtractiveAnswerer
from service.http import articles, ask, health, page
from service.http import quotations as quotation_routes
from service.http.body_limit import RefuseLargeBodies
from service.http.metrics import CountRequests, Metrics
from service.http.problems import add_problem_handlers
from service.http.schemas import ArticleIn, Problem
from service.settings import Settings

_DESCRIPTION = """Answers questions about a news archive and proves every sentence with a verbatim quote.

Offsets are Unicode code points, end exclusive. Every error is `application/problem+json` and says what to do."""

_ERRORS = {
    400: "The body is no JSON.",
    401: "A key is needed, or the one given is wrong.",
    409: "Another process writes the archive, this one only reads it; `detail` names it.",
    413: "The body is too large.",
    415: "The body's Content-Type is not taken.",
    422: "A value makes no sense; `detail` names it.",
    500: "Something went wrong inside the service.",
    503: "The archive cannot be used now.",
}


def create_app(
    *,
    archive: SqliteArchive,
    indexer: Indexer,
    retriever: Retriever,
    answerer: ExtractiveAnswerer,
    speakers: SpeakerIndex,
    quotations: QuotationFinder,
    settings: Settings,
) -> FastAPI:
    """Return the app; whoever opened the parts closes them."""
    app = FastAPI(
        title="onrecord",
        version=__version__,
        description=_DESCRIPTION,
        responses={status: {"description": text, "model": Problem} for status, text in _ERRORS.items()},
    )
    metrics = Metrics()
    for name, part in {
        "archive": archive,
        "indexer": indexer,
        "retriever": retriever,
        "answerer": answerer,
        "speakers": speakers,
        "quotations": quotations,
        "settings": settings,
        "metrics": metrics,
        "turns": CapacityLimiter(os.cpu_count() or 1),
    }.items():
        setattr(app.state, name, part)
    keyed = [Depends(_check_key)]
    app.include_router(ask.router, dependencies=keyed)
    app.include_router(articles.router, dependencies=keyed)
    app.include_router(quotation_routes.router, dependencies=keyed)
    app.include_router(health.router)
    app.include_router(page.router)
    # The one reads the header and says what to do, the other counts what comes without one.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_body)
    app.add_middleware(RefuseLargeBodies, limit=settings.max_body)
    app.add_middleware(CountRequests, metrics=metrics)
    add_problem_handlers(app)
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]
    return app


def _check_key(request: Request) -> None:
    settings: Settings = request.app.state.settings
    if not settings.api_keys:
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    known = [key.get_secret_value().encode() for key in settings.api_keys]
    # Every key is compared, each in constant time: how long it took tells nothing.
    matches = [secrets.compare_digest(given.strip().encode(), key) for key in known]
    if scheme.lower() != "bearer" or not any(matches):
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "This service needs a key: send `Authorization: Bearer KEY` with one of ONRECORD_API_KEYS.",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, errors under the media type they are sent with."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = document["components"]["schemas"]
        schemas["ArticleIn"] = ArticleIn.model_json_schema(ref_template="#/components/schemas/{model}")
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for path in document["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if status >= "400":
                        response["content"] = {
                            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                        }
        app.openapi_schema = document
    return app.openapi_schema
