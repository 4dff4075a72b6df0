import hashlib
import threading
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.index.articles.drafts import check_draft
from onrecord.index.errors import InvalidArticle
from onrecord.index.text.invisible_characters import as_seen
from onrecord.index.values import Draft
from onrecord.service.http.requests.form_files import read_form_files
from onrecord.service.wiring import Parts
from tests.index.articles.html.pages import PARAGRAPHS, TITLE, article_page

pytestmark = pytest.mark.anyio

HARBOUR = "Harbour to open in May\n\nThe new harbour will open in May, Mayor Ana Reis said on Monday."


async def test_an_article_comes_back_character_for_character(empty: httpx.AsyncClient) -> None:
    """What is stored is what was sent, whatever it holds, and its hash is that of its UTF-8."""
    text = "\ufeffTitle 🙂\r\n\r\ncafé cafe\u0301 שלום\u202e\r\n\tThe end\n\n"
    (added,) = (await empty.post("/articles", json={"text": text})).json()["articles"]
    article = (await empty.get(f"/articles/{added['id']}")).json()
    assert article["text"] == text
    assert article["content_sha256"] == hashlib.sha256(text.encode()).hexdigest()


async def test_the_same_again_is_unchanged_and_new_text_is_a_revision(empty: httpx.AsyncClient) -> None:
    """An article is known by its source name: the same text changes nothing, another one replaces it."""
    article = {"text": HARBOUR, "source_name": "harbour.txt"}
    statuses, ids = [], set()
    for body in (article, article, {**article, "text": HARBOUR.replace("May", "June")}):
        response = await empty.post("/articles", json=body)
        assert response.status_code == 201
        (added,) = response.json()["articles"]
        statuses.append(added["status"])
        ids.add(added["id"])
    assert statuses == ["created", "unchanged", "updated"]
    assert len(ids) == 1
    (kept,) = (await empty.get("/articles")).json()["articles"]
    assert kept["title"] == "Harbour to open in June"


async def test_a_list_is_added_whole_or_not_at_all(empty: httpx.AsyncClient) -> None:
    """One article of a list that cannot be archived keeps the others out, and is named by its place."""
    response = await empty.post("/articles", json=[{"text": HARBOUR}, {"text": " \n"}])
    assert response.status_code == 422
    assert response.json()["detail"] == "Article 2: The text is empty; an article needs at least one word."
    assert (await empty.get("/articles")).json()["articles"] == []


async def test_files_are_uploaded(empty: httpx.AsyncClient) -> None:
    """Text files in a form become articles known by their names, with the same text."""
    files = [("files", ("a.txt", HARBOUR.encode())), ("files", ("b.txt", "Größe\n\nEin Satz.".encode()))]
    response = await empty.post("/articles", files=files)
    assert response.status_code == 201
    listed = (await empty.get("/articles")).json()["articles"]
    assert [article["source_name"] for article in listed] == ["a.txt", "b.txt"]
    assert (await empty.get(f"/articles/{listed[1]['id']}")).json()["text"] == "Größe\n\nEin Satz."


async def test_a_form_is_parsed_by_a_thread_for_additions(
    empty: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop, which answers everybody, does not stand still while a large form is taken apart."""
    parsed_by: list[str] = []

    def parse(*arguments: Any, **named: Any) -> list[tuple[str, bytes]]:
        parsed_by.append(threading.current_thread().name)
        return read_form_files(*arguments, **named)

    monkeypatch.setattr("onrecord.service.http.routes.articles.read_form_files", parse)
    assert (await empty.post("/articles", files={"files": ("a.txt", HARBOUR.encode())})).status_code == 201
    assert [name.startswith("onrecord-additions") for name in parsed_by] == [True]


async def test_a_web_page_is_added_as_its_article(empty: httpx.AsyncClient) -> None:
    """As a file or as JSON with its address, alone or in a list; the same page again changes nothing."""
    data = {"@type": "NewsArticle", "author": ["Jo Hill", "Eva Lund"], "isAccessibleForFree": False}
    page = article_page(data=data, head='<meta property="og:title" content="At last">')
    url = "https://coast.example/harbour"
    response = await empty.post("/articles", json={"html": page, "url": url})
    assert response.status_code == 201
    (added,) = response.json()["articles"]
    assert added == {"id": added["id"], "status": "created", "title": TITLE}
    article = (await empty.get(f"/articles/{added['id']}")).json()
    assert article["text"] == "\n\n".join(PARAGRAPHS)
    assert (article["author"], article["authors"]) == ("Jo Hill, Eva Lund", ["Jo Hill", "Eva Lund"])
    assert (article["language"], article["also_titled"], article["partial"]) == ("en", ["At last"], True)
    assert article["extractor"].startswith("onrecord-html")
    again = await empty.post("/articles", json=[{"text": HARBOUR, "author": "Rui Costa"}, {"html": page, "url": url}])
    assert [one["status"] for one in again.json()["articles"]] == ["created", "unchanged"]
    text = (await empty.get(f"/articles/{again.json()['articles'][0]['id']}")).json()
    assert (text["authors"], text["language"], text["partial"], text["extractor"]) == (["Rui Costa"], None, False, None)
    files = await empty.post("/articles", files=[("files", ("a.html", page.encode())), ("files", ("b", page.encode()))])
    assert [one["status"] for one in files.json()["articles"]] == ["created", "created"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"html": ""}, "html: the page is empty"),
        ({"html": "no page"}, "html: this is no HTML"),
        ([{"html": "<html></html>"}, {"text": "x"}], "Article 1: the page shows no text"),
        ({"html": article_page(), "url": "nowhere"}, "url 'nowhere' is no http or https address"),
        ({"html": article_page(), "text": "x"}, "text: unknown field"),
        ({"html": 3}, "html: Input should be a valid string"),
    ],
)
async def test_a_page_that_is_no_article_is_refused(empty: httpx.AsyncClient, body: object, detail: str) -> None:
    """The problem names the field or the place, and nothing of the request is stored."""
    response = await empty.post("/articles", json=body)
    assert response.status_code == 422
    assert detail in response.json()["detail"]
    upload = await empty.post("/articles", files=[("files", ("a.txt", b"x.")), ("files", ("b.html", b"\xff"))])
    assert (upload.status_code, upload.json()["detail"].partition(";")[0]) == (422, "b.html: this is no HTML")
    assert (await empty.get("/articles")).json()["articles"] == []


async def test_pages_follow_each_other(client: httpx.AsyncClient) -> None:
    """Paging with next_cursor lists each article once, in the order they were added."""
    seen: list[str] = []
    cursor = None
    while True:
        page = (await client.get("/articles", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [article["source_name"][:3] for article in page["articles"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["000", "001", "002", "003", "004"]


async def test_the_list_is_searched_by_title(client: httpx.AsyncClient) -> None:
    """`query` keeps the articles whose title holds it, wildcards taken literally."""
    found = (await client.get("/articles", params={"query": "delicate road"})).json()["articles"]
    assert [article["source_name"] for article in found] == ["004_14f69e1fd39ce0f4.txt"]
    assert (await client.get("/articles", params={"query": "%"})).json()["articles"] == []


async def test_a_removed_article_is_gone(empty: httpx.AsyncClient, parts: Parts) -> None:
    """After DELETE an article is not listed, not read, not found and not quoted."""
    (added,) = (await empty.post("/articles", json={"text": HARBOUR})).json()["articles"]
    assert (await empty.delete(f"/articles/{added['id']}")).status_code == 204
    assert (await empty.get(f"/articles/{added['id']}")).status_code == 404
    assert (await empty.delete(f"/articles/{added['id']}")).status_code == 404
    assert (await empty.post("/search", json={"query": "harbour"})).json()["passages"] == []
    assert parts.archive.counts().sentences == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=600))
async def test_any_text_is_refused_or_quoted_exactly(empty: httpx.AsyncClient, text: str) -> None:
    """Whatever is sent is either refused with a reason or kept as it is, and every quote from it is a slice of it."""
    response = await empty.post("/articles", json={"text": text, "source_name": "any.txt"})
    if response.status_code == 422:
        with pytest.raises(InvalidArticle) as refused:
            check_draft(Draft(text=text))
        assert response.json()["detail"] == f"any.txt: {refused.value}"
        return
    assert response.status_code == 201
    answer = (await empty.post("/ask", json={"question": as_seen(text[:200]) or "what?"})).json()
    for citation in answer["citations"] + answer["closest"]:
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert len(citation["quote"]) <= 400
