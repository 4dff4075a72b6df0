"""What asking a language model costs besides the model's own time: python -m bench.speed.backends [--pieces 400]

A server on loopback streams an answer as OpenAI does. Counted is the processor time of the thread that asks, so that
the server, and whatever else the machine does, is no part of it.
"""

import argparse
import asyncio
import time
from contextlib import aclosing
from statistics import median

from onrecord.service.answers.prose.backends.backend import PromptMessage
from onrecord.service.answers.prose.backends.circuit_breaker import Breaker
from onrecord.service.answers.prose.backends.guarded import Guarded, Limits
from onrecord.service.answers.prose.backends.providers.openai import OpenAI
from onrecord.service.answers.prose.backends.providers.remote import Patience
from tests.service.answers.prose.backends.scripted import says, scripted

PROMPT = (PromptMessage(role="user", content="passage " * 1_000),)


async def measure(backend: Guarded, rounds: int) -> list[tuple[float, float]]:
    """Return the seconds to the first piece and to the last, for each round."""
    taken: list[tuple[float, float]] = []
    for _ in range(rounds):
        began, first = time.thread_time(), 0.0
        async with aclosing(backend.stream(PROMPT)) as pieces:
            async for _piece in pieces:
                first = first or time.thread_time() - began
        taken.append((first, time.thread_time() - began))
    await backend.close()
    return taken


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=50)
    given = parser.parse_args()
    with scripted("openai", says(*["word "] * given.pieces)) as server:
        remote = OpenAI("any", url=server.url, patience=Patience())
        taken = asyncio.run(measure(Guarded(remote, limits=Limits(), breaker=Breaker()), given.rounds))
    print(f"the very first question, to the first piece: {taken[0][0] * 1000:.1f} ms of processor time")
    print(f"median of {given.rounds}, to the first piece: {median(first for first, _ in taken) * 1000:.1f} ms")
    print(f"median, to the last of {given.pieces}: {median(whole for _, whole in taken) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
