"""The large reader ships whole, points at answers, and is replaced by the small one where its files are not there."""

import json

import pytest
from safetensors import safe_open

from onrecord.service.answers.evidence.judge import load_judge_weights
from onrecord.service.answers.evidence.readers import chosen_reader
from onrecord.service.answers.evidence.readers.chosen_reader import choose_reader
from onrecord.service.answers.evidence.readers.large_reader import large_reader_folder, load_large_reader
from onrecord.service.answers.evidence.readers.reader import ReaderError
from tests.service.answers.evidence.test_reader import SENTENCES, TEXT, best, window


@pytest.fixture(scope="module")
def large_reader():
    return load_large_reader()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who opened the harbour?", "Ana Reis"),
        ("When was the harbour opened?", "May"),
        ("How much did the harbour cost?", "40 million euros"),
        ("what did the port set taxpayers back", "40 million euros"),
        ("Since when had fishermen asked for a harbour?", "1998"),
    ],
)
def test_it_points_at_the_answer(large_reader, question, answer):
    """Of the kind that was asked for, in other words than the text's too."""
    words = best(large_reader, question, offset=5_000)
    assert answer in TEXT[words.span.start - 5_000 : words.span.end - 5_000]
    assert len(words.span) <= 2 * len(answer) + 12


def test_it_says_when_nothing_answers(large_reader):
    """What the window does not tell scores lower than what it does, though it shares as many words."""
    told = best(large_reader, "How much did the harbour cost?").score
    for question in ("How long is the harbour?", "Who is the president of France?", "How tall is Mount Everest?"):
        assert best(large_reader, question).score < min(0.0, told - 2)


def test_a_window_is_read_alone_as_it_is_among_others(large_reader):
    """Padding changes little more than the last bits."""
    together = large_reader.read("How much did it cost?", [window(), window("Nobody was there.")], [SENTENCES, []])
    (alone,) = large_reader.read("How much did it cost?", [window()], [SENTENCES])
    for one, other in zip(together[0], alone, strict=True):
        assert one.span == other.span
        assert one.score == pytest.approx(other.score, abs=0.3)


def test_it_is_the_one_that_reads_unless_another_is_named(embedder):
    """Its judge was fitted to it."""
    chosen = choose_reader("large")
    assert choose_reader("built-in").files == chosen.files
    assert {file.parent for file in chosen.files} == {large_reader_folder()}
    assert chosen.judge != choose_reader("small").judge
    weights = load_judge_weights(chosen.judge)
    assert weights.sentence[1] > 0
    assert weights.answerable[0] > 0
    assert 0 < weights.threshold < 1


def test_without_its_files_the_small_one_reads_and_says_so_once(embedder, monkeypatch, tmp_path, caplog):
    """When it is loaded, and not each time that somebody asks which one it is."""
    monkeypatch.setattr(chosen_reader, "large_reader_folder", lambda: tmp_path / "gone")
    chosen = choose_reader("large")
    assert (chosen.files, chosen.judge) == (choose_reader("small").files, choose_reader("small").judge)
    assert not caplog.messages
    assert best(chosen.load(embedder), "Who opened the harbour?").score > 0
    assert len(caplog.messages) == 1
    assert "the small reader reads" in caplog.messages[0]


@pytest.mark.parametrize("name", ["graph.onnx", "weights.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"", b"nothing of the kind"], ids=["missing", "empty", "broken"])
def test_a_file_that_is_missing_or_broken_is_an_error_with_the_way_out(tmp_path, name, content):
    """One line names the folder, and says how to do without."""
    folder = tmp_path / "large"
    folder.mkdir()
    for file in large_reader_folder().iterdir():
        if file.name != name:
            (folder / file.name).symlink_to(file)
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(ReaderError, match="ONRECORD_READER=small") as error:
        load_large_reader(folder)
    assert str(folder) in str(error.value)


def test_the_weights_say_where_they_come_from():
    """Base, data, licences and what was kept aside, in the file itself, and all files together fit into 60 MB."""
    with safe_open(str(large_reader_folder() / "weights.safetensors"), framework="np") as stored:
        about = stored.metadata()
    assert "Apache 2.0" in about["base"]
    assert "CC BY-SA" in about["source"]
    assert len(json.loads(about["kept_aside"])) >= 6
    assert sum(file.stat().st_size for file in large_reader_folder().iterdir()) <= 60_000_000
