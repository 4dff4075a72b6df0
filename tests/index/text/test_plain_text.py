"""A text as it reads, and the way back to the text as it is written."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.plain_text import read_plainly
from onrecord.index.values import Span


def test_a_text_reads_without_what_nobody_sees() -> None:
    """Entities are characters, letters are composed, and a word at a line's end is whole."""
    written = "&#8220;Ober\xadholt&rdquo; \x93said\x94 Pen\u0303a, govern-\nment"
    assert read_plainly(written).text == "“Oberholt” “said” Peña, government"


@given(st.text(alphabet="ab &;#8220x\xad\u200bn\u0303\x93\n->e", max_size=60), st.data())
def test_every_span_finds_its_way_back(written: str, data: st.DataObject) -> None:
    """The span of a piece of the plain text reads as that piece."""
    plain = read_plainly(written)
    start = data.draw(st.integers(0, len(plain.text)))
    end = data.draw(st.integers(start, len(plain.text)))
    back = plain.written_span(Span(start, end))
    assert plain.text[start:end] in plain.text[plain.span_of(back).start : plain.span_of(back).end]
    assert back.end <= len(written)


@given(st.text(alphabet="abc .,", max_size=40))
def test_a_plain_text_is_the_written_one(written: str) -> None:
    """Nothing is copied or moved."""
    plain = read_plainly(written)
    assert plain.text is written
    assert plain.written == ()
