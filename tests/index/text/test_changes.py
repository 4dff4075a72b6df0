"""What became of a quote."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.text.changes import Piece, compare_words, find_successor
from tests.index.text.test_copies import HARBOUR

QUOTE = "The work has cost 12.5 million euros so far, two million more than was planned."


def successor(text, quote=QUOTE, start=0):
    return find_successor(quote, text, read_article(text, title="Harbour").blocks, start=start)


def test_a_sentence_that_was_changed_is_found_with_its_changes():
    """The sentence that stands in the quote's place now is named with its place, and what is new in it."""
    text = "Harbour\n\n" + HARBOUR.replace("12.5", "14.5")
    found = successor(text)
    assert found.text == QUOTE.replace("12.5", "14.5") == found.span.of(text)
    assert found.similarity > 0.95
    assert [piece for piece in found.pieces if piece.kind != "same"] == [
        Piece(kind="gone", text="12"),
        Piece(kind="new", text="14"),
    ]


def test_a_quote_of_two_sentences_is_found_as_two():
    text = HARBOUR.replace("12.5", "14.5")
    found = successor(text, quote="“We will never leave the quay to the others,” she told the council. " + QUOTE)
    assert found.text.startswith("“We will")
    assert found.text.endswith("planned.")


def test_of_equals_the_nearest_in_place_is_taken():
    line = "The work has cost 13 million euros so far, two million more than was planned."
    text = f"{line}\n\nThe mayor is content with it.\n\n{line}"
    assert successor(text, start=0).span.start == 0
    assert successor(text, start=len(text)).span.end == len(text)


def test_a_sentence_that_is_gone_has_no_successor():
    assert successor("The bank left its rate at three percent, its governor told reporters.") is None
    assert successor("") is None


texts = st.text(alphabet="ab .,“”é1\n", max_size=40)


@given(texts, texts)
def test_a_comparison_loses_nothing(old, new):
    """The same and the gone pieces are the old text, the same and the new ones the new text."""
    pieces = compare_words(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new
