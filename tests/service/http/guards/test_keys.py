from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from onrecord.index.archive.archive import content_hash
from onrecord.service.access.caller import Right
from onrecord.service.access.keys import Key, hash_key
from onrecord.service.access.keys_file import add_key
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

pytestmark = pytest.mark.anyio

FULL, PUBLIC = {"Authorization": "Bearer full-key"}, {"Authorization": "Bearer public-key"}
ARTICLE = {"text": "Harbour opens\n\nThe harbour opens on Monday, Mayor Ana Reis said.", "source_name": "h.txt"}


@pytest.fixture
def keyed(seeded: Parts) -> httpx.AsyncClient:
    return make_client(create_app(seeded, Settings(api_keys="full-key", widget_key="public-key")))


async def test_the_widgets_key_asks_and_reads_what_is_cited_and_nothing_else(keyed: httpx.AsyncClient) -> None:
    """It may ask, get suggestions and read an article; it may not list, search, add or remove, and is told so."""
    async with keyed as client:
        asked = await client.post("/ask", json={"question": "what did Putin say about legality?"}, headers=PUBLIC)
        article = asked.json()["citations"][0]["article_id"]
        allowed = ["/suggestions", f"/articles/{article}", f"/articles/{article}/quotations"]
        assert [(await client.get(path, headers=PUBLIC)).status_code for path in allowed] == [200] * 3
        refused = [
            await client.get("/articles", headers=PUBLIC),
            await client.get("/quotations", headers=PUBLIC),
            await client.post("/search", json={"query": "talks"}, headers=PUBLIC),
            await client.post(
                "/verify", json={"article_id": article, "start": 0, "end": 0, "quote": ""}, headers=PUBLIC
            ),
            await client.post("/articles", json=ARTICLE, headers=PUBLIC),
            await client.delete(f"/articles/{article}", headers=PUBLIC),
        ]
        assert [response.status_code for response in refused] == [403] * len(refused)
        assert {response.headers["content-type"] for response in refused} == {"application/problem+json"}
        assert "ONRECORD_API_KEYS" in refused[0].json()["detail"]
        assert (await client.get("/articles", headers=FULL)).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic public-key"}])
async def test_without_a_key_or_with_a_wrong_one_nothing_is_open(keyed: httpx.AsyncClient, headers) -> None:
    """Every request of the API gets 401, whether the widget may make it or not."""
    async with keyed as client:
        for path in ("/suggestions", "/articles", "/articles/x"):
            assert (await client.get(path, headers=headers)).status_code == 401


async def test_a_widget_key_alone_shuts_everything_else(seeded: Parts) -> None:
    """A public key without others does not leave adding open to everybody."""
    async with make_client(create_app(seeded, Settings(widget_key="public-key"))) as client:
        assert (await client.post("/articles", json=ARTICLE)).status_code == 401
        assert (await client.post("/articles", json=ARTICLE, headers=PUBLIC)).status_code == 403
        assert (await client.get("/suggestions", headers=PUBLIC)).status_code == 200


async def test_the_widgets_key_has_a_rate_and_a_full_key_has_none(seeded: Parts) -> None:
    """Beyond the rate: 429 with Retry-After, per address, IPv6 by its network; a full key goes on."""
    settings = Settings(api_keys="full-key", widget_key="public-key", widget_rate=2)
    app = create_app(seeded, settings)

    async def from_address(address: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/suggestions", headers=headers)

    assert [(await from_address("192.0.2.1", PUBLIC)).status_code for _ in range(3)] == [200, 200, 429]
    limited = await from_address("192.0.2.1", PUBLIC)
    assert 1 <= int(limited.headers["retry-after"]) <= 30
    assert limited.headers["content-type"] == "application/problem+json"
    assert "try again in" in limited.json()["detail"]
    assert (await from_address("192.0.2.2", PUBLIC)).status_code == 200
    assert (await from_address("192.0.2.1", FULL)).status_code == 200
    network = [(await from_address(f"2001:db8::{n}", PUBLIC)).status_code for n in range(1, 4)]
    assert network == [200, 200, 429]
    assert (await from_address("2001:db8:0:1::1", PUBLIC)).status_code == 200


async def test_a_key_is_asked_for_before_the_body_is_read(seeded: Parts) -> None:
    """A request without a right key is answered while its body is still on the way."""

    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    async with make_client(create_app(seeded, Settings(api_keys="full-key"))) as client:
        for path in ("/articles", "/ask", "/verify"):
            headers = {"Content-Type": "application/json", "Authorization": "Bearer wrong"}
            assert (await client.post(path, content=body(), headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/widget.js", "/favicon.ico", "/docs", "/openapi.json", "/health/ready", "/metrics"]
)
async def test_the_page_the_documentation_and_health_need_no_key(keyed: httpx.AsyncClient, path: str) -> None:
    """They hold nothing of the archive; a browser and a monitor have no key."""
    async with keyed as client:
        assert (await client.get(path)).status_code == 200


async def test_the_audit_log_names_who_added_and_removed(parts: Parts) -> None:
    """Each change has an entry with the key's name and the text's hash; what changes nothing has none."""
    async with make_client(create_app(parts, Settings(api_keys="one,full-key"))) as client:
        for text in (ARTICLE["text"], ARTICLE["text"], ARTICLE["text"] + " So it was."):
            await client.post("/articles", json={**ARTICLE, "text": text}, headers=FULL)
        (article,) = (await client.get("/articles", headers=FULL)).json()["articles"]
        await client.delete(f"/articles/{article['id']}", headers=FULL)
    first, second = content_hash(ARTICLE["text"]), article["content_sha256"]
    said = [(entry.who, entry.way, entry.action, entry.content_sha256) for entry in parts.archive.audit.entries()]
    who = ("ONRECORD_API_KEYS 2", "http")
    assert said == [(*who, "created", first), (*who, "updated", second), (*who, "removed", second)]
    assert {entry.article_id for entry in parts.archive.audit.entries()} == {article["id"]}


async def test_each_right_opens_its_requests_and_no_others(parts: Parts, tmp_path: Path) -> None:
    """To ask reads, to add only adds, to administer does everything; a refusal names the right that is missing."""
    file = tmp_path / "keys.jsonl"
    for right in Right:
        add_key(file, Key(name=f"{right}ing", sha256=hash_key(right.encode()), rights=frozenset({right})))
    statuses = {}
    async with make_client(create_app(parts, Settings(keys_file=file))) as client:
        for right in ("ask", "add", "administer", "wrong"):
            headers = {"Authorization": f"Bearer {right}"}
            asked = await client.get("/articles", headers=headers)
            sent = [asked, await client.post("/search", json={"query": "harbour"}, headers=headers)]
            sent.append(await client.post("/articles", json=ARTICLE, headers=headers))
            sent.append(await client.delete("/articles/0000000000000000", headers=headers))
            statuses[right] = [response.status_code for response in sent]
            if right == "add":
                assert "'adding' has the right to add; GET /articles needs the right to ask" in asked.json()["detail"]
    assert statuses == {
        "ask": [200, 200, 403, 403],
        "add": [403, 403, 201, 403],
        "administer": [200, 200, 201, 404],
        "wrong": [401] * 4,
    }
    assert [(entry.who, entry.action) for entry in parts.archive.audit.entries()] == [("adding", "created")]


async def test_a_broken_file_of_keys_is_told_by_the_readiness(seeded: Parts, tmp_path: Path) -> None:
    """The old keys stay in force meanwhile; neither the path nor the content is told to everybody."""
    file = tmp_path / "keys.jsonl"
    add_key(file, Key(name="feed", sha256=hash_key(b"full-key")))
    async with make_client(create_app(seeded, Settings(keys_file=file))) as client:
        assert "keys" not in (await client.get("/health/ready")).json()
        file.write_text("broken")
        assert (await client.get("/articles", headers=FULL)).status_code == 200
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ok")
        assert "stay in force" in ready.json()["keys"]
        assert "keys.jsonl" not in ready.text


async def test_a_key_is_told_what_it_allows(seeded: Parts, tmp_path: Path) -> None:
    """`GET /key` has the name and the rights; without keys everybody may do everything."""
    add_key(tmp_path / "keys", Key(name="reader", sha256=hash_key(b"ask-key"), rights=frozenset({Right.ASK})))
    settings = Settings(keys_file=tmp_path / "keys", api_keys="full-key", widget_key="public-key")
    async with make_client(create_app(seeded, settings)) as client:
        asking = await client.get("/key", headers={"Authorization": "Bearer ask-key"})
        assert asking.json() == {"name": "reader", "rights": ["ask"]}
        full = await client.get("/key", headers=FULL)
        assert full.json() == {"name": "ONRECORD_API_KEYS 1", "rights": ["add", "administer", "ask"]}
        assert [(await client.get("/key", headers=sent)).status_code for sent in ({}, PUBLIC)] == [401, 403]
    async with make_client(create_app(seeded, Settings())) as client:
        assert (await client.get("/key")).json()["rights"] == ["add", "administer", "ask"]
