"""The limits that the settings put on a request."""

from fastapi.exceptions import RequestValidationError

from onrecord.service.settings import Settings


def check_length(question: str, field: str, settings: Settings) -> None:
    """Raise `RequestValidationError` if the question is too long."""
    if len(question) > settings.max_question:
        message = f"it has {len(question):,} characters, the limit is {settings.max_question:,}; ask it shorter"
        raise RequestValidationError([{"type": "too_long", "loc": ("body", field), "msg": message}])


def check_limit(limit: int, settings: Settings) -> None:
    """Raise `RequestValidationError` if more is asked for than one response may hold."""
    if limit > settings.max_limit:
        message = f"the limit is {settings.max_limit}; ask for fewer"
        raise RequestValidationError([{"type": "too_large", "loc": ("body", "limit"), "msg": message, "input": limit}])
