import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.service.answers.prose.gate.sentence_cutter import MAX_SENTENCE, SentenceCutter, Written

ANSWER = (
    "Here is what the articles say:\n\n"
    "- **Putin** called the deal “legally impossible” [0a1b2c3d]. He spoke last week.【deadbeef】 "
    "The U.S. said no [1, 2].\n"
    "2. Mr. Smith of St. Louis went home (0a1b2c3d)! Did he?"
)
SENTENCES = [
    Written("Here is what the articles say:", ()),
    Written("Putin called the deal “legally impossible”.", ("0a1b2c3d",)),
    Written("He spoke last week.", ("deadbeef",)),
    Written("The U.S. said no.", ("1", "2")),
    Written("Mr. Smith of St. Louis went home!", ("0a1b2c3d",)),
    Written("Did he?", ()),
]


def cut(*pieces: str) -> list[Written]:
    cutter = SentenceCutter()
    return [written for piece in pieces for written in cutter.feed(piece)] + cutter.end()


def test_sentences_come_without_markers_and_markup() -> None:
    """Lists, bold type and markers go; a marker behind the full stop belongs to its sentence."""
    assert cut(ANSWER) == SENTENCES


@given(st.lists(st.integers(min_value=1, max_value=12), min_size=1, max_size=60))
def test_pieces_do_not_matter(sizes: list[int]) -> None:
    """However the text is cut into pieces, through words and markers, the sentences are the same."""
    pieces, at = [], 0
    while at < len(ANSWER):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(ANSWER[at : at + size])
        at += size
    assert cut(*pieces) == SENTENCES


def test_a_sentence_comes_as_soon_as_the_next_one_has_begun() -> None:
    """A sentence is not held back until the answer's end, and not let go before its marker is whole."""
    cutter = SentenceCutter()
    assert cutter.feed("The talks began. [0a1b") == []
    assert cutter.feed("2c3d] They") == []
    assert cutter.feed(" went on") == [Written("The talks began.", ("0a1b2c3d",))]


def test_thoughts_before_the_answer_are_thrown_away() -> None:
    """What a model that thinks aloud puts before its answer is no part of it, whole or cut anywhere."""
    answer = "<think>He may. Or not [0a1b2c3d]. So: yes.</think>\nHe did [0a1b2c3d]."
    assert cut(answer) == cut(*answer) == [Written("He did.", ("0a1b2c3d",))]
    assert cut(*answer[:30]) == []
    assert cut("<thinking of you>") == [Written("<thinking of you>", ())]


def test_hidden_characters_are_taken_out() -> None:
    """Nothing that shows nothing, or turns the direction of writing, is handed on."""
    hidden = "The \u200btalks \u202ebegan\u202c.\U000e0041 [0a1b2c3d]"
    assert cut(hidden) == [Written("The talks began.", ("0a1b2c3d",))]


@pytest.mark.parametrize("piece", ["word ", "w", "[", "no end, ", "a.b"])
def test_what_never_ends_is_handed_on_in_parts(piece: str) -> None:
    """A stream without sentences is cut at a bounded length, in linear time."""
    started = time.process_time()
    cutter = SentenceCutter()
    parts = [written for _ in range(20_000 // len(piece)) for written in cutter.feed(piece)] + cutter.end()
    assert all(len(written.text) <= MAX_SENTENCE for written in parts)
    assert time.process_time() - started < 5.0


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    """Any characters at all give sentences without line ends, and letters are not lost."""
    written = cut(*text)
    assert all("\n" not in one.text for one in written)
    assert cut(text) == written
