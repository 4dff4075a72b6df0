import json
from typing import Any

import httpx
import pytest

from onrecord.index.values import Filters
from onrecord.service.http.app import create_app
from onrecord.service.schemas.filters import FiltersIn
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

pytestmark = pytest.mark.anyio

QUESTION = "what did Putin say about legality?"


async def check_slices(client: httpx.AsyncClient, citations: list[dict[str, Any]]) -> None:
    """Assert from outside that every citation is the slice it says it is, of the text it says it is of."""
    for citation in citations:
        article = (await client.get(f"/articles/{citation['article_id']}")).json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert article["content_sha256"] == citation["content_sha256"]
        assert 0 < len(citation["quote"]) <= 400


async def test_the_first_quote_holds_the_answer(client: httpx.AsyncClient) -> None:
    """A question is answered with the sentence that answers it, its article and its exact place."""
    response = await client.post("/ask", json={"question": QUESTION})
    answer = response.json()
    first = answer["citations"][0]
    assert response.status_code == 200
    assert answer["status"] == "answered"
    assert "“legally impossible”" in first["quote"]
    assert first["source_name"] == "001_b467bdeb06d57ac6.txt"
    assert first["title"] == "Security Guarantees Unresolved as US-Ukraine Talks Continue"
    assert first["speaker"] == "Vladimir Putin"
    highlight = slice(first["highlight"]["start"], first["highlight"]["end"])
    text = (await client.get(f"/articles/{first['article_id']}")).json()["text"]
    assert text[highlight].startswith("such a deal is “legally impossible”")
    await check_slices(client, answer["citations"])


OPTIONAL = {
    "/ask": ({"question": QUESTION}, ["mode", "limit", "stream", "filters", "history"]),
    "/search": ({"query": "legality"}, ["limit", "filters"]),
}


@pytest.mark.parametrize("path", OPTIONAL)
async def test_a_null_is_as_if_nothing_was_sent(client: httpx.AsyncClient, path: str) -> None:
    """Clients that send null for what was not given get the answer of a request without it, in filters as well."""
    body, names = OPTIONAL[path]
    filters = dict.fromkeys(FiltersIn.model_fields)
    sent = [body, *({**body, name: None} for name in names), body | dict.fromkeys(names), {**body, "filters": filters}]
    answers = [(await client.post(path, json=one)).json() for one in sent]
    for answer in answers:
        answer.pop("id", None)
        answer.pop("timings_ms", None)
    assert answers == [answers[0]] * len(sent)
    assert "detail" not in answers[0]


UNSEEN = {
    "no-break spaces": "what\u00a0did\u00a0Putin\u202fsay about\u00a0legality?",
    "a soft hyphen": "what did Pu\u00adtin say about lega\u00adlity?",
    "zero widths": "what did \u200bPu\u200btin\u200d say about lega\u200clity?\u2060",
    "a byte order mark": "\ufeffwhat did Putin say about legality?",
    "marks of direction": "what did \u2068Putin\u2069 say about \u202elegality\u202c?\u200e",
    "nulls and controls": "what did\x00 Pu\x01tin say about legality?\x7f",
    "line breaks": "what did\nPutin say\u2028about\r\n\tlegality?",
    "wide spaces": "what did\u3000Putin\u2003say about legality?",
}


@pytest.mark.parametrize("name", UNSEEN)
async def test_what_nobody_sees_in_a_question_changes_no_answer(client: httpx.AsyncClient, name: str) -> None:
    """A question that was copied together with invisible characters is the question that its writer sees."""
    plain, asked = [(await client.post("/ask", json={"question": one})).json() for one in (QUESTION, UNSEEN[name])]
    for answer in (plain, asked):
        del answer["id"], answer["timings_ms"]
    assert asked == plain
    spoken = (await client.get("/quotations", params={"speaker": "Pu\u00adtin", "about": UNSEEN[name]})).json()
    assert spoken == (await client.get("/quotations", params={"speaker": "Putin", "about": QUESTION})).json()


async def test_the_answer_is_its_quotes_with_markers(client: httpx.AsyncClient) -> None:
    """`answer` and `sentences` say nothing but quotes and where they stood, and number the citations from one."""
    body = {"question": "What did Rubio say?", "limit": 3}
    answer = (await client.post("/ask", json=body)).json()
    quotes = [citation["quote"] for citation in answer["citations"]]
    for n, (line, citation) in enumerate(zip(answer["answer"].split("\n"), answer["citations"], strict=True), 1):
        assert line.startswith(citation["quote"] + " — ")
        day = citation["published_at"] and citation["published_at"][:10]
        source = ", ".join(filter(None, (citation["title"], citation["publisher"], day)))
        assert line.endswith(f"{source} [{n}]")
    assert answer["sentences"] == [{"text": quote, "citations": [n]} for n, quote in enumerate(quotes, 1)]
    assert len(quotes) == 3


async def test_a_question_the_archive_does_not_answer_is_refused(client: httpx.AsyncClient) -> None:
    """An abstention has no citations, a plain sentence, and the closest quotes, which slice exactly too."""
    answer = (await client.post("/ask", json={"question": "How tall is Mount Everest?"})).json()
    assert answer["status"] == "abstained"
    assert answer["citations"] == answer["sentences"] == []
    assert answer["answer"] == "The archive does not answer this question."
    assert len(answer["closest"]) == 3
    await check_slices(client, answer["closest"])


async def test_an_empty_archive_abstains(empty: httpx.AsyncClient) -> None:
    """With no article at all there is nothing close either, no error, and the answer says why, also with filters."""
    for filters in ({}, {"publisher": "The Coast"}):
        answer = (await empty.post("/ask", json={"question": QUESTION, "filters": filters})).json()
        assert (answer["status"], answer["closest"], answer["confidence"]) == ("abstained", [], 0.0)
        assert answer["answer"] == "The archive is empty, so it answers no question; add articles to it."
    message = {"role": "user", "content": QUESTION}
    completion = (await empty.post("/v1/chat/completions", json={"messages": [message]})).json()
    assert completion["choices"][0]["message"]["content"] == answer["answer"]
    await empty.post("/articles", json={"text": "The bridge will open in June, Minister Rui Costa said."})
    answer = (await empty.post("/ask", json={"question": "How tall is Mount Everest?"})).json()
    assert answer["answer"] == "The archive does not answer this question."


async def test_no_article_is_of_a_time_that_ends_before_it_begins(client: httpx.AsyncClient) -> None:
    """Such filters choose no article, as others that fit none, for questions, passages and quotations."""
    filters = {"published_after": "2026-02-01", "published_before": "2025-01-01"}
    answer = (await client.post("/ask", json={"question": QUESTION, "filters": filters})).json()
    assert (answer["status"], answer["closest"]) == ("abstained", [])
    assert (await client.post("/search", json={"query": "talks", "filters": filters})).json() == {"passages": []}
    params = {"after": "2026-02-01", "before": "2025-01-01"}
    assert (await client.get("/quotations", params=params)).json()["quotations"] == []


async def test_generative_mode_without_a_model_gives_quotes_and_says_why(client: httpx.AsyncClient) -> None:
    """Asked for prose with no language model configured, the service answers with quotes and names the reason."""
    answer = (await client.post("/ask", json={"question": QUESTION, "mode": "generative"})).json()
    assert (answer["status"], answer["mode"]) == ("answered", "extractive")
    assert answer["degraded_reason"] == "No language model is configured, so the answer is made of quotes."


async def test_the_same_question_gets_the_same_answer(client: httpx.AsyncClient) -> None:
    """Two answers to one question differ in nothing but their id and timings."""
    one, two = [(await client.post("/ask", json={"question": QUESTION})).json() for _ in range(2)]
    for answer in (one, two):
        del answer["id"], answer["timings_ms"]
    assert one == two


async def test_filters_restrict_what_is_quoted(client: httpx.AsyncClient, seeded: Parts) -> None:
    """With a filter every citation comes from an article that passes it."""
    body = {"question": "What did Rubio say about the talks?", "filters": {"published_after": "2025-12-01"}}
    answer = (await client.post("/ask", json=body)).json()
    cited = {citation["source_name"] for citation in answer["citations"] + answer["closest"]}
    assert cited == {"004_14f69e1fd39ce0f4.txt"}
    assert seeded.archive.passages.ids(Filters(published_after="2025-12-01T00:00:00"))


async def test_a_stream_ends_with_the_whole_answer(client: httpx.AsyncClient) -> None:
    """Server-sent events bring sources, then each sentence with its citation, then the answer as without a stream."""
    body = {"question": "What did Rubio say?", "limit": 2}
    plain = (await client.post("/ask", json=body)).json()
    response = await client.post("/ask", json={**body, "stream": True})
    events = [dict(line.split(": ", 1) for line in block.splitlines()) for block in response.text.strip().split("\n\n")]
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    assert [event["event"] for event in events] == ["sources", "sentence", "citation", "sentence", "citation", "done"]
    done = json.loads(events[-1]["data"])
    assert json.loads(events[0]["data"])["citations"] == plain["citations"]
    for answer in (plain, done):
        del answer["id"], answer["timings_ms"]
    assert done == plain


async def test_search_returns_slices(client: httpx.AsyncClient) -> None:
    """A passage found is an exact slice of its article, best first."""
    found = (await client.post("/search", json={"query": "Budapest Memorandum", "limit": 4})).json()["passages"]
    assert "Budapest Memorandum" in found[0]["text"]
    assert [passage["score"] for passage in found] == sorted((p["score"] for p in found), reverse=True)
    for passage in found:
        article = (await client.get(f"/articles/{passage['article_id']}")).json()
        assert article["text"][passage["start"] : passage["end"]] == passage["text"]


async def test_a_citation_verifies_until_its_article_changes(empty: httpx.AsyncClient) -> None:
    """`/verify` confirms a fresh citation, calls it changed after a revision, and missing after a removal."""
    text = "Harbour to open in May\n\nThe new harbour will open in May, Mayor Ana Reis said on Monday."
    article = {"text": text, "source_name": "harbour.txt"}
    (added,) = (await empty.post("/articles", json=article)).json()["articles"]
    answer = (await empty.post("/ask", json={"question": "When will the new harbour open?"})).json()
    (cited,) = answer["citations"]
    citation = {name: cited[name] for name in ("article_id", "start", "end", "quote", "content_sha256")}

    fresh = (await empty.post("/verify", json=citation)).json()
    assert (fresh["verified"], fresh["status"], fresh["text"], fresh["found_at"]) == (
        True,
        "verified",
        cited["quote"],
        [],
    )

    await empty.post("/articles", json={**article, "text": "CORRECTED: " + text})
    changed = (await empty.post("/verify", json=citation)).json()
    moved = [{"start": cited["start"] + 11, "end": cited["end"] + 11}]
    assert (changed["verified"], changed["status"], changed["found_at"]) == (False, "changed", moved)

    await empty.delete(f"/articles/{added['id']}")
    missing = (await empty.post("/verify", json=citation)).json()
    assert (missing["verified"], missing["status"], missing["text"]) == (False, "missing", None)


async def test_a_forged_citation_does_not_verify(client: httpx.AsyncClient) -> None:
    """A quote that is not what stands there is a mismatch, and the answer says what stands there."""
    cited = (await client.post("/ask", json={"question": QUESTION})).json()["citations"][0]
    forged = {
        "article_id": cited["article_id"],
        "start": cited["start"],
        "end": cited["end"],
        "quote": "legally possible",
    }
    verified = (await client.post("/verify", json=forged)).json()
    assert (verified["verified"], verified["status"], verified["text"]) == (False, "mismatch", cited["quote"])


async def test_keys_are_asked_for_where_there_are_any(seeded: Parts) -> None:
    """With ONRECORD_API_KEYS every request needs one of them, but for the page and the health checks."""
    settings = Settings(api_keys="first, second")
    async with make_client(create_app(seeded, settings)) as client:
        refused = await client.post("/ask", json={"question": QUESTION})
        wrong = await client.get("/articles", headers={"Authorization": "Bearer third"})
        right = await client.get("/articles", headers={"Authorization": "Bearer second"})
        free = [(await client.get(path)).status_code for path in ("/", "/health/live", "/health/ready")]
    assert [refused.status_code, wrong.status_code, right.status_code, *free] == [401, 401, 200, 200, 200, 200]
    assert refused.headers["www-authenticate"] == "Bearer"
    assert "Authorization: Bearer KEY" in refused.json()["detail"]


async def test_requests_are_counted_under_their_route(client: httpx.AsyncClient) -> None:
    """`/metrics` counts by route template, never by raw path, and counts what became of questions."""
    await client.post("/ask", json={"question": QUESTION})
    await client.get("/articles/nothing-here")
    metrics = (await client.get("/metrics")).text
    assert 'onrecord_requests_total{method="POST",route="/ask",status="200"} 1.0' in metrics
    assert 'onrecord_requests_total{method="GET",route="/articles/{article_id}",status="404"} 1.0' in metrics
    assert 'onrecord_answers_total{mode="extractive",status="answered"} 1.0' in metrics
    assert "nothing-here" not in metrics
