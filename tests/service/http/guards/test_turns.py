"""Requests take turns: what is refused, what is cut off, and what is given back."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import httpx
import pytest

from onrecord.service.answers.answering import Answering
from onrecord.service.answers.work_queue import WorkQueue
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client
from tests.service.serving import serving

pytestmark = pytest.mark.anyio

QUESTION = {"question": "what did Putin say about legality?"}


class Busy:
    """An archive's parts whose questions and additions stand still until they are let go on."""

    def __init__(self, parts: Parts) -> None:
        self.go_on = threading.Event()
        self.begun = threading.Semaphore(0)
        self.queues = [
            WorkQueue(name, threads=1, max_waiting=1, patience_seconds=20) for name in ("questions", "additions")
        ]
        questions, additions = self.queues
        answering = Answering(extractive=parts.answerer, generative=None, queue=questions)
        self.parts = replace(parts, answering=answering, questions=questions, additions=additions)

    def stand_still(self) -> None:
        self.begun.release()
        assert self.go_on.wait(60)

    async def fill(self, queue: WorkQueue) -> "list[asyncio.Future[None]]":
        """Let one piece of work begin and another one wait."""

        async def work() -> None:
            with queue.place():
                await queue.run(self.stand_still)

        held = [asyncio.ensure_future(work()) for _ in range(2)]
        assert await asyncio.to_thread(self.begun.acquire, timeout=20)
        return held


@pytest.fixture
def busy(seeded: Parts) -> Iterator[Busy]:
    busy = Busy(seeded)
    yield busy
    busy.go_on.set()
    for queue in busy.queues:
        queue.close()


async def test_a_full_queue_refuses_and_the_others_go_on(busy: Busy) -> None:
    """Beyond the queue it is a 503 with Retry-After; health, readings and the metrics wait for nothing."""
    async with make_client(create_app(busy.parts, Settings())) as client:
        held = [*await busy.fill(busy.parts.questions), *await busy.fill(busy.parts.additions)]
        requests = [
            ("POST", "/ask", QUESTION),
            ("POST", "/search", {"query": "talks"}),
            ("POST", "/verify", {"article_id": "a", "start": 0, "end": 1, "quote": "x"}),
            ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "Who?"}]}),
            ("GET", "/quotations", None),
            ("GET", "/suggestions", None),
            ("POST", "/articles", {"text": "A text."}),
            ("DELETE", "/articles/none", None),
        ]
        refused = asyncio.gather(*(client.request(method, path, json=body) for method, path, body in requests))
        for response in await asyncio.wait_for(refused, 5):
            assert response.status_code == 503, response.url
            assert response.headers["content-type"] == "application/problem+json"
            assert int(response.headers["retry-after"]) >= 1
            assert "Try again in" in response.json()["detail"]
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/articles")).status_code == 200
        metrics = (await client.get("/metrics")).text
        for line in (
            'onrecord_queue_in_flight{queue="questions"} 1.0',
            'onrecord_queue_waiting{queue="questions"} 1.0',
            'onrecord_queue_refused_total{queue="questions"} 6.0',
            'onrecord_queue_refused_total{queue="additions"} 2.0',
            'onrecord_queue_missed_total{queue="questions"} 0.0',
        ):
            assert line in metrics
        busy.go_on.set()
        await asyncio.gather(*held)
        assert (await client.post("/ask", json={**QUESTION, "limit": 1})).status_code == 200


async def test_a_full_queue_is_answered_after_the_key_and_before_the_body(
    busy: Busy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request with a wrong key learns nothing of the queue, and nothing of a refused body is read."""
    monkeypatch.setattr("onrecord.service.http.guards.turns._REFUSAL_SECONDS", (0, 0))
    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        read.append(b"{}")
        yield b"{}"

    async with make_client(create_app(busy.parts, Settings(api_keys=("a-key-of-mine",)))) as client:
        held = await busy.fill(busy.parts.questions)
        for key, status in (("a-wrong-key", 401), ("a-key-of-mine", 503)):
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            assert (await client.post("/ask", content=body(), headers=headers)).status_code == status
        assert read == []
        busy.go_on.set()
        await asyncio.gather(*held)


async def test_a_refusal_reaches_the_page_of_another_site(busy: Busy) -> None:
    """A widget on another site can read that it must ask again, and when."""
    settings = Settings(widget_origins=("https://news.example",))
    async with make_client(create_app(busy.parts, settings)) as client:
        held = await busy.fill(busy.parts.questions)
        response = await client.post("/ask", json=QUESTION, headers={"Origin": "https://news.example"})
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (503, "https://news.example")
        assert response.headers["access-control-expose-headers"] == "Retry-After"
        busy.go_on.set()
        await asyncio.gather(*held)


async def test_a_question_has_a_deadline(busy: Busy) -> None:
    """A question whose time is over is a 503, is counted, and gives its place back."""
    async with make_client(create_app(busy.parts, Settings(question_timeout=0.2))) as client:
        running = asyncio.ensure_future(busy.parts.questions.run(busy.stand_still))
        assert await asyncio.to_thread(busy.begun.acquire, timeout=20)
        response = await client.post("/ask", json=QUESTION)
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert "Too many questions came before this one" in response.json()["detail"]
        assert (busy.parts.questions.missed, busy.parts.questions.waiting) == (1, 0)
        busy.go_on.set()
        await running


def test_a_client_that_leaves_gives_up_its_place(busy: Busy) -> None:
    """A client that stops waiting makes room for the next one, and its work is never begun."""
    questions = busy.parts.questions

    def until(true: Callable[[], bool]) -> None:
        for _ in range(500):
            if true():
                return
            threading.Event().wait(0.02)
        raise AssertionError("It never came true.")

    job = questions._executor.submit(busy.stand_still)
    with serving(create_app(busy.parts, Settings())) as address:
        for _ in range(5):
            with httpx.Client(timeout=httpx.Timeout(10, read=0.3)) as client, pytest.raises(httpx.ReadTimeout):
                client.post(f"{address}/ask", json=QUESTION)
            until(lambda: questions._held == 0)
        busy.go_on.set()
        job.result(30)
        assert httpx.post(f"{address}/ask", json={**QUESTION, "limit": 1}, timeout=30).status_code == 200
    assert questions.refused == 0


@pytest.mark.parametrize(
    ("path", "limit"), [("/ask", 65_536), ("/search", 65_536), ("/verify", 65_536), ("/v1/chat/completions", 1_000_000)]
)
async def test_the_body_of_a_question_is_small(client: httpx.AsyncClient, path: str, limit: int) -> None:
    """A larger one is a 413 that names the limit, with a header that gives the length and without."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(limit // 10_000 + 1):
            yield b" " * 10_000

    for content in (b" " * (limit + 1), pieces()):
        response = await client.post(path, content=content, headers={"Content-Type": "application/json"})
        assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")
        assert f"the limit is {limit:,} bytes; send less." in response.json()["detail"]


async def test_an_error_lists_twenty_wrong_fields(client: httpx.AsyncClient) -> None:
    """A body of thousands of wrong fields or parts is answered with a few of them."""
    parts = [{"role": "user", "content": [{}] * 100_000}]
    refused = await client.post("/v1/chat/completions", json={"messages": parts})
    assert (refused.status_code, len(refused.json()["errors"])) == (422, 1)
    bodies = {
        "/ask": {"question": "why?", **{f"f{n}": n for n in range(3_000)}},
        "/articles": {"text": "A text.", **{f"f{n}": n for n in range(100_000)}},
    }
    for path, body in bodies.items():
        response = await client.post(path, json=body)
        assert response.status_code == 422
        assert len(response.json()["errors"]) == 20
        assert "; and 15 more." in response.json()["detail"]
        assert len(response.content) < 10_000


async def test_what_is_sent_at_one_time_is_bounded(seeded: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that together are more than the process may hold are refused, and the room is given back."""
    monkeypatch.setattr("onrecord.service.http.guards.turns._MAX_HELD_BYTES", 100_000)
    async with make_client(create_app(seeded, Settings())) as client:
        refused = await client.post("/articles", content=b" " * 150_000, headers={"Content-Type": "application/json"})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert (await client.post("/ask", json={**QUESTION, "limit": 1})).status_code == 200
