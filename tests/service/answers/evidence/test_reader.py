"""The reader points at the words that answer, and tells a window that answers from one that does not."""

import json

import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.evidence.readers.reader import ReaderError, end_of
from onrecord.service.answers.evidence.readers.small_reader import load_small_reader, weights_file
from onrecord.service.answers.evidence.reading_windows import Window
from tests.article_infos import article_info

TEXT = (
    "The harbour of Porto Velho was opened in May by Mayor Ana Reis. It cost 40 million euros, twice what was planned. "
    "Fishermen had asked for it since 1998."
)
ENDS = [0, TEXT.index("It cost"), TEXT.index("Fishermen"), len(TEXT) + 1]
SENTENCES = [Span(start, end - 1) for start, end in zip(ENDS, ENDS[1:], strict=False)]


def window(text=TEXT, offset=0):
    """Return a window of the whole text, which stands at `offset` in its article."""
    article = article_info("a", title="Harbour opens")
    span = Span(offset, offset + len(text))
    return Window(
        passage=FoundPassage(id=1, article=article, span=span, text=text, score=1.0, similarity=1.0), span=span
    )


def best(reader, question, *, offset=0):
    """Return the best words in the window."""
    sentences = [Span(s.start + offset, s.end + offset) for s in SENTENCES]
    found = [words for words in reader.read(question, [window(offset=offset)], [sentences])[0] if words]
    return max(found, key=lambda words: words.score)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who opened the harbour?", "Ana Reis"),
        ("When was the harbour opened?", "May"),
        ("How much did the harbour cost?", "40 million euros"),
        ("harbour cost", "40 million euros"),
        ("Since when had fishermen asked for a harbour?", "1998"),
    ],
)
def test_it_points_at_the_answer(reader, question, answer):
    """Of the kind that was asked for, wherever the window stands in its article."""
    for offset in (0, 5_000):
        words = best(reader, question, offset=offset)
        assert answer in TEXT[words.span.start - offset : words.span.end - offset]
        assert len(words.span) <= 2 * len(answer) + 12
        assert words.score > 0


def test_it_says_when_nothing_answers(reader):
    """What the window does not tell scores lower than what it does."""
    told = best(reader, "How much did the harbour cost?").score
    for question in ("Who is the president of France?", "How tall is Mount Everest?"):
        assert best(reader, question).score < min(0.0, told - 5)


def test_words_stay_in_their_sentence(reader):
    """Each sentence gets its own best words, or None where the window was cut before it."""
    long = window(TEXT + " Nothing was said of the cost." * 80)
    sentences = [*SENTENCES, Span(2_000, 2_020)]
    words = reader.read("How much did the harbour cost?", [long], [sentences])[0]
    for sentence, found in zip(SENTENCES, words, strict=False):
        assert sentence.contains(found.span)
    assert words[-1] is None
    assert reader.read("Who?", [], []) == []


@pytest.mark.parametrize(
    "noise",
    [
        "市" * 2_000,
        "!?" * 1_000,
        "항구" * 1_000,
        "a\u0301" * 1_000,
        "👩‍👩‍👧‍👦" * 280,
        "x" * 2_000,
        "un" * 49 + "?" * 1_900,
    ],
    ids=["Chinese", "marks", "Korean", "accents", "emoji", "one word", "a word that is cut"],
)
def test_a_question_in_any_script_leaves_room_for_the_window(reader, noise):
    """However many word pieces a question has, its end is read, and the window whole."""
    words = best(reader, f"{noise} How much did the harbour cost?")
    assert "40 million euros" in TEXT[words.span.start : words.span.end]
    (found,) = reader.read(noise, [window()], [SENTENCES])
    assert None not in found


def test_a_long_question_is_cut_before_a_word(reader):
    """The end that is read has as many word pieces as may be, and no half of a word."""
    tokenizer = reader._tokenizer
    asked = "Unbelievably, the harbourmaster said: " * 30
    end = end_of(asked, tokenizer, max_pieces=20)
    assert asked.endswith(end)
    assert end.split()[0] in {"Unbelievably,", "the", "harbourmaster", "said:", ":", ","}
    assert 14 <= len(tokenizer(end, add_special_tokens=False)["input_ids"]) <= 20
    assert end_of("Who?", tokenizer, max_pieces=20) == "Who?"
    assert end_of("\u0301", tokenizer, max_pieces=20) == ""


def test_several_windows_are_read_as_each_alone(reader):
    """Padding changes nothing but the last bits."""
    other = window("Nobody was there. The mayor had stayed at home.")
    spans = [SENTENCES, [Span(0, 17), Span(18, 47)]]
    together = reader.read("Who stayed at home?", [window(), other], spans)
    alone = reader.read("Who stayed at home?", [other], spans[1:])
    assert [w.span for w in together[1]] == [w.span for w in alone[0]]
    assert [w.score for w in together[1]] == pytest.approx([w.score for w in alone[0]], abs=0.5)


def test_it_shares_the_embeddings_of_the_embedder(reader, embedder):
    """One table of word pieces in memory, not two."""
    assert reader._pointer.model.embeddings is embedder.share_embeddings()


def test_weights_for_another_model_are_refused(tmp_path):
    """They would read nonsense."""
    file = tmp_path / "reader.safetensors"
    save_file(load_file(weights_file()), str(file), metadata={"base_sha256": "0" * 64})
    with pytest.raises(ReaderError, match="0{64}.* set ONRECORD_READER=none"):
        load_small_reader(file=file)


@pytest.mark.parametrize("content", [None, b"", b"no weights at all"])
def test_missing_or_broken_weights_are_named(tmp_path, content):
    """The error says which file, and how to do without."""
    file = tmp_path / "reader.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ReaderError, match="ONRECORD_READER=none"):
        load_small_reader(file=file)


def test_the_weights_say_where_they_come_from():
    """Data, licences and what was kept aside, in the file itself."""
    with safe_open(str(weights_file()), framework="pt") as stored:
        about = stored.metadata()
    assert "CC BY-SA" in about["source"]
    assert len(json.loads(about["kept_aside"])) >= 6
