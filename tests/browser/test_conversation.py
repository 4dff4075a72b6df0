"""Asking in the page at `/`, as a reader does."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from onrecord.index.values import Draft
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from tests.browser.doubles import Brake, answer, citation, event, scripted
from tests.service.serving import serving

pytestmark = pytest.mark.slow

QUESTION = "What did Marco Rubio say about land?"
OPEN = re.compile("open the article at this quote")


def ask(page: Page, question: str) -> None:
    page.locator("textarea").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


def whole(page: Page) -> None:
    expect(page.get_by_role("button", name="Copy link")).to_have_count(page.locator(".turn").count())


def test_an_answer_is_numbered_quotes_with_speaker_words_and_source(open_page, seeded_service: str) -> None:
    """Each citation is a card: number, speaker, the quote with the answering words marked, title, publisher."""
    page = open_page(seeded_service)
    with page.expect_response("**/ask") as asked:
        ask(page, QUESTION)
    body = json.loads(asked.value.request.post_data)
    assert (body["question"], body["stream"], body["history"]) == (QUESTION, True, [])
    whole(page)
    first = page.locator(".card").first
    expect(first.locator(".number")).to_have_text("1")
    expect(first.locator(".speaker")).to_have_text("Marco Rubio")
    expect(first.locator("blockquote")).to_have_text(re.compile("^“Obviously, land .* Rubio said.$"))
    expect(first.locator("mark")).to_have_text(re.compile("^“Obviously, land .* conversation,”$"))
    expect(first.locator(".title")).to_contain_text("US president pushes for direct talks")
    expect(first.locator(".facts")).to_have_text("Al Jazeera")


def test_sentences_come_as_they_are_proved_and_a_screen_reader_hears_them(open_page, seeded) -> None:
    """With the stream held after its first sentence, that one is there, and spoken; the rest follows."""
    brake = Brake(create_app(seeded, Settings()), after=3)
    with serving(brake) as address:
        page = open_page(address)
        ask(page, QUESTION)
        expect(page.locator(".card")).to_have_count(1)
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        expect(page.locator("[aria-live=polite]")).to_contain_text("Marco Rubio: “Obviously, land")
        expect(page.get_by_role("button", name="Copy link")).to_have_count(0)
        brake.released.set()
        whole(page)
        assert page.locator(".card").count() > 1
        expect(page.locator("[aria-live=polite]")).to_contain_text("both sides would need to make concessions")
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_a_click_opens_the_article_at_the_exact_span(open_page, seeded_service: str) -> None:
    """The article's text is scrolled to the quote, which is marked whole and has the focus; Escape leads back."""
    page = open_page(seeded_service)
    ask(page, QUESTION)
    whole(page)
    quote = page.locator("blockquote").first.inner_text()
    title = page.get_by_role("button", name=OPEN).first
    title.click()
    mark = page.locator("dialog mark")
    expect(mark).to_have_text(quote)
    expect(mark).to_be_in_viewport(ratio=1)
    expect(mark).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    expect(title).to_be_focused()
    page.locator("blockquote").last.click()
    expect(page.locator("dialog mark")).to_have_text(page.locator("blockquote").last.inner_text())


def test_offsets_are_code_points(open_page, archive_of) -> None:
    """Emoji and other characters beyond 16 bits before the quote, and in it, move nothing."""
    text = (
        "Harbour 🚢🚢🚢 opens 𝔞𝔱 last\n\nThe crowd 👩‍👩‍👧 cheered 🎉.\n\n"
        "“The harbour 🚢 opens on Monday 🎉 for all of the coast,” Mayor Ana Reis said on Friday 𝔘.\n\n"
        "The weather was fine."
    )
    with archive_of(Draft(text=text, source_name="h.txt")) as parts, serving(create_app(parts, Settings())) as address:
        page = open_page(address)
        ask(page, "What did Ana Reis say about the harbour?")
        whole(page)
        expect(page.locator(".card mark")).to_have_text("“The harbour 🚢 opens on Monday 🎉 for all of the coast,”")
        page.get_by_role("button", name=OPEN).first.click()
        expect(page.locator("dialog mark")).to_have_text(page.locator("blockquote").first.inner_text())


def test_what_is_not_in_the_archive_is_said_with_the_closest_quotes(open_page, seeded_service: str) -> None:
    """An abstention is an answer: it names itself, shows what comes closest, and offers no retry."""
    page = open_page(seeded_service)
    ask(page, "How tall is Mount Everest?")
    whole(page)
    expect(page.locator(".verdict")).to_have_text("Not in the archive")
    expect(page.get_by_text("What comes closest")).to_be_visible()
    assert page.locator(".near .card").count() == 3
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    expect(page.locator("[aria-live=polite]")).to_contain_text("Not in the archive")
    page.get_by_role("button", name=OPEN).first.click()
    expect(page.locator("dialog mark")).to_have_text(page.locator("blockquote").first.inner_text())


def test_a_follow_up_sends_the_conversation_and_a_reload_keeps_it(open_page, seeded_service: str) -> None:
    """Earlier questions and answers go along; after a reload they are there, and not read out or asked again."""
    page = open_page(seeded_service)
    ask(page, QUESTION)
    whole(page)
    with page.expect_response("**/ask") as asked:
        page.locator("textarea").fill("And what about legality?")
        page.keyboard.press("Enter")
    history = json.loads(asked.value.request.post_data)["history"]
    assert [turn["role"] for turn in history] == ["user", "assistant"]
    assert history[0]["content"] == QUESTION
    assert history[1]["content"].startswith("“Obviously, land")
    whole(page)
    before = page.locator(".log").inner_text()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.reload()
    whole(page)
    assert page.locator(".log").inner_text() == before
    expect(page.locator("[aria-live=polite]")).to_be_empty()
    assert not [url for url in sent if url.endswith("/ask")]
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("textarea")).to_be_focused()
    page.reload()
    expect(page.locator(".empty li").first).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_a_running_answer_can_be_stopped_and_asked_again(open_page, seeded) -> None:
    """Stop keeps what was proved so far and says so, also after a reload; a retry gets the whole answer."""
    brake = Brake(create_app(seeded, Settings()), after=3)
    with serving(brake) as address:
        page = open_page(address)
        ask(page, QUESTION)
        expect(page.locator(".card")).to_have_count(1)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".note")).to_contain_text("Stopped.")
        expect(page.locator(".card")).to_have_count(1)
        page.reload()
        expect(page.locator(".note")).to_contain_text("Stopped.")
        brake.released.set()
        page.get_by_role("button", name="Try again").click()
        whole(page)
        assert page.locator(".card").count() > 1
        expect(page.locator(".turn h3")).to_be_focused()


def test_a_service_that_is_gone_says_what_to_do_and_a_retry_goes_on(open_page, seeded_service: str) -> None:
    """Offline is a sentence and a way on, and the question is kept."""
    page = open_page(seeded_service)
    expect(page.locator(".empty li").first).to_be_visible()
    page.context.set_offline(True)
    ask(page, QUESTION)
    expect(page.locator(".note")).to_contain_text("The archive cannot be reached. Check the connection.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    whole(page)
    expect(page.locator(".note")).to_be_empty()


def test_a_slow_service_says_so_and_can_be_stopped(open_page, seeded) -> None:
    """After six seconds without an answer the reader is told that it takes long; after sixty it is given up."""
    brake = Brake(create_app(seeded, Settings()), after=0)
    with serving(brake) as address:
        page = open_page()
        page.clock.install()
        page.goto(address)
        ask(page, QUESTION)
        expect(page.locator(".busy")).to_have_text("Searching the archive…")
        page.clock.fast_forward(6_500)
        expect(page.locator(".busy")).to_have_text("This takes longer than usual. Wait, or stop and ask again.")
        page.clock.fast_forward(60_000)
        expect(page.locator(".note")).to_contain_text("The archive did not answer in time.")
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        brake.released.set()


def test_a_limited_reader_learns_how_long_to_wait(open_page, seeded) -> None:
    """429 becomes a sentence with the seconds; the retry appears when it may work."""
    settings = Settings(widget_key="public-key", widget_rate=6)
    with serving(create_app(seeded, settings)) as address:
        page = open_page()
        page.clock.install()
        page.goto(address)
        for turn in range(8):
            ask(page, QUESTION)
            expect(page.locator(".turn")).to_have_count(turn + 1)
            expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
            if page.get_by_text("Too many questions").count():
                break
        expect(page.locator(".note").last).to_contain_text(re.compile(r"Try again in \d+ s"))
        expect(page.get_by_role("button", name="Try again")).to_be_hidden()
        page.clock.fast_forward(15_000)
        expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_language_models_answer_shows_only_what_is_proved(open_page) -> None:
    """Prose has markers that lead to its cards; what has no proof never shows; the whole answer has the last word."""
    one = citation(1, "The harbour opens in May.", copies={"count": 3})
    two = citation(2, "It cost nine million.", speaker="Ana Reis", copies={"count": 0})
    first = {"text": "It opens in May.", "citations": [1]}
    unproved = {"text": "Nobody believes it.", "citations": [7]}
    second = {"text": "It was dear.", "citations": [2, 1]}
    withdrawn = {"text": "This was streamed too early.", "citations": [2]}
    done = answer(sentences=[first, second], citations=[one, two], rejected=[{"text": "x", "reason": "y"}])
    done["degraded_reason"] = "The model was slow."
    stream = (
        event("sources", {"citations": [one]})
        + ": still here\r\n\r\n"
        + event("sentence", first).replace("\n", "\r\n")
        + event("citation", one)
        + event("sentence", withdrawn)
        + event("citation", two)
        + event("rejected", {"text": "x", "reason": "y"})
        + event("sentence", unproved)
        + event("done", done)
    ).encode()
    # Cut where no line, event or character ends.
    pieces = [stream[at : at + 7] for at in range(0, len(stream), 7)]
    with serving(scripted(pieces)) as address:
        page = open_page(address)
        ask(page, "When does it open?")
        whole(page)
        assert page.locator(".prose p").all_inner_texts() == ["It opens in May.[1]", "It was dear.[2][1]"]
        assert page.locator("blockquote").all_inner_texts() == [one["quote"], two["quote"]]
        expect(page.get_by_text("Withheld, because no quote proves them: 1.")).to_be_visible()
        expect(page.get_by_text("The model was slow.")).to_be_visible()
        carried = "The Coast · Nov 3, 2025 · also carried elsewhere: 3"
        assert page.locator(".facts").all_inner_texts() == [carried, "The Coast · Nov 3, 2025"]
        page.get_by_role("button", name="[2]").click()
        expect(page.locator("[data-number='2'] .title")).to_be_focused()


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ([event("sources", {"citations": []})], "The answer broke off."),
        ([event("error", {"detail": "The model is asleep."})], "The model is asleep."),
        (["event: done\ndata: {not json\n\n"], "The answer broke off."),
    ],
)
def test_a_stream_that_ends_badly_says_so(open_page, pieces, said) -> None:
    """An error, a stream that ends early and one that cannot be read each leave a sentence and a retry."""
    with serving(scripted(pieces)) as address:
        page = open_page(address)
        ask(page, "When does it open?")
        expect(page.locator(".note")).to_contain_text(said)
        expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_an_answer_can_be_copied_with_its_sources_and_linked_to(open_page, seeded_service: str) -> None:
    """The clipboard gets question, quotes and where they stand; the link asks the same question in a fresh tab."""
    page = open_page(seeded_service, permissions=["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    whole(page)
    answered = page.locator(".log").inner_text()
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{QUESTION}\n\n“Obviously, land")
    assert re.search(r"^\[1\] Marco Rubio · US president pushes .* · Al Jazeera · 002_\S+ \(3508–3631\)$", copied, re.M)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_have_count(2)
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{seeded_service}/#onrecord=What%20did")
    other = open_page(link)
    whole(other)
    assert other.locator(".log").inner_text() == answered


def test_suggested_questions_come_from_the_archive_and_are_answered(open_page, seeded_service: str) -> None:
    """Each question that the page offers gets an answer in the words of whom it names."""
    page = open_page(seeded_service)
    expect(page.locator(".empty li")).to_have_count(4)
    for question in page.locator(".empty li").all_inner_texts():
        page.get_by_role("button", name=question).click()
        expect(page.locator(".turn h3")).to_be_focused()
        whole(page)
        speaker = re.match(r"What did (.+?) say", question)[1]
        expect(page.locator(".speaker").first).to_have_text(speaker)
        page.get_by_role("button", name="Clear").click()
