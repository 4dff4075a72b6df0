"""What a measured system is asked and answers, in lines of JSON, and the child that runs it.

It needs nothing but Python: each system runs it in an environment of its own.
"""

import argparse
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What is indexed."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of an article, and their place in it where the system itself says so: `text[start:end]`."""

    article_id: str
    text: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """At most five quotes, best first; of a refusal those that come closest, if it names any."""

    quotes: tuple[Quote, ...]
    refused: bool = False
    score: float | None = None
    """How sure the system is of the best one; more is surer, in any unit."""


class System(Protocol):
    """A system as its own documents set it up, with an archive in `folder` and the embedding model in `model`."""

    def __init__(self, folder: Path, model: Path) -> None: ...

    def open(self) -> None:
        """Load what is needed to index and to answer; the archive too, if `folder` has one."""
        ...

    def index(self, articles: Sequence[Article]) -> int:
        """Make the archive, on disk where the system can; return its number of passages."""
        ...

    def ask(self, question: str) -> Reply:
        """Answer; several threads do so at once."""
        ...

    def retrieve(self, question: str) -> Reply | None:
        """Return the five passages found first, and a score to refuse by; None if the quotes and their score are it."""
        ...

    def attempts(self) -> dict[str, Callable[[], object]]:
        """Return what its documents offer beyond what is measured, to be tried without a network."""
        ...

    def close(self) -> None:
        """Let go of the archive."""
        ...


def serve(system: Callable[[Path, Path], System]) -> None:
    """Run a system as a child: a line of JSON in, a line out, until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("model", type=Path)
    options = parser.parse_args()
    # Libraries print what they like; the answers go where standard output was.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    measured = system(options.folder, options.model)
    try:
        answer_lines(measured, sys.stdin, answers)
    finally:
        measured.close()


def answer_lines(system: System, lines: TextIO, answers: TextIO) -> None:
    """Answer each line; what goes wrong is an answer too: `{"error": …}`."""
    for line in lines:
        try:
            answer = _answer(system, json.loads(line))
        except Exception as error:
            answer = {"error": first_line(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def first_line(error: BaseException) -> str:
    """Return what an error says, its kind first; no more than one line of it."""
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return f"{type(error).__name__}: {said}"[:300]


def _answer(system: System, request: dict[str, Any]) -> dict[str, Any]:
    started = time.perf_counter()
    match request["op"]:
        case "open":
            system.open()
            return {"seconds": time.perf_counter() - started}
        case "index":
            passages = system.index([Article(**article) for article in request["articles"]])
            return {"passages": passages, "seconds": time.perf_counter() - started}
        case "ask":
            return {**asdict(system.ask(request["question"])), "seconds": time.perf_counter() - started}
        case "retrieve":
            found = system.retrieve(request["question"])
            return {"found": asdict(found) if found else None}
        case "ask_many":
            ask = system.retrieve if request.get("search") else system.ask
            return _ask_many(ask, request["questions"], clients=request["clients"], turns=request["turns"])
        case "attempt":
            return {"failed": _attempt(system)}
        case other:
            raise ValueError(f"Unknown operation {other!r}.")


def _ask_many(
    answer: Callable[[str], object], questions: Sequence[str], *, clients: int, turns: bool
) -> dict[str, Any]:
    """Ask with so many threads at once; a question that fails has no time, and its error is counted.

    `turns`: one at a time, for a system that cannot be asked otherwise; waiting for the turn is part of the time.
    """
    turn = threading.Lock() if turns else nullcontext()

    def ask(question: str) -> tuple[float, str | None]:
        began = time.perf_counter()
        try:
            with turn:
                answer(question)
        except Exception as error:
            return 0.0, first_line(error)
        return time.perf_counter() - began, None

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        asked = list(threads.map(ask, questions))
    return {
        "seconds": time.perf_counter() - started,
        "each": [seconds for seconds, error in asked if error is None],
        "errors": dict(Counter(error for _, error in asked if error is not None)),
    }


def _attempt(system: System) -> dict[str, str]:
    failed = {}
    for name, attempt in system.attempts().items():
        try:
            attempt()
        except Exception as error:
            failed[name] = first_line(error)
    return failed
