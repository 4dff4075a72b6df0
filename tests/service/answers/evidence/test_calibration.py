"""`onrecord calibrate`: questions from the archive or a file, a report, and a calibration the service then uses."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from onrecord.index.archive.archive import SqliteArchive
from onrecord.index.articles.files import find_files, read_file
from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Filters
from onrecord.service.answers.evidence.calibration import (
    Calibration,
    own_calibration,
    say_calibration,
    store_calibration,
)
from onrecord.service.commands.cli import app
from onrecord.service.evaluation.calibrating.own_questions import QuestionMaker
from onrecord.service.evaluation.calibrating.probes import InvalidQuestions, read_probes
from onrecord.service.evaluation.calibrating.report import (
    CannotCalibrate,
    Outcome,
    Report,
    ask_all,
    report_on_own,
    report_on_peoples,
)
from onrecord.service.settings import Settings
from onrecord.service.wiring import archive_file, open_parts, open_reading

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


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, seeds: Path) -> Path:
    """An archive of the five seed articles, closed in order; copied, never opened."""
    home = tmp_path_factory.mktemp("calibrated") / "archive"
    with open_parts(Settings(home=home, reader="none"), embedder=embedder) as parts:
        drafts = (draft for path, name in find_files([seeds]) for draft in read_file(path, source_name=name))
        assert len(list(parts.indexer.add(drafts))) == 5
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder) -> Path:
    """The command line's archive, filled; the model is the tests' own, so that it is loaded once."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "archive"))
    monkeypatch.setattr("onrecord.service.wiring.load_embedder", lambda name: embedder)
    return Path(shutil.copytree(filled, tmp_path / "archive"))


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
        store_calibration(archive, wrong, reader=True, people=people, questions=1, figures={})


def some(*, right: int, wrong: int, answerable: bool = False, good: float = 0.9, bad: float = 0.1) -> list[Outcome]:
    """Return outcomes whose confidences lie a little around the given ones."""
    rights = [
        Outcome(group=i, answerable=True, answered=True, right=True, confidence=good + (i % 9 - 4) / 100)
        for i in range(right)
    ]
    return rights + [
        Outcome(group=right + i, answerable=answerable, answered=True, right=False, confidence=bad + (i % 9 - 4) / 100)
        for i in range(wrong)
    ]


def test_a_wrong_calibration_is_mended(home: Path, questions: Path, embedder: Embedder, tmp_path: Path) -> None:
    """What refuses everything answers again after --apply, a back-up carries it, and --reset takes it away."""

    def answered() -> int:
        with open_parts(Settings(home=home), embedder=embedder) as parts:
            return sum(parts.answerer.answer(q, limit=1).status == "answered" for q in ANSWERABLE)

    spoil(home)
    assert answered() == 0
    report = read(run("calibrate", str(questions), "--apply", "--json", "--report", str(tmp_path / "risk.svg")))
    assert report["applied"]
    assert (tmp_path / "risk.svg").read_text().startswith("<svg")
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
        assert own_calibration(parts.archive, reader=False) is None
        assert own_calibration(parts.archive, reader=True) == Calibration(slope=0.5, shift=-4.0, threshold=0.999)
        assert "with other models and is not used" in say_calibration(parts.archive, reader=False)
        assert parts.answerer.answer("Who leads the Russian delegation?", limit=1).status == "answered"
        parts.archive.set_fact("calibration", '{"slope": 1}')
        assert say_calibration(parts.archive, reader=True) == "as shipped; the archive's own cannot be read"
        assert own_calibration(parts.archive, reader=True) is None
    assert "made with other models" in caplog.text


def test_questions_of_the_archive_are_the_same_each_time(home: Path, embedder: Embedder) -> None:
    """By their seed; most are answered rightly, and their variants have no right answer left."""
    with open_reading(Settings(home=home, reader="none"), embedder=embedder) as parts:
        maker = QuestionMaker(archive=parts.archive, retriever=parts.retriever, speakers=parts.speakers)

        def made(seed: int) -> list[tuple[str, Filters | None]]:
            return [(probe.text, probe.filters) for variants in maker.make(count=12, seed=seed) for probe in variants]

        first = made(1)
        assert first == made(1) != made(2)
        assert len({text for text, _ in first}) >= 12
        outcomes = list(ask_all(parts.answerer, (p for v in maker.make(count=12, seed=1) for p in v)))
        assert sum(outcome.right for outcome in outcomes) >= 7
        assert sum(not outcome.answerable for outcome in outcomes) >= 6
        assert not any(outcome.right for outcome in outcomes if not outcome.answerable)


def test_it_works_beside_a_service(home: Path, questions: Path, embedder: Embedder) -> None:
    """Another owner does not hinder it, nothing is written without --apply, and then the owner is named."""
    with open_parts(Settings(home=home, reader="none"), embedder=embedder):
        shown = run("calibrate", str(questions))
        assert shown.exit_code == 0, shown.output
        assert "Nothing was changed" in shown.stdout
        assert read(run("status", "--json"))["calibration"] == "as shipped"
        assert "takes it up at its next start" in run("calibrate", str(questions), "--apply").stdout


def test_articles_are_left_out_of_a_search(home: Path, embedder: Embedder) -> None:
    """By word and by meaning, with and without a vector index; an unknown id leaves out nothing."""
    with open_reading(Settings(home=home, reader="none"), embedder=embedder) as parts:
        every = parts.retriever.retrieve("Umerov in Florida", limit=50).passages
        out = every[0].article.id
        filters = Filters(without_articles=(out, "unknown"))
        rest = parts.retriever.retrieve("Umerov in Florida", limit=50, filters=filters).passages
        assert {p.id for p in rest} == {p.id for p in every if p.article.id != out}
        assert set(parts.archive.passage_ids(filters)) == {p.id for p in rest}


def test_too_little_to_go_by_is_one_line(
    home: Path, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too few questions, an empty archive or a file of something else: exit code 1 or 2, nothing written."""
    few = run("calibrate", str(questions), "--questions", "3", "--apply", "--report", str(tmp_path / "p.svg"))
    assert (few.exit_code, "Too few questions" in few.stderr) == (1, True)
    assert not (tmp_path / "p.svg").exists()
    assert read(run("status", "--json"))["calibration"] == "as shipped"
    assert run("calibrate", "--reset", "--apply").exit_code == 2
    assert run("calibrate", "--report", "p.pdf").exit_code == 2
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "nowhere"))
    empty = run("calibrate")
    assert (empty.exit_code, "is empty" in empty.stderr) == (1, True)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("line", ["no json", '{"q": "Who?"}', '{"q": "Who?", "gold": "x"}', '{"q": " ", "gold": []}'])
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    """With its number and the form that is wanted."""
    file = tmp_path / "q.jsonl"
    file.write_text('{"q": "Who?", "gold": ["x"]}\n' + line)
    with pytest.raises(InvalidQuestions, match="line 2"):
        read_probes(file)


def test_gold_may_be_an_article(home: Path, embedder: Embedder, tmp_path: Path) -> None:
    """By id or source name; another article's quote is wrong."""
    question = "Who leads the Russian delegation?"
    with open_reading(Settings(home=home, reader="none"), embedder=embedder) as parts:
        cited = parts.answerer.answer(question, limit=1).citations[0].article
        golds = ([cited.id], [cited.source_name], ["another"], [])
        file = tmp_path / "q.jsonl"
        file.write_text("".join(json.dumps({"q": question, "articles": gold}) + "\n" for gold in golds))
        outcomes = list(ask_all(parts.answerer, read_probes(file)))
    assert [(o.answerable, o.right) for o in outcomes] == [(True, True), (True, True), (True, False), (False, False)]


def test_people_who_are_answered_too_seldom_get_a_lower_threshold() -> None:
    """The suggestion parts right from wrong, and where it can it refuses no right answer at all."""
    report = report_on_peoples(some(right=60, wrong=40, good=0.3), Calibration(threshold=0.9))
    assert (report.as_now.false, report.as_now.unanswerable) == (60, 40)
    # Held out: a fifth's lowest right answer may lie below the rest's.
    assert report.as_suggested.false <= 6
    assert report.as_suggested.unanswerable == 40
    assert report.as_suggested.error < report.as_now.error


def test_questions_of_the_archive_lower_a_threshold_and_never_raise_it() -> None:
    """Down if right answers to easy questions are refused; if unanswerable ones are answered it is only said."""
    shipped = Calibration(threshold=0.3)

    def report(good: float, bad: float) -> Report:
        return report_on_own(some(right=40, wrong=40, good=good, bad=bad), shipped, shipped)

    assert report(0.9, 0.1).suggested == shipped
    assert report(0.9, 0.6).suggested == shipped
    assert "What a higher threshold would cost" in report(0.9, 0.6).reason
    assert report(0.2, 0.1).suggested.threshold < 0.2
    assert report(0.2, 0.1).as_suggested.false <= 4 < report(0.2, 0.1).as_now.false


def test_a_confidence_that_tells_nothing_is_kept() -> None:
    """Where wrong answers are the surer ones, nothing is suggested."""
    with pytest.raises(CannotCalibrate, match="does not tell right from wrong"):
        report_on_peoples(some(right=40, wrong=40, good=0.1, bad=0.9), Calibration(threshold=0.5))


def test_an_interrupt_leaves_nothing(home: Path, questions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 130, one line, no calibration."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("onrecord.service.evaluation.calibrating.report.ask_all", interrupted)
    assert run("calibrate", str(questions), "--apply").exit_code == 130
    assert read(run("status", "--json"))["calibration"] == "as shipped"
