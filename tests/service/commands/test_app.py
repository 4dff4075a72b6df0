import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from onrecord.service import __version__
from onrecord.service.commands.app import app
from onrecord.service.library import open_archive
from onrecord.service.schemas.answers import AnswerOut

pytestmark = pytest.mark.usefixtures("loaded_models")

EMPTY = "The archive is empty, so it answers no question; add articles to it.\n"
HARBOUR = "Harbour to open in May\n\nThe new harbour will open in May, Mayor Ana Reis said on Monday."


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line's archive: a folder that is not there yet."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "archive"))
    return tmp_path / "archive"


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def read(result: Result) -> Any:
    return json.loads(result.stdout)


def test_an_archive_is_filled_asked_listed_and_emptied(archive: Path, seeds: Path) -> None:
    """The commands together: add, add again, ask, search, list, status, remove."""
    added = run("add", str(seeds), "--json")
    assert (added.exit_code, [article["status"] for article in read(added)["articles"]]) == (0, ["created"] * 5)
    assert run("add", str(seeds)).stdout == "5 unchanged.\n"
    assert run("add", "--if-empty", str(seeds)).stdout == ""

    asked = run("ask", "what did Putin say about legality?", "--json")
    answer = read(asked)
    assert (asked.exit_code, answer["status"]) == (0, "answered")
    first = answer["citations"][0]
    text = (seeds / first["source_name"]).read_bytes().decode()
    assert text[first["start"] : first["end"]] == first["quote"]
    assert "legally impossible" in first["quote"]

    found = read(run("search", "Budapest Memorandum", "--limit", "1", "--json"))["passages"]
    assert "Budapest Memorandum" in found[0]["text"]

    listed = read(run("list", "--json"))["articles"]
    assert len(listed) == 5
    status = read(run("status", "--json"))
    assert (status["articles"], status["in_use_by"], status["embedder"]) == (5, None, "all-MiniLM-L6-v2")

    assert run("remove", listed[0]["id"]).stdout == f"Removed {listed[0]['id']}  {listed[0]['title']}\n"
    assert len(read(run("list", "--json"))["articles"]) == 4


def test_an_answer_is_shown_as_a_person_reads_it(archive: Path, tmp_path: Path) -> None:
    """In a terminal an answer is the quote, in quotation marks, and where it stands."""
    (tmp_path / "harbour.txt").write_text(HARBOUR)
    run("add", str(tmp_path / "harbour.txt"))
    shown = run("ask", stdin="When will the new harbour open?\n")
    assert shown.exit_code == 0
    assert "[1] “The new harbour will open in May, Mayor Ana Reis said on Monday.”" in " ".join(shown.stdout.split())
    assert "— Ana Reis · Harbour to open in May · harbour.txt · " in shown.stdout


def test_a_question_without_an_answer_has_an_exit_code_of_its_own(archive: Path) -> None:
    """A script can tell "not answered" (3) from "went wrong" (1) and "wrongly called" (2)."""
    abstained = run("ask", "How tall is Mount Everest?")
    assert (abstained.exit_code, abstained.stdout) == (3, EMPTY)
    assert run("search", "anything").exit_code == 3
    assert not archive.exists()
    assert run("ask", " ").exit_code == 2
    assert run("ask", "x" * 2001).exit_code == 2
    assert run("ask", "why?", "--after", "yesterday").exit_code == 2


def test_standard_input_is_an_article(archive: Path) -> None:
    """`onrecord add -` reads one article from a pipe, as the bytes it is."""
    assert run("add", "-", stdin=HARBOUR.encode()).stdout == "1 created.\n"
    assert run("add", "-", stdin=b"\xff\xfe\x00").exit_code == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("photo.txt", b"\x89PNG\x00\x00", "photo.txt: this is a binary file or UTF-16, not UTF-8 text."),
        ("empty.txt", b"", "empty.txt: The text is empty; an article needs at least one word."),
        ("latin.txt", "Größe".encode("latin-1"), "latin.txt: byte 0xF6 at position 2 is not utf-8."),
        ("large.txt", b"word " * 10_000_000, "large.txt: larger than 4 MB, the limit for one article"),
        ("broken.jsonl", b'{"text": "A text."}\n{"text": ', "broken.jsonl, line 2: no JSON"),
    ],
)
def test_what_cannot_be_added_is_one_line_and_the_rest_is_added(
    archive: Path, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    """A bad file is named in one line with exit code 1; the good ones of the same call are kept."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "good.txt").write_text(HARBOUR)
    (folder / name).write_bytes(content)
    result = run("add", str(folder))
    assert result.exit_code == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("onrecord: ")]
    assert len(errors) == 1
    assert says in errors[0]
    assert "good.txt" in [article["source_name"] for article in read(run("list", "--json"))["articles"]]


def test_bad_lines_are_named_and_counted_by_reason_and_the_rest_goes_in(archive: Path, tmp_path: Path) -> None:
    """Links that leave the folder are named with them, and files with other endings are counted."""
    folder = tmp_path / "articles"
    folder.mkdir()
    lines = [f'{{"text": "The pier in Good{n} fell."}}' for n in range(4)]
    bad = ['{"text":"x","body":"y"}', '["list"]', "null", '{"title": "B", "text": "trunc']
    file = folder / "a.jsonl"
    file.write_text("\n".join([lines[0], bad[0], lines[1], *bad[1:], lines[2], "", lines[3]]))
    (folder / "passwd.txt").symlink_to("/etc/passwd")
    (folder / "picture.jpg").write_bytes(b"x")
    result = run("add", str(folder))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "4 created, 5 refused (no object: 2, link out of the folder: 1, unknown field: 1, no JSON: 1).",
        "Files not read: 1 .jpg.",
    ]
    errors = [line for line in result.stderr.splitlines() if line.startswith("onrecord: ")]
    assert [line.partition(": ")[2].partition(": ")[0] for line in errors] == [
        f"{folder}/passwd.txt",
        *(f"{file}, line {number}" for number in (2, 4, 5, 6)),
    ]
    again = read(run("add", str(folder), "--json"))
    assert [one["status"] for one in again["articles"]] == ["unchanged"] * 4
    assert again["refused"] == {"link out of the folder": 1, "unknown field": 1, "no object": 2, "no JSON": 1}
    assert (len(again["errors"]), again["not_read"]) == (5, {".jpg": 1})


def test_other_encodings_are_read_when_named(archive: Path, tmp_path: Path) -> None:
    """A file in another encoding is added when the encoding is named."""
    (tmp_path / "latin.txt").write_bytes("Größe\n\nEin Satz über Größe.".encode("latin-1"))
    assert run("add", "--encoding", "latin-1", str(tmp_path / "latin.txt")).stdout == "1 created.\n"


def test_two_files_of_one_name_are_not_taken_for_revisions(archive: Path, tmp_path: Path) -> None:
    """Two files that would get the same source name are refused, so that neither replaces the other."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(HARBOUR)
    result = run("add", str(tmp_path / "a" / "x.txt"), str(tmp_path / "b" / "x.txt"))
    assert result.exit_code == 1
    assert "Two of the files have the source name 'x.txt'" in result.stderr
    assert not archive.exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "nowhere.txt"], "nowhere.txt: no such file or folder."),
        (["remove", "none"], "is empty; add articles, or name another with ONRECORD_HOME."),
    ],
)
def test_an_error_is_one_line(archive: Path, arguments: list[str], says: str) -> None:
    """An error a user can mend is one line on stderr, without a traceback."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr
    assert result.stderr.strip().count("\n") == 0


@pytest.mark.parametrize(
    ("arguments", "code", "printed", "as_json"),
    [
        (["ask", "why?"], 3, EMPTY, None),
        (["search", "harbour"], 3, "", {"passages": []}),
        (["quotations"], 3, "", {"quotations": []}),
        (["list"], 0, "", {"articles": []}),
    ],
)
def test_an_archive_without_articles_says_so_with_the_way_out(
    archive: Path, arguments: list[str], code: int, printed: str, as_json: object
) -> None:
    """A wrong ONRECORD_HOME is told on stderr, whatever is printed; no archive is made there."""
    says = f"onrecord: The archive {archive} is empty; add articles, or name another with ONRECORD_HOME.\n"
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (code, printed, says)
    result = run(*arguments, "--json")
    assert (result.exit_code, result.stderr) == (code, says)
    assert as_json is None or read(result) == as_json
    assert not archive.exists()


def test_an_empty_archive_abstains_as_the_answerer_does(archive: Path) -> None:
    """The JSON of an abstention is the same whether the archive has no articles or is not there."""
    with open_archive() as opened:
        answer = AnswerOut.from_answer(opened.ask("How tall is Mount Everest?"), id="x").model_dump()
    for _ in ("empty", "absent"):
        asked = read(run("ask", "How tall is Mount Everest?", "--json"))
        assert {**asked, "id": "x", "timings_ms": None} == {**answer, "timings_ms": None}
        shutil.rmtree(archive, ignore_errors=True)


def test_nothing_found_is_said(archive: Path, tmp_path: Path) -> None:
    """Where the archive has articles and none is meant, stderr says what was not found, and what is near to it."""
    (tmp_path / "harbour.txt").write_text(HARBOUR)
    (tmp_path / "empty.txt").write_text("The harbour is closed.")
    run("add", str(tmp_path / "harbour.txt"))
    (tmp_path / "coast.json").write_text(json.dumps({"text": "Fog\n\nIt was cold.", "publisher": "The Coast"}))
    run("add", str(tmp_path / "coast.json"))
    quotes_nobody = "The archive quotes nobody called"
    for arguments, code, says in [
        (["search", "harbour", "--publisher", "the cost"], 3, "no article of 'the cost'; did you mean The Coast?"),
        (["search", "harbour", "--publisher", "Xyzzy"], 3, "The archive has no article of 'Xyzzy'."),
        (["search", "harbour", "--after", "2090-01-01"], 3, "Nothing found for 'harbour'; ask in other words, or with"),
        (["quotations", "--speaker", "Anna Rais"], 3, f"{quotes_nobody} 'Anna Rais'; did you mean Ana Reis?"),
        (["quotations", "--speaker", "Riess"], 3, f"{quotes_nobody} 'Riess'; did you mean Ana Reis?"),
        (["quotations", "--speaker", "Xyzzy"], 3, f"{quotes_nobody} 'Xyzzy'."),
        (["quotations", "--kind", "mixed"], 3, "Nothing found; ask with fewer conditions."),
        (["quotations", str(tmp_path / "empty.txt")], 3, "empty.txt quotes nobody."),
        (["list", "nothing"], 0, "Nothing found for 'nothing'"),
    ]:
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (code, "")
        assert result.stderr.startswith("onrecord: ")
        assert says in result.stderr
        assert result.stderr.count("\n") == 1
    asked = run("ask", "How tall is Mount Everest?", "--speaker", "Riess")
    assert (asked.exit_code, "did you mean Ana Reis?" in asked.stderr) == (3, True)
    assert "Nothing found for 'How tall is Mount Everest?'" in run("ask", "How tall is Mount Everest?").stderr


LONG = "The new harbour, " + "which the city has long waited for, " * 8 + "will open in May, Mayor Ana Reis said."


@pytest.mark.usefixtures("loaded_models")
@pytest.mark.parametrize("columns", [None, 60])
def test_lines_are_wrapped_for_a_terminal_alone(
    archive: Path, monkeypatch: pytest.MonkeyPatch, columns: int | None
) -> None:
    """A program that reads from a pipe gets each quote in one line; a person gets lines that fit the window."""
    size = os.terminal_size((columns, 24)) if columns else None
    monkeypatch.setattr(shutil, "get_terminal_size", lambda fallback: size or os.terminal_size(fallback))
    run("add", "-", stdin=f"Harbour to open\n\n{LONG}".encode())
    for arguments in (["ask", "When will the new harbour open?"], ["search", "harbour"], ["quotations"]):
        lines = run(*arguments).stdout.splitlines()
        assert (max(map(len, lines)) <= 60) is bool(columns), arguments


def test_a_shell_completes_commands_and_options() -> None:
    """What the script of a shell calls answers with the commands and options that can follow."""
    command = [sys.executable, "-m", "onrecord"]
    for words, offered in [("onrecord quot", "quotations"), ("onrecord ask --spea", "--speaker")]:
        number = str(len(words.split()) - 1)
        environment = {**os.environ, "COMP_WORDS": words, "COMP_CWORD": number, "_ONRECORD_COMPLETE": "complete_bash"}
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert done.stdout.split() == [offered]


def test_a_wrong_id_is_known_before_the_models_are_loaded(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`onrecord remove` with an id that no article has loads nothing."""
    (tmp_path / "harbour.txt").write_text(HARBOUR)
    run("add", str(tmp_path / "harbour.txt"))
    monkeypatch.setattr("onrecord.service.wiring.load_embedder", None)
    result = run("remove", "none")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "No article 'none' in the archive" in result.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive where no folder can be is an error that names the place and the setting."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "file"))
    result = run("ask", "why?")
    assert result.exit_code == 1
    assert str(tmp_path / "file") in result.stderr
    assert "ONRECORD_HOME" in result.stderr


def test_status_of_an_archive_that_is_not_there_creates_nothing(archive: Path) -> None:
    """Looking does not make a folder."""
    assert read(run("status", "--json"))["articles"] == 0
    assert read(run("list", "--json")) == {"articles": []}
    assert not archive.exists()


def test_the_version_is_printed() -> None:
    """`onrecord --version` prints the program's name and version, and does nothing else."""
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"onrecord {__version__}\n")


@pytest.mark.parametrize("command", [["eval", "questions.jsonl"], ["calibrate"]])
def test_a_command_that_measures_names_the_extra_it_needs(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    """Without the extra `eval`, the two commands that need it say in one line how to install it."""
    monkeypatch.setattr("onrecord.service.commands.app.find_spec", lambda name: None if name == "ir_measures" else name)
    result = run(*command)
    assert result.exit_code == 1
    assert result.stderr == (
        "onrecord: This command needs ir_measures, which is not installed; pip install 'onrecord[eval]'.\n"
    )


def test_help_is_there_at_once() -> None:
    """`onrecord --help` imports no library that takes seconds, and of the service its commands alone."""
    command = [sys.executable, "-X", "importtime", "-m", "onrecord", "--help"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time")}
    assert "typer" in imported
    assert imported & {"torch", "chromadb", "numpy", "scipy", "pydantic", "fastapi", "httpx", "uvicorn"} == set()
    ours = {name for name in imported if name.startswith(("onrecord.index.", "onrecord.service."))}
    assert {name for name in ours if not name.startswith("onrecord.service.commands")} == set()


def test_quotations_of_a_file_need_no_archive(archive: Path, seeds: Path) -> None:
    """`onrecord quotations FILE --json` prints the file's quotations with exact places and opens no archive."""
    file = seeds / "002_e37d3a62f785454b.txt"
    result = run("quotations", str(file), "--json")
    found = read(result)
    text = file.read_bytes().decode()
    assert result.exit_code == 0
    assert all(text[quotation["start"] : quotation["end"]] == quotation["text"] for quotation in found)
    (obviously,) = [quotation for quotation in found if quotation["text"].startswith("“Obviously")]
    assert obviously["speaker"] == "Marco Rubio"
    assert list(obviously) == [
        *("text", "start", "end", "kind", "cue", "cue_start", "cue_end", "speaker_mention", "speaker_start"),
        *("speaker_end", "speaker", "role", "denied", "reported_by"),
    ]
    assert not archive.exists()


@pytest.mark.parametrize("option", [["-n", "20"], ["--speaker", "Rubio"], ["--kind", "direct"]])
def test_quotations_of_a_file_are_not_chosen(archive: Path, seeds: Path, option: list[str]) -> None:
    """Each option that chooses from the archive is refused beside a file, also with its default."""
    result = run("quotations", str(seeds / "002_e37d3a62f785454b.txt"), *option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "A file's quotations are all shown" in result.stderr


def test_the_source_of_an_account_stands_after_according_to(tmp_path: Path) -> None:
    """Words that stand before a name in the article stand before it in the list."""
    (tmp_path / "a.txt").write_text("Talks\n\nAccording to Reuters, the talks end in May. Ana Reis said it is cold.")
    shown = run("quotations", str(tmp_path / "a.txt")).stdout
    assert "According to Reuters: the talks end in May" in shown
    assert "Ana Reis said: it is cold" in shown


def test_quotations_of_the_archive_are_chosen(archive: Path, tmp_path: Path) -> None:
    """Over the archive they are chosen by speaker and topic; nothing found has an exit code of its own."""
    (tmp_path / "h.txt").write_text("Harbour\n\n“It opens in May,” Mayor Ana Reis said. “It is cold,” Rui Costa said.")
    run("add", str(tmp_path / "h.txt"))
    shown = run("quotations", "--speaker", "reis")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Ana Reis (Mayor) said: “It opens in May,”")
    assert "Costa" not in shown.stdout
    assert read(run("quotations", "--about", "the opening", "--json"))["quotations"][0]["speaker"] == "Ana Reis"
    assert run("quotations", "--speaker", "nobody").exit_code == 3
    answer = read(run("ask", "What is cold?", "--speaker", "reis", "--json"))
    assert {citation["speaker"] for citation in answer["citations"]} <= {"Ana Reis"}
    assert run("search", "harbour", "--speaker", "nobody").exit_code == 3
    assert run("quotations", "--kind", "sung").exit_code == 2
