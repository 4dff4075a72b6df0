"""Measure what it costs that PyTorch's threads wait for each other in a loop, alone and beside other work.

    python -m bench.speed.waiting [--beside 4] [--times 40]

A child for each setting of GOMP_SPINCOUNT reads three windows of 144 word pieces again and again, first alone, then
beside busy processes. Printed: milliseconds, median and most.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SETTINGS = (None, "100000", "1000", "0")


def main() -> None:
    """Measure in children, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=int, default=4, help="busy processes")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        _read(options.times)
        return
    for processes in (0, options.beside):
        with _busy(processes):
            for setting in _SETTINGS:
                environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
                # Empty is not a number: then OpenMP does as if nothing was said.
                environment["GOMP_SPINCOUNT"] = setting or ""
                command = [sys.executable, "-m", "bench.speed.waiting", "--child", "--times", str(options.times)]
                ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
                name = setting or "not set"
                print(f"beside {processes} busy processes, GOMP_SPINCOUNT {name:7} {ran.stdout.strip()}")


def _read(times: int) -> None:
    import torch

    from onrecord.service.answers.evidence.readers.small_reader import load_small_reader

    pointer = load_small_reader()._pointer
    pieces = torch.randint(1_000, 20_000, (3, 144), generator=torch.Generator().manual_seed(7))
    given = {"input_ids": pieces, "attention_mask": torch.ones_like(pieces), "token_type_ids": torch.zeros_like(pieces)}
    spent: list[float] = []
    with torch.inference_mode():
        for _ in range(times + 5):
            started = time.perf_counter()
            pointer(given)
            spent.append((time.perf_counter() - started) * 1e3)
    print(f"median {statistics.median(spent[5:]):6.1f}, most {max(spent[5:]):6.1f} ms")


@contextmanager
def _busy(count: int) -> Iterator[None]:
    children = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.wait()


if __name__ == "__main__":
    main()
