"""The address that others know the service by: its prefix behind a proxy, and what its own addresses are built from."""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.service.http.guards.hosts import is_known, names_of_service, read_host, sent_hosts
from onrecord.service.settings import Settings


def path_of(scope: Scope) -> str:
    """Return the path of a request as the routes spell it, without the prefix."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


class ServeUnderPrefix:
    """An ASGI middleware that serves under the path of ONRECORD_PUBLIC_URL, also where a proxy took it off."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._prefix = urlsplit(settings.public_url or "").path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the prefix as its root."""
        if self._prefix and scope["type"] == "http":
            scope["root_path"] = self._prefix
            if not f"{scope['path']}/".startswith(f"{self._prefix}/"):
                # ASGI's path begins with the root, also where a proxy took it off.
                scope["path"] = self._prefix + scope["path"]
        await self._app(scope, receive, send)


class UseKnownAddress:
    """An ASGI middleware that lets no address be built from a Host that anybody may have made up.

    Citations and redirects are built from the scheme and the Host of the request. These become those of
    ONRECORD_PUBLIC_URL; without it, a Host that is no name of the service becomes the address where it came in.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, listens_on: str | None = None) -> None:
        self._app = app
        self._public = urlsplit(settings.public_url or "")
        self._known = names_of_service(settings, listens_on)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a scheme and a Host that can be relied on."""
        if scope["type"] == "http":
            if self._public.netloc:
                scope["scheme"] = self._public.scheme
                _set_host(scope, self._public.netloc)
            elif not is_known(read_host(next(iter(sent_hosts(scope)), "")), self._known, scope):
                host, port = scope.get("server") or ("localhost", None)
                named = f"[{host}]" if ":" in host else host
                _set_host(scope, f"{named}:{port}" if port else named)
        await self._app(scope, receive, send)


def _set_host(scope: Scope, host: str) -> None:
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    scope["headers"] = [(b"host", host.encode()), *others]
