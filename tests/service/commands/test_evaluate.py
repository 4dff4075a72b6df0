import hashlib
import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from onrecord.index.archive.lock import ArchiveLock
from onrecord.service.commands.app import app
from onrecord.service.evaluation.datasets.dataset_loader import read_dataset
from tests.program import Program

QUESTIONS = [
    {"q": "What did Putin say about the legality of a deal?", "gold": ["legally impossible"], "article": ["001"]},
    {"q": "Who is the UK foreign secretary?", "gold": ["David Lammy"]},
    {"q": "Which agency quoted Yuri Ushakov?", "articles": ["002_e37d3a62f785454b.txt"]},
    {"q": "How tall is Mount Everest?", "gold": []},
    {"q": "Nobody judges this one?"},
]
pytestmark = pytest.mark.usefixtures("loaded_models")
ASKED = 100
"""Questions of the run that is interrupted: so many that it is not done before the interrupt comes."""
SHARES = {"Finding articles", "Finding the passage", "Answering", "Refusing", "Proof"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's archive, which is not there yet; temporary archives go into the test's own cache."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "home"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def read(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def figures(report: Any) -> dict[tuple[str, str], float]:
    return {(one["group"], one["name"]): one["value"] for one in report["measures"]}


def write_lines(file: Path, *records: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def files_in(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        # SQLite leaves these behind, empty, after any reading.
        if file.is_file() and not file.name.endswith(("-shm", "-wal"))
    }


def test_a_users_questions_are_put_to_articles(home: Path, seeds: Path, tmp_path: Path) -> None:
    """A temporary archive is made, asked and removed; the user's own is not touched, not even made."""
    questions = write_lines(tmp_path / "questions.jsonl", *QUESTIONS)
    page = tmp_path / "report.html"
    report = read(run(questions, "--articles", seeds, "--report", page, "--json"))
    assert (report["form"], report["questions"], report["articles"]) == ("questions", 5, 5)
    found = figures(report)
    assert {group for group, _ in found} == {*SHARES, "Speed"}
    assert found["Answering", "answer in the first quote"] == 1.0
    assert found["Answering", "first quote of a gold article"] == 1.0
    assert found["Refusing", "unanswerable refused"] == 1.0
    assert found["Proof", "exact slices, of citations"] == 1.0
    assert found["Proof", "citation recall (ALCE)"] == found["Proof", "citation precision (ALCE)"] == 1.0
    assert found["Speed", "an answer, p50"] > 0
    counts = {(one["group"], one["name"]): one["n"] for one in report["measures"]}
    assert counts["Finding articles", "nDCG@10"] == 2
    assert counts["Finding the passage", "recall@1"] == 2
    assert counts["Refusing", "area under risk and coverage (AURC)"] == 4
    assert list(report["risk_at_coverage"])[-1] == "1.0"
    assert not home.exists()
    assert list((tmp_path / "cache").rglob("*.jsonl")) == []

    shown = page.read_text(encoding="utf-8")
    assert "When it is sure, is it right?" in shown
    assert "answer in the first quote" in shown
    # One file: it loads nothing, and runs nothing.
    assert "<script" not in shown
    assert "src=" not in shown


def test_the_users_archive_is_asked_and_stays_as_it_is(home: Path, filled_home: Path, tmp_path: Path) -> None:
    """Without articles a copy answers, also while the archive is in use; not a byte of its folder is another."""
    shutil.copytree(filled_home, home)
    owner = ArchiveLock(home)
    before = files_in(home)
    result = run(write_lines(tmp_path / "questions.jsonl", *QUESTIONS[:2]))
    assert result.exit_code == 0, result.stderr
    assert "2 questions, 2 answerable, put to 5 articles" in result.stdout
    assert "answer in the first quote" in result.stdout
    assert files_in(home) == before
    owner.release()


@pytest.mark.slow
def test_beir_and_squad_bring_their_articles(home: Path, tmp_path: Path) -> None:
    """Each form with a set of its own, from files as people have them to the figures."""
    beir = tmp_path / "beir"
    write_lines(
        beir / "corpus.jsonl",
        {"_id": 1, "title": "Harbour", "text": "The harbour of Lisbon opened in 1887, the port said."},
        {"_id": 2, "title": None, "text": "Cats sleep most of the day, the keeper told visitors."},
        {"_id": 3, "title": "Birds", "text": "Storks fly to the south in autumn."},
    )
    write_lines(
        beir / "queries.jsonl", {"_id": 7, "text": "When did the harbour open?"}, {"_id": 8, "text": "What do cats do?"}
    )
    (beir / "qrels.tsv").write_text("7\t1\t1\n8\t2\t2\n8\t99\t1\n")
    found = figures(read(run(beir, "--json")))
    assert found["Finding articles", "recall@1"] == pytest.approx((1 + 1 / 2) / 2)
    assert found["Finding articles", "MRR@10"] == 1.0
    assert ("Finding the passage", "recall@1") not in found

    paragraphs = [
        {
            "context": "The harbour of Lisbon opened in 1887, the port said.",
            "qas": [
                {"id": "a", "question": "When did the harbour of Lisbon open?", "answers": [{"text": "1887"}]},
                {"id": "b", "question": "Who painted the ceiling of the opera?", "answers": [], "is_impossible": True},
            ],
        }
    ]
    squad = tmp_path / "squad.json"
    squad.write_text(json.dumps({"data": [{"title": "Lisbon", "paragraphs": paragraphs}]}))
    found = figures(read(run(squad, "--json")))
    assert found["Finding the passage", "recall@1"] == 1.0
    assert found["Answering", "answer in the first quote"] == 1.0
    assert found["Refusing", "unanswerable refused"] == 1.0


@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_it_was(
    home: Path, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C leaves what was answered; the same command asks only the rest, and one of other settings is refused."""
    # The reader would only take time, and so would two threads that wait for each other.
    monkeypatch.setenv("ONRECORD_READER", "none")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    asked = [{"id": str(number), "q": f"What did Putin say in {number}?", "gold": []} for number in range(ASKED)]
    questions = write_lines(tmp_path / "questions.jsonl", *asked)
    folder = tmp_path / "kept"
    arguments = ["eval", str(questions), "--articles", str(seeds), "--folder", str(folder)]
    answers = folder / "answers.jsonl"
    process = Program(*arguments)
    try:
        while process.poll() is None and not (answers.exists() and answers.read_bytes().count(b"\n") >= 3):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    finally:
        process.kill()
    assert process.returncode == 130
    assert f"onrecord: Interrupted; the same command goes on where it was, from {folder}." in errors
    kept = answers.read_text().splitlines()
    assert 3 <= len(kept) < ASKED
    # As if the power had gone in the middle of a line.
    answers.write_text("\n".join(kept) + '\n{"id": "cut')

    report = read(CliRunner().invoke(app, [*arguments, "--json"]))
    assert report["questions"] == ASKED
    lines = answers.read_text().splitlines()
    assert lines[: len(kept)] == kept
    assert [json.loads(line)["id"] for line in lines] == [str(n) for n in range(ASKED)]

    other = CliRunner().invoke(app, [*arguments, "--limit", "3"])
    assert (other.exit_code, "holds a run of other questions, articles or settings" in other.stderr) == (1, True)
    # A finished run is reported again, whole or in part, without asking.
    again = read(CliRunner().invoke(app, [*arguments, "--sample", "10", "--json"]))
    assert again["questions"] == 10
    assert answers.read_text().splitlines() == lines


def test_a_sample_is_drawn_by_the_seed(home: Path, tmp_path: Path) -> None:
    """The same seed draws the same questions, another one others; more than there are is all of them."""
    data = read_dataset(write_lines(tmp_path / "q.jsonl", *({"q": f"{n}?", "gold": []} for n in range(50))))
    one, again, other = (data.sample(10, seed) for seed in (7, 7, 8))
    assert one == again
    assert one.questions != other.questions
    assert len(one.questions) == 10
    assert data.sample(51, 7) == data


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["none.jsonl"], 1, "none.jsonl: no such file or folder."),
        (["questions.jsonl"], 1, "There is no archive"),
        (["questions.jsonl", "--articles", "nowhere"], 1, "nowhere: no such file or folder."),
        (["questions.jsonl", "--articles", "bad.txt"], 1, "bad.txt: byte 0xFF"),
        (["beir", "--articles", "questions.jsonl"], 1, "beir brings its own articles; leave --articles out."),
        (["questions.jsonl", "--articles", "good.txt", "--folder", "full"], 1, "full holds something else;"),
        (["missing.jsonl", "--articles", "good.txt"], 1, "None of the gold articles, as '777', is in the archive."),
        (["questions.jsonl", "--report", "no/such/folder.html"], 2, "cannot be written"),
        (["questions.jsonl", "--limit", "0"], 2, "--limit"),
    ],
)
def test_a_mistake_is_one_line(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    """What a user can mend is one line and exit code 1, a wrong call is 2; no archive is made of it."""
    monkeypatch.chdir(tmp_path)
    write_lines(Path("questions.jsonl"), *QUESTIONS[1:2])
    write_lines(Path("missing.jsonl"), {"q": "Who?", "articles": ["777"]})
    Path("good.txt").write_text("Harbour\n\nThe harbour opens in May.")
    Path("bad.txt").write_bytes(b"caf\xff")
    write_lines(Path("beir/corpus.jsonl"), {"_id": "1", "text": "A text."})
    write_lines(Path("beir/queries.jsonl"), {"_id": "1", "text": "A query"})
    Path("beir/qrels.tsv").write_text("1\t1\t1\n")
    write_lines(Path("full/mine.txt"), "mine")
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert says in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr
    assert not home.exists()
    assert list(tmp_path.glob("cache/onrecord/eval/*")) == []
    assert Path("full/mine.txt").exists()
