"""Measure what the service adds to a language model's own time, to the first sentence.

    python -m bench.speed.prose [--rounds 30]

The seed articles, their questions below, and a language model in this process that answers at once with a sentence of
the passage that the service itself would quote. Printed: medians and the slowest of ten, in milliseconds.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import read_file
from onrecord.service.answers.answer import Done, Proved, Sources
from onrecord.service.answers.prose.backends.backend import PromptMessage
from onrecord.service.answers.prose.backends.providers.echo import offered
from onrecord.service.answers.question.conversation import Asked
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts

QUESTIONS = (
    "what did Putin say about legality?",
    "Who leads the Russian delegation?",
    "What did Rubio say about the talks?",
    "Where did the negotiators meet?",
    "What did Zelensky say about territory?",
)


class AtOnce:
    """A language model that needs no time."""

    name = "at once"

    def __init__(self) -> None:
        self.words = ""

    async def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Write the wanted words with the key of the passage that has them."""
        key = next(passage.key for passage in offered(messages) if self.words[:40] in passage.text)
        yield f"{self.words} [{key}] And so on and so forth."

    async def close(self) -> None:
        """Nothing is held."""


async def _time(parts: Parts, backend: AtOnce, question: str) -> tuple[float, float, float]:
    backend.words = parts.answerer.answer(question, limit=1).citations[0].quote
    started = time.perf_counter()
    sources = sentence = 0.0
    async for event in parts.answering.events(Asked(question=question)):
        spent = (time.perf_counter() - started) * 1e3
        if isinstance(event, Sources):
            sources = spent
        elif isinstance(event, Proved) and not sentence:
            sentence = spent
        elif isinstance(event, Done):
            return sources, sentence, spent
    raise AssertionError


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    backend = AtOnce()
    with tempfile.TemporaryDirectory() as home, open_parts(Settings(home=Path(home)), backend=backend) as parts:
        drafts = [draft for path, name in find_files([Path("seeds")]) for draft in read_file(path, source_name=name)]
        list(parts.indexer.add(drafts))

        async def run() -> list[tuple[float, float, float]]:
            for question in QUESTIONS:
                await _time(parts, backend, question)
            return [await _time(parts, backend, q) for _ in range(options.rounds) for q in QUESTIONS]

        times = asyncio.run(run())
    for name, column in zip(("sources", "first sentence", "whole answer"), zip(*times, strict=True), strict=True):
        print(f"{name:<15} median {statistics.median(column):6.1f}   p90 {sorted(column)[len(column) * 9 // 10]:6.1f}")
    print(f"of it the gate  median {statistics.median(b - a for a, b, _ in times):6.1f}")


if __name__ == "__main__":
    main()
