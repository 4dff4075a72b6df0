"""The names that the service answers to.

Without this check, a page of evil.example could let its name lead to 127.0.0.1 (DNS rebinding). A browser would then
take the service for a part of that page's own site, and the page could list, add and remove articles.
"""

import re
from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.service.http.problems import problem
from onrecord.service.settings import Settings

_HERE = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"(?:(?P<name>[a-z0-9_-][a-z0-9._-]*?)\.?|\[(?P<ipv6>[0-9a-f:.]+)\])(?::(?P<port>[0-9]{1,5}))?")
_MAX_SHOWN = 200
"""Characters of a Host that an error repeats."""


def read_host(header: str) -> str | None:
    """Return the name or address in a Host header, without its port, brackets and a dot at the end; None if malformed.

    A name is in lower case, and an address of IPv6 in its shortest form.
    """
    found = _HOST.fullmatch(header.lower())
    if found is None or int(found["port"] or 0) > 65_535:
        return None
    if found["ipv6"] is None:
        return found["name"]
    try:
        return str(IPv6Address(found["ipv6"]))
    except ValueError:
        return None


class CheckHost:
    """An ASGI middleware that refuses requests whose Host is no name of the service.

    Names of the service are those of this machine, the one that it listens on and those of the settings. A service with
    keys answers to every name, unless ONRECORD_HOSTS lists some: a page by another name has no key.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, listens_on: str | None = None) -> None:
        self._app = app
        self._known = names_of_service(settings, listens_on)
        self._any = settings.has_keys and not settings.hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        refusal = self._check(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _check(self, scope: Scope) -> Response | None:
        sent = sent_hosts(scope)
        name = read_host(sent[0]) if len(sent) == 1 else None
        if is_known(name, self._known, scope) or (self._any and (name or not sent)):
            return None
        if name is None:
            shown = ", ".join(repr(host[:_MAX_SHOWN]) for host in sent[:2]) or "none"
            return problem(
                HTTPStatus.BAD_REQUEST,
                f"The request must have one header Host with a name and, after a colon, a port; it has {shown}.",
            )
        return problem(
            HTTPStatus.FORBIDDEN,
            f"{name[:_MAX_SHOWN]!r} is no name of this service, so a page of another site may be behind this request. "
            "If it is one, add it to ONRECORD_HOSTS; a service with keys (ONRECORD_API_KEYS) answers to every name.",
        )


def names_of_service(settings: Settings, listens_on: str | None) -> frozenset[str]:
    """Return the names that nobody but the service has: of this machine, of its listener, and of the settings."""
    listed: Iterable[str | None] = (*_HERE, *settings.hosts, listens_on, urlsplit(settings.public_url or "").hostname)
    return frozenset(name for host in listed if host and (name := read_host(f"[{host}]" if ":" in host else host)))


def is_known(name: str | None, known: frozenset[str], scope: Scope) -> bool:
    """Say whether a name is one of the service, or the address where the request came in, which none can take over."""
    if name is None or name in known:
        return name is not None
    address = _address(name)
    return address is not None and address == _address((scope.get("server") or [""])[0])


def sent_hosts(scope: Scope) -> list[str]:
    """Return each header Host of a request."""
    return [value.decode("latin-1").strip() for name, value in scope["headers"] if name == b"host"]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address of IP without its zone, or None if the text is a name."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # A listener for both kinds has addresses of IPv4 in the form of IPv6.
    return getattr(address, "ipv4_mapped", None) or address
