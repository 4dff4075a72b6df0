"""Questions that are put to an archive to calibrate it: a file's, and those made from the archive."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Filters
from onrecord.service.evaluation.calibration.calibration_report import ask_all
from onrecord.service.evaluation.calibration.made_questions import QuestionMaker
from onrecord.service.evaluation.calibration.probes import Probe, check_judged, probes_of
from onrecord.service.evaluation.datasets.dataset import InvalidDataset
from onrecord.service.evaluation.datasets.dataset_loader import read_dataset
from onrecord.service.settings import Settings
from onrecord.service.wiring import ReadingParts, open_reading


@pytest.fixture(scope="module")
def reading(filled_home: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingParts]:
    """The parts that read an archive of the seed articles, without a vector index, and refuse nothing."""
    home = shutil.copytree(filled_home, tmp_path_factory.mktemp("reading") / "archive")
    with open_reading(Settings(home=home, reader="none"), embedder=embedder) as parts:
        yield parts


def test_questions_of_the_archive_are_the_same_each_time(reading: ReadingParts) -> None:
    """By their seed; most are answered rightly, and their variants have no right answer left."""
    maker = QuestionMaker(archive=reading.archive, retriever=reading.retriever, speakers=reading.speakers)

    def made(seed: int) -> list[Probe]:
        return [probe for variants in maker.make(count=12, seed=seed) for probe in variants]

    def texts(probes: list[Probe]) -> list[tuple[str, Filters | None]]:
        return [(probe.text, probe.filters) for probe in probes]

    first = made(1)
    assert texts(first) == texts(made(1)) != texts(made(2))
    assert len({probe.text for probe in first}) >= 12
    trials = list(ask_all(reading.answerer, first))
    assert sum(trial.right for trial in trials) >= 7
    assert sum(not trial.answerable for trial in trials) >= 6
    assert not any(trial.right for trial in trials if not trial.answerable)


def test_articles_are_left_out_of_a_search(reading: ReadingParts) -> None:
    """By word and by meaning; an unknown id leaves out nothing."""
    every = reading.retriever.retrieve("Umerov in Florida", limit=50).passages
    out = every[0].article.id
    filters = Filters(without_articles=(out, "unknown"))
    rest = reading.retriever.retrieve("Umerov in Florida", limit=50, filters=filters).passages
    assert {p.id for p in rest} == {p.id for p in every if p.article.id != out}
    assert set(reading.archive.passages.ids(filters)) == {p.id for p in rest}


def write(file: Path, *records: object) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def test_gold_may_be_an_article(reading: ReadingParts, tmp_path: Path) -> None:
    """By id or source name; another article's quote is wrong."""
    question = "Who leads the Russian delegation?"
    cited = reading.answerer.answer(question, limit=1).citations[0].article
    golds = ([cited.id], [cited.source_name], ["another"], [])
    file = write(tmp_path / "q.jsonl", *({"q": question, "articles": gold} for gold in golds))
    trials = list(ask_all(reading.answerer, probes_of(check_judged(read_dataset(file)), reading.archive)))
    assert [(o.answerable, o.right) for o in trials] == [(True, True), (True, True), (True, False), (False, False)]


def test_gold_words_are_found_as_whole_words(reading: ReadingParts, tmp_path: Path) -> None:
    """The rule is that of `onrecord eval`: part of a word is no answer."""
    question = "Who is the UK foreign secretary?"
    file = write(tmp_path / "q.jsonl", *({"q": question, "gold": [word]} for word in ("David Lammy", "avid Lamm")))
    trials = list(ask_all(reading.answerer, probes_of(check_judged(read_dataset(file)), reading.archive)))
    assert [trial.right for trial in trials] == [True, False]


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([{"q": "Who?", "gold": ["x"]}, {"q": "Where?"}], "q.jsonl: the question 'Where?' has neither"),
        ([{"q": "Who?", "gold": ["x"], "context": "X did."}], "q.jsonl brings its own articles"),
    ],
)
def test_a_file_that_cannot_calibrate_is_named(tmp_path: Path, records: list[object], says: str) -> None:
    """A question without a known answer, and a set with articles of its own."""
    with pytest.raises(InvalidDataset, match=re.escape(says)):
        check_judged(read_dataset(write(tmp_path / "q.jsonl", *records)))
