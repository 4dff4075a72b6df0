import httpx
import pytest

from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

pytestmark = pytest.mark.anyio

SITE = "https://news.example"
QUESTION = {"question": "what did Putin say about legality?"}


@pytest.fixture
def shared(seeded: Parts) -> httpx.AsyncClient:
    return make_client(create_app(seeded, Settings(widget_origins=SITE)))


def preflight(origin: str, method: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type",
    }


async def test_a_listed_origin_may_ask_and_read_what_is_cited(shared: httpx.AsyncClient) -> None:
    """Preflight, question, stream and article carry the headers a browser wants; never with credentials."""
    async with shared as client:
        allowed = await client.options("/ask", headers=preflight(SITE, "POST"))
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == SITE
        assert {"authorization", "content-type"} <= set(
            allowed.headers["access-control-allow-headers"].lower().split(", ")
        )
        asked = await client.post("/ask", json={**QUESTION, "stream": True}, headers={"Origin": SITE})
        assert asked.headers["access-control-allow-origin"] == SITE
        assert asked.headers["access-control-expose-headers"] == "Retry-After"
        assert "access-control-allow-credentials" not in asked.headers
        missing = await client.get("/articles/none", headers={"Origin": SITE})
        assert (missing.status_code, missing.headers["access-control-allow-origin"]) == (404, SITE)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://news.example", "https://news.example:8443", "null"])
async def test_any_other_origin_is_refused(shared: httpx.AsyncClient, origin: str) -> None:
    """Another site, scheme or port: no header, and nothing that changes or costs anything is done for it."""
    async with shared as client:
        for response in (
            await client.options("/ask", headers=preflight(origin, "POST")),
            await client.post("/ask", json=QUESTION, headers={"Origin": origin}),
            await client.get("/suggestions", headers={"Origin": origin}),
        ):
            assert "access-control-allow-origin" not in response.headers
        refused = await client.post("/ask", json=QUESTION, headers={"Origin": origin})
        assert refused.status_code == 403
        assert "ONRECORD_WIDGET_ORIGINS" in refused.json()["detail"]


async def test_a_listed_origin_gets_nothing_that_the_widget_does_not_need(shared: httpx.AsyncClient) -> None:
    """Listing, searching, adding and removing are closed to other sites, listed or not."""
    async with shared as client:
        listed = await client.get("/articles", headers={"Origin": SITE})
        assert "access-control-allow-origin" not in listed.headers
        assert (await client.post("/search", json={"query": "x"}, headers={"Origin": SITE})).status_code == 403
        assert (await client.delete("/articles/x", headers={"Origin": SITE})).status_code == 403


async def test_no_open_page_can_add_to_a_service_without_keys(empty: httpx.AsyncClient) -> None:
    """A form with a file needs no preflight: it is refused all the same, and nothing is stored."""
    files = {"files": ("h.txt", b"Harbour opens\n\nThe harbour opens on Monday.")}
    refused = await empty.post("/articles", files=files, headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert (await empty.get("/articles")).json()["articles"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost"},
        # A proxy that speaks TLS, and one that puts its own name into Host.
        {"Origin": "https://localhost"},
        {"Origin": "https://public.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_the_services_own_page_may_do_everything(empty: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """The same origin is known by the browser's word, or by its Host."""
    body = {"text": "Harbour opens\n\nThe harbour opens on Monday.", "source_name": "h.txt"}
    assert (await empty.post("/articles", json=body, headers=headers)).status_code == 201


async def test_the_browsers_word_counts_for_more_than_a_host_that_fits(empty: httpx.AsyncClient) -> None:
    """What a browser calls cross-site is, whatever name it was reached by."""
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}
    assert (await empty.post("/articles", json={"text": "Harbour opens."}, headers=headers)).status_code == 403


async def test_a_star_lists_every_origin(seeded: Parts) -> None:
    """For an archive that anybody may embed."""
    async with make_client(create_app(seeded, Settings(widget_origins="*"))) as client:
        asked = await client.post("/ask", json=QUESTION, headers={"Origin": "https://any.example"})
        assert asked.headers["access-control-allow-origin"] == "*"
