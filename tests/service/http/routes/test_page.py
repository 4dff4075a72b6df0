import re

import httpx
import pytest

from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

pytestmark = pytest.mark.anyio

FILES = ["favicon.svg", "page.css", "page.js", "widget.js"]


async def test_the_page_loads_nothing_but_its_own_files(client: httpx.AsyncClient) -> None:
    """The page names only files that are served, under a policy that allows no other and nothing inline."""
    page = await client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    named = set(re.findall(r'(?:src|href)="([^"]+)"', page.text)) - {"docs"}
    assert sorted(named) == FILES
    for name in named:
        file = await client.get(f"/{name}")
        assert file.status_code == 200
        assert file.headers["content-type"].startswith(("text/css", "text/javascript", "image/svg+xml"))
        assert file.headers["content-security-policy"] == policy
    assert " style=" not in page.text
    assert (await client.get("/favicon.ico")).headers["content-type"].startswith("image/svg+xml")


@pytest.mark.parametrize("name", ["page.js", "widget.js"])
async def test_the_scripts_never_set_markup(client: httpx.AsyncClient, name: str) -> None:
    """What comes from an article can only ever become text: the scripts use no way to set markup."""
    script = (await client.get(f"/{name}")).text
    ways = r"(inner|outer|Adjacent|set)HTML|srcdoc|createContextualFragment|DOMParser|document\.write|eval\("
    assert not re.search(ways, script)


async def test_the_widget_is_one_small_file_that_any_site_may_load(client: httpx.AsyncClient) -> None:
    """At most 40 KB as it is served, no import, no address of anybody else; kept by browsers until it changes."""
    widget = await client.get("/widget.js")
    assert len(widget.content) <= 40_000
    assert not re.search(r"\bimport\b|https?://(?!HOST)", widget.text)
    assert widget.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await client.get("/widget.js", headers={"If-None-Match": widget.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_carries_the_public_key_and_no_other(seeded: Parts) -> None:
    """What the page's source shows is what the widget on any site shows."""
    settings = Settings(api_keys="full-key", widget_key="public-key")
    async with make_client(create_app(seeded, settings)) as client:
        page = (await client.get("/")).text
        files = [(await client.get(name)).text for name in ("/widget.js", "/page.js", "/page.css")]
        assert ' key="public-key"' in page
        assert not any("full-key" in text for text in [page, *files])
