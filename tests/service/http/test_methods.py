import httpx
import pytest
from starlette.types import Message, Scope

from onrecord.service.http.methods import AnswerHead

pytestmark = pytest.mark.anyio

PAGES = ["/", "/widget.js", "/docs", "/docs/files/swagger-ui.css", "/openapi.json", "/metrics"]
READS = [
    "/health/live",
    "/health/ready",
    "/articles",
    "/quotations",
    "/suggestions",
    "/v1/models",
    "/v1/models/onrecord",
]


@pytest.mark.parametrize("path", [*PAGES, *READS, "/articles/none", "/nothing", "/ask"])
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    """Wherever GET is, HEAD has its status and headers and no body; an error as well."""
    got, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    # What differs is new in each response: the id, and the metrics of the requests so far.
    varying = {"x-request-id"} | ({"content-length"} if path in {"/metrics", "/ask"} else set())
    assert {**head.headers, **dict.fromkeys(varying)} == {**got.headers, **dict.fromkeys(varying)}


async def test_head_is_counted_as_head(client: httpx.AsyncClient) -> None:
    """The metrics tell a HEAD from a GET, each under its route."""
    await client.head("/v1/models/onrecord")
    metrics = (await client.get("/metrics")).text
    assert 'onrecord_requests_total{method="HEAD",route="/v1/models/{model}",status="200"} 1.0' in metrics


async def test_head_of_a_response_in_pieces_ends_where_the_response_does() -> None:
    """Every piece of the body is held back, and the last one is still the last."""

    async def in_pieces(scope: Scope, receive: object, send: object) -> None:
        assert scope["method"] == "GET"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b", "more_body": False})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await AnswerHead(in_pieces)({"type": "http", "method": "HEAD"}, None, send)
    assert [(message.get("body"), message.get("more_body")) for message in sent[1:]] == [(b"", True), (b"", False)]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/articles", "GET, POST, HEAD, OPTIONS"),
        ("PATCH", "/articles/none", "GET, DELETE, HEAD, OPTIONS"),
        ("POST", "/articles/none/quotations", "GET, HEAD, OPTIONS"),
        ("GET", "/ask", "POST, OPTIONS"),
        ("HEAD", "/ask", "POST, OPTIONS"),
        ("TRACE", "/v1/chat/completions", "POST, OPTIONS"),
        ("DELETE", "/docs/files/swagger-ui.css", "GET, HEAD, OPTIONS"),
        ("POST", "/", "GET, HEAD, OPTIONS"),
    ],
)
async def test_allow_names_every_method_of_the_path(
    client: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    """A method that a path does not take is a 405 whose `Allow` lists all that it takes, and so does OPTIONS."""
    refused = await client.request(method, path)
    assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
    asked = await client.options(path)
    assert (asked.status_code, asked.headers["allow"], asked.content) == (204, allowed, b"")


async def test_where_nothing_is_no_method_is_named(client: httpx.AsyncClient) -> None:
    """OPTIONS of an address that is not there is a 404."""
    response = await client.options("/nothing")
    assert (response.status_code, "allow" in response.headers) == (404, False)
