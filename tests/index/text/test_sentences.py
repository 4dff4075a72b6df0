import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.sentences import MAX_SENTENCE_CHARACTERS, split_sentences
from onrecord.index.values import Span
from tests.paths import ROOT, SEEDS

READINGS = json.loads((ROOT / "tests" / "index" / "seed_readings.json").read_text(encoding="utf-8"))


def split(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text, Span(0, len(text)))]


# Text that looks like text often enough to reach every rule.
PIECES = st.sampled_from(
    [
        "U.S.",
        "Mr.",
        "J.",
        "No. 5",
        "Go",
        "he",
        "The",
        "said",
        " ",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "    ",
        "\t",
        ".",
        "...",
        "…",
    ]
    + [
        "!",
        "?",
        '"',
        "''",
        "“",
        "”",
        "’",
        "(",
        ")",
        "[1]",
        "«",
        "»",
        "。",
        "؟",
        "-",
        "—",
        "3.5",
        "a.m.",
        "🎉",
        "\ufeff",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join))


@given(TEXTS)
def test_sentences_are_trimmed_ordered_slices_that_cover_everything_but_white_space(text):
    """Whatever the text, no visible code point is lost, doubled or moved."""
    spans = split_sentences(text, Span(0, len(text)))
    assert all(span.of(text) and span.of(text) == span.of(text).strip() for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    covered = "".join(span.of(text) for span in spans)
    assert "".join(covered.split()) == "".join(text.split())


@given(TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_sentences_stay_inside_the_span(text, before, after):
    """Only the asked part of the text is split, and its offsets are the whole text's."""
    span = Span(min(before, len(text)), max(min(before, len(text)), len(text) - after))
    inside = split_sentences(text, span)
    assert all(span.contains(sentence) for sentence in inside)
    assert "".join("".join(sentence.of(text) for sentence in inside).split()) == "".join(span.of(text).split())


@given(TEXTS)
def test_splitting_a_text_twice_gives_the_same(text):
    """The splitter keeps no state."""
    assert split(text) == split(text)


@pytest.mark.parametrize("name", sorted(READINGS))
def test_the_seed_articles_have_exactly_these_sentences(name):
    """Every sentence of the five seeds, block by block."""
    text = (SEEDS / name).read_bytes().decode()
    place = 0
    for block in READINGS[name]["blocks"]:
        start = text.index(block["sentences"][0], place)
        place = text.index(block["sentences"][-1], start) + len(block["sentences"][-1])
        assert [span.of(text) for span in split_sentences(text, Span(start, place))] == block["sentences"]


@pytest.mark.parametrize(
    "sentences",
    [
        # quotations
        ["“Go.” he said."],
        ["“Go!” he said.", "“Now.”", "He left."],
        ["“Will he go?” Smith asked.", "“Will he?”", "He will."],
        ["“Will he go?” Sen. Jane Roe asked.", "Nobody knew."],
        ['"We will win.', 'We will fight," she said.', '"We must."'],
        ["''We will win,'' Mrs. May said.", "''And soon.''", "She left."],
        ["He said: ‘Yes.’", "Then he left."],
        ["„Ja.“", "Er ging.", "«Oui. » dit-il."],
        ["« Non. »", "Il part."],
        ['TOLD THEM " IT IS GOOD. "', "THE REST WAS SILENCE."],
        ["It called the offer “complicated.”", "A source agreed."],
        # abbreviations
        ["U.S. Secretary of State Marco Rubio met Gen. Roe in St. Louis, Mo., on Jan. 5."],
        ["He was born in the U.S.", "The minister was not."],
        ["The U.S. Senate met Mr. J. D. Vance and George W. Bush Jr. on Sept. 3."],
        ["Acme Inc. Chairman John Roe sold Roe Corp. and Doe Co. Ltd. to them.", "They paid."],
        ["It began at 5 p.m.", "President Roe spoke."],
        ["It began at 5 p.m. Monday and 9 a.m. EST."],
        ["See e.g. No. 5 vs. No. 6, Fig. 2.", "He said no.", "They said yes."],
        ["She has a Ph.D. from Yale.", "Next came M.D. Roe."],
        ["NASHUA, N.H. - At the moment he leads."],
        ["Sen. Rand Paul (Ky.) and Rep. John Lewis (D-Ga.) agreed."],
        ["It was Plan B.", "They had no other."],
        ["Yahoo! Inc bought it.", "Jeb! was the slogan."],
        # numbers, addresses, lists
        ["It cost $3.5 mln, or 2.27 times the price.", "Sales rose 5 pct.", "25 shops closed."],
        ["See www.example.com/a.b?c=D.E or write to a.roe@example.org.", "Thanks."],
        ["1. The GOP is fracturing.", "2. Others are not."],
        ["(a) They met.", "(b) They left."],
        # ellipses, missing spaces, footnotes, symbols
        ["It is no longer so ... as a result it fell.", "Well...", "The end came."],
        ["They came....", "They left."],
        ["“Well ... I don’t know,” she said.", "Nobody did."],
        ['He said "the war."', "The end came."],
        ["Rome fell.[12]", "Nobody knew why."],
        ["Great news! 🎉"],
        ["Then Apple sold it.", "iPhone sales rose."],
        # other scripts
        ["他说要去。", "会议结束了！", "好吗？"],
        ["「行く。」と言った。", "次だ。"],
        ["هل تذهب؟", "نعم."],
        ["यह सच है।", "वह गया।"],
        ["Он живёт на ул. Ленина.", "А. С. Пушкин умер."],
        ["ქართული ენა.", "მეორე წინადადება."],
        # nothing to split
        ["A headline without a full stop"],
        ["..."],
        ["***"],
    ],
    ids=lambda sentences: sentences[0][:40],
)
def test_a_line_of_text_is_cut_where_a_reader_would_cut_it(sentences):
    """Sentences set side by side are found again."""
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize("text", ["", " \n\t\r\n ", "\u2028"])
def test_white_space_has_no_sentences(text):
    """An empty text has no sentence."""
    assert split(text) == []


def test_words_that_lost_the_space_after_the_full_stop_are_parted():
    """Scraped pages lose spaces between paragraphs; names, domains and numbers keep their dots."""
    assert split('He ended the war.The talks began "soon."Then example.Com, U.S.A and 3.5 fell.') == [
        "He ended the war.",
        'The talks began "soon."',
        "Then example.Com, U.S.A and 3.5 fell.",
    ]


def test_a_newline_inside_a_paragraph_ends_nothing():
    """Wire stories are wrapped at a column; a blank or indented line begins a paragraph."""
    text = (
        "Standard Oil Co and BP North America\nInc said they plan a venture in\nthe U.S.\n    It starts in May\n\nMore"
    )
    assert split(text) == [
        "Standard Oil Co and BP North America\nInc said they plan a venture in\nthe U.S.",
        "It starts in May",
        "More",
    ]


def test_a_wholly_indented_text_is_wrapped_text():
    """Only a line that is indented more than the others begins a paragraph."""
    assert split("    One line and\n    another one.\n") == ["One line and\n    another one."]


def test_lines_too_long_to_be_wrapped_are_paragraphs():
    """A heading without a full stop does not run into the paragraph below."""
    long = "The ministers met on Monday and " + "talked at length and " * 6 + "left."
    assert split(f"Talks go on\n{long}\r\nAnother heading\r\n{long}") == ["Talks go on", long, "Another heading", long]


def test_a_list_item_begins_a_sentence():
    """Bullets part lines that have no full stop."""
    assert split("The plan:\n• raise taxes\n• cut spending\n- Leave") == [
        "The plan:",
        "• raise taxes",
        "• cut spending",
        "- Leave",
    ]


HOSTILE = {
    "dots": ".",
    "spaced dots": ". ",
    "quotes": '"',
    "closed dots": '." ',
    "dotted letters": "a.",
    "marks": ". ! ",
    "brackets": "[1",
    "closers": ")",
    "newlines": "\n",
    "indents": "a\n    b. ",
    "capitals": "Aa ",
    "questions": "?” Aa ",
    "letters": "a",
    "spaces": " ",
    "lone quotes": '. " ',
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_takes_linear_time(piece):
    """Eight times the text takes about eight times as long, never sixty-four."""

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        began = time.perf_counter()
        split_sentences(text, Span(0, len(text)))
        return time.perf_counter() - began

    small = min(seconds(25_000) for _ in range(3))
    assert seconds(200_000) < 30 * small + 0.1


@pytest.mark.parametrize("word", ["acgt", "the mayor and the council, ", "新闻报道", "\u200b"])
def test_a_text_without_sentence_ends_is_cut_at_a_bounded_length(word):
    """A piece is cut between words where it has any, so that the work on one sentence is bounded."""
    text = word * (9_000 // len(word))
    found = split_sentences(text, Span(0, len(text)))
    assert max(map(len, found)) <= MAX_SENTENCE_CHARACTERS
    assert "".join("".join(span.of(text) for span in found).split()) == "".join(text.split())
    if " " in word:
        assert all(text[span.start - 1 : span.start].isspace() for span in found[1:])
