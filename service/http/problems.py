"""Errors as `application/problem+json` (RFC 9457): each names the wrong value and the way out."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from onrecord.index.errors import (
    ArchiveReadOnly,
    ArticleNotFound,
    DiskFull,
    InvalidArticle,
    InvalidFilter,
    OnRecordError,
)
from onrecord.service.answers.work_queue import Overloaded
from onrecord.service.http.methods import allowed_methods
from onrecord.service.http.request_ids import current_request_id
from onrecord.service.schemas.problem import OpenAIError, Problem

_log = logging.getLogger(__name__)

_STATUS: Mapping[type[OnRecordError], HTTPStatus] = {
    ArchiveReadOnly: HTTPStatus.CONFLICT,
    DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
    ArticleNotFound: HTTPStatus.NOT_FOUND,
    InvalidArticle: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidFilter: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_TYPES: Mapping[int, str] = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES: Mapping[int, str] = {401: "invalid_api_key", 429: "rate_limit_exceeded"}
_NO_OBJECT = frozenset({"model_attributes_type", "model_type", "dict_type"})
"""Pydantic's types of the error that a value is no object."""
_BODY_NO_OBJECT = "the body is no JSON object; send one, with the header Content-Type: application/json"
_MAX_NAMED = 5
"""Wrong fields that an error's sentence names."""
_MAX_ERRORS = 20
"""Wrong fields that an error lists; a body may have a million."""
_MAX_SHOWN = 80
"""Characters of a wrong value that an error repeats."""


class NoSuchModel(HTTPException):
    """A request names a model that this service does not have."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        shown = _shorten(name)
        super().__init__(HTTPStatus.NOT_FOUND, f"There is no model {shown}; the models are {', '.join(known)}.")


Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


def add_problem_handlers(app: FastAPI) -> None:
    """Make the app answer every error with a problem."""
    handlers: Mapping[type[Exception], Handler] = {
        RequestValidationError: _invalid_request,
        HTTPException: _http_error,
        OnRecordError: _known_error,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    errors: Sequence[Mapping[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
    code: str | None = None,
) -> Response:
    """Return the response for an error; its field `error`, with `code`, says the same to OpenAI's clients."""
    body = Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        errors=[dict(e) for e in errors] if errors else None,
        request_id=current_request_id(),
        error=openai_error(status, detail, code=code, param=str(errors[0]["field"]) or None if errors else None),
    )
    return Response(
        body.model_dump_json(exclude_none=True),
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


def overloaded(error: Overloaded) -> Response:
    """Return the response for more work than can be done, with the time after which to try again."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": str(error.retry_after)})


def openai_error(status: HTTPStatus, detail: str, *, code: str | None = None, param: str | None = None) -> OpenAIError:
    """Return an error in OpenAI's form."""
    other = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    return OpenAIError(message=detail, type=_TYPES.get(status, other), param=param, code=code or _CODES.get(status))


def invalid(message: str) -> RequestValidationError:
    """Return the error for a request that its schema allows and that makes no sense."""
    return RequestValidationError([{"type": "value_error", "loc": ("request",), "msg": message}])


def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    entries = error.errors()
    found = [_explain(entry) for entry in entries[:_MAX_ERRORS]]
    if entries[0]["type"] == "json_invalid":
        return problem(HTTPStatus.BAD_REQUEST, found[0]["message"])
    detail = "; ".join(f"{e['field']}: {e['message']}" if e["field"] else e["message"] for e in found[:_MAX_NAMED])
    if len(entries) > _MAX_NAMED:
        detail += f"; and {len(entries) - _MAX_NAMED:,} more"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{detail}.", errors=found)


def _explain(entry: Mapping[str, Any]) -> dict[str, Any]:
    # The first part of the place is body, query or path.
    place = ".".join(str(part) for part in entry["loc"][1:])
    if entry["type"] == "json_invalid":
        reason = entry.get("ctx", {}).get("error", entry["msg"])
        return {"field": "", "message": f"The body is not JSON: {reason} at character {entry['loc'][-1]}."}
    message = str(entry["msg"]).removeprefix("Value error, ")
    if entry["type"] == "unknown_field" and entry["loc"][0] == "query":
        message = message.replace("unknown field", "unknown parameter", 1)
    if entry["type"] == "missing":
        return {"field": place, "message": "it is missing"}
    if entry["type"] in _NO_OBJECT:
        if not place:
            return {"field": "", "message": _BODY_NO_OBJECT}
        message = "it is no JSON object"
    value = entry.get("input")
    if isinstance(value, str | int | float | bool):
        message += f" (got {_shorten(value)})"
    return {"field": place, "message": message}


def _shorten(value: str | float) -> str:
    shown = repr(value)
    return shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}…, {len(shown):,} characters"


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = str(error.detail)
    if detail in {status.phrase, "Content Too Large"}:
        detail = {
            HTTPStatus.NOT_FOUND: f"There is nothing at {request.url.path}; /docs lists what there is.",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large; send less.",
        }.get(status, detail)
    headers = dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(allowed_methods(request.app, request.scope))
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
        detail = f"{request.url.path} takes {headers['Allow']} and no {request.method}; /docs lists what there is."
    code = "model_not_found" if isinstance(error, NoSuchModel) else None
    return problem(status, detail, headers=headers, code=code)


def _known_error(request: Request, error: Exception) -> Response:
    if isinstance(error, Overloaded):
        return overloaded(error)
    status = next(
        (status for kind, status in _STATUS.items() if isinstance(error, kind)), HTTPStatus.SERVICE_UNAVAILABLE
    )
    return problem(status, str(error))
