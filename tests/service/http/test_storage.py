"""What a disk or a file that fails is to a client: a problem that says the way out, and nothing half stored."""

import httpx
import pytest

from onrecord.index.errors import Stopping
from onrecord.service.wiring import Parts

pytestmark = pytest.mark.anyio

LIST = [{"text": f"Article {number} about the harbour. {'word ' * 40}"} for number in range(40)]
"""More articles than are read and embedded together."""


def articles(parts: Parts) -> int:
    return parts.archive.counts().articles


async def test_a_list_on_a_full_disk_is_stored_not_at_all_and_afterwards_whole(
    empty: httpx.AsyncClient, parts: Parts
) -> None:
    """The answer is 507 with the way out; the same list is added once there is room, and a third time unchanged."""
    db = parts.archive.database.writer
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages + 20}").fetchall()
    full = await empty.post("/articles", json=LIST)
    assert (full.status_code, full.headers["content-type"]) == (507, "application/problem+json")
    assert "is full. Make room there and try again; nothing of this change was stored" in full.json()["detail"]
    assert articles(parts) == 0
    assert parts.vector_index.ids() == set()
    db.execute("PRAGMA max_page_count = 1000000").fetchall()
    for status in ("created", "unchanged"):
        added = await empty.post("/articles", json=LIST)
        assert added.status_code == 201
        assert {article["status"] for article in added.json()["articles"]} == {status}
    assert articles(parts) == len(LIST)
    assert parts.vector_index.ids() == set(parts.archive.passages.ids())


async def test_an_archive_that_cannot_be_written_is_503_and_answers(empty: httpx.AsyncClient, parts: Parts) -> None:
    await empty.post("/articles", json={"text": "The harbour opens in May, Mayor Ana Reis said."})
    parts.archive.database.writer.execute("PRAGMA query_only = ON")
    refused = await empty.post("/articles", json=LIST)
    assert refused.status_code == 503
    assert "cannot be written" in refused.json()["detail"]
    (article,) = (await empty.get("/articles")).json()["articles"]
    assert (await empty.delete(f"/articles/{article['id']}")).status_code == 503
    assert (await empty.post("/search", json={"query": "harbour"})).json()["passages"] != []
    parts.archive.database.writer.execute("PRAGMA query_only = OFF")


@pytest.mark.parametrize("fails_with", [RuntimeError, Stopping])
async def test_a_list_that_breaks_off_is_stored_not_at_all(
    empty: httpx.AsyncClient, parts: Parts, monkeypatch: pytest.MonkeyPatch, fails_with: type[Exception]
) -> None:
    """Because of a fault of the program half way, or because the service stops: and the same list again is added."""
    if fails_with is Stopping:
        prepare = parts.indexer._preparer.prepare

        def stop_meanwhile(drafts: object) -> object:
            parts.indexer.stop()
            return prepare(drafts)  # type: ignore[arg-type]

        monkeypatch.setattr(parts.indexer._preparer, "prepare", stop_meanwhile)
    else:
        save = parts.archive.save

        def fail_half_way(*args: object, **named: object) -> object:
            if articles(parts) == len(LIST) // 2:
                raise RuntimeError("A fault of the program.")
            return save(*args, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(parts.archive, "save", fail_half_way)
    broken = await empty.post("/articles", json=LIST)
    assert broken.status_code == (503 if fails_with is Stopping else 500)
    assert broken.headers["content-type"] == "application/problem+json"
    assert articles(parts) == 0
    monkeypatch.undo()
    parts.indexer._stopping.clear()
    assert (await empty.post("/articles", json=LIST)).status_code == 201
    assert articles(parts) == len(LIST)


async def test_a_vector_index_that_cannot_be_written_costs_no_article(
    empty: httpx.AsyncClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive has the article and its vector, so it is added and found; the index is given up."""

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("onrecord.index.vectors.chroma_index.Collection.upsert", fail)
    added = await empty.post("/articles", json={"text": "The zebra ran away."})
    assert added.status_code == 201
    found = (await empty.post("/search", json={"query": "animal with stripes"})).json()["passages"]
    assert [passage["text"] for passage in found] == ["The zebra ran away."]
