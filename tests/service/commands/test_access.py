import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from onrecord.index.archive.archive import SqliteArchive, content_hash
from onrecord.index.values import Actor
from onrecord.service.access.caller import ALL_RIGHTS
from onrecord.service.access.key_ring import KeyRing
from onrecord.service.access.keys import hash_key
from onrecord.service.access.this_user import this_user
from onrecord.service.commands.app import app
from tests.index.archive.made_up import indexed

TEXTS = {"ana": "The harbour opens.", "feed": "The bridge closes."}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def keys_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONRECORD_KEYS_FILE", str(tmp_path / "access" / "keys.jsonl"))
    return tmp_path / "access" / "keys.jsonl"


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line's archive, to which two people added an article each, and one of which was removed."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path))
    with closing(SqliteArchive(tmp_path / "archive.sqlite3")) as archive:
        archive.save(indexed(TEXTS["ana"]), by=Actor(name="ana", way="command line"))
        saved = archive.save(indexed(TEXTS["feed"]), by=Actor(name="feed", way="http"))
        archive.remove(saved.article.id, by=Actor(name="ana", way="http"))
    return tmp_path


def test_a_key_is_printed_once_and_opens_at_once(keys_file: Path) -> None:
    """Its hash is kept, and no command shows the key again; what it allows is said beside it, on stderr."""
    made = run("keys", "make", "feed", "--right", "add", "--right", "ask")
    assert (made.exit_code, made.stderr) == (
        0,
        "The key 'feed' has the right to add and to ask. It is not shown again.\n",
    )
    secret = made.stdout.strip()
    ring = KeyRing(file=keys_file)
    assert ring.caller(hash_key(secret.encode())).name == "feed"
    admin = json.loads(run("keys", "make", "root", "--right", "administer", "--json").stdout)
    assert ring.caller(hash_key(admin["key"].encode())).rights == ALL_RIGHTS
    assert json.loads(run("keys", "make", "reader", "--json").stdout)["rights"] == ["ask"]
    listed = run("keys", "list")
    assert [line[14:] for line in listed.stdout.splitlines()] == [
        "feed: add, ask",
        "root: add, administer, ask",
        "reader: ask",
    ]
    assert run("keys", "remove", "feed").stdout == "Removed the key 'feed'.\n"
    assert ring.caller(hash_key(secret.encode())) is None
    for kept in (keys_file.read_text(), listed.stdout, run("keys", "list", "--json").stdout):
        assert secret not in kept
        assert admin["key"] not in kept


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["make", "reader"], 1, "has a key with the name 'reader'"),
        (["make", " "], 1, "cannot be a key's"),
        (["make", "ONRECORD_API_KEYS 1"], 1, "stands for keys of the settings"),
        (["make", "x", "--right", "rule"], 2, "rule"),
        (["remove", "nobody"], 1, "no key with the name 'nobody'; it has reader"),
    ],
)
def test_a_key_that_cannot_be_is_one_line(keys_file: Path, arguments: list[str], code: int, says: str) -> None:
    run("keys", "make", "reader")
    refused = run("keys", *arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert says in refused.stderr


def test_without_the_setting_the_way_out_is_named() -> None:
    refused = run("keys", "make", "reader")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "ONRECORD_KEYS_FILE is not set" in refused.stderr


def test_the_audit_log_is_printed_in_order(changed: Path) -> None:
    """A line for each change, or a line of JSON."""
    lines = run("audit").stdout.splitlines()
    assert [line.split("  ")[1] for line in lines] == ["created", "created", "removed"]
    assert lines[0].endswith(f"sha256:{content_hash(TEXTS['ana'])}  by ana (command line)")
    entries = [json.loads(line) for line in run("audit", "--json").stdout.splitlines()]
    assert [(entry["number"], entry["who"], entry["way"]) for entry in entries] == [
        (1, "ana", "command line"),
        (2, "feed", "http"),
        (3, "ana", "http"),
    ]
    assert not any(word in run("audit", "--json").stdout for word in ("harbour", "bridge", "A title"))


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--who", "ana"], [1, 3]),
        (["--who", "ana", "--way", "http"], [3]),
        (["--action", "removed"], [3]),
        (["--sha256", content_hash(TEXTS["feed"])], [2, 3]),
        (["--after", "2020-01-01", "--before", "2999-01-01T00:00:00+02:00"], [1, 2, 3]),
        (["--before", "2020-01-01"], []),
        (["--who", "an"], []),
    ],
)
def test_the_audit_log_is_filtered(changed: Path, options: list[str], numbers: list[int]) -> None:
    found = run("audit", "--json", *options)
    assert [json.loads(line)["number"] for line in found.stdout.splitlines()] == numbers
    assert found.exit_code == (0 if numbers else 3)


@pytest.mark.parametrize("options", [["--after", "yesterday"], ["--action", "deleted"], ["--way", "post"]])
def test_a_filter_that_makes_no_sense_is_wrong_usage(changed: Path, options: list[str]) -> None:
    assert run("audit", *options).exit_code == 2


def test_an_archive_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "none"))
    assert run("audit").exit_code == 1
    assert not (tmp_path / "none").exists()


@pytest.mark.usefixtures("loaded_models")
def test_the_command_line_is_named_by_the_user_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds: Path
) -> None:
    """Not by a variable that anybody can set."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "archive"))
    monkeypatch.setenv("USER", "somebody-else")
    monkeypatch.setenv("LOGNAME", "somebody-else")
    run("add", str(next(seeds.glob("000*"))))
    (article,) = json.loads(run("list", "--json").stdout)["articles"]
    run("remove", article["id"])
    entries = [json.loads(line) for line in run("audit", "--json").stdout.splitlines()]
    assert [entry["action"] for entry in entries] == ["created", "removed"]
    assert {(entry["who"], entry["way"]) for entry in entries} == {(this_user("library").name, "command line")}
    assert this_user("library").name != "somebody-else"


def test_a_name_cannot_forge_an_entry(changed: Path) -> None:
    """The library takes any name; on the terminal it stays in its line."""
    with closing(SqliteArchive(changed / "archive.sqlite3")) as archive:
        archive.save(indexed("More."), by=Actor(name="ana\n2026-01-01T00:00:00+00:00  removed  x\x1b[2J"))
    lines = run("audit").stdout.splitlines()
    assert len(lines) == 4
    assert "\x1b" not in lines[3]
