"""The page at `/`, the widget at `/widget.js`, and their files and those of `/docs`."""

import hashlib
from collections.abc import Mapping
from html import escape
from importlib import resources
from mimetypes import guess_type

from fastapi import APIRouter, Request, Response

from onrecord.service.http.requests.dependencies import AppSettings

router = APIRouter(include_in_schema=False)

_HEADERS = {
    # The page loads its own files alone, nothing inline, and no text becomes markup: markup in a quote can neither run
    # nor be parsed.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-cache",
}
_FOR_OTHER_SITES = {
    # Pages that isolate themselves may load it, and a site may pin its hash.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}


@router.get("/")
async def page(request: Request, settings: AppSettings) -> Response:
    """Return the page, whose widget has the public key."""
    key = f' key="{escape(settings.widget_key)}"' if settings.widget_key else ""
    return _send(request, _read("page.html").replace(b"{key}", key.encode()), "text/html")


@router.get("/widget.js")
async def widget(request: Request) -> Response:
    """Return the widget, which any site may load; `ONRECORD_WIDGET_ORIGINS` says which sites may ask with it."""
    return _file(request, "widget.js", _FOR_OTHER_SITES)


@router.get("/page.js")
async def script(request: Request) -> Response:
    """Return the page's script."""
    return _file(request, "page.js")


@router.get("/page.css")
async def style(request: Request) -> Response:
    """Return the page's style sheet."""
    return _file(request, "page.css")


@router.get("/favicon.svg")
@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """Return the icon, also at the address where browsers look for one by themselves."""
    return _file(request, "favicon.svg")


@router.get("/docs/files/swagger-ui-bundle.js")
@router.get("/docs/files/swagger-ui.css")
async def documentation_file(request: Request) -> Response:
    """Return a file of Swagger UI, which lies here as its makers release it."""
    return _file(request, f"swagger/{request.url.path.rpartition('/')[2]}")


def _file(request: Request, name: str, more: Mapping[str, str] | None = None) -> Response:
    return _send(request, _read(name), guess_type(name)[0] or "application/octet-stream", more)


def _read(name: str) -> bytes:
    return resources.files("onrecord.service").joinpath("page", name).read_bytes()


def _send(request: Request, content: bytes, kind: str, more: Mapping[str, str] | None = None) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**_HEADERS, **(more or {}), "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)
