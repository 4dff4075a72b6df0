import asyncio
import time
import tracemalloc
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from onrecord.service.answers.prose.backends.backend import BackendError, BackendUnreachable, PromptRejected
from onrecord.service.answers.prose.backends.circuit_breaker import Breaker
from onrecord.service.answers.prose.backends.guarded import Guarded, Limits
from onrecord.service.answers.prose.backends.providers.openai import OpenAI
from onrecord.service.answers.prose.backends.providers.remote import Patience
from tests.service.answers.prose.backends.conftest import QUESTION
from tests.service.answers.prose.backends.scripted import (
    Pause,
    Server,
    falls_silent,
    keeps_saying,
    never_answers,
    refuses,
    resets,
    says,
    scripted,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def guarded(server: Server, *, read: float = 10, clock: Callable[[], float] = time.monotonic, **limits: Any) -> Guarded:
    backend = OpenAI("m", url=server.url, patience=Patience(connect=10, read=read))
    return Guarded(backend, limits=Limits(**limits), breaker=Breaker(cool_down=30, clock=clock))


async def read(backend: Guarded) -> str:
    async with aclosing(backend.stream(QUESTION)) as pieces:
        return "".join([piece async for piece in pieces])


def test_an_answer_passes_as_it_is(ask):
    with scripted("openai", says("One ", "two.")) as server:
        backend = guarded(server)
        assert backend.name == "openai:m"
        assert ask(backend) == ["One ", "two."]


def test_an_answer_that_does_not_end_is_stopped(ask):
    """200,000 words fill neither time nor memory, and the server is told to stop."""
    with scripted("openai", keeps_saying()) as server:
        backend = guarded(server)
        tracemalloc.start()
        try:
            with pytest.raises(BackendError, match="more than 20,000 characters"):
                ask(backend)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert server.hung_up.wait(10)
    assert peak < 8_000_000


@pytest.mark.parametrize("script", [says(), says("", "")])
def test_an_empty_answer_is_none(ask, script):
    with scripted("openai", script) as server, pytest.raises(BackendError, match="empty answer"):
        ask(guarded(server))


def test_time_runs_out_also_while_words_still_come(ask):
    with scripted("openai", keeps_saying_slowly()) as server:
        backend = guarded(server, max_answer_seconds=0.5)
        with pytest.raises(BackendError, match="did not finish within 0.5 seconds"):
            ask(backend)
        assert server.hung_up.wait(10)


def keeps_saying_slowly():
    return says(*[step for _ in range(100) for step in ("word ", Pause(0.05))])


def test_signs_of_life_do_not_hold_the_answer_up_for_ever(ask):
    pings = says(*[step for _ in range(100) for step in (b": ping\n\n", Pause(0.05))])
    with scripted("openai", pings) as server, pytest.raises(BackendUnreachable, match="did not answer in time"):
        ask(guarded(server, max_answer_seconds=0.5))


@pytest.mark.parametrize("script", [never_answers(), falls_silent("One ")])
def test_silence_costs_one_time_out_and_not_one_per_question(ask, script):
    with scripted("openai", script) as server:
        backend = guarded(server, read=0.3)
        with pytest.raises(BackendError, match="did not answer in time"):
            ask(backend)
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(BackendError, match="failed a moment ago"):
                ask(backend)
        assert time.monotonic() - began < 3
    assert len(server.requests) == 1


def test_other_failures_are_left_alone_after_three(ask):
    with scripted("openai", refuses(401)) as server:
        backend = guarded(server)
        for words in ("key", "key", "key", "failed a moment ago", "failed a moment ago"):
            with pytest.raises(BackendError, match=words):
                ask(backend)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_question_that_is_not_taken_does_not_silence_the_model_for_all(ask, status):
    with scripted("openai", *[refuses(status)] * 4, says("Yes.")) as server:
        backend = guarded(server)
        for _ in range(4):
            with pytest.raises(PromptRejected, match=f"rejects the request .HTTP {status}"):
                ask(backend)
        assert ask(backend) == ["Yes."]


def test_after_the_cool_down_one_question_tries_and_all_follow(ask):
    clock, alive = Clock(), False
    with scripted("openai", lambda _: says("Back.") if alive else resets()) as server:
        backend = guarded(server, clock=clock)
        with pytest.raises(BackendUnreachable):
            ask(backend)
        alive = True
        with pytest.raises(BackendError, match="failed a moment ago"):
            ask(backend)
        clock.now = 31
        assert ask(backend) == ["Back."]
        assert ask(backend) == ["Back."]


def test_a_reader_who_leaves_says_nothing_about_the_backend():
    """Neither is it counted as a failure, nor does it keep others from trying."""
    clock, alive = Clock(), False
    with scripted("openai", lambda _: says("Back.") if alive else never_answers()) as server:
        backend = guarded(server, read=0.5, clock=clock)

        async def run() -> str:
            nonlocal alive
            with pytest.raises(BackendUnreachable):
                await read(backend)
            clock.now = 31
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(read(backend), 0.1)
            alive = True
            return await read(backend)

        assert asyncio.run(run()) == "Back."


def test_few_at_a_time_and_the_others_wait():
    with scripted("openai", says("One.", Pause(0.4))) as server:
        backend = guarded(server, max_concurrent=2)

        async def run() -> list[str]:
            return await asyncio.gather(*(read(backend) for _ in range(5)))

        assert asyncio.run(run()) == ["One."] * 5
        assert server.most_at_once == 2


def test_a_full_queue_is_busy_at_once():
    with scripted("openai", says("One.", Pause(0.5))) as server:
        backend = guarded(server, max_concurrent=1, max_waiting=1)

        async def run() -> list[str | BaseException]:
            return await asyncio.gather(*(read(backend) for _ in range(4)), return_exceptions=True)

        answers = [str(answer) for answer in asyncio.run(run())]
        busy = "The language model openai:m is busy with other questions."
        assert answers == ["One.", "One.", busy, busy]


def test_nobody_waits_long_for_a_turn():
    with scripted("openai", says("One.", Pause(1))) as server:
        backend = guarded(server, max_concurrent=1, max_wait_seconds=0.2)

        async def run() -> list[str | BaseException]:
            return await asyncio.gather(read(backend), read(backend), return_exceptions=True)

        assert [str(answer) for answer in asyncio.run(run())][1].endswith("is busy with other questions.")


def test_who_waits_while_it_dies_does_not_wait_for_a_time_out_too():
    with scripted("openai", never_answers()) as server:
        backend = guarded(server, max_concurrent=1, read=0.4)

        async def run() -> list[str | BaseException]:
            return await asyncio.gather(*(read(backend) for _ in range(5)), return_exceptions=True)

        began = time.monotonic()
        answers = asyncio.run(run())
        assert time.monotonic() - began < 1.6
    assert [isinstance(answer, BackendError) for answer in answers] == [True] * 5
    assert len(server.requests) == 1


def test_a_turn_is_given_back_however_it_ends():
    """Read to the end, left early, cancelled while waiting or while reading, failed."""
    with scripted("openai", says("One ", Pause(0.1), "two.")) as server:
        backend = guarded(server, max_concurrent=1)

        async def first_piece() -> str:
            async with aclosing(backend.stream(QUESTION)) as pieces:
                return await anext(pieces)

        async def run() -> str:
            assert await first_piece() == "One "
            reading = asyncio.create_task(read(backend))
            waiting = asyncio.create_task(read(backend))
            await asyncio.sleep(0.05)
            waiting.cancel()
            reading.cancel()
            await asyncio.gather(waiting, reading, return_exceptions=True)
            return await asyncio.wait_for(read(backend), 10)

        assert asyncio.run(run()) == "One two."


def test_a_fault_of_ours_is_a_sentence_for_the_reader_and_a_trace_in_the_log(ask, caplog):
    class Faulty:
        name = "faulty"

        async def stream(self, messages):
            yield "One "
            raise ZeroDivisionError("inside")

        async def close(self):
            pass

    backend = Guarded(Faulty(), limits=Limits(), breaker=Breaker())
    with pytest.raises(BackendError, match=r"^The language model faulty failed inside this service\.$"):
        ask(backend)
    assert "ZeroDivisionError: inside" in caplog.text
