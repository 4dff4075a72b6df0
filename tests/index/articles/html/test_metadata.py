"""What a page declares about its article."""

import pytest

from onrecord.index.articles.html.metadata import Declared, read_metadata
from onrecord.index.articles.html.page_bytes import parse_page
from onrecord.index.articles.html.titles import choose_title
from tests.index.articles.html.pages import article_page


def declared(head: str = "", *, data: object = None, before: str = "") -> Declared:
    return read_metadata(parse_page(article_page(head=head, data=data, before=before)))


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "NewsArticle", "author": {"@type": "Person", "name": "Jo Hill"}},
        {"@type": ["Article", "Thing"], "author": "Jo Hill"},
        {"@type": "https://schema.org/NewsArticle", "author": ["Jo Hill"]},
        [{"@type": "WebSite", "name": "The Coast"}, {"@type": "NewsArticle", "author": {"name": ["Jo Hill"]}}],
        {
            "@graph": [
                {"@type": "Person", "@id": "#jo", "name": "Jo Hill"},
                {"@type": "Article", "author": {"@id": "#jo"}},
            ]
        },
        {
            "@type": "WebPage",
            "mainEntity": {"@type": "BlogPosting", "author": [{"givenName": "Jo", "familyName": "Hill"}]},
        },
        {"@type": "NewsArticle", "author": "By Jo Hill (jh)"},
        {"@type": "NewsArticle", "author": "Jo  Hill", "creator": "Somebody Else"},
    ],
)
def test_authors_are_read_from_every_form_of_json_ld(data):
    """Arrays, graphs, references, names in parts."""
    assert declared(data=data).authors == ("Jo Hill",)
    assert declared(data=data).is_article


@pytest.mark.parametrize(
    ("head", "before", "authors"),
    [
        ('<meta name="author" content="Jo Hill and Eva Lund">', "", ("Jo Hill", "Eva Lund")),
        ('<meta property="article:author" content="https://social.example/jo">', "", ()),
        ("", '<a rel="author" href="/jo">Jo Hill</a>', ("Jo Hill",)),
        ("", '<div class="article__byline">Von Jörg Öz, Eva Lund</div>', ("Jörg Öz", "Eva Lund")),
        ("", '<span itemprop="author">Jo Hill</span>', ("Jo Hill",)),
        ('<meta name="author" content="The Coast"><meta property="og:site_name" content="The Coast">',
         '<a rel="author">Jo Hill</a>', ("Jo Hill",)),
        ('<meta name="author" content="Coast"><meta property="og:site_name" content="Coast">', "", ("Coast",)),
    ],
)  # fmt: skip
def test_authors_are_read_from_the_head_and_from_the_byline(head, before, authors):
    """A site that names itself gives way to a person."""
    assert declared(head, before=before).authors == authors


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "headline": "Harbour',
        "not json at all",
        "[" * 100_000,
        '{"@type": 5, "author": [[null, 3, {"name": {"a": 1}}]], "headline": [], "datePublished": {"x": 1}}',
        "null",
    ],
)
def test_broken_json_ld_is_left_out(broken):
    """The rest of the page still counts."""
    assert declared(script(broken) + '<meta name="author" content="Jo Hill">').authors == ("Jo Hill",)


@pytest.mark.parametrize(
    "mended",
    [
        '{"@type": "NewsArticle", "author": "Jo Hill", }',
        '<!-- {"@type": "NewsArticle", "author": "Jo Hill"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "author": "Jo Hill"}\n//]]>',
        '{"@type": "NewsArticle", "description": "One\nline", "author": "Jo Hill"};',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;author&quot;: &quot;Jo Hill&quot;}",
    ],
)
def test_common_slips_in_json_ld_are_mended(mended):
    """A last comma, a comment around it, a line break in a text, escapes."""
    assert declared(script(mended)).authors == ("Jo Hill",)


def test_an_article_that_the_page_lists_is_not_the_page():
    """Of several articles, the one with the displayed headline counts; items of a list never do."""
    other = {"@type": "NewsArticle", "headline": "Ferry sinks", "author": "Rui Costa"}
    own = {"@type": "NewsArticle", "headline": "Harbour to open in May after ten years", "author": "Jo Hill"}
    assert declared(data=[other, own]).authors == ("Jo Hill",)
    assert not declared(data={"@type": "ItemList", "itemListElement": [other]}).authors


@pytest.mark.parametrize(
    ("head", "data", "before", "date"),
    [
        ("", {"@type": "NewsArticle", "datePublished": "2025-11-03T08:30:00+01:00"}, "", "2025-11-03T08:30:00+01:00"),
        ("", {"@type": "NewsArticle", "datePublished": "2025-11-03T08:30:00Z"}, "", "2025-11-03T08:30:00Z"),
        ("", {"@type": "NewsArticle", "datePublished": "2025-11-03T08:30:00+0100"}, "", "2025-11-03T08:30:00+0100"),
        ("", {"@type": "NewsArticle", "datePublished": "soon"}, "<time datetime='2025-11-04'>x</time>", "2025-11-04"),
        ('<meta property="article:published_time" content="2025-11-05T10:00:00Z">', None, "", "2025-11-05T10:00:00Z"),
        ('<meta name="date" content="3 November 2025">', None, "", "2025-11-03"),
        ("", None, "<span itemprop='datePublished' content='2025-11-06'></span>", "2025-11-06"),
        ("", None, "<time datetime='2024-01-01'>x</time><time pubdate datetime='2025-11-07'>y</time>", "2025-11-07"),
        ("", None, "", None),
    ],
)  # fmt: skip
def test_the_date_of_publication_keeps_its_zone(head, data, before, date):
    """It is taken from the surest place that has a date."""
    assert declared(head, data=data, before=before).published_at == date


@pytest.mark.parametrize(
    ("free", "is_free"),
    [(False, False), ("False", False), ("false", False), (True, True), ("True", True), (None, True)],
)
def test_a_part_for_subscribers_is_said(free, is_free):
    """As a value of JSON or as a text."""
    assert declared(data={"@type": "NewsArticle", "isAccessibleForFree": free}).is_free is is_free


def test_language_and_publisher_are_read():
    """The element's language comes first; the publisher of the data before the site's name."""
    page = article_page(data={"@type": "NewsArticle", "publisher": {"name": "The Coast Ltd"}, "inLanguage": "pt"})
    assert read_metadata(parse_page(page)).publisher == "The Coast Ltd"
    assert read_metadata(parse_page(page)).language == "en"
    assert read_metadata(parse_page(page.replace('lang="en"', 'lang="<b>"'))).language == "pt"
    assert read_metadata(parse_page(page.replace('lang="en"', 'lang="de_AT"'))).language == "de-AT"


@pytest.mark.parametrize(
    ("sources", "title"),
    [
        ([["Harbour opens"], ["Harbour opens"], ["Other"], ["Harbour opens | The Coast"]], "Harbour opens"),
        ([["Shown alone"], ["Harbour opens"], ["Harbour opens"], []], "Harbour opens"),
        ([["Shown"], ["One"], ["Two"], ["Three"]], "Shown"),
        ([[], [], [], ["Harbour opens in May – The Coast"]], "Harbour opens in May"),
        ([[], [], [], ["The Coast: A Story of a Harbour"]], "The Coast: A Story of a Harbour"),
        ([["THE QUAY Harbour opens in May"], ["Harbour opens in May"], [], []], "Harbour opens in May"),
        ([[], [], ["Harbour - the long story"], []], "Harbour - the long story"),
        ([[], [], [], []], None),
    ],
)
def test_the_title_is_the_one_that_two_sources_agree_on(sources, title):
    """Else the displayed one; the site's name is left out."""
    assert choose_title(sources, ["The Coast"])[0] == title
