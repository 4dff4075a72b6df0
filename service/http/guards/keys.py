"""Keys, and what the widget's public key allows."""

import ipaddress
import secrets
from http import HTTPStatus

from fastapi import HTTPException, Request
from starlette.routing import compile_path

from onrecord.service.http.requests.dependencies import AppRateLimiter, AppSettings

_FOR_WIDGETS = tuple(
    (method, compile_path(path)[0])
    for method, path in (
        ("POST", "/ask"),
        ("GET", "/suggestions"),
        # An article that an answer cites can be read, and the archive cannot be listed.
        ("GET", "/articles/{article_id}"),
        ("GET", "/articles/{article_id}/quotations"),
    )
)


def is_for_widgets(method: str, path: str) -> bool:
    """Say whether the widget needs this request; its key, and a page of another origin, may send no other."""
    return any(method == allowed and pattern.match(path) for allowed, pattern in _FOR_WIDGETS)


async def check_key(request: Request, settings: AppSettings, rate_limiter: AppRateLimiter) -> None:
    """Raise `HTTPException` unless the request needs no key or has one that allows it."""
    if not settings.api_keys and not settings.widget_key:
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    key = given.strip().encode() if scheme.lower() == "bearer" else b""
    # Every key is compared, each in constant time, so that the time does not tell which one was nearly right.
    matches = [secrets.compare_digest(key, known.get_secret_value().encode()) for known in settings.api_keys]
    if any(matches):
        return
    if not settings.widget_key or not secrets.compare_digest(key, settings.widget_key.encode()):
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "This service needs a key: send `Authorization: Bearer KEY` with one of ONRECORD_API_KEYS.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if not is_for_widgets(request.method, request.url.path):
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            "The widget's key allows to ask and to read what is cited; everything else needs one of ONRECORD_API_KEYS.",
        )
    wait = rate_limiter.take(_network(request.client.host if request.client else ""))
    if wait:
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"More than {settings.widget_rate} requests a minute came from here; try again in {wait} s.",
            headers={"Retry-After": str(wait)},
        )


def _network(address: str) -> str:
    """Return the client of an address: the address itself, or the first 64 bits of IPv6, which one household shares."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.ipv4_mapped:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
