"""The pages behind a proxy that gives the service a prefix, takes it off, and is not told of in the settings."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.browser.test_conversation import OPEN, QUESTION, ask, whole
from tests.service.serving import serving

pytestmark = pytest.mark.slow

PREFIX = "/news/archive"


def behind_proxy(app: ASGIApp) -> ASGIApp:
    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].removeprefix(PREFIX) if scope["path"].startswith(PREFIX) else "/-"}
        await app(scope, receive, send)

    return proxy


@pytest.fixture(scope="module")
def prefixed(seeded: Parts) -> Iterator[str]:
    with serving(behind_proxy(create_app(seeded, Settings()))) as address:
        yield address + PREFIX


def test_the_page_answers_under_a_prefix(open_page, prefixed) -> None:
    """The list, the question and the article are asked of the service where the page is."""
    page = open_page(f"{prefixed}/")
    expect(page.locator("#articles li")).to_have_count(5)
    ask(page, QUESTION)
    whole(page)
    page.get_by_role("button", name=OPEN).first.click()
    expect(page.locator("dialog mark")).to_be_visible()


def test_the_documentation_tries_a_request_out_under_a_prefix(open_page, prefixed) -> None:
    """Its policy lets it ask the service, and a request goes to the address under the prefix."""
    page = open_page(f"{prefixed}/docs")
    operation = page.locator("[id$=live_health_live_get]")
    operation.locator("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(operation.locator(".request-url")).to_contain_text(f"{prefixed}/health/live")
