import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from onrecord.index.archive.lock import ArchiveLock, announce, served_at
from onrecord.service.commands.app import app
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.serving import serving

QUESTION = "what did Putin say about legality?"


@pytest.fixture
def other_process() -> Iterator[int]:
    """The id of a process that lives."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate(b"\n")


@pytest.fixture
def served(seeded: Parts, other_process: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An archive that another process seems to own; the service runs here, and opening the archive is an error."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path))
    monkeypatch.setattr("onrecord.service.library.open_parts", None)
    (tmp_path / "archive.sqlite3").symlink_to(seeded.archive.file)
    (tmp_path / "owner.pid").write_text(str(other_process))
    with serving(create_app(seeded, Settings(api_keys=("a-key-of-mine",)))) as address:
        (tmp_path / "owner.address").write_text(f"{other_process} {address}")
        monkeypatch.setenv("ONRECORD_API_KEYS", "a-key-of-mine")
        yield


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def read(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.mark.usefixtures("served")
def test_an_archive_that_is_served_is_asked_over_http(seeded: Parts) -> None:
    """The commands that ask print the same whether they open the archive or another process serves it."""
    asked = run("ask", QUESTION, "--limit", "1", "--json")
    assert (asked.exit_code, "legally impossible" in read(asked)["citations"][0]["quote"]) == (0, True)
    assert "“Last week, Russian President Vladimir Putin declared" in run("ask", QUESTION).stdout
    found = read(run("search", "security guarantees", "-n", "2", "--json"))["passages"]
    assert len(found) == 2
    every = read(run("quotations", "-n", "1000", "--json"))["quotations"]
    assert len(every) == len(seeded.quotations.find(limit=1000))
    assert len(read(run("quotations", "-n", "7", "--json"))["quotations"]) == 7
    one = read(run("quotations", "--speaker", "Witkoff", "--about", "NATO", "-n", "1", "--json"))["quotations"]
    assert [quotation["speaker"] for quotation in one] == ["Steve Witkoff"]
    assert run("quotations", "--speaker", "Witkoff", "-n", "1").stdout.startswith(
        "Steve Witkoff (special envoy) said: "
    )


@pytest.mark.usefixtures("served")
def test_what_a_served_archive_does_not_have_is_said() -> None:
    """An exit with 3 says over HTTP what it says without."""
    asked = run("ask", "How tall is Mount Everest?")
    assert (asked.exit_code, asked.stdout.splitlines()[0]) == (3, "The archive does not answer this question.")
    assert "Nothing found for 'How tall is Mount Everest?'" in asked.stderr
    spoken = run("quotations", "--speaker", "Witcoff")
    assert (spoken.exit_code, "did you mean Steve Witkoff?" in spoken.stderr) == (3, True)


@pytest.mark.usefixtures("served")
def test_an_error_of_the_service_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A wrong key, a limit of the service and a service that does not answer each name the way out."""
    monkeypatch.setenv("ONRECORD_API_KEYS", "another-key-of-mine")
    keyless = run("ask", QUESTION)
    assert (keyless.exit_code, "needs a key; set ONRECORD_API_KEYS to one." in keyless.stderr) == (1, True)
    process, _, _ = (tmp_path / "owner.address").read_text().partition(" ")
    (tmp_path / "owner.address").write_text(f"{process} http://127.0.0.1:1")
    silent = run("ask", QUESTION)
    assert silent.exit_code == 1
    assert "is served at http://127.0.0.1:1, which does not answer" in silent.stderr
    assert silent.stderr.count("\n") == 1


def test_the_address_is_that_of_the_owner_that_lives(home: Path, other_process: int) -> None:
    """An address counts as long as the process that left it owns the archive; its own process needs none."""
    lock = ArchiveLock(home)
    announce(home, "http://127.0.0.1:9")
    assert (home / "owner.address").read_text() == f"{os.getpid()} http://127.0.0.1:9"
    assert served_at(home) is None
    (home / "owner.pid").write_text(str(other_process))
    assert served_at(home) is None
    (home / "owner.address").write_text(f"{other_process} http://127.0.0.1:9")
    assert served_at(home) == "http://127.0.0.1:9"
    announce(home, "http://127.0.0.1:10")
    assert served_at(home) == "http://127.0.0.1:9"
    lock.release()
    assert list(home.glob("owner.[ap]*")) == []
