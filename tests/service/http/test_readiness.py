"""Readiness means something: each way in which the service cannot answer is a 503 that says so."""

import asyncio
import shutil
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from onrecord.service.http import readiness
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

pytestmark = pytest.mark.anyio


@pytest.fixture
async def fresh(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app on an archive of its own, which keeps no look at itself."""
    monkeypatch.setattr(readiness, "_FILES_SECONDS", 0.0)
    monkeypatch.setattr(readiness, "_QUESTION_SECONDS", 0.0)
    async with make_client(create_app(parts, Settings(question_timeout=5))) as client:
        yield client


async def why_unready(client: httpx.AsyncClient) -> str:
    response = await client.get("/health/ready")
    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    return str(response.json()["detail"])


async def test_an_archive_whose_file_is_gone_or_replaced_is_not_ready(fresh: httpx.AsyncClient, parts: Parts) -> None:
    """SQLite goes on reading a file that was deleted, so readiness looks at the file itself."""
    file, aside = parts.archive.file, parts.archive.file.with_name("aside")
    assert (await fresh.get("/health/ready")).json() == {"status": "ok", "articles": 0, "passages": 0}
    file.rename(aside)
    assert f"The archive {file} cannot be read" in await why_unready(fresh)
    shutil.copy(aside, file)
    assert "Another file has taken the place of the archive" in await why_unready(fresh)
    aside.replace(file)
    assert (await fresh.get("/health/ready")).status_code == 200


async def test_a_full_disk_is_not_ready(fresh: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_MIN_FREE_BYTES", 10**18)
    assert "MB left, and adding needs 1000000000000 MB. Make room." in await why_unready(fresh)


async def test_a_service_that_cannot_answer_its_own_question_is_not_ready(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that fails, and one that takes too long, are told apart."""
    go_on = threading.Event()

    class Broken:
        def answer(self, question: str, *, limit: int) -> None:
            raise ValueError("no such thing")

    class Hanging:
        def answer(self, question: str, *, limit: int) -> None:
            go_on.wait(30)

    for answerer, says in ((Broken(), "failed: no such thing."), (Hanging(), "was not done in 0.3 s.")):
        broken = replace(parts, answerer=answerer)  # type: ignore[arg-type]
        async with make_client(create_app(broken, Settings(question_timeout=0.3))) as client:
            assert says in await why_unready(client)
    go_on.set()


async def test_asking_for_readiness_costs_one_look(parts: Parts) -> None:
    """However many ask, the service asks itself once, and answers from what it has while a newer look is made."""
    asked = []
    answer = parts.answerer.answer

    class Counting:
        def answer(self, question: str, *, limit: int) -> object:
            asked.append(question)
            return answer(question, limit=limit)

    counting = replace(parts, answerer=Counting())  # type: ignore[arg-type]
    async with make_client(create_app(counting, Settings())) as client:
        responses = await asyncio.gather(*(client.get("/health/ready") for _ in range(50)))
        started = time.perf_counter()
        await client.get("/health/ready")
        assert time.perf_counter() - started < 1
    assert {response.status_code for response in responses} == {200}
    assert len(asked) == 1
