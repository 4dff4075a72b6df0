from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def find(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    response = await client.get("/quotations", params=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["quotations"]
    return found


async def test_a_quotation_is_a_slice_with_its_speaker(client: httpx.AsyncClient) -> None:
    """Words, cue and mention are exact slices of the article; the speaker is named in full, with the role."""
    (found,) = await find(client, speaker="Putin", about="legally impossible", limit=1)
    text = (await client.get(f"/articles/{found['article_id']}")).json()["text"]
    assert (found["speaker"], found["role"], found["kind"]) == ("Vladimir Putin", "Russian President", "mixed")
    assert "“legally impossible”" in found["text"]
    assert text[found["start"] : found["end"]] == found["text"]
    assert text[found["cue_start"] : found["cue_end"]] == found["cue"] == "declared"
    assert text[found["speaker_start"] : found["speaker_end"]] == found["speaker_mention"]


@pytest.mark.parametrize("name", ["Zelensky", "zelenskyy", "Volodymyr Zelenskyy", "President Zelensky"])
async def test_every_form_of_a_name_finds_the_same_person(client: httpx.AsyncClient, name: str) -> None:
    """One person's words are found under all spellings and forms of the name, across articles."""
    speakers = {quotation["speaker"] for quotation in await find(client, speaker=name, limit=50)}
    assert speakers == {"Volodymyr Zelenskyy", "Vladimir Zelensky"}


async def test_a_role_finds_who_bears_it(client: httpx.AsyncClient) -> None:
    """A role that the archive gives to one person alone finds that person."""
    speakers = {quotation["speaker"] for quotation in await find(client, speaker="the German chancellor")}
    assert speakers == {"Friedrich Merz"}
    assert await find(client, speaker="the mayor of Kyiv") == []


async def test_kind_and_date_choose(client: httpx.AsyncClient) -> None:
    """`kind` and the dates are exact."""
    direct = await find(client, kind="direct", limit=100)
    assert direct
    assert {quotation["kind"] for quotation in direct} == {"direct"}
    dated = await find(client, after="2025-12-01", limit=100)
    assert {quotation["source_name"] for quotation in dated} == {"004_14f69e1fd39ce0f4.txt"}
    assert await find(client, after="2025-12-02") == []


async def test_pages_hold_each_quotation_once(client: httpx.AsyncClient) -> None:
    """Paging through all quotations brings each one once, in order."""
    every = [quotation["id"] for quotation in await find(client, limit=200)]
    paged: list[int] = []
    cursor = None
    while True:
        query = {"limit": 7, **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/quotations", params=query)).json()
        paged += [quotation["id"] for quotation in page["quotations"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == every == sorted(every)


async def test_the_speaker_filter_works_everywhere(client: httpx.AsyncClient) -> None:
    """With filters.speaker, /ask quotes only that speaker's words and /search finds only passages that hold some."""
    body = {"question": "security guarantees", "filters": {"speaker": "Rutte"}}
    answer = (await client.post("/ask", json=body)).json()
    assert {citation["speaker"] for citation in answer["citations"]} == {"Mark Rutte"}
    body = {"question": "Who said that troops were discussed?", "filters": {"speaker": "Rutte"}}
    answer = (await client.post("/ask", json=body)).json()
    assert {citation["speaker"] for citation in answer["citations"]} <= {"Mark Rutte"}
    body = {"query": "security guarantees", "filters": {"speaker": "Rutte"}}
    passages = (await client.post("/search", json=body)).json()["passages"]
    assert passages
    assert all("Rutte" in passage["text"] for passage in passages)
    body = {"query": "security guarantees", "filters": {"speaker": "Nobody Known"}}
    assert (await client.post("/search", json=body)).json()["passages"] == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"kind": "sung"}, "'direct', 'mixed' or 'reported' (got 'sung')"),
        ({"after": "soon"}, "'soon' is no date"),
        ({"speaker": " "}, "speaker: it is blank"),
        ({"limit": "0"}, "limit: Input should be greater than or equal to 1"),
    ],
)
async def test_a_wrong_choice_is_named(client: httpx.AsyncClient, query: dict[str, str], says: str) -> None:
    """A parameter that makes no sense is a problem that names the value."""
    response = await client.get("/quotations", params=query)
    assert response.status_code == 422
    assert says in response.json()["detail"]


async def test_after_the_one_page_of_a_topic_comes_nothing(client: httpx.AsyncClient) -> None:
    """A topic has one page without a cursor, and an empty one after any cursor."""
    topic = {"about": "NATO", "speaker": "Witkoff"}
    first = (await client.get("/quotations", params=topic)).json()
    assert (bool(first["quotations"]), first["next_cursor"]) == (True, None)
    later = (await client.get("/quotations", params={**topic, "cursor": "3"})).json()
    assert later == {"quotations": [], "next_cursor": None}


async def test_a_removed_article_takes_its_quotations_along(empty: httpx.AsyncClient) -> None:
    """Nothing that was said in a removed article is found, and a revision replaces what was said."""
    text = "Harbour news\n\n“The harbour opens in May,” Mayor Ana Reis said on Monday."
    await empty.post("/articles", json={"text": text, "source_name": "h.txt"})
    assert [q["text"] for q in await find(empty, speaker="Reis")] == ["“The harbour opens in May,”"]
    (added,) = (
        await empty.post("/articles", json={"text": text.replace("May,", "June,"), "source_name": "h.txt"})
    ).json()["articles"]
    assert [q["text"] for q in await find(empty, speaker="Reis")] == ["“The harbour opens in June,”"]
    await empty.delete(f"/articles/{added['id']}")
    assert await find(empty) == []
