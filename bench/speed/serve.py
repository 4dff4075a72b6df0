"""Measure the served archive from outside: start, latency, memory, exactness.

    python bench/speed/serve.py [--runs 3] [--asks 200] [--json]

Serves the seed articles from a folder of its own, as `make serve` does. Start counts from the start of the process to
the first right answer. Resident memory is the peak, as the kernel counts it, after all questions were asked. The
questions are varied so that none is asked twice in a row.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

SEEDS = Path(__file__).parents[2] / "seeds"
RIGHT = ("what did Putin say about legality?", "legally impossible")
QUESTIONS = [
    f"{start} {topic}?"
    for start in ("what did Putin say about", "who spoke of", "when was there news of", "what happened with", "why")
    for topic in (
        "legality",
        "the talks in Florida",
        "security guarantees",
        "Zelenskyy",
        "the golf club",
        "the strikes",
    )
]


def measure(*, runs: int, asks: int) -> dict[str, Any]:
    """Return the figures; times in milliseconds but for `start_s`."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "ONRECORD_HOME": home, "ONRECORD_LOG_LEVEL": "warning"}
        subprocess.run([*ONRECORD, "add", str(SEEDS)], env=environment, check=True, capture_output=True)
        starts = []
        for run in range(runs):
            started = time.perf_counter()
            process = subprocess.Popen(
                [*ONRECORD, "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
            )
            try:
                address = _read_address(process)
                with httpx.Client(base_url=address, timeout=60) as client:
                    answer = _ask(client, RIGHT[0])
                    starts.append(time.perf_counter() - started)
                    if RIGHT[1] not in answer["citations"][0]["quote"]:
                        raise SystemExit("The first answer was wrong.")
                    if run == runs - 1:
                        return {"start_s": round(statistics.median(starts), 2), **_load(client, process.pid, asks)}
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=30)
    raise AssertionError("unreachable")


def _load(client: httpx.Client, pid: int, asks: int) -> dict[str, Any]:
    for question in QUESTIONS[:10]:
        _ask(client, question)
    one = sorted(_timed(client, QUESTIONS[i % len(QUESTIONS)]) for i in range(asks))
    started = time.perf_counter()
    with ThreadPoolExecutor(8) as clients:
        eight = sorted(clients.map(lambda i: _timed(client, QUESTIONS[i % len(QUESTIONS)]), range(asks)))
    eight_rate = asks / (time.perf_counter() - started)
    checked = [_slices(client, _ask(client, question)) for question in QUESTIONS]
    return {
        "ask_p50_ms": round(statistics.median(one), 1),
        "ask_p99_ms": round(one[int(0.99 * len(one))], 1),
        "eight_clients_p50_ms": round(statistics.median(eight), 1),
        "eight_clients_speedup": round(eight_rate * sum(one) / 1e3 / len(one), 2),
        "resident_mb": round(_resident_mb(pid)),
        "citations_checked": sum(len(found) for found in checked),
        "citations_exact": sum(sum(found) for found in checked),
    }


def _ask(client: httpx.Client, question: str) -> dict[str, Any]:
    response = client.post("/ask", json={"question": question})
    response.raise_for_status()
    return dict(response.json())


def _timed(client: httpx.Client, question: str) -> float:
    started = time.perf_counter()
    _ask(client, question)
    return (time.perf_counter() - started) * 1e3


def _slices(client: httpx.Client, answer: dict[str, Any]) -> list[bool]:
    found = []
    for citation in answer["citations"] + answer["closest"]:
        text = client.get(f"/articles/{citation['article_id']}").json()["text"]
        found.append(text[citation["start"] : citation["end"]] == citation["quote"])
    return found


def _read_address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://\S+:\d+", line):
            return found.group()
    raise SystemExit("The server did not start.")


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) / 1024 if found else 0.0


ONRECORD = [str(Path(sys.executable).with_name("onrecord"))]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="starts, of which the median is reported")
    parser.add_argument("--asks", type=int, default=200, help="questions asked by one client, and by eight")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(runs=options.runs, asks=options.asks)
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<24} {value}")


if __name__ == "__main__":
    main()
