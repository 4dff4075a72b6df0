"""Acknowledged means kept: a writing process is killed at random instants, again and again."""

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
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT
from tests.whole import crash_worker
from tests.whole.crash_worker import PHASES

pytestmark = pytest.mark.slow

KILLS = 200
HOMES = 4
"""Each is killed its share of times; every second one has a Chroma that writes its HNSW files all the time."""
# What the killer waits for, how often, and how long at most it lets it go on, in seconds.
TARGETS = {
    "opening": (2, 0.10),
    "building": (2, 2.0),
    "embedding": (4, 0.06),
    "saving": (4, 0.01),
    "between": (4, 0.002),
    "indexing": (4, 0.02),
    "removing": (3, 0.005),
    "reindexing": (3, 0.03),
    "switching": (3, 0.03),
}
SEED = 20_251_122


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
        assert self.line() == {"loaded": True}

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

    def stop(self) -> None:
        self._process.communicate()
        self._errors.close()


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    started = Zygote(tmp_path_factory.mktemp("zygote"))
    yield started
    started.stop()


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
                assert wrong == []
                assert set(found) <= set(self.may_be)
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


def test_what_was_acknowledged_survives_two_hundred_kills(zygote: Zygote, tmp_path: Path) -> None:
    """After each kill every acknowledged article is whole, in both stores, found by its words and its vectors.

    None is half there, and neither store holds anything of an article that is not.
    """
    chance = random.Random(SEED)
    at: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    homes = [Home(tmp_path / f"home{number}") for number in range(HOMES)]
    started = time.monotonic()
    for kill in range(KILLS + HOMES):
        home = homes[kill % HOMES]
        # The last round finds what the kills before it have left.
        target = chance.choices(list(TARGETS), [weight for weight, _ in TARGETS.values()])[0]
        delay = chance.uniform(0, TARGETS[target][1])
        worker = zygote.start(
            home=str(home.folder),
            seed=chance.getrandbits(32),
            restless=bool(kill % HOMES % 2),
            reindexes=0.8 if target in {"reindexing", "switching"} else 0.1,
            # The child process that builds an index takes seconds, so most workers do without one, as the service does
            # at its start, and search exactly.
            waits_for_index=target in {"building", "indexing"},
        )
        says = zygote.said()
        try:
            if target in {"opening", "building"} and kill < KILLS:
                wait_for(zygote, target)
            else:
                first = next(says)
                home.hear(first)
                if first["mended"] != home.mended:
                    home.mended = first["mended"]
                    # Without the instant and the numbers.
                    mended[re.sub(r"\d+", "n", first["mended"].partition(": ")[2])] += 1
                if kill < KILLS:
                    wait_for(zygote, target)
            time.sleep(delay)
        finally:
            os.killpg(worker, signal.SIGKILL)
        at[zygote.phase] += 1
        for said in says:
            home.hear(said)
            heard.update(said.keys() & {"intend", "acknowledge"})
    took = time.monotonic() - started
    print(f"seed {SEED}, {kill + 1} kills in {took:.0f} s, at {dict(at)}; said {dict(heard)}; mended {dict(mended)}")  # noqa: T201
    assert heard["acknowledge"] > KILLS // 2
    # Opening is over so fast that a fast machine may be killed behind it; the rest is always hit.
    assert all(at[phase] for phase in TARGETS.keys() - {"opening"}), at
