import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.quoting.quotes import MAX_SENTENCE, frame, says_the_same

POITA = (
    "Still, Poita warned that unresolved issues remain. “If the Russian leadership does not feel significant pressure, "
    "Russia will ignore calls for peace,” he said. Kyiv waits."
)


def framed(text: str, position: int, *wanted: str, spans: list[Span] | None = None) -> Span:
    spans = spans or split_sentences(text, Span(0, len(text)))
    return frame([ParsedText(span.of(text)) for span in spans], spans, position, wanted=frozenset(wanted))


def test_a_sentence_is_quoted_alone() -> None:
    """A sentence that can be understood by itself is quoted by itself."""
    assert framed(POITA, 0).of(POITA) == "Still, Poita warned that unresolved issues remain."
    assert framed(POITA, 2).of(POITA) == "Kyiv waits."


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
    assert framed(text, 1).of(text) == text


def test_two_sentences_that_do_not_fit_are_not_quoted_together() -> None:
    """Two sentences have at most 400 characters together, so a long sentence before is left out."""
    text = f"Minister Sybiha spoke of {'very ' * 80}much. He left."
    assert framed(text, 1).of(text) == "He left."


@pytest.mark.parametrize(
    "text",
    [
        f"Nobody who has read the files, {'which fill nine rooms of a house, ' * 10}believes that she took bribes.",
        f"She took bribes, {'which fill nine rooms of a house, ' * 10}if the letter is genuine.",
        f"It is false, {'the court found after it had read the files; ' * 10}that she took bribes.",
        f"He denied that (1) he met the builders, {'which fill nine rooms; ' * 18}and that (2) he took bribes.",
    ],
)
def test_what_governs_a_sentence_is_quoted_with_it_wherever_it_stands(text: str) -> None:
    """A sentence that a reader can take in is not cut: "nobody", "if" and "false" may stand at either end of it."""
    assert framed(text, 0, "bribe", spans=[Span(0, len(text))]).of(text) == text


def test_an_endless_sentence_is_cut_at_clauses_around_the_wanted_words() -> None:
    """Of a sentence over 1,200 characters the whole clauses with the question's words are quoted."""
    clauses = [f"clause number {n} speaks of nothing in particular" for n in range(50)]
    clauses[40] = "the harbour opens in May at last"
    text = ", ".join(clauses) + "."
    quote = framed(text, 0, "harbour", "mai", spans=[Span(0, len(text))]).of(text)
    assert "the harbour opens in May at last" in quote
    assert quote.startswith("clause number ")
    assert len(quote) <= MAX_SENTENCE


@given(st.text(min_size=1, max_size=3000), st.data())
def test_a_quote_is_always_a_short_slice_that_meets_its_sentence(text: str, data: st.DataObject) -> None:
    """Whatever the text, the quote is not empty, at most 1,200 characters, and holds words of the chosen sentence."""
    spans = split_sentences(text, Span(0, len(text)))
    if not spans:
        return
    position = data.draw(st.integers(0, len(spans) - 1))
    quote = framed(text, position, "a")
    assert 0 < len(quote) <= MAX_SENTENCE
    assert quote.overlaps(spans[position])
    assert quote.start >= spans[max(0, position - 1)].start
    assert quote.end <= spans[position].end


def test_nearly_the_same_words_say_the_same() -> None:
    """Two reports of one statement are one point; two statements are two."""
    one = ParsedText("Rubio described the talks as productive but warned of a delicate road ahead.")
    assert says_the_same(one, ParsedText("Rubio described the talks as productive."))
    assert not says_the_same(one, ParsedText("Umerov publicly thanked Washington’s efforts."))
