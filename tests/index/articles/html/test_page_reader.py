"""A web page as an article."""

import json

import pytest

from onrecord.index.articles.drafts import check_draft
from onrecord.index.articles.html.page_bytes import MAX_ELEMENTS, MAX_PAGE_BYTES
from onrecord.index.articles.html.page_reader import read_page
from onrecord.index.errors import InvalidArticle, UnreadableFile
from tests.index.articles.html.pages import PARAGRAPHS, TITLE, article_page

ARTICLE = "\n\n".join(PARAGRAPHS)
TEASERS = "".join(f"<div><h3><a href='/{n}'>Council votes on budget number {n}</a></h3></div>" for n in range(30))


def text_of(page: str | bytes) -> str:
    return check_draft(read_page(page)).text


def refusal(page: str | bytes, **given: str) -> str:
    with pytest.raises(InvalidArticle) as caught:
        check_draft(read_page(page, **given))
    return str(caught.value)


def test_the_text_is_the_article_alone():
    """Navigation, headline, teasers and footer are left out; paragraphs are parted by blank lines."""
    assert text_of(article_page(after=f"<section><h2>More news</h2>{TEASERS}</section>")) == ARTICLE


@pytest.mark.parametrize(
    "aside",
    [
        "<p class='x'><a href='/a'>Read also: Ferry sinks in a storm, and nobody is hurt on the quay</a></p>",
        "<div class='newsletter'><p>The best stories of the coast, each morning, in your mail.</p></div>",
        "<div class='fact-box'><p>The harbour is the oldest of the coast; it was dug by hand in 1702.</p></div>",
        "<figure><img alt='Quay'><figcaption>The northern quay on Monday morning</figcaption></figure>",
        "<p hidden>The mayor has resigned over the harbour, she told the council in a secret meeting on Monday.</p>",
        "<p style='display:none'>The mayor has resigned over the harbour, she told the council in a meeting.</p>",
        "<article><h3>Ferry sinks</h3><p>The ferry sank in the night; nobody was hurt, the police said.</p></article>",
    ],
)
def test_what_stands_between_the_paragraphs_and_is_not_of_the_article_is_left_out(aside):
    """Links, boxes, captions, teasers, and what nobody sees."""
    first, *others = (f"<p>{text}</p>" for text in PARAGRAPHS)
    assert text_of(article_page(body=first + aside + "".join(others))) == ARTICLE


def test_headings_and_lists_between_paragraphs_are_kept():
    """They stand in their places."""
    first, second, *others = (f"<p>{text}</p>" for text in PARAGRAPHS)
    body = f"{first}<h2>The council’s plan</h2>{second}<ul><li>Fees rise by a tenth.</li></ul>{''.join(others)}"
    assert text_of(article_page(body=body)).split("\n\n") == [
        PARAGRAPHS[0], "The council’s plan", PARAGRAPHS[1], "Fees rise by a tenth.", *PARAGRAPHS[2:]
    ]  # fmt: skip


def test_a_second_container_of_the_same_kind_is_kept():
    """Sites part long articles for advertisements."""
    half = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    more = [
        text.replace("Monday", "Tuesday").replace("harbour", "marina") + " It was told again." for text in PARAGRAPHS
    ]
    rest = "".join(f"<p>{text}</p>" for text in more)
    body = f"<div class='part'>{half}</div><div class='ad'></div><div class='part'>{rest}</div>"
    assert text_of(article_page(body=body)) == "\n\n".join([*PARAGRAPHS, *more])


def test_paragraphs_that_are_parted_by_line_breaks_are_paragraphs():
    """Old sites write them so; a single break is a new line."""
    body = "<br><br>".join(PARAGRAPHS[:3]) + "<br>" + PARAGRAPHS[3]
    assert text_of(article_page(body=body)) == "\n\n".join(PARAGRAPHS[:3]) + "\n" + PARAGRAPHS[3]


def test_the_deck_below_the_headline_is_kept():
    """The page's description repeats it."""
    deck = "The council has agreed on the day, and the fishermen protest against the fees."
    page = article_page(head=f'<meta name="description" content="{deck}">').replace("</h1>", f"</h1><div>{deck}</div>")
    assert text_of(page).split("\n\n")[0] == deck


def test_a_streamed_article_is_read_from_the_place_where_it_is_shown():
    """React sends it in a hidden box."""
    page = article_page(body="<template id='B:1'></template>")
    box = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    script = '<script>$RC=function(b,c){};$RC("B:1","S:1")</script>'
    assert text_of(page.replace("</body>", f"<div hidden id='S:1'>{box}</div>{script}</body>")) == ARTICLE
    assert "no text" in str(refusal(page.replace("</body>", f"<div hidden id='S:1'>{box}</div></body>")))


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (article_page(title="404 – Page not found", body="<p>We are sorry, this page has moved.</p>"), "says '404"),
        (article_page(title="Seite nicht gefunden", body="<p>Die gesuchte Seite gibt es nicht mehr.</p>"), "says 'S"),
        (
            article_page(
                body="<p>We and our 731 partners use cookies and ask for your consent to tracking and personalised "
                "advertising. You can withdraw your consent in the privacy settings at any time.</p>"
            ),
            "asks for consent",
        ),
        (f"<html><head><title>The Coast</title></head><body><main>{TEASERS}</main></body></html>", "shows no text"),
        (article_page(body="<p>Short.</p>"), "too few for an article"),
        ("<html><body><div id='root'></div><script>render()</script></body></html>", "shows no text"),
        (
            "<html><head><title>About us</title></head><body><main><p>The Coast is a newspaper of the northern quay, "
            "which comes out on each morning but Sunday since 1902.</p></main></body></html>",
            "does not declare an article",
        ),
    ],
)  # fmt: skip
def test_a_page_that_is_no_article_is_refused_with_the_reason(page, reason):
    """A page of an error, a wall of consent, a list of links, an empty shell."""
    assert reason in refusal(page)


def test_a_list_of_teasers_and_a_home_page_are_refused():
    """They have many words, and none of them is an article of its own."""
    teasers = "".join(
        f"<div><h3><a href='/{n}'>Story {n}</a></h3><p>The council voted on plan {n} today.</p></div>"
        for n in range(40)
    )
    listing = f"<html><head><title>News</title></head><body><main>{teasers}</main></body></html>"
    assert "links or teasers" in refusal(listing)
    home = article_page().replace('content="article"', 'content="website"')
    assert "home page" in refusal(home, url="https://coast.example/")
    assert read_page(home, url="https://coast.example/harbour").text == ARTICLE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "iso-8859-1", "utf-16"])
def test_a_page_is_read_in_its_encoding(encoding):
    """A mark at the beginning, UTF-8 or the declaration says which."""
    page = article_page(body="".join(f"<p>{text} Café.</p>" for text in PARAGRAPHS).replace("“", "").replace("”", ""))
    page = page.replace('charset="utf-8"', f'charset="{encoding}"')
    assert text_of(page.encode(encoding)).count("Café.") == len(PARAGRAPHS)


def test_a_wrong_declaration_yields_to_what_the_bytes_are():
    """Text in UTF-8 is no other encoding by accident."""
    assert text_of(article_page().replace("utf-8", "iso-8859-1").encode()) == ARTICLE


def test_a_page_of_another_script_is_read_in_its_encoding():
    """Japanese pages still use theirs."""
    body = "<p>" + "新しい港は五月に開く、と市長は月曜日に記者団に語った。" * 5 + "</p>"
    page = article_page(body=body).replace("utf-8", "Shift_JIS")
    page = page.replace("©", "")
    assert text_of(page.encode("cp932")) == body[3:-4]


def test_a_byte_that_does_not_fit_is_named_if_it_is_in_the_article():
    """Elsewhere on the page it harms nothing, and nothing is guessed."""
    page = article_page().encode()
    bad = page.replace(b"40 million euros", b"40 million \x80")
    assert refusal(bad) == (
        f"byte 0x80 at position {bad.index(bytes([0x80, 0x2C])):,} is not utf-8, the encoding of the page. "
        "Save the page again, in UTF-8."
    )
    assert text_of(page.replace(b"Home", b"Hom\xe9")) == ARTICLE


def test_a_page_that_declares_no_encoding_needs_to_be_told():
    """The command line has an option for it."""
    page = article_page().replace('<meta charset="utf-8">', "").encode("windows-1252")
    assert "not utf-8" in refusal(page)
    assert read_page(page, encoding="windows-1252").text == ARTICLE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"%PDF-1.7 \x00\x01", "no HTML"),
        (b"Only a text about < and > signs.", "no HTML"),
        (b"<html" + b" " * MAX_PAGE_BYTES, "larger than 10 MB"),
        (b"<body>" + b"<div>" * 5000 + b"</body>", "nested too deeply"),
        (b"<body>" + b"<p>a" * (MAX_ELEMENTS + 1) + b"</body>", "elements"),
        (b"<body><p>" + b"word " * 200_001 + b"</body>", "more than 1,000,000 characters"),
        (b"<body><p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">x</p></body>", "attributes"),
        ("<html><p>x".encode("utf-16-le"), "UTF-16 without its mark"),
    ],
)
def test_what_is_no_page_is_refused(content, words):
    """Empty, of another kind, too large, a bomb."""
    with pytest.raises(UnreadableFile, match=words):
        read_page(content)


def test_a_page_that_is_cut_is_refused():
    """Half an article would be taken for the whole; a piece of a page that never had an end is read."""
    page = article_page()
    assert "end of the page is missing" in refusal(page[: page.index(PARAGRAPHS[3]) + 20])
    assert text_of("".join(f"<p>{text}</p>" for text in PARAGRAPHS)) == ARTICLE


@pytest.mark.parametrize(
    ("given", "canonical", "url"),
    [
        (None, "https://coast.example/harbour", "https://coast.example/harbour"),
        (None, "https://coast.example/harbour?utm_source=x&id=3#top", "https://coast.example/harbour?id=3"),
        (None, "/harbour", None),
        (None, "https://coast.example/", None),
        (None, "javascript:alert(1)", None),
        ("https://www.coast.example/a?x=1&fbclid=2", "https://coast.example/harbour", "https://coast.example/harbour"),
        ("https://coast.example/a", "https://other.example/b", "https://coast.example/a"),
        ("https://coast.example/a", "https://coast.example/", "https://coast.example/a"),
        ("https://coast.example/a", "/harbour", "https://coast.example/harbour"),
        ("https://coast.example/a", "", "https://coast.example/a"),
    ],
)
def test_an_article_is_known_by_the_address_of_its_page(given, canonical, url):
    """The page's own word counts on its own site; parameters that name the reader's way do not."""
    page = article_page(head=f'<link rel="canonical" href="{canonical}">')
    assert read_page(page, url=given).url == url


def test_what_a_page_declares_comes_along():
    """Each in its field; a part for subscribers makes the article partial."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": TITLE,
        "author": [{"@type": "Person", "name": "Jo Hill"}, {"@type": "Person", "name": "Eva Lund"}],
        "datePublished": "2025-11-03T08:30:00+01:00",
        "publisher": {"@type": "Organization", "name": "The Coast"},
        "isAccessibleForFree": "False",
    }
    draft = read_page(
        article_page(data=data, head='<meta property="og:title" content="At last">'), source_name="a.html"
    )
    assert (draft.title, draft.author, draft.publisher) == (TITLE, "Jo Hill, Eva Lund", "The Coast")
    assert (draft.published_at, draft.source_name) == ("2025-11-03T08:30:00+01:00", "a.html")
    assert draft.page is not None
    assert (draft.page.authors, draft.page.language) == (("Jo Hill", "Eva Lund"), "en")
    assert (draft.page.also_titled, draft.page.partial) == (("At last",), True)
    assert (draft.page.extractor or "").startswith("onrecord-html 1, trafilatura 2.")


def test_half_a_surrogate_pair_in_the_data_is_left_out():
    """JSON can hold one, and no text of the archive can."""
    data = json.dumps({"@type": "NewsArticle", "headline": TITLE, "author": "Jo \ud800Hill"})
    page = article_page(head=f'<script type="application/ld+json">{data}</script>')
    assert check_draft(read_page(page)).author == "Jo Hill"
