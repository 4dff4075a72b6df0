"""Measure the served archive from outside: start, latency, memory, exactness.

    python -m bench.speed.serve [--runs 3] [--asks 200] [--json]

Serves the seed articles from a folder of its own, as `make serve` does. Start counts from the start of the process to
the first right answer. Resident memory is the peak, as the kernel counts it, after all questions were asked. The
questions are varied so that none is asked twice in a row.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.speed.instruments.served_archive import ServedArchive, serve_archive

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
    """Return the figures of `runs` starts and `asks` questions; times in milliseconds but for `start_s`."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ONRECORD_HOME": folder, "ONRECORD_LOG_LEVEL": "warning"}
        command = [sys.executable, "-m", "onrecord", "add", str(SEEDS)]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        starts: list[float] = []
        figures: dict[str, Any] = {}
        for run in range(runs):
            started = time.perf_counter()
            with serve_archive(Path(folder)) as served:
                answer = served.ask(RIGHT[0])
                starts.append(time.perf_counter() - started)
                if RIGHT[1] not in answer["citations"][0]["quote"]:
                    raise SystemExit("The first answer was wrong.")
                if run == runs - 1:
                    figures = _load(served, asks)
        return {"start_s": round(statistics.median(starts), 2), **figures}


def _load(served: ServedArchive, asks: int) -> dict[str, Any]:
    for question in QUESTIONS[:10]:
        served.ask(question)
    questions = [QUESTIONS[number % len(QUESTIONS)] for number in range(asks)]
    one = sorted(map(served.time_of, questions))
    started = time.perf_counter()
    with ThreadPoolExecutor(8) as clients:
        eight = sorted(clients.map(served.time_of, questions))
    eight_rate = asks / (time.perf_counter() - started)
    checked = [_slices(served, served.ask(question)) for question in QUESTIONS]
    return {
        "ask_p50_ms": round(statistics.median(one), 1),
        "ask_p99_ms": round(one[int(0.99 * len(one))], 1),
        "eight_clients_p50_ms": round(statistics.median(eight), 1),
        "eight_clients_speedup": round(eight_rate * sum(one) / 1e3 / len(one), 2),
        "resident_mb": round(served.peak_memory_mb()),
        "citations_checked": sum(len(found) for found in checked),
        "citations_exact": sum(sum(found) for found in checked),
    }


def _slices(served: ServedArchive, answer: dict[str, Any]) -> list[bool]:
    found = []
    for citation in answer["citations"] + answer["closest"]:
        text = served.client.get(f"/articles/{citation['article_id']}").json()["text"]
        found.append(text[citation["start"] : citation["end"]] == citation["quote"])
    return found


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
