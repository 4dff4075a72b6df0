import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from onrecord.service.evaluation.datasets.dataset import GoldQuestion, InvalidDataset
from onrecord.service.evaluation.datasets.dataset_loader import read_dataset


def lines(*records: Any, ends: str = "\n") -> bytes:
    return ends.join(json.dumps(record) for record in records).encode() + ends.encode()


def write(file: Path, content: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


QUESTION = {"question": "When does the harbour open?", "gold": ["May"]}
SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "The_harbour",
            "paragraphs": [
                {
                    "context": "It opens in May.",
                    "qas": [
                        {"id": "a", "question": "When?", "answers": [{"text": "May", "answer_start": 12}] * 2},
                        {
                            "id": 7,
                            "question": "Who?",
                            "answers": [],
                            "plausible_answers": [{"text": "May", "answer_start": 12}],
                            "is_impossible": True,
                        },
                    ],
                },
                {"context": "It is cold.", "qas": [{"question": " ", "answers": None}]},
            ],
        }
    ],
}


def test_a_users_questions_have_words_articles_or_no_answer(tmp_path):
    """Every way to write gold words and gold articles; blank ones are left out, and what nobody judges is asked."""
    file = write(
        tmp_path / "questions.jsonl",
        lines(
            {"q": "One?", "gold": ["May", "June", "May"], "article": ["001"]},
            {"question": "Two?", "answers": [{"text": "7", "answer_start": 3}], "id": 12},
            {"query": "Three?", "answer": 1887, "id": 12},
            {"question": "Four?", "articles": "harbour.txt"},
            {"question": "Five?", "gold": []},
            {"question": "Six?", "answers": None},
            {"question": "Seven?", "gold": ["May"], "is_impossible": True},
            {"question": "Eight?"},
            {"question": ""},
        ),
    )
    found = read_dataset(file)
    assert (found.name, found.form, found.corpus) == ("questions.jsonl", "questions", None)
    assert found.questions == (
        GoldQuestion(id="1", text="One?", answerable=True, words=("May", "June"), articles={"001": 1}),
        GoldQuestion(id="12", text="Two?", answerable=True, words=("7",)),
        GoldQuestion(id="12~2", text="Three?", answerable=True, words=("1887",)),
        GoldQuestion(id="4", text="Four?", answerable=True, articles={"harbour.txt": 1}),
        GoldQuestion(id="5", text="Five?", answerable=False),
        GoldQuestion(id="6", text="Six?", answerable=False),
        GoldQuestion(id="7", text="Seven?", answerable=False),
        GoldQuestion(id="8", text="Eight?", answerable=None),
    )
    assert len(found.notes) == 2


@pytest.mark.parametrize(
    "content",
    [
        lines(QUESTION),
        b"\xef\xbb\xbf" + lines(QUESTION, ends="\r\n") + b"\r\n\r\n",
        gzip.compress(lines(QUESTION), mtime=0),
        json.dumps([QUESTION]).encode(),
        json.dumps([QUESTION], indent=2).encode(),
        json.dumps(QUESTION, indent=2).encode(),
        json.dumps({"questions": [QUESTION]}).encode(),
        '{"question": "When does the harbour open?", "gold": ["May"], "note": "\u2028\x85"}'.encode(),
    ],
    ids=["lines", "BOM and CRLF", "gzip", "list", "list over lines", "one over lines", "within", "line separators"],
)
def test_questions_are_known_by_what_the_file_holds(tmp_path, content):
    """Neither the file's ending nor its line ends count."""
    (question,) = read_dataset(write(tmp_path / "any.name", content)).questions
    assert question == GoldQuestion(id="1", text="When does the harbour open?", answerable=True, words=("May",))


def test_questions_may_bring_their_text_along(tmp_path):
    """A text in `context` is an article, once; whether it answers is what the gold words say."""
    text = "The harbour opens in May."
    file = write(
        tmp_path / "q.jsonl",
        lines(
            {
                "question": "When?",
                "context": text,
                "title": "Harbour",
                "answers": {"text": ["May"], "answer_start": [21]},
            },
            {"question": "Who?", "context": text, "answers": {"text": [], "answer_start": []}},
        ),
    )
    found = read_dataset(file)
    assert found.corpus is not None
    (draft,) = found.corpus.drafts()
    assert (draft.text, draft.title) == (text, "Harbour")
    assert [q.answerable for q in found.questions] == [True, False]
    assert found.questions[0].articles == {draft.source_name: 1}


@pytest.mark.parametrize("packed", [False, True])
def test_squads_paragraphs_are_articles(tmp_path, packed):
    """1.1 and 2.0, plain or packed: a paragraph is an article, a question without an answer is unanswerable."""
    content = json.dumps(SQUAD).encode()
    found = read_dataset(write(tmp_path / "set", gzip.compress(content) if packed else content))
    assert found.form == "SQuAD"
    assert found.questions == (
        GoldQuestion(id="a", text="When?", answerable=True, words=("May",), articles={"The harbour#1": 1}),
        GoldQuestion(id="7", text="Who?", answerable=False),
    )
    assert found.corpus is not None
    drafts = list(found.corpus.drafts())
    assert [(d.source_name, d.title, d.text) for d in drafts] == [
        ("The harbour#1", "The harbour", "It opens in May."),
        ("The harbour#2", "The harbour", "It is cold."),
    ]
    assert "A paragraph makes one article." in found.notes


@pytest.mark.parametrize("together", [0, 2])
def test_squads_paragraphs_may_make_longer_articles(tmp_path, together):
    """Several of a topic's paragraphs, or all, make one article."""
    found = read_dataset(write(tmp_path / "set.json", json.dumps(SQUAD, indent=1).encode()), together=together)
    assert found.corpus is not None
    assert [draft.text for draft in found.corpus.drafts()] == ["It opens in May.\n\nIt is cold."]


CORPUS = lines(
    {"_id": 1, "title": None, "text": "The harbour opens in May."},
    {"_id": "2", "title": "Cats", "text": "Cats\u0000 sleep \ud800.", "metadata": {}},
    {"_id": "3", "title": "Only a title", "text": ""},
    {"_id": "4", "title": "", "text": " "},
    {"_id": "2", "title": "Again", "text": "Another."},
    ends="\r\n",
)
QUERIES = lines(
    *({"_id": 10 + number, "text": text} for number, text in enumerate(["harbour", "cats", "dogs", "nothing", ""]))
)
TEST = b"query-id\tcorpus-id\tscore\r\n10\t1\t2\r\n11\t2\t1\r\n11\t1\t0\r\n11\t99\t1\r\n12\t1\t0\r\n77\t1\t1\r\n"


def test_a_beir_folder_has_corpus_queries_and_judgements(tmp_path):
    """Ids as numbers, missing titles, texts that no article may hold, twice the same id: read, or left out and said."""
    write(tmp_path / "set" / "corpus.jsonl.gz", gzip.compress(b"\xef\xbb\xbf" + CORPUS))
    write(tmp_path / "set" / "queries.jsonl", QUERIES)
    write(tmp_path / "set" / "qrels" / "test.tsv", TEST)
    write(tmp_path / "set" / "qrels" / "train.tsv", b"13\t1\t1\n")
    found = read_dataset(tmp_path / "set")
    assert (found.name, found.form) == ("set", "BEIR")
    assert found.questions == (
        GoldQuestion(id="10", text="harbour", answerable=True, articles={"1": 2}),
        GoldQuestion(id="11", text="cats", answerable=True, articles={"2": 1, "1": 0, "99": 1}),
        GoldQuestion(id="12", text="dogs", answerable=False),
    )
    assert found.corpus is not None
    drafts = list(found.corpus.drafts())
    assert found.corpus.count == len(drafts) == 3
    assert [(d.source_name, d.title, d.text) for d in drafts] == [
        ("1", None, "The harbour opens in May."),
        ("2", "Cats", "Cats  sleep  ."),
        ("3", None, "Only a title"),
    ]
    assert any("'99'" in note for note in found.notes)
    assert [question.id for question in read_dataset(tmp_path / "set", split="train").questions] == ["13"]
    # A folder within a folder, as archives unpack, and a file of it, are the same set.
    assert read_dataset(tmp_path).sha256 == read_dataset(tmp_path / "set" / "queries.jsonl").sha256 == found.sha256


@pytest.mark.parametrize(
    "qrels", [b"10\t1\t1\n", b"10 0 1 1\n", b"query-id\tcorpus-id\tscore\n10\t1\t1.0\n", b"\xef\xbb\xbf10\t0\t1\t1\r\n"]
)
def test_judgements_may_have_a_header_or_none_and_three_columns_or_four(tmp_path, qrels):
    """BEIR's qrels and TREC's say the same."""
    write(tmp_path / "corpus.jsonl", CORPUS)
    write(tmp_path / "queries.jsonl", QUERIES)
    write(tmp_path / "qrels.tsv", qrels)
    (question,) = read_dataset(tmp_path).questions
    assert (question.id, question.articles) == ("10", {"1": 1})


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.jsonl", None, "none.jsonl: no such file or folder."),
        ("empty.jsonl", b" \n", "empty.jsonl: it is empty."),
        (
            "cut.jsonl",
            b'{"q": "a?", "gold": []}\n{"q": \n',
            "cut.jsonl, line 2: no JSON (Expecting value at",
        ),
        ("bad.json", b'{"data": [}', "bad.json: no JSON (Expecting value at character 11)."),
        ("latin.jsonl", '{"q": "Wo?"}\n{"q": "Größe?"}'.encode("latin-1"), "is not UTF-8. Convert it to UTF-8."),
        (
            "prose.txt",
            b"This is no JSON.\nNor this.",
            "prose.txt: no set of questions; known forms: ",
        ),
        ("articles.jsonl", lines({"text": "One."}, {"text": "Two."}), "articles.jsonl, line 1: no question;"),
        ("numbers.jsonl", b"1\n2\n", "numbers.jsonl, line 1: not a JSON object."),
        ("blank.jsonl", lines({"q": " "}), "blank.jsonl: no question in it;"),
        (
            "cut.json.gz",
            gzip.compress(lines(*[QUESTION] * 50), mtime=0)[:40],
            "cut.json.gz: Compressed file ended before",
        ),
        ("folder/x.txt", b"text", "no set of questions in this folder;"),
        ("set/corpus.jsonl", CORPUS, "no judgements, neither qrels.tsv nor qrels/test.tsv."),
        ("set/qrels.tsv", b"10\t1\n", "qrels.tsv, line 1: 2 columns;"),
        ("set/qrels.tsv", b"q\tc\ts\n10\t1\tgood\n", "qrels.tsv, line 2: the grade 'good' is no number."),
        ("set/qrels.tsv", b"77\t1\t1\n", "none of the 1 queries that are judged is in queries.jsonl."),
        ("set/qrels/dev.tsv", b"10\t1\t1\n", "no judgements qrels/test.tsv; there are dev."),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path, name, content, says):
    """One line that names file and place."""
    file = tmp_path / name
    if content is not None:
        write(file, content)
    if name.startswith("set/"):
        write(tmp_path / "set" / "corpus.jsonl", CORPUS)
        write(tmp_path / "set" / "queries.jsonl", QUERIES)
    path = tmp_path / name.partition("/")[0]
    with pytest.raises(InvalidDataset) as caught:
        read_dataset(path, split="test" if "dev" in name else None)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
