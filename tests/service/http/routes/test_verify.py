"""What became of a citation."""

import pytest

from tests.index.text.test_copies import HARBOUR

pytestmark = pytest.mark.anyio

QUOTE = "The work has cost 12.5 million euros so far, two million more than was planned."
ARTICLE = {"text": HARBOUR, "title": "Harbour to open in May", "source_name": "harbour.txt"}


async def cite(client):
    (added,) = (await client.post("/articles", json=ARTICLE)).json()["articles"]
    sha = (await client.get(f"/articles/{added['id']}")).json()["content_sha256"]
    start = HARBOUR.index(QUOTE)
    return {
        "article_id": added["id"],
        "start": start,
        "end": start + len(QUOTE),
        "quote": QUOTE,
        "content_sha256": sha,
    }


async def change(client, text):
    (added,) = (await client.post("/articles", json={**ARTICLE, "text": text})).json()["articles"]
    assert added["status"] == "updated"


async def verify(client, citation, **other):
    return (await client.post("/verify", json={**citation, **other})).json()


async def test_a_citation_that_holds_has_no_change(empty):
    citation = await cite(empty)
    checked = await verify(empty, citation)
    assert (checked["status"], checked["change"]) == ("verified", None)


async def test_a_quote_that_was_changed_is_shown_as_it_is_now(empty):
    """The cited text held the quote; what stands there now, when it came, and each word that differs."""
    citation = await cite(empty)
    await change(empty, HARBOUR.replace("12.5", "14.5"))
    checked = await verify(empty, citation)
    assert (checked["status"], checked["verified"], checked["found_at"]) == ("changed", False, [])
    said = checked["change"]
    assert (said["held"], said["title"]) == (True, "Harbour to open in May")
    assert said["added_at"] <= said["replaced_at"]
    nearest = said["nearest"]
    text = (await empty.get(f"/articles/{citation['article_id']}")).json()["text"]
    assert text[nearest["start"] : nearest["end"]] == nearest["text"] == QUOTE.replace("12.5", "14.5")
    assert [piece for piece in nearest["diff"] if piece["kind"] != "same"] == [
        {"kind": "gone", "text": "12"},
        {"kind": "new", "text": "14"},
    ]


async def test_a_quote_that_moved_is_found_where_it_is(empty):
    """The text changed, and the quote with it only in place: nothing stands in its stead."""
    citation = await cite(empty)
    await change(empty, "The town rejoices today.\n\n" + HARBOUR)
    checked = await verify(empty, citation)
    assert (checked["status"], checked["change"]["held"], checked["change"]["nearest"]) == ("changed", True, None)
    assert checked["found_at"] == [{"start": citation["start"] + 26, "end": citation["end"] + 26}]


async def test_without_a_hash_an_earlier_text_bears_witness(empty):
    """A quote that no longer stands there did once; one that never did has no change."""
    citation = await cite(empty)
    await change(empty, HARBOUR.replace("12.5", "14.5"))
    checked = await verify(empty, citation, content_sha256=None)
    assert (checked["status"], checked["change"]["held"]) == ("mismatch", True)
    checked = await verify(empty, citation, content_sha256=None, quote=QUOTE.replace("12.5", "99"))
    assert (checked["status"], checked["change"]) == ("mismatch", None)


async def test_a_text_that_was_never_archived_is_said_to_be_unknown(empty):
    citation = await cite(empty)
    checked = await verify(empty, citation, content_sha256="0" * 64)
    assert (checked["status"], checked["verified"]) == ("changed", True)
    assert (checked["change"]["held"], checked["change"]["replaced_at"]) == (None, None)


@pytest.mark.parametrize("quote", ["", "12.5"])
async def test_a_place_that_ends_before_it_starts_never_holds(empty, quote):
    """Nothing stands there, not even nothing; the places where the quote does stand are named."""
    citation = await cite(empty)
    checked = await verify(empty, citation, start=9, end=4, quote=quote)
    assert (checked["verified"], checked["status"], checked["text"]) == (False, "mismatch", "")
    assert bool(checked["found_at"]) == bool(quote)


async def test_an_article_lists_its_revisions(empty):
    citation = await cite(empty)
    await change(empty, HARBOUR + " It is raining.")
    article = (await empty.get(f"/articles/{citation['article_id']}")).json()
    assert [one["content_sha256"] for one in article["revisions"]] == [citation["content_sha256"]]
    await empty.delete(f"/articles/{citation['article_id']}")
    assert (await verify(empty, citation))["status"] == "missing"
