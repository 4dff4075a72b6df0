from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "/ask", {}, 422, "question: it is missing."),
        ("POST", "/ask", {"question": ""}, 422, "question: it is blank; write what you want to know (got '')."),
        ("POST", "/ask", {"question": " \n\t"}, 422, "question: it is blank"),
        ("POST", "/ask", {"question": "x" * 2001}, 422, "question: it has 2,001 characters, the limit is 2,000"),
        ("POST", "/ask", {"question": 7}, 422, "(got 7)"),
        ("POST", "/ask", {"question": "why?", "mode": "psychic"}, 422, "'extractive' or 'generative' (got 'psychic')"),
        ("POST", "/ask", {"question": "why?", "qestion": 1}, 422, "qestion: unknown field"),
        ("POST", "/ask", {"question": "why?", "limit": 0}, 422, "limit: Input should be greater than or equal to 1"),
        ("POST", "/ask", {"question": "why?", "limit": 51}, 422, "limit: the limit is 50; ask for fewer (got 51)."),
        ("POST", "/ask", {"question": "why?", "filters": {"author": "x"}}, 422, "filters.author: unknown field"),
        (
            "POST",
            "/ask",
            {"question": "why?", "filters": {"published_after": "yesterday"}},
            422,
            "'yesterday' is no date",
        ),
        ("POST", "/ask", {"question": "why?", "history": [{"role": "system", "content": "x"}]}, 422, "(got 'system')"),
        ("POST", "/ask", {"question": "\u200b\u00ad\ufeff"}, 422, "question: it is blank"),
        ("POST", "/ask", {"question": None}, 422, "question: Input should be a valid string"),
        (
            "POST",
            "/ask",
            {"question": "why?", "limit": 0, "filter": 1},
            422,
            "filter: unknown field (did you mean 'filters'?)",
        ),
        ("POST", "/ask?stream=true", {"question": "why?"}, 422, "stream: unknown parameter; leave it out"),
        (
            "GET",
            "/quotations?speeker=Putin",
            None,
            422,
            "speeker: unknown parameter (did you mean 'speaker'?); known are",
        ),
        (
            "GET",
            "/quotations?x=1",
            None,
            422,
            "x: unknown parameter; known are speaker, about, after, before, publisher",
        ),
        ("GET", "/articles?limt=5", None, 422, "limt: unknown parameter (did you mean 'limit'?)"),
        ("GET", "/articles/none?text=0", None, 422, "text: unknown parameter; leave it out"),
        ("GET", "/suggestions?n=5", None, 422, "n: unknown parameter; known are limit."),
        ("DELETE", "/articles/none?force=1", None, 422, "force: unknown parameter; leave it out"),
        ("POST", "/search", {"query": ""}, 422, "query: it is blank"),
        ("POST", "/articles", {}, 422, "text: it is missing."),
        ("POST", "/articles", [], 422, "the list has 0 articles"),
        ("POST", "/articles", "text", 422, "the body is no JSON object; send one, with the header"),
        ("POST", "/articles", ["text"], 422, "0: it is no JSON object (got 'text')."),
        ("POST", "/ask", {"question": "why?", "filters": "Putin"}, 422, "filters: it is no JSON object (got 'Putin')."),
        ("POST", "/articles", {"text": "a\u0000b"}, 422, "U+0000, at position 1"),
        ("POST", "/articles", {"text": "A text.", "published_at": "soon"}, 422, "published_at: 'soon' is no date"),
        (
            "POST",
            "/articles",
            {"text": "A text.", "url": "javascript:alert(1)"},
            422,
            "url 'javascript:alert(1)' is no",
        ),
        ("POST", "/articles", {"text": "x" * 1_000_001}, 422, "1,000,001 characters, the limit is 1,000,000"),
        ("GET", "/articles/none", None, 404, "No article 'none' in the archive"),
        ("DELETE", "/articles/none", None, 404, "No article 'none' in the archive"),
        ("GET", "/articles?limit=0", None, 422, "limit: Input should be greater than or equal to 1 (got '0')"),
        ("GET", "/articles?cursor=x", None, 422, "cursor: it is no cursor of this service; send next_cursor"),
        ("GET", "/nothing", None, 404, "There is nothing at /nothing; /docs lists what there is."),
        ("GET", "/ask", None, 405, "/ask takes POST, OPTIONS and no GET"),
    ],
)
async def test_bad_input_is_a_problem_that_names_the_value(
    client: httpx.AsyncClient, method: str, path: str, body: Any, status: int, says: str
) -> None:
    """Every error is problem+json with the status, the value and the way out, and stores nothing."""
    response = await client.request(method, path, json=body)
    problem = response.json()
    assert (response.status_code, problem["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert says in problem["detail"]
    assert len(problem["detail"]) < 600
    assert len((await client.get("/articles")).json()["articles"]) == 5


@pytest.mark.parametrize("path", ["/ask", "/search", "/verify"])
@pytest.mark.parametrize("kind", [None, "application/x-www-form-urlencoded"])
async def test_a_body_without_the_header_is_told_the_header(
    client: httpx.AsyncClient, path: str, kind: str | None
) -> None:
    """A body that does not say that it is JSON, as `curl -d` sends it, is answered with the header that it needs."""
    headers = {"Content-Type": kind} if kind else {}
    response = await client.post(path, content=b'{"question": "why?"}', headers=headers)
    assert response.status_code == 422
    assert response.json()["detail"] == (
        "the body is no JSON object; send one, with the header Content-Type: application/json."
    )


@pytest.mark.parametrize("path", ["/ask", "/search", "/verify", "/articles"])
@pytest.mark.parametrize("body", [b"{", b"", b'{"question": "why?",}', b"\xff\xfe", b"[" * 50_000])
async def test_what_is_no_json_is_a_bad_request(client: httpx.AsyncClient, path: str, body: bytes) -> None:
    """A body that is not JSON is a 400 or 422 that says so, never a 500."""
    response = await client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


async def test_half_a_surrogate_pair_is_refused(client: httpx.AsyncClient) -> None:
    """JSON can spell a character that no text can hold; it is refused wherever it may come."""
    bodies = {
        "/ask": b'{"question": "who is \\ud800?"}',
        "/search": b'{"query": "\\udfff"}',
        "/articles": b'{"text": "a \\ud800 b"}',
    }
    for path, body in bodies.items():
        response = await client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert response.status_code in {400, 422}, path
        assert response.headers["content-type"] == "application/problem+json"


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: httpx.AsyncClient) -> None:
    """A 50 MB upload is a 413 that names the limit."""
    response = await client.post("/articles", files={"files": ("big.txt", b"x" * 50_000_000)})
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert "the limit is 8,000,000" in response.json()["detail"]


async def test_a_body_without_a_length_is_cut_off_at_the_limit(client: httpx.AsyncClient) -> None:
    """A body that is sent in pieces is a 413 as soon as it is too large."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 1_000_000

    response = await client.post("/articles", content=pieces(), headers={"Content-Type": "application/json"})
    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")
    assert "too large" in response.json()["detail"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "photo.txt: this is a binary file or UTF-16"),
        ("Größe".encode("latin-1"), "photo.txt: byte 0xF6 at position 2 is not utf-8"),
        (b"", "photo.txt: The text is empty"),
        (" \ufeff\n".encode(), "photo.txt: The text is empty"),
    ],
)
async def test_a_file_that_is_no_text_is_refused(empty: httpx.AsyncClient, content: bytes, says: str) -> None:
    """A binary, wrongly encoded or empty file is a 422 that names the file, and nothing of the upload is kept."""
    good = ("files", ("good.txt", b"A good article.\n\nIt has a sentence."))
    response = await empty.post("/articles", files=[good, ("files", ("photo.txt", content))])
    assert response.status_code == 422
    assert says in response.json()["detail"]
    assert (await empty.get("/articles")).json()["articles"] == []


async def test_another_content_type_is_refused(client: httpx.AsyncClient) -> None:
    """What is neither JSON nor a form is a 415 that says what is taken."""
    response = await client.post("/articles", content=b"text", headers={"Content-Type": "text/plain"})
    assert response.status_code == 415
    assert "'text/plain' is not accepted; send application/json or multipart/form-data" in response.json()["detail"]
