"""What is removed is in nothing that the service says, and in no file that it leaves."""

import re
from pathlib import Path

import httpx
import pytest

from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts

pytestmark = pytest.mark.anyio

SECRET = re.compile("quarrengard|ottoline|zorblatt|snelvik", re.IGNORECASE)
SEALED = """Court seals file on Ottoline Quarrengard

Snelvik archivist Ottoline Quarrengard testified in Brask on Friday.

“The ledgers of Zorblatt were burnt in Brask,” Ottoline Quarrengard said."""
KEPT = """Court opens file

Harbour master Ana Reis testified in Brask on Friday.

“The ledgers of the harbour were kept in Brask,” Mayor Ana Reis said."""
QUESTIONS = (
    "Where did Quarengard testify?",
    "where did otoline quarrengad testify",
    "What did Ottolin say about the ledgers?",
    "Who is the Snelvick archivist?",
    "What was said of Zorblat?",
    "What did the archivist say?",
    "What did she say?",
    "Where were the ledgers burnt?",
    "Who testified in Brask?",
)


async def _everything_said(client: httpx.AsyncClient, parts: Parts, removed: str) -> str:
    """Return all that the service says: of every question in every form, and at every address that can be read."""
    ids = [info.id for info in parts.archive.articles(limit=100)[0]]
    said = []
    for question in QUESTIONS:
        earlier = [{"role": "user", "content": "Who testified?"}, {"role": "assistant", "content": "Ana Reis did."}]
        for path, body in (
            ("/ask", {"question": question}),
            ("/ask", {"question": question, "history": earlier}),
            ("/search", {"query": question}),
            ("/v1/chat/completions", {"model": "onrecord", "messages": [{"role": "user", "content": question}]}),
        ):
            answer = await client.post(path, json=body)
            assert answer.status_code == 200, (path, answer.text)
            # The question is the asker's own; a service that repeats it leaks nothing.
            said.append(answer.text.replace(question, ""))
    read = {
        path for path, operations in create_app(parts, Settings()).openapi()["paths"].items() if "get" in operations
    }
    assert {"/articles", "/articles/{article_id}", "/suggestions", "/metrics"} <= read
    for path in sorted(read):
        for name in [*ids, removed] if "{article_id}" in path else [""]:
            answer = await client.get(path.replace("{article_id}", name))
            assert answer.status_code < 500, path
            said.append(answer.text)
    for query in ("speaker=Quarengard", "speaker=archivist", "about=ledgers", "about=zorblat", "limit=100"):
        said.append((await client.get(f"/quotations?{query}")).text)
    said.append((await client.get("/articles?query=ourt")).text)
    return "\n".join(said)


def _files_that_hold_it(home: Path) -> list[str]:
    files = [file for file in home.rglob("*") if file.is_file()]
    return [file.name for file in files if SECRET.search(file.read_bytes().decode("latin1"))]


async def test_nothing_that_is_said_or_stored_holds_a_removed_word(
    empty: httpx.AsyncClient, parts: Parts, tmp_path: Path
) -> None:
    """Whatever is asked, and wherever it is read: a name that only a removed article had is gone with it.

    The article is asked for before it goes, so that all that is remembered remembers it.
    """
    await empty.post("/articles", json={"text": KEPT, "url": "https://a.example/kept"})
    sealed = {"text": "Draft of Snelvik\n\nOttoline Zorblatt is expected.", "url": "https://a.example/sealed"}
    await empty.post("/articles", json=sealed)
    added = await empty.post("/articles", json=sealed | {"text": SEALED})
    (article,) = added.json()["articles"]
    assert article["status"] == "updated"
    before = await _everything_said(empty, parts, article["id"])
    assert {name.lower() for name in SECRET.findall(before)} == {"quarrengard", "ottoline", "zorblatt", "snelvik"}
    assert "archive.sqlite3" in " ".join(_files_that_hold_it(tmp_path))

    assert (await empty.delete(f"/articles/{article['id']}")).status_code == 204
    assert SECRET.findall(await _everything_said(empty, parts, article["id"])) == []
    parts.archive._eraser.wait()
    assert _files_that_hold_it(tmp_path) == []


async def test_a_name_that_a_revision_lost_is_offered_no_more(empty: httpx.AsyncClient) -> None:
    """The speller and the speakers follow a change as they follow a removal."""
    form = {"url": "https://a.example/1"}
    await empty.post("/articles", json=form | {"text": SEALED})
    asked = {"question": "What did Quarengard say?"}
    assert SECRET.search((await empty.post("/ask", json=asked)).text)
    await empty.post("/articles", json=form | {"text": KEPT})
    assert not SECRET.search((await empty.post("/ask", json=asked)).text)
    assert not SECRET.search((await empty.get("/suggestions")).text)
