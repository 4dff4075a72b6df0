import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import aclosing

import pytest

from onrecord.service.answers.prose.backends.backend import Backend, PromptMessage

QUESTION = (PromptMessage(role="system", content="Answer."), PromptMessage(role="user", content="Who came?"))


@pytest.fixture
def ask() -> Callable[..., list[str]]:
    """Put messages to a backend and return the pieces of its answer; the backend is closed afterwards."""

    def ask(backend: Backend, messages: Sequence[PromptMessage] = QUESTION) -> list[str]:
        async def run() -> list[str]:
            try:
                async with aclosing(backend.stream(messages)) as pieces:
                    return [piece async for piece in pieces]
            finally:
                await backend.close()

        return asyncio.run(run())

    return ask


@pytest.fixture
def free_port() -> int:
    """A port of this machine's at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
