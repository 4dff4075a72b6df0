"""Copies are one source, over HTTP."""

import pytest

from onrecord.index.text.copies import same_words
from tests.index.text.test_copies import HARBOUR

pytestmark = pytest.mark.anyio

QUESTION = "How much has the work on the harbour cost?"
RIGHT = HARBOUR.replace("12.5", "14.5") + "\n(Corrects the cost in an item of November 3.)"
AGENCY = {"text": HARBOUR, "title": "Harbour to open in May", "published_at": "2025-11-03", "publisher": "Agency"}
DAILY = {"text": HARBOUR.replace("two million", "2 million"), "title": "A quay for Porto Alto", "publisher": "Daily"}
EVENING = {**AGENCY, "title": "Porto Alto gets its harbour", "published_at": "2025-11-05", "publisher": "Evening"}
CORRECTED = {**AGENCY, "text": RIGHT, "title": "CORRECTED - Harbour to open in May", "published_at": "2025-11-04"}


async def add(client, *articles):
    named = [{**article, "source_name": article["title"]} for article in articles]
    return [added["id"] for added in (await client.post("/articles", json=named)).json()["articles"]]


async def ask(client, **filters):
    answer = await client.post("/ask", json={"question": QUESTION, "filters": filters})
    return (answer.json()["citations"] or answer.json()["closest"])[0]


async def test_a_story_that_three_carry_is_quoted_once(empty):
    """The newest is quoted, and the citation names the others; so does a search, and each article."""
    agency, daily, evening = await add(empty, AGENCY, DAILY, EVENING)
    cited = await ask(empty)
    assert (cited["article_id"], cited["copies"]["count"]) == (evening, 2)
    assert set(cited["copies"]["article_ids"]) == {agency, daily}
    passages = (await empty.post("/search", json={"query": QUESTION})).json()["passages"]
    assert [(one["article_id"], one["copies"]["count"]) for one in passages] == [(evening, 2)]
    listed = (await empty.get("/articles")).json()["articles"]
    assert [one["copies"]["count"] for one in listed] == [2, 2, 2]
    assert set((await empty.get(f"/articles/{daily}")).json()["copies"]["article_ids"]) == {agency, evening}


async def test_a_filter_quotes_the_copy_that_passes(empty):
    """What the filter leaves is quoted; whoever else carries it is named all the same."""
    agency, daily, evening = await add(empty, AGENCY, DAILY, EVENING)
    cited = await ask(empty, publisher="Agency")
    assert cited["article_id"] == agency
    assert set(cited["copies"]["article_ids"]) == {daily, evening}


async def test_a_correction_is_quoted_and_names_what_it_corrects(empty):
    """The figure that was corrected is not quoted, though a later copy repeats it."""
    agency, corrected, evening = await add(empty, AGENCY, CORRECTED, EVENING)
    cited = await ask(empty)
    assert cited["article_id"] == corrected
    assert "14.5 million" in cited["quote"]
    assert cited["copies"]["article_ids"] == []
    assert set(cited["copies"]["corrected"]) == {agency, evening}
    article = (await empty.get(f"/articles/{corrected}")).json()
    assert article["text"][cited["start"] : cited["end"]] == cited["quote"]


async def test_when_the_one_that_was_quoted_is_removed_the_next_is(empty):
    agency, daily, evening = await add(empty, AGENCY, DAILY, EVENING)
    await empty.delete(f"/articles/{evening}")
    cited = await ask(empty)
    assert (cited["article_id"], cited["copies"]["article_ids"]) == (agency, [daily])


def test_the_texts_are_what_they_should_be():
    assert same_words(HARBOUR, DAILY["text"])
    assert not same_words(HARBOUR, RIGHT)
