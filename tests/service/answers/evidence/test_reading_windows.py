"""Windows for the reader: whole neighbouring sentences around the best ones."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.values import Span
from onrecord.service.answers.evidence.reading_windows import widen

SENTENCES = [Span(0, 100), Span(101, 200), Span(201, 300), Span(301, 400), Span(401, 500)]


def test_the_sentence_before_comes_first():
    """It may say who "he" is."""
    assert widen(SENTENCES, 2, max_size=200) == Span(101, 300)
    assert widen(SENTENCES, 2, max_size=300) == Span(101, 400)
    assert widen(SENTENCES, 0, max_size=200) == Span(0, 200)
    assert widen(SENTENCES, 4, max_size=1_000) == Span(0, 500)


def test_a_long_sentence_is_a_window_of_its_own():
    """It is neither cut nor given neighbours."""
    assert widen([Span(0, 700), Span(701, 720)], 0, max_size=480) == Span(0, 700)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=12), st.data())
def test_a_window_holds_its_sentence_and_ends_where_sentences_end(lengths, data):
    """Whatever the lengths, it is a run of whole sentences no larger than asked for."""
    spans, at = [], 0
    for length in lengths:
        spans.append(Span(at, at + length))
        at += length + 1
    position = data.draw(st.integers(0, len(spans) - 1))
    window = widen(spans, position, max_size=400)
    assert window.contains(spans[position])
    assert window.start in {s.start for s in spans}
    assert window.end in {s.end for s in spans}
    assert len(window) <= max(400, len(spans[position]))
