"""An archive that is served by a process of its own, and asked over HTTP."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

MAX_ANSWER_SECONDS = 120
MAX_EXIT_SECONDS = 30


class ServedArchive:
    """A running `onrecord serve`, and a client of it."""

    def __init__(self, process: "subprocess.Popen[str]", client: httpx.Client) -> None:
        self._process = process
        self.client = client

    def ask(self, question: str) -> dict[str, Any]:
        """Return the answer of `POST /ask`; raise `httpx.HTTPStatusError` if there is none."""
        response = self.client.post("/ask", json={"question": question})
        response.raise_for_status()
        return dict(response.json())

    def time_of(self, question: str) -> float:
        """Ask, and return the milliseconds until the answer was read."""
        started = time.perf_counter()
        self.ask(question)
        return (time.perf_counter() - started) * 1e3

    def peak_memory_mb(self) -> float:
        """Return the most memory that the process has had resident, as the kernel counts it; Linux only."""
        return self._memory_mb("VmHWM")

    def resident_memory_mb(self) -> float:
        """Return the memory that the process has resident now, as the kernel counts it; Linux only."""
        return self._memory_mb("VmRSS")

    def _memory_mb(self, name: str) -> float:
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"{name}:\s+(\d+) kB", status)
        return int(found.group(1)) / 1024 if found else 0.0


@contextmanager
def serve_archive(home: Path) -> Iterator[ServedArchive]:
    """Serve the archive at a free port, and end the service afterwards; exit if it does not start."""
    process = subprocess.Popen(
        [sys.executable, "-m", "onrecord", "serve", "--port", "0"],
        env={**os.environ, "ONRECORD_HOME": str(home), "ONRECORD_LOG_LEVEL": "warning"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx.Client(base_url=_address_of(process), timeout=MAX_ANSWER_SECONDS) as client:
            yield ServedArchive(process, client)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=MAX_EXIT_SECONDS)


def _address_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://\S+:\d+", line):
            return found.group()
    raise SystemExit("The service did not start.")
