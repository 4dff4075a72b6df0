"""The id of a request, which its response, its problem and its lines in the log have in common."""

import logging
import re
import uuid
from contextvars import ContextVar

HEADER = "X-Request-ID"

_WELL_FORMED = re.compile(r"[A-Za-z0-9._~+/=:@-]{1,128}")
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def begin_request(given: str | None) -> str:
    """Return the id of the request that begins here: the client's own if it is well formed, else a new one.

    The task that handles the request has this id from now on, and so do the threads that work for it.
    """
    request_id = given if given and _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
    _current.set(request_id)
    return request_id


def current_request_id() -> str | None:
    """Return the id of the request that is being handled; None outside of a request."""
    return _current.get()


class NameRequest(logging.Filter):
    """A filter that lets every record pass, and gives it the request's id as `request_id`, or "-" outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Name the request in the record."""
        record.request_id = current_request_id() or "-"
        return True
