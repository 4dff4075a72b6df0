"""Add a whole archive with one command, interrupt it, go on, and watch its memory.

    python -m bench.speed.add ARTICLES.jsonl[.gz] [--interrupt .5] [--home FOLDER] [--every 5]

`onrecord add` runs as a user would run it, in a process of its own. When the given share of the articles is in, it gets
the interrupt that Ctrl-C sends; the same command then goes on, and a third one finds nothing to do. Memory is what the
kernel counts as the process's own (`RssAnon`) and, apart from it, pages of files that it has mapped (`RssFile`), which
the kernel takes back when it needs them; Linux only.
"""

import argparse
import json
import os
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.speed.instruments.varied_archive import drafts_of

ONRECORD = [sys.executable, "-m", "onrecord"]
_PARTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A running process at one moment."""

    seconds: float
    articles: int
    passages: int
    own_mb: float
    """Memory that no file stands behind."""
    mapped_mb: float
    """Pages of files, of the archive's most of all."""


def main() -> None:
    """Add, interrupt, go on, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, help="lines with id, title, date and text, as in Reuters-21578")
    parser.add_argument("--interrupt", type=float, default=0.5, help="share of the articles after which it is stopped")
    parser.add_argument("--home", type=Path, help="keep the archive here")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two looks at the memory")
    options = parser.parse_args()
    # In the background of a shell this process ignores the interrupt, and so would those that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as temporary:
        home, records = options.home or Path(temporary) / "home", Path(temporary) / "articles.jsonl"
        total = _write_records(options.articles, records)
        print(f"{total} articles", flush=True)
        _report(_add(records, home, every=options.every, stop_at=int(options.interrupt * total)))
        _report(_add(records, home, every=options.every))
        _report(_add(records, home, every=options.every))


def _write_records(file: Path, to: Path) -> int:
    """Write the articles that have a text, with the fields of `POST /articles`; return how many there are."""
    count = 0
    with to.open("w", encoding="utf-8") as records:
        for draft in drafts_of(file):
            record = {"text": draft.text, "title": draft.title or None, "source_name": draft.source_name}
            records.write(json.dumps({**record, "published_at": draft.published_at}) + "\n")
            count += 1
    return count


def _add(records: Path, home: Path, *, every: float, stop_at: int | None = None) -> list[Sample]:
    """Run `onrecord add`, interrupt it when so many articles are in, and return what was seen of it."""
    environment = {**os.environ, "ONRECORD_HOME": str(home), "ONRECORD_LOG_LEVEL": "warning"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [*ONRECORD, "add", str(records)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    samples: list[Sample] = []
    interrupted = False
    while process.poll() is None:
        if found := _look(process.pid, home / "archive.sqlite3", time.perf_counter() - started):
            samples.append(found)
            if stop_at is not None and found.articles >= stop_at and not interrupted:
                process.send_signal(signal.SIGINT)
                interrupted = True
        time.sleep(every)
    out, errors = process.communicate()
    said = (out.strip() or errors.strip()).splitlines()[-1:] or [""]
    print(f"exit {process.returncode} after {time.perf_counter() - started:.0f} s: {said[0]}", flush=True)
    return samples


def _look(pid: int, archive: Path, seconds: float) -> Sample | None:
    """Return the process's current figures, or None if it has ended or has no archive yet."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        with closing(sqlite3.connect(f"{archive.as_uri()}?mode=ro", uri=True)) as db:
            (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
            (passages,) = db.execute("SELECT count(*) FROM passages").fetchone()
    except (OSError, sqlite3.Error):
        return None
    kilobytes = {name: int(number) for name, number in re.findall(r"(Rss\w+):\s+(\d+) kB", status)}
    if "RssAnon" not in kilobytes:
        return None
    own, mapped = (kilobytes[name] / 1024 for name in ("RssAnon", "RssFile"))
    return Sample(seconds=seconds, articles=articles, passages=passages, own_mb=own, mapped_mb=mapped)


def _report(samples: Sequence[Sample]) -> None:
    """Print the medians of each tenth, and how memory grew in the last three quarters, by least squares."""
    if len(samples) < 2 * _PARTS:
        for sample in samples[-1:]:
            print(f"  own memory {sample.own_mb:.0f} MB, files {sample.mapped_mb:.0f} MB", flush=True)
        return
    print("  seconds  articles  passages  own MB  files MB")
    for part in range(_PARTS):
        there = samples[part * len(samples) // _PARTS : (part + 1) * len(samples) // _PARTS]
        medians = [
            statistics.median(getattr(sample, name) for sample in there)
            for name in ("seconds", "articles", "passages", "own_mb", "mapped_mb")
        ]
        print("  {:7.0f} {:9.0f} {:9.0f} {:7.0f} {:9.0f}".format(*medians))
    last = samples[len(samples) // 4 :]
    passages = [sample.passages for sample in last]
    for name, values in (
        ("own memory", [sample.own_mb for sample in last]),
        ("files", [sample.mapped_mb for sample in last]),
    ):
        if len(set(passages)) > 1:
            slope, _ = statistics.linear_regression(passages, values)
            print(f"  {name} after the first quarter: {slope * 1024:.2f} kB a passage", flush=True)


if __name__ == "__main__":
    main()
