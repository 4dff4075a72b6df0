"""The parent's side of a measured system: start it, ask it, and look at its memory."""

import json
import os
import re
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.rivals.protocol import Article, Quote, Reply

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


class ChildFailed(Exception):
    """The system said what went wrong, or ended; the message is its line."""


class Child:
    """A running system. Its own warnings are kept out of sight, in `log`."""

    def __init__(self, name: str, python: Path, *, stage: Path, folder: Path, model: Path) -> None:
        """`stage`: a folder with nothing to import but `bench`."""
        self.started = time.perf_counter()
        self._log = (stage / f"{name}.log").open("ab")
        self._process = subprocess.Popen(
            [str(python), "-m", f"bench.rivals.systems.{name}", str(folder), str(model)],
            cwd=stage,
            env={key: os.environ[key] for key in _KEPT if key in os.environ} | OFFLINE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def call(self, op: str, **what: Any) -> dict[str, Any]:
        """Send one request and return its answer; raises `ChildFailed`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"op": op, **what}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ChildFailed("It ended.") from None
        line = self._process.stdout.readline()
        if not line:
            raise ChildFailed(f"It ended with status {self._process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ChildFailed(answer["error"])
        return answer

    def index(self, articles: Sequence[Article]) -> dict[str, Any]:
        """Index the articles; `passages` and `seconds`."""
        given = [{"id": one.id, "title": one.title, "text": one.text} for one in articles]
        return self.call("index", articles=given)

    def ask(self, question: str) -> Reply:
        """Ask, or raise `ChildFailed`."""
        return _reply(self.call("ask", question=question))

    def retrieve(self, question: str) -> Reply | None:
        """Return the five passages found, None if they are the quotes, or raise `ChildFailed`."""
        found = self.call("retrieve", question=question)["found"]
        return _reply(found) if found else None

    def peak_mb(self) -> float:
        """Return the most memory that the process and those it started have had resident, in MB."""
        return sum(map(_peak_kb, _with_children(self._process.pid))) / 1024


def _reply(answer: dict[str, Any]) -> Reply:
    return Reply(
        quotes=tuple(Quote(**quote) for quote in answer["quotes"]), refused=answer["refused"], score=answer["score"]
    )


def _with_children(pid: int) -> list[int]:
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                found += _with_children(int(child))
    return found


def _peak_kb(pid: int) -> int:
    """From the kernel's own count: `ru_maxrss` also knows what the parent was before it became the child."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
        return int(found.group(1)) if found else 0
    return 0
