"""Acknowledged means kept: a writing process is killed at random instants, again and again."""

from pathlib import Path

import pytest

from tests.whole.killing import TARGETS, kill_writers

pytestmark = pytest.mark.slow

KILLS = 60
"""`python -m bench.crash` kills a thousand times."""


def test_what_was_acknowledged_survives_sixty_kills(tmp_path: Path) -> None:
    """What `kill_writers` looks at holds after each of them, and the kills fall on every kind of work."""
    killed = kill_writers(tmp_path, kills=KILLS)
    assert killed.heard["acknowledge"] > KILLS // 2
    # Opening is over so fast that a fast machine may be killed behind it; the rest is always hit.
    assert all(killed.at[phase] for phase in TARGETS.keys() - {"opening"}), killed.at
