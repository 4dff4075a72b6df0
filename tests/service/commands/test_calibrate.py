"""`onrecord calibrate`: questions from the archive or a file, a report, and a calibration the service then uses."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.text.embedder import Embedder
from onrecord.service.answers.evidence.calibration import (
    Calibration,
    own_calibration,
    say_calibration,
    store_calibration,
)
from onrecord.service.commands.app import app
from onrecord.service.settings import Settings
from onrecord.service.wiring import archive_file, open_parts, weight_files

pytestmark = pytest.mark.usefixtures("loaded_models")

ANSWERABLE = {
    "What did Putin say about the legality of a peace deal?": "legally impossible",
    "Whom did Umerov thank in public?": "publicly thanked Washington",
    "Who is the UK foreign secretary?": "David Lammy",
    "Which European leaders did Trump host in August?": "Emmanuel Macron",
    "Which agency quoted Yuri Ushakov?": "TASS",
    "Who leads the Russian delegation?": "Kirill Dmitriev",
    "How much of Ukraine does Russia control?": "one-fifth",
    "Where did Umerov meet Witkoff and Kushner?": "Shell Bay Club",
    "Who resigned as chief of staff?": "Andriy Yermak",
    "Whose golf club hosted earlier rounds?": "Witkoff",
}
UNANSWERABLE = (
    "How tall is Mount Everest?",
    "Who won the Eurovision Song Contest?",
    "What is the population of Ukraine?",
    "What is the recipe for borscht?",
    "Who discovered penicillin?",
)

WEIGHTS = weight_files(Settings(reader="small"))


@pytest.fixture
def home(filled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line's archive, filled."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "archive"))
    return Path(shutil.copytree(filled_home, tmp_path / "archive"))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A file of questions on the seeds."""
    file = tmp_path / "questions.jsonl"
    ways = ("", "Tell me: ", "One thing: ", "So, ")
    asked = [(f"{before}{q}", gold) for q, gold in ANSWERABLE.items() for before in ways]
    rows = [{"q": q, "gold": [gold]} for q, gold in asked] + [{"q": q, "gold": []} for q in UNANSWERABLE * 2]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def read(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def spoil(home: Path, *, people: bool = False) -> None:
    """Keep a calibration that refuses nearly everything."""
    wrong = Calibration(slope=0.5, shift=-4.0, threshold=0.999)
    with closing(SqliteArchive(archive_file(home))) as archive:
        store_calibration(archive, wrong, weights=WEIGHTS, people=people, questions=1, figures={})


def test_a_wrong_calibration_is_mended(home: Path, questions: Path, embedder: Embedder, tmp_path: Path) -> None:
    """What refuses everything answers again after --apply, a back-up carries it, and --reset takes it away."""

    def answered() -> int:
        with open_parts(Settings(home=home), embedder=embedder) as parts:
            return sum(parts.answerer.answer(q, limit=1).status == "answered" for q in ANSWERABLE)

    spoil(home)
    assert answered() == 0
    report = read(run("calibrate", str(questions), "--apply", "--json"))
    assert report["applied"]
    right = report["right_first_if_never_refusing"]
    assert report["now"]["right_answers_refused"] == right >= 30
    assert report["suggested"]["right_answers_refused"] <= 0.15 * right
    assert answered() >= 9
    said = read(run("status", "--json"))["calibration"]
    assert said.startswith("own, threshold ")
    assert f"with {report['questions']} questions of a file on 5 articles" in said
    run("backup", str(tmp_path / "copy"))
    assert "As shipped again." in run("calibrate", "--reset").stdout
    assert read(run("status", "--json"))["calibration"] == "as shipped"
    run("restore", str(tmp_path / "copy"), "--force")
    assert read(run("status", "--json"))["calibration"] == said
    # People's questions are better evidence than the archive's own.
    refused = run("calibrate", "--apply")
    assert (refused.exit_code, "better evidence" in refused.stderr) == (1, True)


def test_a_calibration_of_other_models_is_not_used(home: Path, embedder: Embedder, caplog: Any) -> None:
    """Without the reader it was made with, what is shipped counts, and status and log say so."""
    spoil(home)
    with open_parts(Settings(home=home, reader="none"), embedder=embedder) as parts:
        without_reader = weight_files(Settings(reader="none"))
        assert own_calibration(parts.archive, without_reader) is None
        assert own_calibration(parts.archive, WEIGHTS) == Calibration(slope=0.5, shift=-4.0, threshold=0.999)
        assert "with other models and is not used" in say_calibration(parts.archive, without_reader)
        assert parts.answerer.answer("Who leads the Russian delegation?", limit=1).status == "answered"
        parts.archive.set_fact("calibration", '{"slope": 1}')
        assert say_calibration(parts.archive, WEIGHTS) == "as shipped; the archive's own cannot be read"
        assert own_calibration(parts.archive, WEIGHTS) is None
    assert "made with other models" in caplog.text


def test_it_works_beside_a_service(
    home: Path, questions: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another owner does not hinder it, nothing is written without --apply, and then the owner is named."""
    # What is shown does not depend on the reader, which takes most of the time.
    monkeypatch.setenv("ONRECORD_READER", "none")
    with open_parts(Settings(home=home, reader="none"), embedder=embedder):
        shown = run("calibrate", str(questions))
        assert shown.exit_code == 0, shown.output
        assert "Nothing was changed" in shown.stdout
        assert read(run("status", "--json"))["calibration"] == "as shipped"
        assert "takes it up at its next start" in run("calibrate", str(questions), "--apply").stdout


def test_too_little_to_go_by_is_one_line(
    home: Path, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too few questions, an empty archive or a file of something else: exit code 1 or 2, nothing written."""
    few = run("calibrate", str(questions), "--questions", "3", "--apply")
    assert (few.exit_code, "Too few questions" in few.stderr) == (1, True)
    assert read(run("status", "--json"))["calibration"] == "as shipped"
    assert run("calibrate", "--reset", "--apply").exit_code == 2
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "nowhere"))
    empty = run("calibrate")
    assert (empty.exit_code, "is empty" in empty.stderr) == (1, True)
    assert not (tmp_path / "nowhere").exists()


def test_an_interrupt_leaves_nothing(home: Path, questions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 130, one line, no calibration."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("onrecord.service.evaluation.calibration.calibration_report.ask_all", interrupted)
    assert run("calibrate", str(questions), "--apply").exit_code == 130
    assert read(run("status", "--json"))["calibration"] == "as shipped"
