"""Kill a writing process at random instants, again and again, and look at what the archive holds after each kill."""

import json
import mmap
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.paths import ROOT
from tests.whole import crash_worker
from tests.whole.crash_worker import PHASES

HOMES = 4
"""Each is killed its share of times; every second one has a Chroma that writes its HNSW files all the time."""
# What the killer waits for, how often, and how long at most it lets it go on, in seconds.
TARGETS = {
    "opening": (2, 0.10),
    "building": (3, 2.0),
    "embedding": (4, 0.06),
    "saving": (4, 0.01),
    "between": (4, 0.002),
    "indexing": (4, 0.02),
    "removing": (3, 0.005),
    "reindexing": (3, 0.03),
    "switching": (3, 0.005),
}
_SEED = 20_251_122


class Zygote:
    """The process that all workers are forked from."""

    def __init__(self, folder: Path) -> None:
        self._phase_file = folder / "phase"
        self._phase_file.write_bytes(bytes([PHASES.index("idle")]))
        with self._phase_file.open("r+b") as stream:
            self._phase = mmap.mmap(stream.fileno(), 1)
        self._errors = (folder / "stderr.txt").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", crash_worker.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=ROOT,
            env={**os.environ, "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"},
            text=True,
        )
        loaded = self.line()
        assert loaded == {"loaded": True}, loaded

    @property
    def phase(self) -> str:
        return PHASES[self._phase[0]]

    def start(self, **order: Any) -> int:
        """Fork a worker; return its process id."""
        self._phase[0] = PHASES.index("idle")
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({**order, "phase_file": str(self._phase_file)}) + "\n")
        self._process.stdin.flush()
        # The worker may say something before the process that forked it does.
        self._early: list[dict[str, Any]] = []
        while "pid" not in (said := self.line()):
            self._early.append(said)
        return int(said["pid"])

    def line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        read = self._process.stdout.readline()
        assert read, "the process that forks the workers is gone"
        said: dict[str, Any] = json.loads(read)
        return said

    def said(self) -> Iterator[dict[str, Any]]:
        """Yield what the worker says until it is dead."""
        yield from self._early
        while "dead" not in (said := self.line()):
            assert "failed" not in said, said["failed"]
            yield said

    def close(self) -> None:
        """Let the last worker end, and the process with it."""
        self._process.communicate()
        self._errors.close()


class Home:
    """An archive, and what is known of its articles: the versions each may have now, None for not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mended: str | None = None
        self.may_be: dict[str, set[int | None]] = {}

    def hear(self, said: dict[str, Any]) -> None:
        match said:
            case {"intend": name, "version": version}:
                self.may_be.setdefault(name, {None}).add(version)
            case {"acknowledge": name, "version": version}:
                self.may_be[name] = {version}
            case {"found": found, "wrong": wrong}:
                assert wrong == [], wrong
                assert set(found) <= set(self.may_be), set(found) - set(self.may_be)
                lost = {n: allowed for n, allowed in self.may_be.items() if found.get(n) not in allowed}
                assert lost == {}, f"found {found}"
                self.may_be = {name: {found.get(name)} for name in self.may_be}
            case other:
                raise AssertionError(other)


def wait_for(zygote: Zygote, target: str) -> None:
    """Wait until the worker is at it; give up after a while, for one that has nothing to remove, say."""
    end = time.monotonic() + 3
    while zygote.phase != target and time.monotonic() < end:
        time.sleep(0.0005)


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """A number of kills after which nothing was missing or wrong."""

    at: Counter[str]
    """What the workers were at when they were killed."""
    heard: Counter[str]
    """How often a worker said what it was about to do ("intend") and what was done ("acknowledge")."""
    mended: Counter[str]
    """What the starts after the kills had to mend, without its numbers."""


def kill_writers(folder: Path, *, kills: int) -> Killed:
    """Start a writer and kill it, `kills` times, on archives below `folder`.

    After each kill every acknowledged article is whole, in both stores, found by its words and its vectors. None is
    half there, and neither store holds anything of an article that is not. Raise `AssertionError` where that fails.
    """
    chance = random.Random(_SEED)
    at: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    homes = [Home(folder / f"home{number}") for number in range(HOMES)]
    with closing(Zygote(folder)) as zygote:
        for kill in range(kills + HOMES):
            home = homes[kill % HOMES]
            # The last round finds what the kills before it have left.
            target = chance.choices(list(TARGETS), [weight for weight, _ in TARGETS.values()])[0]
            delay = chance.uniform(0, TARGETS[target][1])
            worker = zygote.start(
                home=str(home.folder),
                seed=chance.getrandbits(32),
                restless=bool(kill % HOMES % 2),
                reindexes=0.8 if target in {"reindexing", "switching"} else 0.1,
                # The child process that builds an index takes seconds, so most workers do without one, as the service
                # does at its start, and search exactly.
                waits_for_index=target in {"building", "indexing"},
            )
            says = zygote.said()
            try:
                if target in {"opening", "building"} and kill < kills:
                    wait_for(zygote, target)
                else:
                    first = next(says)
                    home.hear(first)
                    if first["mended"] != home.mended:
                        home.mended = first["mended"]
                        # Without the instant and the numbers.
                        mended[re.sub(r"\d+", "n", first["mended"].partition(": ")[2])] += 1
                    if kill < kills:
                        wait_for(zygote, target)
                time.sleep(delay)
            finally:
                os.killpg(worker, signal.SIGKILL)
            at[zygote.phase] += 1
            for said in says:
                home.hear(said)
                heard.update(said.keys() & {"intend", "acknowledge"})
    return Killed(at=at, heard=heard, mended=mended)
