"""Kill a writing process a thousand times, and find every acknowledged article after each: `python -m bench.crash`.

`tests/whole/killing.py` says what is looked at. It takes about a second a kill on two cores.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.whole.killing import TARGETS, kill_writers


def main() -> None:
    """Print what the kills fell on and what the starts after them mended; fail at the first thing that is wrong."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    kills = parser.parse_args().kills
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        killed = kill_writers(Path(folder), kills=kills)
    print(
        f"{kills} kills in {time.monotonic() - started:.0f} s: nothing acknowledged was lost, nothing was half there."
    )
    print(f"killed at: {dict(killed.at)}; not hit: {sorted(TARGETS.keys() - killed.at.keys())}")
    print(f"said: {dict(killed.heard)}")
    print(f"mended: {dict(killed.mended)}")


if __name__ == "__main__":
    main()
