"""The HTTP app: its routes, middleware and state."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Security
from fastapi.openapi.utils import get_openapi
from fastapi.security import HTTPBearer
from starlette.routing import Route

from onrecord.service import __version__
from onrecord.service.access.key_ring import KeyRing
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.http.guards.hosts import CheckHost
from onrecord.service.http.guards.keys import CheckKeys
from onrecord.service.http.guards.origins import GuardOrigins
from onrecord.service.http.guards.public_address import ServeUnderPrefix, UseKnownAddress
from onrecord.service.http.guards.turns import Lane, TakeTurns
from onrecord.service.http.methods import AnswerHead
from onrecord.service.http.metrics import Metrics
from onrecord.service.http.problems import add_problem_handlers
from onrecord.service.http.readiness import Readiness
from onrecord.service.http.request_log import RecordRequests
from onrecord.service.http.routes import (
    articles,
    ask,
    documentation,
    health,
    key,
    openai,
    page,
    passages,
    quotations,
    suggestions,
    verify,
)
from onrecord.service.schemas.articles import ArticleIn, PageFactsIn, PageIn
from onrecord.service.schemas.problem import Problem
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts

_DESCRIPTION = """Answers questions about a news archive and proves every sentence with a verbatim quote.

Offsets are Unicode code points, end exclusive. Every error is `application/problem+json` and says what to do."""

_MAX_QUESTION_BYTES = 65_536
"""Bytes in the body of a question, a search or a citation to verify."""
_MAX_CONVERSATION_BYTES = 1_000_000
"""Bytes in the body of a chat completion: clients send the whole conversation each time, and their tools with it."""
_ASKING_READS = (("GET", "/quotations"), ("GET", "/suggestions"))
"""Requests that are answered as questions are, and have no body."""

_ERRORS = {
    400: "The body is not JSON, or the request has no valid header `Host`.",
    401: "A key is missing or wrong.",
    403: "The key, the page that sends the request, or the name that it is sent to does not allow this.",
    409: "Another process writes the archive, and this one only reads it; `detail` names the process.",
    413: "The body is too large.",
    415: "The Content-Type of the body is not accepted.",
    422: "A value makes no sense; `detail` names it.",
    429: "Too many requests were sent with the widget's key, or too many wrong keys; `Retry-After` says how many "
    "seconds to wait.",
    500: "Something went wrong inside the service.",
    503: "Too much is being asked or added, and `Retry-After` says how many seconds to wait, or the archive cannot be "
    "used now.",
    507: "The disk is full; nothing of the request was stored.",
}
_TAGS = {
    "questions": "Ask, search, check a citation.",
    "articles": "Add, list, read and remove articles.",
    "quotations": "Who said what.",
    "OpenAI's shape": "Ask with an existing chat client.",
    "operation": "Health and metrics; they need no key.",
}
_KEY = HTTPBearer(
    scheme_name="key",
    description="A key of the service, where it has any; its operator makes them with `onrecord keys make`.",
    auto_error=False,
)


def create_app(parts: Parts, settings: Settings, *, listens_on: str | None = None) -> FastAPI:
    """Return the app that serves `parts`; the caller, who opened them, closes them after the app has ended.

    `listens_on` is the name or address that the server was told to listen on, which the app answers to. Raise
    `KeysFileError` if the file of keys cannot be read.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        await parts.answering.close()

    app = FastAPI(
        lifespan=lifespan,
        # FastAPI would look for a tracer, a meter and a logger to export to at each request; /metrics has the counters.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        # The documentation has a route of our own, whose addresses hold behind a proxy; its files are the page's.
        docs_url=None,
        redoc_url=None,
        servers=[{"url": settings.public_url or "./", "description": "This service"}],
        root_path_in_servers=False,
        title="onrecord",
        version=__version__,
        description=_DESCRIPTION,
        openapi_tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        responses={status: {"description": text, "model": Problem} for status, text in _ERRORS.items()},
    )
    metrics = Metrics(parts.fallback, (parts.questions, parts.additions, parts.readings))
    keys = KeyRing(
        keys=[key.get_secret_value() for key in settings.api_keys],
        widget_key=settings.widget_key,
        file=settings.keys_file,
    )
    app.state.parts = parts
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.keys = keys
    app.state.readiness = Readiness(parts, limit_seconds=settings.question_timeout)
    # What is there by now is documentation, which needs no key.
    rooms = (app.router, documentation.router, health.router, page.router)
    keyless = [route.path for room in rooms for route in room.routes if isinstance(route, Route)]
    # The scheme reads nothing itself: it puts the key into the document of a service that needs one.
    secured = [Security(_KEY)] if settings.has_keys else []
    for room in (ask, passages, verify, articles, quotations, suggestions, openai, key):
        app.include_router(room.router, dependencies=secured)
    for room in (documentation, health, page):
        app.include_router(room.router)
    app.add_middleware(TakeTurns, lanes=_lanes(parts, settings))
    app.add_middleware(CheckKeys, keys=keys, widget_rate=settings.widget_rate, metrics=metrics, keyless=keyless)
    app.add_middleware(UseKnownAddress, settings=settings, listens_on=listens_on)
    app.add_middleware(GuardOrigins, allowed=settings.widget_origins, public_url=settings.public_url)
    app.add_middleware(CheckHost, settings=settings, listens_on=listens_on)
    app.add_middleware(ServeUnderPrefix, settings=settings)
    app.add_middleware(AnswerHead)
    app.add_middleware(RecordRequests, metrics=metrics, access_log=settings.access_log)
    add_problem_handlers(app)
    app.openapi = lambda: _describe(app)  # type: ignore[method-assign]
    return app


def _lanes(parts: Parts, settings: Settings) -> tuple[Lane, ...]:
    """Return what waits in which queue; health, metrics and the page's files wait for nothing."""
    writes_prose = parts.answering.writes(Asked(question="", mode="generative"))
    seconds = settings.question_timeout + (settings.llm_timeout if writes_prose else 0)
    return (
        Lane(
            queue=parts.questions,
            routes=(("POST", "/ask"), ("POST", "/search"), ("POST", "/verify"), *_ASKING_READS),
            max_body=min(_MAX_QUESTION_BYTES, settings.max_body),
            seconds=seconds,
        ),
        Lane(
            queue=parts.questions,
            routes=(("POST", "/v1/chat/completions"),),
            max_body=min(_MAX_CONVERSATION_BYTES, settings.max_body),
            seconds=seconds,
        ),
        Lane(
            queue=parts.readings,
            routes=(
                ("GET", "/articles"),
                ("GET", "/articles/{article_id}"),
                ("GET", "/articles/{article_id}/quotations"),
            ),
            max_body=min(_MAX_QUESTION_BYTES, settings.max_body),
            seconds=settings.question_timeout,
        ),
        Lane(
            queue=parts.additions,
            routes=(("POST", "/articles"), ("DELETE", "/articles/{article_id}")),
            max_body=settings.max_body,
        ),
    )


def _describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with errors under the media type that they are sent with."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
            servers=app.servers,
        )
        # A service without keys has the scheme as well, so that a client made of the document can send one.
        document["components"]["securitySchemes"] = {
            _KEY.scheme_name: _KEY.model.model_dump(mode="json", by_alias=True, exclude_none=True)
        }
        schemas = document["components"]["schemas"]
        for sent in (ArticleIn, PageIn, PageFactsIn):
            schemas[sent.__name__] = sent.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas[sent.__name__].pop("$defs", None)
        for form, text in (("AskIn", "question"), ("SearchIn", "query")):
            schemas[form]["properties"][text]["maxLength"] = app.state.settings.max_question
            schemas[form]["properties"]["limit"]["anyOf"][0]["maximum"] = app.state.settings.max_limit
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
