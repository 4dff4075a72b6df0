"""The documentation of the interface: the page at `/docs`."""

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

# The addresses are relative, so that they hold under any prefix that a proxy gives to the service.
PAGE = get_swagger_ui_html(
    openapi_url="openapi.json",
    title="onrecord",
    swagger_js_url="docs/files/swagger-ui-bundle.js",
    swagger_css_url="docs/files/swagger-ui.css",
    swagger_favicon_url="favicon.svg",
).body


@router.get("/docs")
async def show() -> HTMLResponse:
    """Return the page, whose files come from this service."""
    return HTMLResponse(PAGE)
