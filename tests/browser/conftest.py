"""The page and the widget in a real Chromium, against the real service on loopback."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Draft
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.newspaper.site import newspaper, publish
from tests.service.serving import serving

REQUIRED = bool(os.environ.get("SKIP_NOTHING"))
CHROMIUM = find_chromium()

MAX_WAIT_MS = 20_000
"""Milliseconds to wait at most, on a busy machine."""

Archive = Callable[..., AbstractContextManager[Parts]]


@pytest.fixture(scope="package")
def browser():
    """Chromium, once for all; the tests are skipped, or fail, where there is none."""
    if CHROMIUM is None:
        said = "no Chromium here (Debian: apt install chromium), so the page and the widget were not tried in a browser"
        pytest.fail(said) if REQUIRED else pytest.skip(said)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=MAX_WAIT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser):
    """Open pages, each in a context of its own; fail if anything went wrong in one, or if one left the machine."""
    contexts, troubles = [], []

    def watch(page):
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        # The console also shows what the service refuses on purpose.
        page.on(
            "console",
            lambda said: (
                troubles.append(said.text)
                if said.type == "error" and "Failed to load resource" not in said.text and "CORS" not in said.text
                else None
            ),
        )
        page.on("popup", lambda popup: troubles.append(f"popup: {popup.url}"))
        page.on(
            "request",
            lambda sent: (
                troubles.append(f"request: {sent.url}")
                if not sent.url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:"))
                else None
            ),
        )

    def make(address=None, **options):
        options = {"viewport": {"width": 1200, "height": 800}, "locale": "en-GB", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(MAX_WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        if address:
            page.goto(address)
        return page

    yield make
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="package")
def seeded_service(seeded: Parts) -> Iterator[str]:
    """The service on the seed articles; for tests that only read."""
    with serving(create_app(seeded, Settings())) as address:
        yield address


@pytest.fixture
def archive_of(embedder: Embedder, reader: Reader, tmp_path: Path) -> Archive:
    """Make archives of a test's own articles."""

    @contextmanager
    def make(*drafts: Draft) -> Iterator[Parts]:
        with open_parts(Settings(home=tmp_path / "home"), embedder=embedder, reader=reader) as parts:
            list(parts.indexer.add(drafts))
            yield parts

    return make


@pytest.fixture(scope="package")
def shared_service(seeded: Parts) -> Iterator[Callable[[str], tuple[str, str]]]:
    """The service and a newspaper's site that may use it; called with the attributes of its tag."""
    attributes = ""

    def pages(path: str) -> tuple[str, str, str] | None:
        return newspaper(service, attributes=attributes)(path)

    def tagged(given: str) -> tuple[str, str]:
        nonlocal attributes
        attributes = given
        return service, site

    with publish(pages) as site, serving(create_app(seeded, Settings(widget_origins=site))) as service:
        yield tagged
