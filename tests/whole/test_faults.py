"""A disk that is full, broken or gone at each single change of a file: nothing is lost, and nothing is half there."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.paths import ROOT

EVERY = "13"
"""Each thirteenth change fails in the tests; with 1, each single one, which takes minutes."""
COMPILER = shutil.which("cc") or shutil.which("gcc")


@pytest.fixture(scope="module")
def faulty_disk(tmp_path_factory):
    """The library that makes a disk fail, compiled."""
    library = tmp_path_factory.mktemp("disk") / "faulty_disk.so"
    source = ROOT / "tests" / "whole" / "faulty_disk.c"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.mark.skipif(COMPILER is None and not os.environ.get("SKIP_NOTHING"), reason="a C compiler makes the disk")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the disk is made for Linux")
@pytest.mark.parametrize("kind", ["full", "broken", "killed"])
def test_a_disk_that_fails_at_any_change_of_an_add_loses_nothing_and_leaves_nothing_half(tmp_path, faulty_disk, kind):
    """Whichever write, flush or truncation fails, of an addition, a revision or a removal, once or from then on.

    What was acknowledged is there, what was not is there whole or not at all, the error names the way out, and the
    archive goes on afterwards.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.whole.fault_worker", str(tmp_path / "archives"), kind, EVERY],
        env={**os.environ, "LD_PRELOAD": str(faulty_disk)},
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    told = json.loads(done.stdout)
    assert told["changes"] > 100
    assert (told["said"] != []) == (kind != "killed")
