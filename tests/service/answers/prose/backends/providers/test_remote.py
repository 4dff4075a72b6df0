"""What all servers have in common: whatever they send, there is an answer or one sentence that says why not."""

import asyncio
import gc
import logging
import time
import tracemalloc
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr

from onrecord.service.answers.prose.backends.backend import Backend, BackendError, BackendUnreachable, PromptMessage
from onrecord.service.answers.prose.backends.providers.anthropic import Anthropic
from onrecord.service.answers.prose.backends.providers.ollama import Ollama
from onrecord.service.answers.prose.backends.providers.openai import OpenAI
from onrecord.service.answers.prose.backends.providers.remote import MAX_WAIT_SECONDS, Patience
from tests.service.answers.prose.backends.conftest import QUESTION
from tests.service.answers.prose.backends.scripted import (
    Pause,
    Protocol,
    falls_silent,
    html,
    keeps_saying,
    never_answers,
    never_ends_a_line,
    refuses,
    reports_an_error,
    resets,
    says,
    scripted,
    sends,
    stops_short,
)

SILENT = "did not answer in time"
SECRET = "sk-secret0123456789"
PROTOCOLS: tuple[Protocol, ...] = ("openai", "ollama", "anthropic")
each = pytest.mark.parametrize("protocol", PROTOCOLS)


def model(protocol: Protocol, url: str, *, read: float = 10) -> Backend:
    patience = Patience(connect=10, read=read)
    if protocol == "openai":
        return OpenAI("m", url=url, key=SecretStr(SECRET), patience=patience)
    if protocol == "anthropic":
        return Anthropic("m", url=url, key=SecretStr(SECRET), patience=patience)
    return Ollama("m", url=url, patience=patience)


@each
@pytest.mark.parametrize("size", [1, 3, 7])
def test_packets_may_end_anywhere(ask, protocol, size):
    """In the midst of a letter, a marker or an event."""
    with scripted(protocol, says("Київ, «так» 🕊 ", "【k1】.", packet=size)) as server:
        assert ask(model(protocol, server.url)) == ["Київ, «так» 🕊 ", "【k1】."]


@each
@pytest.mark.parametrize(
    ("script", "words"),
    [
        (resets(), "cannot be reached"),
        (resets("One "), "broke off"),
        (stops_short("One "), "broke off"),
        (never_answers(), SILENT),
        (falls_silent("One "), SILENT),
        (html(), "sent text/html instead of"),
        (sends("{not json\n\n"), None),
        (sends("data: {not json\n\n"), "no JSON object"),
        (sends("data: [1]\n\n"), "no JSON object"),
        (sends("data: " + "[" * 100_000 + "\n\n"), "no JSON object"),
        (sends(b'data: {"\xff": 1}\n\n'), "no UTF-8"),
        (never_ends_a_line(), "without end"),
        (reports_an_error("One "), r"reported an error \(overloaded_error\)|reported an error"),
        (refuses(401, error={"code": "invalid_api_key"}), r"does not take the key.*HTTP 401, invalid_api_key"),
        (refuses(404, error={"code": "model_not_found"}), r"not known.*HTTP 404, model_not_found"),
        (refuses(400), "rejects the request"),
        (refuses(418), "refuses to answer .HTTP 418"),
        (refuses(302), "redirect"),
    ],
)
def test_whatever_goes_wrong_is_one_sentence(ask, protocol, script, words):
    read = 0.5 if words == SILENT else 10
    with scripted(protocol, script) as server, pytest.raises(BackendError, match=words) as caught:
        ask(model(protocol, server.url, read=read))
    assert str(caught.value).startswith(f"The language model {protocol}:m ")
    assert str(caught.value).endswith(".")
    assert SECRET not in str(caught.value)
    assert str(server.port) not in str(caught.value)


@pytest.mark.parametrize(
    ("protocol", "line", "words"),
    [
        ("openai", '{"choices": 5}', "broke off"),
        ("openai", '{"choices": [5, null]}', "broke off"),
        ("openai", '{"choices": [{"delta": 5}]}', "broke off"),
        ("openai", '{"choices": [{"delta": {"content": 5}}]}', "no text"),
        ("openai", '{"error": "no"}', "reported an error"),
        ("anthropic", '{"type": ["content_block_delta"]}', "broke off"),
        ("anthropic", '{"type": "content_block_delta", "delta": []}', "broke off"),
        ("anthropic", '{"type": "content_block_delta", "delta": {"text": {}}}', "no text"),
        ("ollama", '{"message": []}', "broke off"),
        ("ollama", '{"message": {"content": [1]}}', "no text"),
        ("ollama", '{"error": "model \'m\' not found"}', "reported an error"),
        ("ollama", "1" * 10_000, "no JSON object"),
        ("ollama", "\n\n\n", "broke off"),
    ],
)
def test_json_of_another_shape_is_one_sentence_too(ask, protocol, line, words):
    body = f"{line}\n" if protocol == "ollama" else f"data: {line}\n\n"
    with scripted(protocol, sends(body)) as server, pytest.raises(BackendError, match=words):
        ask(model(protocol, server.url))


@each
def test_one_line_that_does_not_end_takes_little_memory(ask, protocol):
    with scripted(protocol, never_ends_a_line()) as server:
        backend = model(protocol, server.url)
        tracemalloc.start()
        try:
            with pytest.raises(BackendError, match="without end"):
                ask(backend)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8_000_000


@each
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_failure_that_may_pass_is_tried_again(ask, protocol, status):
    with scripted(protocol, refuses(status), says("Yes.")) as server:
        assert ask(model(protocol, server.url)) == ["Yes."]
    assert len(server.requests) == 2


def test_a_connection_that_is_reset_at_once_is_tried_again(ask):
    with scripted("openai", resets(), says("Yes.")) as server:
        assert ask(model("openai", server.url)) == ["Yes."]


def test_tries_are_few(ask):
    with scripted("openai", refuses(500)) as server, pytest.raises(BackendError, match="cannot answer now .HTTP 500"):
        ask(model("openai", server.url))
    assert len(server.requests) == 3


def test_once_it_has_begun_nothing_is_asked_again(ask):
    with scripted("openai", resets("One "), says("Two.")) as server, pytest.raises(BackendError, match="broke off"):
        ask(model("openai", server.url))
    assert len(server.requests) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_server_says_when_to_come_back(ask, form):
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=2.5), usegmt=True)
    with scripted("openai", refuses(429, retry_after="1" if form == "seconds" else until), says("Yes.")) as server:
        began = time.monotonic()
        assert ask(model("openai", server.url)) == ["Yes."]
    assert time.monotonic() - began > 1


@pytest.mark.parametrize("value", ["3600", "Mon, 01 Jan 2125 00:00:00 GMT"])
def test_a_wait_that_is_too_long_is_not_waited(ask, value):
    with scripted("openai", refuses(429, retry_after=value)) as server:
        began = time.monotonic()
        with pytest.raises(BackendError, match="asked too often"):
            ask(model("openai", server.url))
    assert len(server.requests) == 1
    assert time.monotonic() - began < MAX_WAIT_SECONDS


@pytest.mark.parametrize("value", ["soon", "-1", "", "٣"])
def test_a_wait_that_makes_no_sense_is_none(ask, value):
    with scripted("openai", refuses(503, retry_after=value), says("Yes.")) as server:
        began = time.monotonic()
        assert ask(model("openai", server.url)) == ["Yes."]
    assert time.monotonic() - began < 2.9


def test_nobody_there_is_unreachable(ask, free_port):
    with pytest.raises(BackendUnreachable, match="cannot be reached"):
        ask(model("openai", f"http://127.0.0.1:{free_port}/v1"))


@each
def test_closing_the_stream_hangs_up_at_once(protocol):
    """Nobody pays for words that nobody reads."""

    async def first_piece(backend: Backend) -> str:
        async with aclosing(backend.stream(QUESTION)) as pieces:
            return await anext(pieces)

    with scripted(protocol, keeps_saying()) as server:
        backend = model(protocol, server.url)
        assert asyncio.run(first_piece(backend)) == "word "
        assert server.hung_up.wait(10)


@each
def test_cancelling_hangs_up_at_once(protocol):
    async def cancelled(backend: Backend, server: Any) -> None:
        async def run() -> None:
            async with aclosing(backend.stream(QUESTION)) as pieces:
                async for _ in pieces:
                    pass

        task = asyncio.create_task(run())
        assert await asyncio.to_thread(server.asked.wait, 10)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.hung_up.wait, 10)

    with scripted(protocol, falls_silent("One ")) as server:
        asyncio.run(cancelled(model(protocol, server.url), server))


def test_a_packed_answer_is_refused(ask):
    """A small packet could unpack to gigabytes."""
    packed = says("Yes.")
    packed = type(packed)(steps=packed.steps, headers={"Content-Encoding": "gzip"})
    with scripted("openai", packed) as server, pytest.raises(BackendError, match="packed"):
        ask(model("openai", server.url))
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_a_proxy_is_never_used_for_this_machine(ask, monkeypatch, free_port):
    """A proxy that is meant for a browser would send questions and passages away."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with scripted("openai", says("Yes.")) as server:
        assert ask(model("openai", server.url)) == ["Yes."]


def test_a_proxy_is_used_for_other_machines(ask, monkeypatch):
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with scripted("openai", says("Yes.")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert ask(model("openai", "http://models.newsroom.example/v1")) == ["Yes."]
    assert proxy.requests[0].path == "http://models.newsroom.example/v1/chat/completions"


def test_a_proxy_that_cannot_be_used_is_said(ask, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:70")
    with pytest.raises(BackendError, match="the proxy of the environment"):
        ask(model("openai", "http://models.newsroom.example/v1"))


@pytest.mark.parametrize("protocol", ["openai", "anthropic"])
def test_the_key_is_in_no_log_no_error_and_no_repr(ask, caplog, protocol):
    """Not even where the server repeats it."""
    caplog.set_level(logging.DEBUG)
    echoed = refuses(401, error={"message": f"Incorrect API key provided: {SECRET}", "code": SECRET, "type": SECRET})
    with scripted(protocol, echoed, says("Yes.")) as server:
        backend = model(protocol, server.url)
        with pytest.raises(BackendError) as caught:
            ask(backend)
        ask(backend)
    assert caplog.records
    chain = f"{caught.value!r} {caught.value.__cause__!r}"
    assert SECRET not in f"{caplog.text} {chain} {backend!r} {backend._remote!r}"  # type: ignore[attr-defined]


def test_one_client_is_shared_within_a_loop_and_none_between_loops(ask):
    """A connection that belongs to a loop that is gone cannot be used again."""
    with scripted("openai", says("Yes.")) as server:
        backend = model("openai", server.url)

        async def twice() -> tuple[list[str], list[str]]:
            async def one() -> list[str]:
                async with aclosing(backend.stream(QUESTION)) as pieces:
                    return [piece async for piece in pieces]

            return await one(), await one()

        assert asyncio.run(twice()) == (["Yes."], ["Yes."])
        assert asyncio.run(twice()) == (["Yes."], ["Yes."])
        ask(backend)
    gc.collect()


def test_a_model_that_thinks_and_shows_it_is_waited_for(ask):
    """What has a limit is silence; the whole answer has one of its own."""
    thinks = [step for _ in range(6) for step in (Pause(0.4), b": thinking\n\n")]
    with scripted("openai", says(*thinks, "One.")) as server:
        assert ask(model("openai", server.url, read=2)) == ["One."]


def test_half_a_character_is_sent_as_a_question_mark(ask):
    """JSON can carry half a surrogate pair into a question; UTF-8 cannot carry it on."""
    with scripted("openai", says("Yes.")) as server:
        assert ask(model("openai", server.url), (PromptMessage(role="user", content="Who \ud83d came?"),)) == ["Yes."]
    assert server.requests[0].prompt == "Who ? came?"
