"""Measure, on an archive that is there, how long a service takes from its start to the first answer, and each answer.

    ONRECORD_HOME=HOME python -m bench.speed.restart QUESTIONS.txt [--starts 3]

QUESTIONS: one a line; each is asked once to warm up and four times to measure. Printed: seconds to the first answer,
and milliseconds of `/ask` over HTTP, median and the slowest of a hundred.
"""

import argparse
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--starts", type=int, default=3)
    options = parser.parse_args()
    questions = options.questions.read_text(encoding="utf-8").split("\n")
    questions = [question for question in questions if question.strip()]
    for _ in range(options.starts):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        started = time.perf_counter()
        command = [sys.executable, "-m", "onrecord", "serve", "--port", str(port)]
        with (
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            try:
                while process.poll() is None:
                    try:
                        client.post("/ask", json={"question": questions[0]}).raise_for_status()
                        break
                    except httpx.HTTPError:
                        time.sleep(0.05)
                first = time.perf_counter() - started
                for question in questions:
                    client.post("/ask", json={"question": question})
                spent = sorted(_ask(client, question) for _ in range(4) for question in questions)
            finally:
                process.send_signal(signal.SIGINT)
        slowest = spent[min(len(spent) - 1, len(spent) * 99 // 100)]
        print(f"first answer after {first:.1f} s; /ask p50 {statistics.median(spent):.0f}, p99 {slowest:.0f} ms")


def _ask(client: httpx.Client, question: str) -> float:
    started = time.perf_counter()
    client.post("/ask", json={"question": question}).raise_for_status()
    return (time.perf_counter() - started) * 1e3


if __name__ == "__main__":
    main()
