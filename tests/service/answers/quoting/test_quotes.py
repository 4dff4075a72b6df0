import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span
from onrecord.service.answers.quoting.quotes import MAX_QUOTE, frame, says_the_same

POITA = (
    "Still, Poita warned that unresolved issues remain. “If the Russian leadership does not feel significant pressure, "
    "Russia will ignore calls for peace,” he said. Kyiv waits."
)


def sentences_of(text: str) -> list[Span]:
    return split_sentences(text, Span(0, len(text)))


def test_a_sentence_is_quoted_alone() -> None:
    """A sentence that can be understood by itself is quoted by itself."""
    spans = sentences_of(POITA)
    assert frame(POITA, spans, 0, wanted=frozenset()).of(POITA) == "Still, Poita warned that unresolved issues remain."
    assert frame(POITA, spans, 2, wanted=frozenset()).of(POITA) == "Kyiv waits."


@pytest.mark.parametrize(
    "second",
    [
        "He said so.",
        "Writing on X, he noted that Ukraine considered such guarantees multidimensional.",
        "“We will not give up land,” she said.",
        "According to him, the scenario must not be repeated.",
    ],
)
def test_a_sentence_that_points_back_takes_the_one_before_along(second: str) -> None:
    """Who "he" is stands in the sentence before, so both are quoted."""
    text = f"Minister Sybiha spoke on Monday. {second}"
    assert frame(text, sentences_of(text), 1, wanted=frozenset()).of(text) == text


def test_two_sentences_that_do_not_fit_are_not_quoted_together() -> None:
    """A quote is never longer than 400 characters, so a long sentence before is left out."""
    text = f"Minister Sybiha spoke of {'very ' * 80}much. He left."
    assert frame(text, sentences_of(text), 1, wanted=frozenset()).of(text) == "He left."


def test_a_long_sentence_is_cut_at_clauses_around_the_wanted_words() -> None:
    """Of a sentence over 400 characters the whole clauses with the question's words are quoted."""
    clauses = [f"clause number {n} speaks of nothing in particular" for n in range(20)]
    clauses[15] = "the harbour opens in May at last"
    text = ", ".join(clauses) + "."
    quote = frame(text, [Span(0, len(text))], 0, wanted=frozenset({"harbour", "mai"})).of(text)
    assert "the harbour opens in May at last" in quote
    assert quote.startswith("clause number ")
    assert len(quote) <= MAX_QUOTE


@given(st.text(min_size=1, max_size=3000), st.data())
def test_a_quote_is_always_a_short_slice_that_meets_its_sentence(text: str, data: st.DataObject) -> None:
    """Whatever the text, the quote is not empty, at most 400 characters, and holds words of the chosen sentence."""
    spans = sentences_of(text)
    if not spans:
        return
    position = data.draw(st.integers(0, len(spans) - 1))
    quote = frame(text, spans, position, wanted=frozenset({"a"}))
    assert 0 < len(quote) <= MAX_QUOTE
    assert quote.overlaps(spans[position])
    assert quote.start >= spans[max(0, position - 1)].start
    assert quote.end <= spans[position].end


def test_nearly_the_same_words_say_the_same() -> None:
    """Two reports of one statement are one point; two statements are two."""
    one = "Rubio described the talks as productive but warned of a delicate road ahead."
    assert says_the_same(one, "Rubio described the talks as productive.")
    assert not says_the_same(one, "Umerov publicly thanked Washington’s efforts.")
