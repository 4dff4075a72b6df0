"""Articles that try to be more than text."""

import pytest
from playwright.sync_api import expect

from onrecord.index.values import Draft
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from tests.browser.doubles import answer, citation, event, scripted
from tests.browser.test_conversation import ask, whole
from tests.service.serving import serving

pytestmark = pytest.mark.slow

HOSTILE = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg onload=window.pwned=1><script>window.pwned=1</script></svg>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    "</blockquote></article></template><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example>",
    '<a href="javascript:window.pwned=1" onmouseover=window.pwned=1>click</a>',
    "[click](javascript:window.pwned=1) ![x](http://evil.example/x.png) `{{7*7}}` ${7*7} <%= 7*7 %>",
    "{{constructor.constructor('window.pwned=1')()}}",
    "&lt;script&gt;window.pwned=1&lt;/script&gt; &#x3c;img src=x onerror=window.pwned=1&#x3e;",
    '"><meta http-equiv=refresh content="0;url=http://evil.example"><base href=//evil.example>',
    "<onrecord-chat endpoint=//evil.example></onrecord-chat><form action=//evil.example><button>x",
    "\u202egnp.exe\u202c \u2066isolated \u202dforced",
    "-->]]><!--<math><mtext></mtext><mglyph><style><img src=x onerror=window.pwned=1>",
]
URLS = [
    "javascript:window.pwned=1",
    " javascript:window.pwned=1",
    "JaVaScRiPt:window.pwned=1",
    "java\nscript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "vbscript:window.pwned=1",
    "blob:http://127.0.0.1/x",
    "file:///etc/passwd",
    "//evil.example",
    'https://news.example/"onmouseover=window.pwned=1',
    "http://news.example/<script>",
]
MARKUP = "script, img, svg, iframe, style, link, form[action], meta, base, template, math, object, embed, [onerror]"


def inert(page) -> None:
    """Nothing ran, and no element came out of a text."""
    assert page.evaluate("window.pwned") is None
    # What the page itself is made of: two scripts, an icon, a style sheet, its meta data.
    own = "head > *, h1 > img"
    assert page.evaluate(f"[...document.querySelectorAll('{MARKUP}')].filter(e => !e.matches('{own}')).length") == 0
    assert page.evaluate(f"document.getElementById('chat').shadowRoot.querySelectorAll('{MARKUP}').length") == 0
    assert page.locator("onrecord-chat").count() == 1


def test_a_hostile_archive_is_shown_as_what_it_is(open_page, archive_of) -> None:
    """Titles, authors, publishers and quotes full of markup stand there literally, in every view of the page."""
    drafts = [
        Draft(
            text=f"Mayor Ana Reis said on Monday: “The harbour number {n} opens {hostile} in May.”\n\nIt rained.",
            title=f"{hostile} harbour {n}",
            publisher=hostile,
            author=hostile,
            published_at="2025-11-03",
            url=f"https://news.example/{n}",
        )
        for n, hostile in enumerate(HOSTILE)
    ]
    with archive_of(*drafts) as parts, serving(create_app(parts, Settings())) as address:
        page = open_page(address)
        expect(page.locator("#articles li")).to_have_count(12)
        page.get_by_role("button", name="More articles").click()
        expect(page.locator("#articles li")).to_have_count(len(HOSTILE))
        expect(page.locator("#articles li").first.locator("button")).to_have_text(f"{HOSTILE[0]} harbour 0")
        inert(page)
        for n, hostile in enumerate(HOSTILE):
            ask(page, f"What did Ana Reis say about harbour number {n}? {hostile}")
            whole(page)
        assert page.locator(".card, .verdict").count() >= len(HOSTILE)
        inert(page)
        for title in page.locator("#articles button").all():
            title.click()
            expect(page.locator("dialog .text")).to_contain_text("It rained.")
            inert(page)
            page.keyboard.press("Escape")


def test_hostile_fields_of_a_citation_stay_text_and_links_lead_to_the_web_alone(open_page) -> None:
    """Whatever the service sends, in whichever field: no markup, no link but http(s), each with its `rel`."""
    nasty = [
        citation(
            n,
            hostile,
            title=hostile,
            publisher=hostile,
            speaker=hostile,
            published_at=hostile,
            url=url,
            article_id=hostile,
        )
        for n, (hostile, url) in enumerate(zip(HOSTILE, [*URLS, *URLS], strict=False), 1)
    ]
    sentences = [{"text": c["quote"], "citations": [c["number"]]} for c in nasty]
    sentences += [{"text": hostile, "citations": [1, 2]} for hostile in HOSTILE]
    done = answer(sentences=sentences, citations=nasty, degraded_reason=HOSTILE[1])
    with serving(scripted([event("sources", {"citations": nasty}), event("done", done)])) as address:
        page = open_page(address)
        ask(page, HOSTILE[0])
        whole(page)
        inert(page)
        assert page.locator("blockquote").all_text_contents() == [c["quote"] for c in nasty]
        links = page.locator("#chat a").evaluate_all("all => all.map(a => [a.protocol, a.rel, a.target])")
        assert len(links) == 2
        assert {tuple(link) for link in links} <= {
            ("http:", "noopener nofollow", "_blank"),
            ("https:", "noopener nofollow", "_blank"),
        }
        page.locator(".title").first.click()
        expect(page.locator("dialog .body")).to_contain_text("no longer in the archive")
        inert(page)


def test_directions_that_a_text_forces_end_with_it(open_page) -> None:
    """Overrides are taken out of names and titles and kept inside quotes: what stands beside them reads as ever."""
    turned = "\u202egnp.exe"
    nasty = citation(1, f"He said {turned} today.", title=f"Photo {turned}", publisher=turned, speaker=turned)
    done = answer(sentences=[{"text": nasty["quote"], "citations": [1]}], citations=[nasty])
    with serving(scripted([event("done", done)])) as address:
        page = open_page(address)
        ask(page, "Who?")
        whole(page)
        assert page.locator(".speaker").inner_text() == "gnp.exe"
        assert page.locator(".facts").inner_text() == "gnp.exe · Nov 3, 2025"
        assert page.locator(".title bdi").inner_text() == "Photo gnp.exe"
        # The quote is verbatim, and shut in.
        assert page.locator("blockquote").text_content() == nasty["quote"]
        assert page.locator("blockquote").evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"


def test_a_link_to_an_answer_is_only_a_question(open_page, seeded_service: str) -> None:
    """What a crafted address asks is text as well."""
    page = open_page(f"{seeded_service}/#onrecord=%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E%E0%A4%A")
    whole(page)
    expect(page.locator(".turn h3")).to_contain_text("<img src=x onerror=window.pwned=1>")
    inert(page)
