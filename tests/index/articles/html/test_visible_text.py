"""The text that a reader of a page sees."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.articles.html.hidden import remove_hidden, show_streamed
from onrecord.index.articles.html.page_bytes import parse_page
from onrecord.index.articles.html.visible_text import visible_blocks


def shown(body: str) -> list[str]:
    """Return the blocks that are seen of a page with this body."""
    root = parse_page(f"<html><body>{body}</body></html>")
    show_streamed(root)
    remove_hidden(root)
    return [block.text for block in visible_blocks(root)]


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("<p>One\n  two\t three </p>\n\n<p>Four</p>", ["One two three", "Four"]),
        ("<p>A <b>bold</b>\n<i> word</i> .</p>", ["A bold word ."]),
        ("<p>10&nbsp;000&nbsp; euros</p>", ["10\xa0000\xa0 euros"]),
        ("<p>One<br>two <br/> three</p>", ["One\ntwo\nthree"]),
        ("<p>One<br><br>two</p>", ["One", "two"]),
        ("<div>Before<p>inside</p>behind</div>", ["Before", "inside", "behind"]),
        ("<ul><li>One<li>Two <a href='/'>link</a></ul>", ["One", "Two link"]),
        (
            "<table><tr><th>Town</th><th>Boats</th></tr><tr><td>Faro</td><td> 30 </td></tr></table>",
            ["Town\tBoats", "Faro\t30"],
        ),
        ("<p>Caf&eacute; &amp; bar &lt;b&gt; &#8220;x&#8221; &#x20ac;</p>", ["Café & bar <b> “x” €"]),
        ("<p>It&#146;s &#147;so&#148;</p>", ["It’s “so”"]),
        ("<pre>one\n  two</pre>", ["one\n  two"]),
        ("<p>co&shy;opera&#8203;tion &#x202e;back</p>", ["cooperation back"]),
        ("<p>می\u200cخواهم 👩\u200d🚒</p>", ["می\u200cخواهم 👩\u200d🚒"]),
        ("<span style='display: block'>One</span><span style='display:block'>Two</span>", ["One", "Two"]),
        ("<p>One<!-- hidden -->two</p>", ["Onetwo"]),
    ],
)
def test_white_space_is_as_a_browser_has_it(body, blocks):
    """Blocks part, line breaks break, runs of spaces collapse, and characters are those that are shown."""
    assert shown(body) == blocks


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>X</p>",
        "<p hidden=''>X</p>",
        "<p aria-hidden='true'>X</p>",
        "<p style='display:none'>X</p>",
        "<p style='color: red; DISPLAY : none !important'>X</p>",
        "<p style='/* x */visibility: hidden'>X</p>",
        "<p style='display:/**/none'>X</p>",
        "<p style='opacity:0'>X</p>",
        "<p style='opacity: 0.0;'>X</p>",
        "<p style='font-size:0px'>X</p>",
        "<div hidden><section><p>X</p></section></div>",
        "<script>X</script>",
        "<style>X</style>",
        "<template><p>X</p></template>",
        "<noscript><p>X</p></noscript>",
        "<textarea>X</textarea>",
        "<select><option>X</option></select>",
        "<button>X</button>",
        "<dialog><p>X</p></dialog>",
        "<svg><text>X</text></svg>",
        "<iframe>X</iframe>",
        "<video>X</video>",
        "<!-- X -->",
    ],
)
def test_what_is_hidden_is_never_read(hidden):
    """The words around it stay."""
    assert shown(f"<p>Before</p>{hidden}<p>After</p> tail") == ["Before", "After", "tail"]
    assert shown(f"<div>Before {hidden} tail</div>".replace("<p ", "<span ").replace("</p>", "</span>"))[-1].endswith(
        "tail"
    )


@pytest.mark.parametrize(
    "style", ["display:block", "opacity:0.5", "font-size:10px", "opacity:.01", "--display:none", "visibility:visible"]
)
def test_what_only_looks_hidden_is_read(style):
    """A half-transparent text is seen."""
    assert shown(f"<p style='{style}'>Seen</p>") == ["Seen"]


def test_what_a_stream_puts_in_place_is_read_there():
    """React sends an article in a hidden box, and a script moves it; another hidden box stays hidden."""
    body = (
        "<main><template id='B:0'></template><p>Behind</p></main>"
        "<div hidden id='S:0'><p>Streamed</p><template id='P:1'></template></div>"
        "<script>$RC=function(a,b){};$RC('B:0','S:0')</script>"
        '<div hidden id="S:1"><p>Inner</p></div><script>$RS("S:1","P:1")</script>'
        "<div hidden id='S:2'><p>Never placed</p></div>"
        "<div hidden id='other'><p>Never shown</p></div>"
    )
    assert shown(body) == ["Streamed", "Inner", "Behind"]


def test_a_box_that_is_placed_in_a_hidden_element_stays_hidden():
    """The place decides."""
    place = "<div hidden><template id='B:0'></template></div>"
    assert shown(f"{place}<div hidden id='S:0'>X</div><script>$RC('B:0','S:0')</script>") == []


def test_a_box_is_never_put_into_itself():
    """Neither a box that names itself, nor one that holds its own place, breaks the reading."""
    assert shown("<div hidden id='S:0'>X<template id='B:0'></template></div><script>$RC('B:0','S:0')</script>Y") == [
        "Y"
    ]


_WORDS = st.text(alphabet="abz éß漢 \n\t\xa0&<>\"'", max_size=12)


def _element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    opened = st.sampled_from(
        [
            "p",
            "div",
            "span",
            "b",
            "a href='/'",
            "li",
            "td",
            "h2",
            "pre",
            "div hidden",
            "p style='display:none'",
            "script",
            "noscript",
        ]
    )
    return st.builds(lambda tag, text: f"<{tag}>{text}</{tag.split()[0]}>", opened, inner)


_MARKUP = st.recursive(
    _WORDS.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.lists(st.one_of(inner, _element(inner), st.just("<br>")), max_size=5).map("".join),
    max_leaves=20,
)


@given(_MARKUP)
def test_every_character_comes_from_the_visible_page(markup):
    """What is written is what is shown, in its order: only white space is added or left out, and nothing else."""
    root = parse_page(f"<html><body><p>x</p>{markup}</body></html>")
    remove_hidden(root)
    whole = "".join(root.itertext())
    written = "".join(block.text for block in visible_blocks(root))
    assert re.sub(r"[ \t\n]", "", written) == re.sub(r"[ \t\n]", "", whole)
