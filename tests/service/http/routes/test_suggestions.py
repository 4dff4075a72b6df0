import re

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_every_suggested_question_is_answered_by_whom_it_names(client: httpx.AsyncClient) -> None:
    """One question for each speaker, made of the archive's own words, and each gets these words for an answer."""
    suggestions = (await client.get("/suggestions", params={"limit": 8})).json()["suggestions"]
    assert len(suggestions) == 8
    assert len({suggestion["speaker"] for suggestion in suggestions}) == 8
    for suggestion in suggestions:
        assert re.fullmatch(r"What did .+ say( about .+)?\?", suggestion["question"])
        answer = (await client.post("/ask", json={"question": suggestion["question"]})).json()
        assert answer["status"] == "answered"
        assert answer["citations"][0]["speaker"] == suggestion["speaker"]


async def test_suggestions_follow_the_archive(empty: httpx.AsyncClient) -> None:
    """None for an empty archive, one when there is something, none again when it is gone."""
    assert (await empty.get("/suggestions")).json() == {"suggestions": []}
    text = "Harbour opens\n\n“The harbour opens on Monday,” Mayor Ana Reis said on Friday.\n\nIt rained."
    (added,) = (await empty.post("/articles", json={"text": text})).json()["articles"]
    (suggestion,) = (await empty.get("/suggestions")).json()["suggestions"]
    assert suggestion["speaker"] == "Ana Reis"
    await empty.delete(f"/articles/{added['id']}")
    assert (await empty.get("/suggestions")).json() == {"suggestions": []}


async def test_an_articles_quotations_come_in_its_own_order(client: httpx.AsyncClient) -> None:
    """Each is an exact slice of the article; an unknown article is 404."""
    article = (await client.get("/articles", params={"query": "delicate"})).json()["articles"][0]
    text = (await client.get(f"/articles/{article['id']}")).json()["text"]
    quotations = (await client.get(f"/articles/{article['id']}/quotations")).json()["quotations"]
    assert [q["start"] for q in quotations] == sorted(q["start"] for q in quotations)
    assert "Theresa Fallon" in {q["speaker"] for q in quotations}
    assert all(text[q["start"] : q["end"]] == q["text"] for q in quotations)
    assert (await client.get("/articles/none/quotations")).status_code == 404
