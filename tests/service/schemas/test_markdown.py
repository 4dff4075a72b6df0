import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from onrecord.index.values import Span
from onrecord.service.answers.answer import AnswerSentence
from onrecord.service.schemas.markdown import Marker, escape, mark, write

PIECES = [
    "[",
    "]",
    "(",
    ")",
    "!",
    "<",
    ">",
    "\\",
    ":",
    "/",
    "`",
    "~",
    '"',
    "&",
    "a",
    " ",
    "http",
    "x.y",
    "www",
    ".",
    "@",
]
"""What links are made of."""


def tokens(markdown: str) -> list[Token]:
    """Return what a Markdown reader makes of it, HTML allowed."""
    blocks = MarkdownIt("commonmark").parse(markdown)
    return [*blocks, *(inner for block in blocks for inner in block.children or [])]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(PIECES))
def test_no_text_becomes_a_link_an_image_or_html(text: str, other: str) -> None:
    """Whatever a quote is made of, and whatever follows it, a reader of Markdown finds words in it and nothing else."""
    sentences = [AnswerSentence(text=text, citations=(1,)), AnswerSentence(text=other, citations=(2,))]
    answer = f"{text} — Title [1]\n{other} — [x]: http://x.y [2]" if text else other
    kinds = {token.type for token in tokens(mark(answer, sentences).text)}
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "code_inline", "fence"}


@pytest.mark.parametrize(
    "text",
    [
        "![a](http://evil.example/x.png)",
        "[the talks](http://evil.example)",
        "[talks]: http://evil.example",
        "<img src=http://evil.example/x.png>",
        "<http://evil.example>",
        "\\[a\\](b) and \\\\[a](b)",
        "`code` and ~~struck~~",
        "See https://evil.example or www.evil.example or write to a@evil.example.",
    ],
)
def test_what_is_escaped_is_shown_as_it_was(text: str) -> None:
    """The backslashes are for Markdown alone: the words that a reader sees are the article's."""
    shown = "".join(token.content for token in tokens(escape(text)) if token.type in {"text", "text_special"})
    assert shown == text
    assert "://" not in escape(text)
    assert "www.evil" not in escape(text)


def test_ordinary_prose_stays_as_it_is() -> None:
    """Brackets, figures and quotation marks of a newspaper need no backslash."""
    text = "“[Putin] said 3 < 4,” he wrote; profit rose 5% to $3.1bn (up from €2bn) - *not* at 10:30."
    assert escape(text) == text


def test_markers_are_found_by_their_place() -> None:
    """In the line of a quote its number is the last one; what the quote and the title have in brackets is theirs."""
    text = "He left [1]. — A title [1] [1]\nShe [2] came. — Other [2]\nNot answered: what is [1]?"
    sentences = [
        AnswerSentence(text="He left [1].", citations=(1,)),
        AnswerSentence(text="She [2] came.", citations=(2,)),
    ]
    marked = mark(text, sentences)
    assert marked.text == text.replace("\n", "\n\n")
    assert [(m.number, m.span.start) for m in marked.markers] == [(1, 27), (2, marked.text.index("Other [2]") + 6)]
    assert [m.span.of(marked.text) for m in marked.markers] == ["[1]", "[2]"]


def test_prose_is_the_same_sentence_by_sentence_and_as_a_whole() -> None:
    """What is sent while it is written is the beginning of what is sent as one."""
    one, two = AnswerSentence(text="They met.", citations=(1, 2)), AnswerSentence(text="He “left”.", citations=(2,))
    whole = mark("They met. [1][2] He “left”. [2]", [one, two])
    assert whole.text.startswith(write(one).text)
    assert whole.text == f"{write(one).text} {write(two).text}"
    assert whole.markers == (
        Marker(number=1, span=Span(10, 13)),
        Marker(number=2, span=Span(13, 16)),
        Marker(number=2, span=Span(28, 31)),
    )
