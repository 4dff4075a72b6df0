"""Measure the service under more clients than it can answer.

    python -m bench.speed.crowd [--clients 500] [--seconds 60] [--additions 150] [--json]

Serves the seed articles from a folder of its own. So many clients ask at once, each again as soon as it was answered or
refused, and wait as `Retry-After` says only with `--patient`; meanwhile one client asks for `/health/live` ten times a
second, one for `/health/ready` once a second, and halfway so many small articles are added at once. The clients are
processes of their own, on the same cores. Memory is what the kernel counts as resident, at a quarter of the time and at
the end; Linux only.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.speed.instruments.served_archive import serve_archive
from bench.speed.serve import QUESTIONS, SEEDS

_PROCESSES = 2
"""Processes that play the clients."""

Reply = tuple[str, int, float]
"""What was asked for, the status (0 if the connection broke), and the seconds until the whole response was there."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=500, help="clients that ask at the same time")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--additions", type=int, default=150, help="small articles that are added at once, halfway")
    parser.add_argument("--patient", action="store_true", help="clients wait as Retry-After says")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(
        clients=options.clients, seconds=options.seconds, additions=options.additions, patient=options.patient
    )
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:30} {value}")


def measure(*, clients: int, seconds: float, additions: int, patient: bool) -> dict[str, Any]:
    """Return counts, seconds and megabytes of one run."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ONRECORD_HOME": folder, "ONRECORD_LOG_LEVEL": "warning"}
        subprocess.run([sys.executable, "-m", "onrecord", "add", str(SEEDS)], env=environment, check=True)
        with serve_archive(Path(folder)) as served:
            for question in QUESTIONS[:10]:
                served.ask(question)
            port = served.client.base_url.port or 80
            crowd = [(port, clients // _PROCESSES, seconds, patient)] * _PROCESSES
            with multiprocessing.get_context("spawn").Pool(_PROCESSES + 1) as pool:
                asking = [pool.apply_async(_play, (_ask, *arguments)) for arguments in crowd]
                others = pool.apply_async(_play, (_watch, port, additions, seconds, patient))
                time.sleep(seconds / 4)
                early = served.resident_memory_mb()
                replies = [reply for one in (*asking, others) for reply in one.get()]
            return {
                **_figures(replies),
                "resident_mb_early": round(early),
                "resident_mb_late": round(served.resident_memory_mb()),
            }


def _play(role: Any, port: int, count: int, seconds: float, patient: bool) -> list[Reply]:
    replies: list[Reply] = []
    asyncio.run(role(replies, port, count, seconds, patient))
    return replies


async def _ask(replies: list[Reply], port: int, count: int, seconds: float, patient: bool) -> None:
    ends = time.monotonic() + seconds

    async def client(number: int) -> None:
        while time.monotonic() < ends:
            body = json.dumps({"question": QUESTIONS[number % len(QUESTIONS)]})
            wait = await _request(replies, "ask", port, "POST", "/ask", body)
            number += 1
            if patient:
                await asyncio.sleep(wait)

    await asyncio.gather(*(client(number) for number in range(count)))


async def _watch(replies: list[Reply], port: int, additions: int, seconds: float, patient: bool) -> None:
    ends = time.monotonic() + seconds

    async def every(pause: float, name: str, path: str) -> None:
        while time.monotonic() < ends:
            await _request(replies, name, port, "GET", path, "")
            await asyncio.sleep(pause)

    async def add() -> None:
        await asyncio.sleep(seconds / 2)
        bodies = [
            json.dumps({"text": f"The {n}th bridge opened on Monday.", "source_name": f"{n}.txt"})
            for n in range(additions)
        ]
        await asyncio.gather(*(_request(replies, "add", port, "POST", "/articles", body) for body in bodies))

    await asyncio.gather(every(0.1, "live", "/health/live"), every(1, "ready", "/health/ready"), add())


async def _request(replies: list[Reply], name: str, port: int, method: str, path: str, body: str) -> float:
    """Send one request on a connection of its own, note what came, and return the seconds that `Retry-After` says."""
    started = time.perf_counter()
    status, wait = 0, 0.0
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())
        received = await reader.read(-1)
        writer.close()
        status = int(received[9:12] or 0)
        headers = received.partition(b"\r\n\r\n")[0].lower()
        if b"retry-after: " in headers:
            wait = float(headers.partition(b"retry-after: ")[2].split(b"\r\n")[0])
    except OSError:
        pass
    replies.append((name, status, time.perf_counter() - started))
    return wait


def _figures(replies: Sequence[Reply]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name in ("ask", "add", "live", "ready"):
        for status, count in sorted(Counter(status for asked, status, _ in replies if asked == name).items()):
            times = sorted(seconds for asked, came, seconds in replies if (asked, came) == (name, status))
            figures[f"{name}_{status}"] = count
            figures[f"{name}_{status}_p50_s"] = round(times[len(times) // 2], 3)
            figures[f"{name}_{status}_p99_s"] = round(times[int(0.99 * len(times))], 3)
            figures[f"{name}_{status}_most_s"] = round(times[-1], 3)
    return figures


if __name__ == "__main__":
    main()
