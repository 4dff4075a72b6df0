"""The page around the widget: articles, who says what in them, adding more, keys."""

import pytest
from playwright.sync_api import expect

from onrecord.index.values import Draft
from onrecord.service.access.caller import Right
from onrecord.service.access.keys import Key, hash_key
from onrecord.service.access.keys_file import add_key
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from tests.browser.test_conversation import QUESTION, ask, whole
from tests.service.serving import serving

pytestmark = pytest.mark.slow

HARBOUR = "Harbour opens\n\n“The harbour opens on Monday,” Mayor Ana Reis said on Friday.\n\nIt will be busy."


def test_articles_are_listed_searched_and_read_with_who_says_what(open_page, seeded_service: str) -> None:
    """The list narrows as one types; an article opens with its quotations by speaker, each leading to its place."""
    page = open_page(seeded_service)
    expect(page.locator("#articles li")).to_have_count(5)
    page.get_by_label("Search articles").fill("delicate")
    expect(page.locator("#articles li")).to_have_count(1)
    page.get_by_label("Search articles").fill("nothing has this")
    expect(page.get_by_text("No article has this in its title or publisher.")).to_be_visible()
    page.get_by_label("Search articles").fill("al jazeera")
    page.locator("#articles button").click()
    expect(page.locator("dialog h2")).to_contain_text("US president pushes for direct talks")
    expect(page.locator("dialog .facts")).to_have_text("Rafiyat Sadiq · Al Jazeera")
    speakers = page.locator("dialog h3").all_inner_texts()
    assert any("Iryna Skubii" in speaker and "University of Melbourne" in speaker for speaker in speakers)
    words = page.get_by_role("button", name="peace talks would fail if Russia")
    words.click()
    expect(page.locator("dialog mark")).to_have_text(words.locator("span").inner_text())
    # What somebody rules out is not put down as what they propose.
    expect(page.get_by_role("button", name="NATO membership")).to_have_text("ruled out NATO membership")
    expect(page.locator("dialog mark")).to_be_in_viewport()


def test_files_can_be_chosen_or_dropped_and_are_asked_at_once(open_page, archive_of) -> None:
    """An empty archive says how to begin; what is added is listed, suggested and answered."""
    with archive_of() as parts, serving(create_app(parts, Settings())) as address:
        page = open_page(address)
        expect(page.get_by_text("Nothing yet. Add a text file to begin.")).to_be_visible()
        file = {"name": "harbour.txt", "mimeType": "text/plain", "buffer": HARBOUR.encode()}
        page.locator("#files").set_input_files(files=[file])
        expect(page.get_by_role("status")).to_have_text("1 created.")
        expect(page.locator("#articles li")).to_have_count(1)
        page.evaluate(
            """() => {
              const data = new DataTransfer();
              data.items.add(new File(["Bridge closes\\n\\nThe bridge closes in June."], "bridge.txt"));
              const dropped = { dataTransfer: data, bubbles: true, cancelable: true };
              document.body.dispatchEvent(new DragEvent("drop", dropped));
            }"""
        )
        expect(page.locator("#articles li")).to_have_count(2)
        page.locator("#files").set_input_files(files=[{**file, "buffer": b"\xff\xfe\x00bad"}])
        expect(page.get_by_role("status")).to_contain_text("harbour.txt")
        ask(page, "When does the harbour open?")
        whole(page)
        expect(page.locator("blockquote").first).to_contain_text("The harbour opens on Monday")


def test_with_keys_the_page_asks_with_the_public_one_and_shows_the_shelf_for_a_full_one(open_page, seeded) -> None:
    """Readers can ask; browsing and adding wait for a key, which is kept in the tab alone; a wrong one is told."""
    settings = Settings(api_keys="secret-key", widget_key="public-key")
    with serving(create_app(seeded, settings)) as address:
        page = open_page(address)
        expect(page.locator(".empty li").first).to_be_visible()
        ask(page, QUESTION)
        whole(page)
        expect(page.locator("#shelf")).to_be_hidden()
        page.get_by_label("To browse and add articles").fill("wrong")
        page.get_by_role("button", name="Use").click()
        expect(page.get_by_role("status")).to_contain_text("needs a key")
        ask(page, "And now?")
        whole(page)
        page.get_by_label("To browse and add articles").fill("secret-key")
        page.get_by_role("button", name="Use").click()
        expect(page.locator("#articles li")).to_have_count(5)
        expect(page.locator("#unlock")).to_be_hidden()
        assert "secret-key" not in page.content()
        page.reload()
        expect(page.locator("#articles li")).to_have_count(5)


def test_a_key_that_may_only_ask_is_not_offered_to_add(open_page, seeded, tmp_path) -> None:
    """The shelf is shown without the form, and what is dropped all the same is not sent."""
    add_key(tmp_path / "keys", Key(name="reader", sha256=hash_key(b"ask-key"), rights=frozenset({Right.ASK})))
    with serving(create_app(seeded, Settings(keys_file=tmp_path / "keys", api_keys="full-key"))) as address:
        page = open_page(address)
        for key, offered in (("ask-key", False), ("full-key", True)):
            page.evaluate("sessionStorage.clear()")
            page.reload()
            page.get_by_label("To browse and add articles").fill(key)
            page.get_by_role("button", name="Use").click()
            expect(page.locator("#articles li")).to_have_count(5)
            expect(page.get_by_text("Add articles", exact=True)).to_be_visible(visible=offered)
            if not offered:
                page.evaluate(
                    """() => {
                      const data = new DataTransfer();
                      data.items.add(new File(["A text."], "a.txt"));
                      const dropped = { dataTransfer: data, bubbles: true, cancelable: true };
                      document.body.dispatchEvent(new DragEvent("drop", dropped));
                    }"""
                )
                expect(page.get_by_role("status")).to_have_text("Adding articles needs a key that allows it.")


def test_an_article_that_changed_since_is_shown_with_a_word_about_it(open_page, archive_of) -> None:
    """The quote is found where it stands now, if it still does; a removed article is said to be gone."""
    draft = Draft(text=HARBOUR, source_name="h.txt")
    with archive_of(draft) as parts, serving(create_app(parts, Settings())) as address:
        page = open_page(address)
        ask(page, "What did Ana Reis say about the harbour?")
        whole(page)
        list(parts.indexer.add([Draft(text=f"Corrected 🎉\n\n{HARBOUR}", source_name="h.txt")]))
        quote = page.locator("blockquote").first.inner_text()
        page.locator(".title").first.click()
        expect(page.get_by_text("The article has changed since it was quoted.")).to_be_visible()
        expect(page.locator("dialog mark")).to_have_text(quote)
        page.keyboard.press("Escape")
        (info,), _ = parts.archive.articles(limit=1)
        parts.indexer.remove(info.id)
        page.locator(".title").first.click()
        expect(page.get_by_text("This article is no longer in the archive.")).to_be_visible()
