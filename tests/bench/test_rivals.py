"""Every system is asked in the same words and judged by the same rule."""

import json
import shutil
import sys
from io import StringIO
from pathlib import Path

import pytest

import bench.rivals.protocol
from bench.rivals.child import Child, ChildFailed
from bench.rivals.protocol import Quote, Reply, answer_lines
from bench.rivals.scoring import Asked, Question, is_exact, locate, score
from bench.rivals.table import COSTS, table_of
from bench.rivals.work import Sizes, read_work
from onrecord.index.values import Span

TEXT = "The harbour was opened in 1911.\n\nIt  cost forty million crowns, and nobody was asked."
TEXTS = {"harbour": TEXT}

SYSTEM = """
from pathlib import Path
from bench.rivals.protocol import Quote, Reply, serve

class Parrot:
    def __init__(self, folder, model):
        self.file = folder / "words"

    def open(self):
        print("a library that talks")
        self.words = self.file.read_text() if self.file.exists() else ""

    def index(self, articles):
        self.words = " ".join(article.text for article in articles)
        self.file.write_text(self.words)
        return len(articles)

    def ask(self, question):
        if question == "trouble?":
            raise ValueError("No.\\nIt is too long a story.")
        return Reply(quotes=(Quote(article_id="a", text=self.words),), score=0.5)

    def retrieve(self, question):
        return None

    def attempts(self):
        def dance():
            raise RuntimeError("no legs")
        return {"song": lambda: None, "dance": dance}

    def close(self):
        self.file.with_name("closed").touch()

if __name__ == "__main__":
    serve(Parrot)
"""


@pytest.fixture
def stage(tmp_path):
    """A folder from which a child may import the protocol and a system that repeats what it was told."""
    rivals = tmp_path / "bench" / "rivals"
    systems = rivals / "systems"
    systems.mkdir(parents=True)
    for package in (rivals.parent, rivals, systems):
        (package / "__init__.py").touch()
    shutil.copy(Path(bench.rivals.__file__).parent / "protocol.py", rivals)
    (systems / "parrot.py").write_text(SYSTEM, encoding="utf-8")
    return tmp_path


def test_a_system_answers_from_what_an_earlier_process_left_on_the_disk(stage):
    """It may print what it likes; failures are answers; it is closed at the end."""
    folder = stage / "archive"
    folder.mkdir()
    articles = [bench.rivals.protocol.Article(id="a", title="A", text="Good day")]
    with Child("parrot", Path(sys.executable), stage=stage, folder=folder, model=stage) as child:
        child.call("open")
        assert child.index(articles)["passages"] == 1
    assert (folder / "closed").exists()
    with Child("parrot", Path(sys.executable), stage=stage, folder=folder, model=stage) as child:
        child.call("open")
        assert child.ask("who is there?") == Reply(quotes=(Quote(article_id="a", text="Good day"),), score=0.5)
        assert child.retrieve("who is there?") is None
        with pytest.raises(ChildFailed, match=r"^ValueError: No\.$"):
            child.ask("trouble?")
        said = child.call("ask_many", questions=["one?", "trouble?", "two?"], clients=3, turns=True)
        assert (len(said["each"]), said["errors"]) == (2, {"ValueError: No.": 1})
        searched = child.call("ask_many", questions=["one?", "trouble?"], clients=1, turns=False, search=True)
        assert len(searched["each"]) == 2
        assert child.call("attempt")["failed"] == {"dance": "RuntimeError: no legs"}
        assert child.peak_mb() > 1


def test_a_system_that_ends_is_reported(stage):
    """Nothing waits for an answer that cannot come."""
    with (
        Child("nobody", Path(sys.executable), stage=stage, folder=stage, model=stage) as child,
        pytest.raises(ChildFailed, match="It ended"),
    ):
        child.call("open")


def test_an_unknown_operation_is_answered():
    """With an error, as anything else that goes wrong."""
    answers = StringIO()
    answer_lines(None, StringIO('{"op": "sing"}\n'), answers)  # type: ignore[arg-type]
    assert json.loads(answers.getvalue()) == {"error": "ValueError: Unknown operation 'sing'."}


@pytest.mark.parametrize(
    ("quote", "exact", "place"),
    [
        (Quote(article_id="harbour", text="opened in 1911", start=16, end=30), True, Span(16, 30)),
        (Quote(article_id="harbour", text="opened in 1911", start=0, end=14), False, Span(16, 30)),
        (Quote(article_id="harbour", text="opened in 1911"), False, Span(16, 30)),
        (Quote(article_id="harbour", text="1911. It cost forty"), False, Span(26, 47)),
        (Quote(article_id="harbour", text="opened in 1912"), False, None),
        (Quote(article_id="bridge", text="opened in 1911", start=16, end=30), False, None),
    ],
)
def test_only_offsets_that_a_system_gave_are_exact_but_its_words_are_looked_for(quote, exact, place):
    """White space does not count in looking; anything else does."""
    assert (is_exact(quote, TEXTS), locate(quote, TEXTS)) == (exact, place)


def asked(quote, *, refused=False, found=None, surety=None, kind="answerable"):
    """Return one answer to when the harbour was opened, or to what nobody knows."""
    known = kind == "answerable"
    question = Question(
        text="?",
        kind=kind,
        article_id="harbour" if known else None,
        spans=(Span(26, 30),) if known else (),
        answers=("1911",) if known else (),
    )
    reply = Reply(quotes=(Quote(article_id="harbour", text=quote),), refused=refused, score=surety)
    passages = Reply(quotes=(Quote(article_id="harbour", text=found),)) if found else reply
    return Asked(question=question, reply=reply, found=passages)


def test_a_refused_answer_is_wrong_unless_it_had_to_be_refused():
    """What it would have said counts only in the column that says so."""
    figures = score(
        [
            asked("The harbour was opened in 1911."),
            asked("opened in 1911", refused=True),
            asked("nobody was asked", found=TEXT),
            asked("nobody was asked"),
            asked("nobody was asked", kind="strangers", refused=True),
            asked("nobody was asked", kind="strangers"),
        ],
        TEXTS,
    )
    assert figures["first"] == figures["any"] == 0.25
    assert figures["first_unrefusing"] == 0.5
    assert figures["recall_1"] == 0.75
    assert figures["false_refusals"] == 0.25
    assert figures["refused_strangers"] == 0.5
    assert figures["exact"] is None


def test_an_answer_far_down_a_long_quote_is_not_a_first_quote():
    """But it is one if the quote is taken whole."""
    figures = score([asked("x" * 400 + " 1911")], {"harbour": "x" * 400 + " 1911"})
    assert (figures["first"], figures["first_whole"]) == (0.0, 1.0)


def test_a_threshold_is_tuned_on_other_questions_than_it_is_judged_by():
    """Scores that tell the two kinds apart refuse every stranger and hardly an answerable question."""
    apart = [asked("1911", surety=1.0 + n) for n in range(40)]
    strangers = [asked("no", surety=0.5 - n, kind="strangers") for n in range(10)]
    figures = score(apart + strangers, TEXTS)
    assert figures["tuned_refused_strangers"] == 1.0
    assert figures["tuned_false_refusals"] == pytest.approx(0.1, abs=0.1)
    alike = score([asked("1911", surety=0.0) for _ in range(40)] + strangers[:1], TEXTS)
    assert alike["tuned_false_refusals"] == 0.0
    assert "tuned_false_refusals" not in score([asked("1911")], TEXTS)


def paragraph(text, *questions):
    """Return a paragraph in SQuAD's form; a question without an answer has none."""
    return {
        "context": text,
        "qas": [
            {
                "question": question,
                "is_impossible": answer is None,
                "answers": [{"text": answer, "answer_start": text.index(answer)}] if answer else [],
            }
            for question, answer in questions
        ],
    }


@pytest.fixture
def squad(tmp_path):
    """Two topics, of which one has a question that nothing answers."""
    harbour = paragraph("It was opened in 1911.", ("When was it opened?", "1911"), ("When was it closed?", None))
    bridge = paragraph("It is made of stone.", ("Of what is it made?", "stone"))
    file = tmp_path / "set.json"
    data = [{"title": "Old_harbour", "paragraphs": [harbour]}, {"title": "Bridge", "paragraphs": [bridge]}]
    file.write_text(json.dumps({"data": data}), encoding="utf-8")
    return file


def test_an_absent_topic_is_asked_about_and_not_archived(squad):
    """Its questions have answers elsewhere, and none here."""
    work = read_work(squad, topics=["Old harbour"], absent=["Bridge"], strangers=[squad], sizes=Sizes(), seed=1)
    assert [one.title for one in work.articles] == ["Old harbour"]
    kinds = {(one.kind, one.text, one.answers) for one in work.questions}
    assert ("answerable", "When was it opened?", ("1911",)) in kinds
    assert ("absent", "Of what is it made?", ()) in kinds
    assert ("adversarial", "When was it closed?", ()) in kinds
    assert sum(one.kind == "strangers" for one in work.questions) == 3
    (answerable,) = (one for one in work.questions if one.answers)
    assert [span.of(work.texts[answerable.article_id or ""]) for span in answerable.spans] == ["1911"]
    assert work.timed(0) == ["When was it opened?"]


def test_one_article_in_six_of_a_topic_is_left_out_and_asked_about(tmp_path):
    """The rest of the topic stays, so that something near is always found."""
    paragraphs = [
        paragraph(f"Lock {n} was dug in {1800 + n}.", (f"When was lock {n} dug?", str(1800 + n))) for n in range(24)
    ]
    file = tmp_path / "set.json"
    file.write_text(json.dumps({"data": [{"title": "Canal", "paragraphs": paragraphs}]}), encoding="utf-8")
    work = read_work(file, topics=["Canal"], absent=[], strangers=[], sizes=Sizes(), seed=1)
    kinds = [one.kind for one in work.questions]
    assert (len(work.articles), kinds.count("answerable"), kinds.count("near")) == (5, 20, 4)
    assert all(one.article_id in work.texts for one in work.questions if one.answers)
    near = [one.text.split()[3] for one in work.questions if one.kind == "near"]
    assert not any(f"Lock {number} " in text for number in near for text in work.texts.values())


def test_a_topic_that_is_not_there_is_named(squad):
    """With those that are."""
    with pytest.raises(ValueError, match=r"No such topic in set\.json: Tunnel; known: Bridge, Old harbour"):
        read_work(squad, topics=["Tunnel"], absent=[], strangers=[], sizes=Sizes(), seed=1)


def test_the_table_has_ratios_and_whatever_did_not_run():
    """Ours is the measure; a system that failed has a line instead of a row."""
    median = dict.fromkeys(COSTS, 2.0)
    quality = {"first": 0.5, "exact": None}
    results = {
        "rounds": 3,
        "work": {"articles": 2, "characters": 1000, "questions": {"answerable": 3}},
        "machine": {"processor": "P", "cores": 2, "python": "3.11", "when": "2026-01-01T00:00"},
        "systems": {
            "onrecord": {
                "rounds": [{"load": 0.1}],
                "median": {**median, "search_one_p50_ms": 1.0},
                "install_mb": 100.0,
                "quality": quality,
            },
            "bare": {
                "rounds": [{"load": 0.2}],
                "median": dict.fromkeys(median, 5.0),
                "install_mb": 50.0,
                "quality": quality,
                "did_not_run": {"reader": "OSError: no weights"},
                "errors_at_eight": {"RuntimeError: Already borrowed": 4},
            },
            "txtai": {"rounds": [], "failed": "It ended."},
        },
    }
    table = table_of(results)
    assert "| onrecord | 100 | 2.0 |" in table
    assert "| MiniLM + Chroma | 50.0 (×0.5) | 5.0 (×2.5) |" in table
    assert "| its search alone |  |  |  |  |  |  | 1.0 (×0.5) |" in table
    assert "none given" in table
    assert "- MiniLM + Chroma, reader: `OSError: no weights`" in table
    assert "- MiniLM + Chroma, 4 questions of eight clients at once, so they took turns: `RuntimeError" in table
    assert "- txtai: `It ended.`" in table
    assert "| txtai |" not in table
