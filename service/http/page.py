"""The page at `/`: ask, and see the proof."""

from importlib import resources
from mimetypes import guess_type

from fastapi import APIRouter, Response

router = APIRouter(include_in_schema=False)

_HEADERS = {
    # Our own files only, nothing inline: a quote that slipped through as markup still could not run.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


@router.get("/")
async def page() -> Response:
    """Return the page."""
    return _file("page.html")


@router.get("/page.js")
async def script() -> Response:
    """Return the page's script."""
    return _file("page.js")


@router.get("/page.css")
async def style() -> Response:
    """Return the page's style sheet."""
    return _file("page.css")


def _file(name: str) -> Response:
    content = resources.files("service").joinpath("page", name).read_bytes()
    return Response(content, media_type=guess_type(name)[0], headers=_HEADERS)
