"""The documentation of the interface: the page at `/docs`."""

import base64
import hashlib

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)


def _hash(script: str) -> str:
    """Return the SHA-256 of a script as a policy has it."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


# The addresses are relative, so that they hold under any prefix that a proxy gives to the service.
_PAGE = bytes(
    get_swagger_ui_html(
        openapi_url="openapi.json",
        title="onrecord",
        swagger_js_url="docs/files/swagger-ui-bundle.js",
        swagger_css_url="docs/files/swagger-ui.css",
        swagger_favicon_url="favicon.svg",
    ).body
).decode()
_SCRIPT = _PAGE.rpartition("<script>")[2].partition("</script>")[0]
_HEADERS = {
    # Swagger UI's own script begins in the page, and is known by its hash. It sets styles and pictures inline.
    "Content-Security-Policy": f"default-src 'none'; script-src 'self' 'sha256-{_hash(_SCRIPT)}'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}


@router.get("/docs")
async def show() -> HTMLResponse:
    """Return the page, whose files come from this service."""
    return HTMLResponse(_PAGE, headers=_HEADERS)
