"""Over a real connection: what comes first, what keeps it open, and what happens when the reader goes away."""

import asyncio
import time
from collections.abc import AsyncGenerator

import httpx
import pytest
from fastapi import Request

from onrecord.service.http.app import create_app
from onrecord.service.http.requests.client_connection import with_heartbeats
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.answers.prose.backends.scripted import Pause, falls_silent, says
from tests.service.conftest import with_backend
from tests.service.http.routes.test_prose import QUESTION, key_of, model
from tests.service.serving import serving

pytestmark = pytest.mark.anyio


def test_sources_come_before_the_language_model_has_written_anything(seeded: Parts) -> None:
    """While the language model is silent, the quotes found are there already."""
    with (
        model("openai", falls_silent(), read=3) as (backend, _),
        serving(create_app(with_backend(seeded, backend), Settings())) as url,
    ):
        started = time.perf_counter()
        with httpx.stream("POST", f"{url}/ask", json={"question": QUESTION, "stream": True}, timeout=20) as response:
            first = next(response.iter_lines())
            waited = time.perf_counter() - started
    assert first == "event: sources"
    assert waited < 3


def test_a_reader_who_goes_away_stops_the_language_model(seeded: Parts) -> None:
    """The connection to the language model is closed when the reader closes theirs, streamed or not."""
    slowly = says(*(piece for _ in range(200) for piece in ("word ", Pause(0.05))))
    for stream in (True, False):
        with (
            model("openai", slowly, read=20) as (backend, server),
            serving(create_app(with_backend(seeded, backend), Settings())) as url,
        ):
            client = httpx.Client(timeout=httpx.Timeout(5, read=3.0))
            body = {"question": QUESTION, "stream": stream}
            with pytest.raises(httpx.ReadTimeout), client.stream("POST", f"{url}/ask", json=body) as response:
                response.read()
            client.close()
            assert server.hung_up.wait(5), f"stream={stream}"


def test_a_proved_sentence_is_not_held_back(seeded: Parts) -> None:
    """A sentence is on the wire while the language model still writes the next."""

    def script(request: object) -> object:
        right = f"Putin declared such a deal “legally impossible” [{key_of(request)}]. "  # type: ignore[arg-type]
        return says(right, "And then ", Pause(4), "he left.")

    with (
        model("openai", script, read=20) as (backend, _),  # type: ignore[arg-type]
        serving(create_app(with_backend(seeded, backend), Settings())) as url,
    ):
        started = time.perf_counter()
        with httpx.stream("POST", f"{url}/ask", json={"question": QUESTION, "stream": True}, timeout=20) as response:
            lines = (line for line in response.iter_lines() if line.startswith("event: "))
            names = [next(lines) for _ in range(3)]
            waited = time.perf_counter() - started
    assert names == ["event: sources", "event: citation", "event: sentence"]
    assert waited < 4


async def test_silence_is_filled_with_comments() -> None:
    """While nothing comes, a comment keeps the connection open; events are not lost, and the source is closed."""
    closed = False

    async def slow() -> AsyncGenerator[bytes]:
        nonlocal closed
        try:
            yield b"one"
            await asyncio.sleep(0.2)
            yield b"two"
        finally:
            closed = True

    async def listens() -> dict[str, str]:
        await asyncio.Event().wait()
        raise AssertionError

    received = [event async for event in with_heartbeats(Request({"type": "http"}, listens), slow(), every=0.05)]
    assert received[0] == b"one"
    assert received[-1] == b"two"
    assert set(received[1:-1]) == {b": waiting\n\n"}
    assert closed
