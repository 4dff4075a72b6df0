import httpx
import pytest

from onrecord.service.http.app import create_app
from onrecord.service.http.guards.security_headers import DEFAULTS
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

pytestmark = pytest.mark.anyio

PATHS = ["/", "/widget.js", "/docs", "/docs/files/swagger-ui.css", "/openapi.json", "/health/live", "/metrics"]
PATHS += ["/articles/", "/nothing", "/articles/none"]
QUESTION = {"question": "what did Putin say about legality?"}


def missing(response: httpx.Response) -> set[str]:
    return {name for name in DEFAULTS if name.lower() not in response.headers}


async def test_every_response_has_them(client: httpx.AsyncClient) -> None:
    """Answers, streams, pages, files, redirects, unchanged files, and errors from every layer."""
    tag = (await client.get("/widget.js")).headers["etag"]
    responses = [
        await client.post("/ask", json=QUESTION),
        await client.post("/ask", json={**QUESTION, "stream": True}),
        *[await client.get(path) for path in PATHS],
        await client.get("/widget.js", headers={"If-None-Match": tag}),
        await client.head("/articles"),
        await client.put("/ask"),
        await client.post("/ask", content=b"{", headers={"Content-Type": "application/json"}),
        await client.post("/ask", json={}),
        await client.post("/articles", content=b"x", headers={"Content-Length": "99999999"}),
        await client.get("/articles", headers={"Host": "evil.example"}),
        await client.delete("/articles/x", headers={"Origin": "https://evil.example"}),
    ]
    assert {response.status_code for response in responses} == {200, 304, 307, 400, 403, 404, 405, 413, 422}
    assert [missing(response) for response in responses] == [set()] * len(responses)


async def test_an_unexpected_error_has_them(seeded: Parts) -> None:
    """The answer to a failure inside the service is an answer as any other."""
    app = create_app(seeded, Settings(api_keys="full-key"))

    @app.get("/failing")
    async def failing() -> None:
        raise RuntimeError

    async with make_client(app) as client:
        failed = await client.get("/failing", headers={"Authorization": "Bearer full-key"})
        refused = await client.get("/failing")
        assert [(one.status_code, missing(one)) for one in (failed, refused)] == [(500, set()), (401, set())]


async def test_answers_are_kept_by_nobody_and_files_until_they_change(client: httpx.AsyncClient) -> None:
    """What may have needed a key is stored nowhere; a page's file is asked about again."""
    answers = [await client.post("/ask", json=QUESTION), await client.get("/articles"), await client.get("/nothing")]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    files = [await client.get(path) for path in ("/", "/widget.js", "/docs", "/docs/files/swagger-ui-bundle.js")]
    assert {file.headers["cache-control"] for file in files} == {"no-cache"}


async def test_nothing_stands_in_a_frame_and_the_widget_alone_loads_elsewhere(client: httpx.AsyncClient) -> None:
    """The widget is a script of the site's own page, not a frame."""
    for path in ("/", "/docs", "/articles", "/widget.js"):
        assert "frame-ancestors 'none'" in (await client.get(path)).headers["content-security-policy"]
    policies = {path: (await client.get(path)).headers["cross-origin-resource-policy"] for path in ("/widget.js", "/")}
    assert policies == {"/widget.js": "cross-origin", "/": "same-origin"}
