import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from onrecord.index.archive.lock import ArchiveLock, announce, served_at
from onrecord.index.articles.html.page_reader import read_page
from onrecord.service.answers.work_queue import WorkQueue
from onrecord.service.commands.app import app
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.index.articles.html.pages import article_page
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


@pytest.fixture
def serve_parts(
    parts: Parts, other_process: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Serve an archive of the test's own, which can be changed, as one that another process owns."""
    home = tmp_path / "served"
    home.mkdir()
    monkeypatch.setenv("ONRECORD_HOME", str(home))
    monkeypatch.setenv("ONRECORD_API_KEYS", "a-key-of-mine")
    monkeypatch.setattr("onrecord.service.library.open_parts", None)
    (home / "archive.sqlite3").symlink_to(parts.archive.file)
    (home / "owner.pid").write_text(str(other_process))
    with ExitStack() as stack:

        def serve(serving_parts: Parts = parts, **settings: Any) -> None:
            made = Settings(**{"api_keys": ("a-key-of-mine",), **settings})
            address = stack.enter_context(serving(create_app(serving_parts, made)))
            (home / "owner.address").write_text(f"{other_process} {address}")

        yield serve


def test_articles_are_added_and_removed_over_http(
    serve_parts: Callable[..., None], parts: Parts, tmp_path: Path
) -> None:
    """The commands print and end as they do on an archive that nobody serves; the audit log names the key."""
    serve_parts()
    for number in range(40):
        (tmp_path / f"{number:02}.txt").write_text(f"Bridge {number}\n\nBridge {number} will open in June.")
    (tmp_path / "few.jsonl").write_text('{"text": "The port is open."}\n{"text": " "}\nno record\n')
    added = run("add", "--json", *map(str, sorted(tmp_path.glob("*.txt"))), str(tmp_path / "few.jsonl"))
    assert (added.exit_code, len(read(added)["articles"]), len(read(added)["errors"])) == (1, 41, 2)
    assert [one["title"] for one in read(added)["articles"][:2]] == ["Bridge 0", "Bridge 1"]
    again = run("add", str(tmp_path / "00.txt"))
    assert (again.exit_code, again.stdout) == (0, "1 unchanged.\n")
    piped = CliRunner().invoke(app, ["add", "-"], input="A text from standard input.")
    assert (piped.exit_code, piped.stdout) == (0, "1 created.\n")
    first = read(added)["articles"][0]
    removed = run("remove", first["id"])
    assert (removed.exit_code, removed.stdout) == (0, f"Removed {first['id']}  Bridge 0\n")
    assert len(read(run("list", "--json"))["articles"]) == 41
    assert run("remove", first["id"]).exit_code == 1
    assert {(one.who, one.way) for one in parts.archive.audit.entries()} == {("ONRECORD_API_KEYS 1", "http")}


def test_a_web_page_is_added_over_http_with_what_it_declares(
    serve_parts: Callable[..., None], parts: Parts, tmp_path: Path
) -> None:
    """The command reads the page, and the service stores what it read."""
    serve_parts()
    page = article_page(data={"@type": "NewsArticle", "author": ["Jo Hill", "Eva Lund"], "isAccessibleForFree": False})
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (added,) = read(run("add", "--json", str(tmp_path / "a.html")))["articles"]
    assert parts.archive.article(added["id"]).page == read_page(page).page
    assert run("add", str(tmp_path / "a.html")).stdout == "1 unchanged.\n"


def test_an_article_that_the_service_refuses_keeps_no_other_out(
    serve_parts: Callable[..., None], tmp_path: Path
) -> None:
    """An article beyond the service's own limit is named with the way out; those sent with it are added."""
    serve_parts(max_body=1_000)
    lengths = {"a": 300, "b": 1_200, "c": 300, "d": 300}
    for name, length in lengths.items():
        (tmp_path / f"{name}.txt").write_text("word " * (length // 5))
    added = run("add", *(str(tmp_path / f"{name}.txt") for name in lengths))
    assert (added.exit_code, added.stdout) == (1, "3 created, 1 refused (refused by the service: 1).\n")
    line = added.stderr.strip().splitlines()[-1]
    assert "b.txt: The body has 1," in line
    assert line.endswith("or raise ONRECORD_MAX_BODY.")


def test_a_change_waits_for_a_busy_service(
    serve_parts: Callable[..., None], parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that finds no place is sent again after the time that the service says."""
    monkeypatch.setattr("onrecord.service.http.guards.turns._REFUSAL_SECONDS", (0, 0))
    waits: list[int] = []
    queue = WorkQueue("additions", threads=1, max_waiting=1, patience_seconds=20)
    serve_parts(replace(parts, additions=queue))

    def wait(seconds: int) -> None:
        waits.append(seconds)
        queue._held -= 1

    monkeypatch.setattr("onrecord.service.commands.archives.served_archive.time.sleep", wait)
    queue._held = 3
    (tmp_path / "a.txt").write_text("A text.")
    added = run("add", str(tmp_path / "a.txt"))
    queue.close()
    assert (added.stdout, waits) == ("1 created.\n", [1, 1])


def test_a_key_that_may_not_add_is_told_so(serve_parts: Callable[..., None], tmp_path: Path) -> None:
    """The service's own words name the right that is missing, in one line."""
    serve_parts(api_keys=(), widget_key="a-key-of-mine")
    (tmp_path / "a.txt").write_text("A text.")
    refused = run("add", str(tmp_path / "a.txt"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "everything else needs one of ONRECORD_API_KEYS" in refused.stderr.strip().splitlines()[-1]


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
