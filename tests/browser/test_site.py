"""The launcher on somebody else's site: one tag, a strict policy, another origin."""

import re

import pytest
from playwright.sync_api import expect

from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from tests.browser.newspaper.site import newspaper, publish
from tests.browser.test_conversation import OPEN, QUESTION, ask, whole
from tests.service.serving import serving

pytestmark = pytest.mark.slow


def test_one_tag_brings_the_launcher_and_nothing_is_asked_before_it_is_opened(open_page, shared_service) -> None:
    """On a site with a strict policy: one request for the widget; then it asks, cites and opens the span."""
    service, site = shared_service('data-title="Ask the Courier" data-questions="Who leads the delegation?|Why?"')
    page = open_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(site)
    page.get_by_role("button", name="Ask the Courier").click()
    assert [url for url in sent if url.startswith(service)] == [f"{service}/widget.js"]
    assert page.locator(".empty li").all_inner_texts() == ["Who leads the delegation?", "Why?"]
    assert page.locator("onrecord-chat").get_attribute("title") is None
    ask(page, QUESTION)
    whole(page)
    page.get_by_role("button", name=OPEN).first.click()
    expect(page.locator("dialog mark")).to_have_text(page.locator("blockquote").first.inner_text())
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator(".card").first).to_be_visible()


def test_the_sites_styles_stay_outside(open_page, shared_service) -> None:
    """A site's rules for all buttons, and for all elements, do not reach into the widget."""
    _, site = shared_service("")
    page = open_page(site)
    launch = page.locator("button.launch")
    style = launch.evaluate(
        "e => (({letterSpacing, textTransform}) => [letterSpacing, textTransform])(getComputedStyle(e))"
    )
    assert style == ["normal", "none"]


def test_an_origin_that_is_not_listed_gets_nothing(open_page, seeded) -> None:
    """Without its origin in the list a site's widget cannot ask, and says that it cannot reach the archive."""
    settings = Settings(widget_origins="https://news.example")
    with serving(create_app(seeded, settings)) as service, publish(newspaper(service)) as site:
        page = open_page(site)
        page.get_by_role("button", name="Ask the archive").click()
        ask(page, QUESTION)
        expect(page.locator(".note")).to_contain_text("The archive cannot be reached.")


def test_a_public_key_asks_and_reads_across_origins(open_page, seeded) -> None:
    """With keys set, the widget's key in the tag is enough; without it the reader is told."""
    key = "public-key"
    with publish(lambda path: pages(path)) as site:
        settings = Settings(api_keys="secret", widget_key=key, widget_origins=site)
        with serving(create_app(seeded, settings)) as service:
            pages = newspaper(service, attributes=f'data-key="{key}"')
            page = open_page(site)
            page.get_by_role("button", name="Ask the archive").click()
            expect(page.locator(".empty li").first).to_be_visible()
            ask(page, QUESTION)
            whole(page)
            page.get_by_role("button", name=OPEN).first.click()
            expect(page.locator("dialog mark")).to_be_visible()
            pages = newspaper(service)
            other = open_page(site)
            other.get_by_role("button", name="Ask the archive").click()
            ask(other, QUESTION)
            expect(other.locator(".note")).to_have_text(re.compile("takes no questions from this page.$"))
