import re

import httpx
import pytest
from fastapi import FastAPI

from onrecord.index.archive.archive import content_hash
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

pytestmark = pytest.mark.anyio

PUBLIC = "https://news.example/archive"
CHAT = {"messages": [{"role": "user", "content": "Who leads the Russian delegation?"}]}


async def cited_at(app: FastAPI, path: str = "/v1/chat/completions", **headers: str) -> str:
    """Return the address of the first citation of an answer."""
    async with make_client(app) as client:
        answer = (await client.post(path, json=CHAT, headers=headers)).json()
        return answer["choices"][0]["message"]["annotations"][0]["url_citation"]["url"]


@pytest.mark.parametrize("prefix", ["", "/archive"])
async def test_everything_holds_under_the_public_address(seeded: Parts, prefix: str) -> None:
    """Whether the proxy takes the prefix off or leaves it on: pages, files, redirects, citations, the description."""
    app = create_app(seeded, Settings(public_url=PUBLIC))
    async with make_client(app) as client:
        for path in (
            "/",
            "/widget.js",
            "/docs",
            "/openapi.json",
            "/health/live",
            "/articles",
            "/docs/files/swagger-ui.css",
        ):
            assert (await client.get(prefix + path)).status_code == 200, path
        moved = await client.get(f"{prefix}/articles/?limit=1")
        assert (moved.status_code, moved.headers["location"]) == (307, f"{PUBLIC}/articles?limit=1")
        servers = (await client.get(f"{prefix}/openapi.json")).json()["servers"]
        assert [server["url"] for server in servers] == [PUBLIC]
        for path in ("/", "/docs"):
            page = (await client.get(prefix + path)).text
            assert not re.search(r"""(src|href|url)(=|: ?)["']/""", page)
    assert (await cited_at(app, f"{prefix}/v1/chat/completions")).startswith(f"{PUBLIC}/articles/")
    assert (await cited_at(app, Host="127.0.0.1:8000")).startswith(f"{PUBLIC}/articles/")


async def test_the_address_without_its_last_slash_leads_to_the_page(seeded: Parts) -> None:
    """The page's own addresses are relative and need the slash."""
    async with make_client(create_app(seeded, Settings(public_url=PUBLIC))) as client:
        moved = await client.get("/archive")
        assert (moved.status_code, moved.headers["location"]) == (307, f"{PUBLIC}/")
        assert (await client.get("/archives")).status_code == 404


async def test_an_address_is_never_built_from_a_name_that_was_made_up(seeded: Parts) -> None:
    """With keys every name is served, and an unknown one stands in no address."""
    app = create_app(seeded, Settings(api_keys="full-key"))
    key = {"Authorization": "Bearer full-key"}
    assert "evil.example" not in await cited_at(app, **key, Host="evil.example")
    assert "evil.example" not in await cited_at(app, **key, **{"X-Forwarded-Host": "evil.example"})
    assert (await cited_at(app, **key, Host="localhost:81")).startswith("http://localhost:81/articles/")
    async with make_client(app) as client:
        moved = await client.get("/articles/", headers={**key, "Host": "evil.example"})
        assert "evil.example" not in moved.headers["location"]


async def test_rights_do_not_depend_on_the_prefix(seeded: Parts) -> None:
    """The widget's key and other sites get the same requests under the prefix, and no others."""
    settings = Settings(widget_key="public-key", public_url=PUBLIC, widget_origins="https://site.example")
    public = {"Authorization": "Bearer public-key", "Origin": "https://site.example"}
    async with make_client(create_app(seeded, settings)) as client:
        for prefix in ("", "/archive"):
            allowed = await client.get(f"{prefix}/suggestions", headers=public)
            assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (
                200,
                "https://site.example",
            )
            assert (await client.get(f"{prefix}/articles", headers=public)).status_code == 403
            assert (await client.get(f"{prefix}/suggestions")).status_code == 401
            assert (await client.get(f"{prefix}/widget.js")).status_code == 200


async def test_the_public_page_may_add_behind_a_proxy_that_changes_the_host(parts: Parts) -> None:
    """An old browser sends no Sec-Fetch-Site: then its Origin is compared with the public address."""
    async with make_client(create_app(parts, Settings(public_url=PUBLIC))) as client:
        text = "Harbour opens\n\nThe harbour opens on Monday."
        added = await client.post("/articles", json={"text": text}, headers={"Origin": "https://news.example"})
        assert added.status_code == 201
        assert content_hash(text) in {entry.content_sha256 for entry in parts.archive.audit.entries()}


async def test_behind_a_proxy_that_is_not_told_of_the_pages_still_find_their_files(client: httpx.AsyncClient) -> None:
    """Without the setting the addresses in the pages are relative, so a prefix that is taken off does them no harm."""
    for path in ("/", "/docs"):
        page = (await client.get(path, headers={"X-Forwarded-Prefix": "/onrecord"})).text
        assert not re.search(r"""(src|href|url)(=|: ?)["']/""", page)
