"""The queue in front of the threads that work."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from onrecord.service.answers.work_queue import Overloaded, WorkQueue

pytestmark = pytest.mark.anyio


class Gate:
    """Work that waits until it is let through."""

    def __init__(self) -> None:
        self.began, self.open, self.done = threading.Semaphore(0), threading.Event(), 0

    def __call__(self) -> str:
        self.began.release()
        assert self.open.wait(30)
        self.done += 1
        return "done"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture
def queue(gate: Gate) -> Iterator[WorkQueue]:
    queue = WorkQueue("questions", threads=1, max_waiting=2, patience_seconds=20)
    yield queue
    gate.open.set()
    queue.close()


async def test_what_finds_no_place_is_refused_at_once(queue: WorkQueue) -> None:
    """One is worked on, two wait, the fourth is refused with a time to wait; a place that is given back is free."""
    with queue.place(), queue.place():
        with queue.place():
            assert queue.waiting == 3
            with pytest.raises(
                Overloaded, match=r"Too many questions are being worked on\. Try again in \d+ s\."
            ) as told:
                queue.check_free()
            assert told.value.retry_after >= 1
        queue.check_free()
    assert (queue.refused, queue.waiting) == (1, 0)


async def test_work_that_nobody_waits_for_is_never_begun(queue: WorkQueue, gate: Gate) -> None:
    """A caller that leaves while it waits costs nothing; one whose work has begun keeps its thread to the end."""
    running = asyncio.ensure_future(queue.run(gate))
    assert await asyncio.to_thread(gate.began.acquire, timeout=20)
    waiting = asyncio.ensure_future(queue.run(gate))
    await asyncio.sleep(0)
    for task in (running, waiting):
        task.cancel()
    await asyncio.wait({running, waiting})
    assert queue.in_flight == 1
    gate.open.set()
    assert await queue.run(lambda: gate.done) == 1


async def test_work_that_does_not_begin_in_time_is_given_up(gate: Gate) -> None:
    """The caller is told to come again, and the work is never done."""
    queue = WorkQueue("questions", threads=1, max_waiting=2, patience_seconds=0.05)
    running = asyncio.ensure_future(queue.run(gate))
    assert await asyncio.to_thread(gate.began.acquire, timeout=20)
    with pytest.raises(Overloaded, match="Too many questions came before this one"):
        await queue.run(gate)
    gate.open.set()
    assert await running == "done"
    queue.close()
    assert (queue.missed, gate.done) == (1, 1)


async def test_a_queue_of_slow_work_is_shorter(queue: WorkQueue) -> None:
    """Where a piece of work takes long, a request that would wait for longer than it is worth is refused."""
    slow = WorkQueue("questions", threads=1, max_waiting=50, patience_seconds=0.5)
    for _ in range(5):
        await slow.run(lambda: time.sleep(0.2))
    with slow.place(), slow.place(), slow.place(), slow.place(), pytest.raises(Overloaded):
        slow.check_free()
    slow.close()


async def test_an_error_of_the_work_is_the_callers(queue: WorkQueue) -> None:
    with pytest.raises(ZeroDivisionError):
        await queue.run(lambda: 1 // 0)
    assert (queue.in_flight, queue.waiting) == (0, 0)
