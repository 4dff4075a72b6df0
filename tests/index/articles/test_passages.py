"""Articles into passages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.articles.passages import split_passages
from onrecord.index.values import Block, BlockKind, Passage, Span

HARD_PIECES = [
    "The vote was legal, he said.",
    "“Will he go?” Smith asked. “No.”",
    "Dr. E. Jones of the U.S. Senate came at 3.5 p.m.",
    "no sentence end at all and none to come",
    "👩‍👩‍👧‍👦🏳️‍🌈 👍🏽",
    "e\u0301lysee\u0301 a\u0300\u0316\u0301",
    "שלום עולם. מה שלומך?",
    "السلام عليكم ورحمة الله. كيف حالك؟",
    "한국어 문장은 여기에 있습니다. 대통령은 말했다.",
    "他说：“这是不合法的。”我们不知道。",
    "Київ — столиця України.",
    "supercalifragilistic" * 12,
    "x" * 150,
    "!?!?!?...",
    "\u200b\ufeff\u202e",
    "READ ALSO: Something else",
    "A heading",
    "1. One 2. Two 3. Three",
]
BREAKS = ["\n", "\r\n", "\n\n", "\r\n\r\n", " ", "  ", "", "\u2028", "\t", "\xa0", "\n    "]

hard_texts = st.lists(
    st.tuples(st.sampled_from(HARD_PIECES) | st.text(max_size=40), st.sampled_from(BREAKS)), max_size=30
)
any_text = hard_texts.map(lambda pieces: "".join(piece + end for piece, end in pieces)) | st.text(max_size=400)


def words_of(text, span):
    return [position for position in range(span.start, span.end) if not text[position].isspace()]


def check(text, blocks, embedder, max_tokens):
    """Assert what holds for every article, and return its passages."""
    passages = split_passages(text, blocks, count_tokens=embedder.count_tokens, max_tokens=max_tokens)
    order = [passage.span for passage in passages]
    assert order == sorted(order)
    assert all(one.end <= other.start for one, other in zip(order, order[1:], strict=False))
    assert [n for n in embedder.count_tokens([span.of(text) for span in order]) if n > max_tokens] == []
    for passage in passages:
        assert passage.sentences
        assert passage.span.of(text) == passage.span.of(text).strip() != ""
        assert passage.span.end == passage.sentences[-1].end
        for sentence in passage.sentences:
            assert passage.span.contains(sentence)
            assert sentence.of(text) == sentence.of(text).strip() != ""
    quotable = [
        position for passage in passages for sentence in passage.sentences for position in words_of(text, sentence)
    ]
    paragraphs = [block.span for block in blocks if block.kind is BlockKind.PARAGRAPH]
    assert quotable == [position for span in paragraphs for position in words_of(text, span)]
    searched = {position for span in order for position in words_of(text, span)}
    never = [block.span for block in blocks if block.kind in {BlockKind.HEADLINE, BlockKind.FURNITURE}]
    assert not searched & {position for span in never for position in words_of(text, span)}
    return passages


@given(any_text, st.integers(32, 180))
def test_any_article_is_cut_into_exact_slices_that_the_model_can_read(embedder, text, max_tokens):
    """Passages are ordered slices of at most `max_tokens` word pieces; their sentences hold all that may be quoted."""
    check(text, read_article(text).blocks, embedder, max_tokens)


@given(any_text, st.data())
def test_whatever_the_blocks_are_nothing_quotable_is_lost(embedder, text, data):
    """The same holds for blocks that no reader of ours has made, and for models that read hardly anything."""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    blocks = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        part = text[start:end]
        if part.strip():
            span = Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
            blocks.append(Block(span=span, kind=data.draw(st.sampled_from(BlockKind))))
    check(text, blocks, embedder, data.draw(st.integers(8, 40)))


def paragraphs(text, *lines):
    """Return a block for each of the lines, in order: paragraphs, or headings if they start with #."""
    blocks, at = [], 0
    for line in lines:
        start = text.index(line, at)
        at = start + len(line)
        blocks.append(Block(span=Span(start, at), kind=BlockKind.HEADING if line[0] == "#" else BlockKind.PARAGRAPH))
    return blocks


def texts(text, passages):
    return [(passage.span.of(text), [sentence.of(text) for sentence in passage.sentences]) for passage in passages]


def test_whole_paragraphs_stay_together_where_they_fit(embedder):
    """A passage takes paragraphs as long as the next one fits; a paragraph that does not begins a new passage."""
    first, second, third = "One two three. Four five.", "Six seven eight.", "Nine ten. Eleven twelve."
    text = f"{first}\n{second}\n{third}"
    passages = check(text, paragraphs(text, first, second, third), embedder, 12)
    assert texts(text, passages) == [
        (f"{first}\n{second}", ["One two three.", "Four five.", "Six seven eight."]),
        (third, ["Nine ten.", "Eleven twelve."]),
    ]


def test_a_heading_goes_with_what_it_heads(embedder):
    """A heading begins a passage and is searched, but is no sentence of it; a last one without a text is left out."""
    lines = "One two.", "# Heading", "Three four.", "# Another", "# Last"
    text = "\n".join(lines)
    passages = check(text, paragraphs(text, *lines), embedder, 60)
    assert texts(text, passages) == [("One two.", ["One two."]), ("# Heading\nThree four.", ["Three four."])]


def test_a_heading_that_leaves_no_room_is_dropped(embedder):
    """The sentence matters more than its heading."""
    lines = "# One two three four five six", "One two three four five six."
    text = "\n".join(lines)
    passages = check(text, paragraphs(text, *lines), embedder, 10)
    assert texts(text, passages) == [(lines[1], [lines[1]])]


def test_furniture_parts_passages(embedder):
    """No passage reaches over what is no article text."""
    text = "One two.\nREAD ALSO: More\nThree four."
    blocks = [
        Block(span=Span(0, 8), kind=BlockKind.PARAGRAPH),
        Block(span=Span(9, 24), kind=BlockKind.FURNITURE),
        Block(span=Span(25, 36), kind=BlockKind.PARAGRAPH),
    ]
    assert texts(text, check(text, blocks, embedder, 60)) == [
        ("One two.", ["One two."]),
        ("Three four.", ["Three four."]),
    ]


def test_a_sentence_too_long_for_the_model_is_cut_between_words(embedder):
    """A sentence without an end becomes pieces of whole words, each as much as half of what the model reads or more."""
    text = " ".join(["word"] * 1_000)
    passages = check(text, paragraphs(text, text), embedder, 180)
    pieces = [sentence.of(text).split() for passage in passages for sentence in passage.sentences]
    assert {word for piece in pieces for word in piece} == {"word"}
    assert min(len(piece) for piece in pieces) > 60


@pytest.mark.parametrize("letter", ["a", "ß", "한", "字", "😀", "\u0301"])
def test_one_word_of_five_thousand_letters_is_cut(embedder, letter):
    """Where there are no words to cut between, the cut falls inside one and loses nothing."""
    text = letter * 5_000
    check(text, paragraphs(text, text), embedder, 180)


def test_letters_of_several_word_pieces_are_counted(embedder):
    """A Korean sentence has more word pieces than letters, and is cut by the former."""
    text = "한국어 문장은 여기에 있습니다 " * 8 + "끝."
    assert len(text) < 180 < embedder.count_tokens([text])[0]
    assert len(check(text, paragraphs(text, text), embedder, 180)) == 2


def test_an_article_of_furniture_has_no_passages(embedder):
    """What nobody may quote is not searched either."""
    assert check("Photo: AP", [Block(span=Span(0, 9), kind=BlockKind.FURNITURE)], embedder, 60) == []
    assert check("", [], embedder, 60) == []


def test_the_seeds_are_cut_the_same_every_time(embedder, seeds):
    """Cutting is deterministic: what one process indexes another one finds."""
    for path in sorted(seeds.iterdir()):
        text = path.read_text(encoding="utf-8")
        blocks = read_article(text).blocks
        assert check(text, blocks, embedder, 180) == check(text, blocks, embedder, 180)


def test_a_short_article_is_one_passage(embedder):
    """An article that the model reads whole is not cut."""
    text = "One two three.\n\nFour five."
    assert check(text, read_article(text).blocks, embedder, 180) == [
        Passage(span=Span(0, 26), sentences=(Span(0, 14), Span(16, 26)))
    ]
