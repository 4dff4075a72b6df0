"""The commands that look after an archive."""

import json
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from onrecord.index.archive.lock import ArchiveLock
from onrecord.index.text.embedder import Embedder
from onrecord.service.commands.app import app
from onrecord.service.settings import Settings
from onrecord.service.wiring import archive_file, open_parts

pytestmark = pytest.mark.usefixtures("loaded_models")


@pytest.fixture
def archive(filled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line's archive, filled."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "archive"))
    return Path(shutil.copytree(filled_home, tmp_path / "archive"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def read(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_sound_archive_is_said_to_be_sound(archive: Path) -> None:
    """Exit code 0, a line a check, the same as JSON; and the next start has nothing to mend."""
    shown = run("verify")
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[-1] == "The archive is sound."
    assert all("checked, 0 wrong" in line for line in shown.stdout.splitlines()[:-1])
    report = read(run("verify", "--json"))
    assert (report["sound"], report["damaged_articles"], report["repaired"]) == (True, [], None)
    names = ["database", "texts", "passages", "sentences", "quotations", "vectors", "words"]
    names += ["copies", "revisions", "unfinished repairs"]
    assert [check["name"] for check in report["checks"]] == [*names, "vector index"]
    assert read(run("search", "Budapest Memorandum", "--json"))["passages"]
    assert read(run("status", "--json"))["vectors_mended"] is None


def test_what_is_wrong_is_listed_and_repaired(archive: Path) -> None:
    """Exit code 1 and the faults; with --repair what was wrong, what is now, and exit code 0; search works again."""
    with closing(sqlite3.connect(archive_file(archive))) as db:
        db.execute("UPDATE passages SET vector = x'00' WHERE id = 3")
        db.execute("INSERT INTO words (rowid, title, text) VALUES (99, 'a', 'b')")
        db.commit()
    shutil.rmtree(archive / "vectors")
    found = run("verify")
    assert found.exit_code == 1
    assert "the vector of passage 3 has not the model's dimension" in found.stdout
    assert "its folder is not there" in found.stdout
    assert "onrecord verify --repair" in found.stdout
    refused = run("search", "Budapest Memorandum")
    assert refused.exit_code == 1
    assert "The archive holds damaged vectors; `onrecord verify --repair` mends them." in refused.stderr
    repaired = run("verify", "--repair", "--json")
    report = read(repaired)
    assert (repaired.exit_code, report["sound"]) == (0, True)
    assert {check["name"] for check in report["repaired"] if check["faults"]} == {"vectors", "words"}
    assert run("verify").exit_code == 0
    assert read(run("search", "Budapest Memorandum", "--json"))["passages"]
    assert "rebuilt from" in read(run("status", "--json"))["vectors_mended"]


def test_what_cannot_be_repaired_stays_a_fault(archive: Path) -> None:
    """A text that was changed behind the archive's back is named, and the exit code stays 1."""
    with closing(sqlite3.connect(archive_file(archive))) as db:
        db.execute("UPDATE articles SET text = replace(text, 'e', 'E') WHERE number = 1")
        db.commit()
    repaired = run("verify", "--repair")
    assert repaired.exit_code == 1
    assert "is not the one that was archived; remove it" in repaired.stdout
    assert repaired.stdout.splitlines()[-1] == "The archive is not sound."


def test_an_archive_that_is_served_is_checked_but_for_its_vector_index(archive: Path) -> None:
    """What can be read beside the owner is checked; a repair wants the owner gone."""
    lock = ArchiveLock(archive)
    try:
        report = read(run("verify", "--json"))
        assert report["sound"]
        assert "is open in this process already" in report["checks"][-1]["skipped"]
        refused = run("verify", "--repair")
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "is open in this process already" in refused.stderr
    finally:
        lock.release()


@pytest.mark.parametrize("command", ["verify", "backup"])
def test_without_an_archive_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """The error names the file, and no folder is made."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "none"))
    result = run(command, *([str(tmp_path / "b")] if command == "backup" else []))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no archive" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_vectors_without_their_archive_are_no_sound_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says that the archive was lost and how it comes back, and the vectors stay as they are."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path))
    vectors = tmp_path / "vectors" / "chroma.sqlite3"
    vectors.parent.mkdir()
    vectors.write_bytes(b"vectors")
    result = run("verify")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the archive was lost or moved. Restore a backup with `onrecord restore FILE`" in result.stderr
    assert vectors.read_bytes() == b"vectors"


def test_a_backup_of_a_served_archive_is_restored_elsewhere(
    archive: Path, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken beside the owner, who goes on; put back, it answers as the archive did."""
    question = "what did Putin say about legality?"
    with open_parts(Settings(home=archive, reader="none"), embedder=embedder) as parts:
        before = [passage.text for passage in parts.retriever.retrieve(question, limit=3).passages]
        done = threading.Thread(target=lambda: results.append(run("backup", str(tmp_path / "b"), "--json")))
        results: list[Result] = []
        done.start()
        done.join()
        assert read(results[0])["articles"] == 5
        assert run("restore", str(tmp_path / "b"), "--force").exit_code == 1
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "new"))
    assert run("restore", str(tmp_path / "b")).stdout == f"5 articles in {tmp_path / 'new'}.\n"
    with open_parts(Settings(home=tmp_path / "new", reader="none"), embedder=embedder) as parts:
        assert [passage.text for passage in parts.retriever.retrieve(question, limit=3).passages] == before
    assert run("restore", str(tmp_path / "b")).exit_code == 1
    assert run("restore", str(tmp_path / "b"), "--force").exit_code == 0
