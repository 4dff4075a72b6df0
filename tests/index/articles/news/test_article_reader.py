import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.articles.news.furniture import is_furniture
from onrecord.index.text.dates import find_date
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import BlockKind
from tests.paths import ROOT, SEEDS

READINGS = json.loads((ROOT / "tests" / "index" / "seed_readings.json").read_text(encoding="utf-8"))

BODY = "The ministers met in Geneva on Monday and talked about guarantees for nine hours without a result."
SECOND = "They will meet again on Friday, a spokeswoman of the foreign ministry told reporters after the talks."


def article(*lines: str, gap: str = "\n\n") -> str:
    """A headline, the lines, and two paragraphs below them."""
    return gap.join(["Ministers fail to agree on guarantees", *lines, BODY, SECOND])


def kinds(text: str, title: str | None = None) -> dict[str, BlockKind]:
    return {block.span.of(text): block.kind for block in read_article(text, title=title).blocks}


LINES = st.sampled_from(
    ["By Jane Roe", "Reuter", "SOURCE: ALJAZEERA", BODY, SECOND, "READ ALSO: More", "Heading", "What next?", "***", "-"]
    + [
        "| 2025-12-01 08:55:24",
        "WASHINGTON, Dec 1 (Reuters) - It said",
        "© 2025 Roe",
        "“We win,” he said.",
        "\ufeff",
        "🎉",
    ]
    + [
        "    indented line that goes on",
        "lower-case line",
        "1. item",
        "",
        "Photo: Roe (Getty Images)",
        "مرحبا",
        "会议。",
    ]
)
TEXTS = st.one_of(
    st.text(),
    st.tuples(st.lists(LINES, max_size=20), st.sampled_from(["\n", "\r\n", "\n\n"])).map(lambda p: p[1].join(p[0])),
)


@given(TEXTS, st.one_of(st.none(), st.text(), LINES))
def test_every_visible_code_point_is_in_exactly_one_block(text, title):
    """Whatever the text and title, blocks are trimmed slices in order and nothing is lost."""
    reading = read_article(text, title=title)
    spans = [block.span for block in reading.blocks]
    assert all(span.of(text) and span.of(text) == span.of(text).strip() for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert "".join("".join(span.of(text) for span in spans).split()) == "".join(text.split())
    assert sum(block.kind is BlockKind.HEADLINE for block in reading.blocks) <= 1


@given(TEXTS)
def test_a_date_that_is_read_is_a_day_of_the_calendar(text):
    """What the reader calls a date sorts as one."""
    found = read_article(text).published_at
    assert found is None or (found[4], found[7]) == ("-", "-")


@pytest.mark.parametrize("name", sorted(READINGS))
def test_the_seed_articles_are_read_like_this(name):
    """Title, author, publisher, date and the kind and sentences of every block of the five seeds."""
    text = (SEEDS / name).read_bytes().decode()
    reading = read_article(text)
    blocks = [
        {"kind": str(block.kind), "sentences": [span.of(text) for span in split_sentences(text, block.span)]}
        for block in reading.blocks
    ]
    assert {
        "title": reading.title,
        "author": reading.author,
        "publisher": reading.publisher,
        "published_at": reading.published_at,
        "blocks": blocks,
    } == READINGS[name]


@pytest.mark.parametrize("name", sorted(READINGS))
def test_a_seed_with_windows_line_ends_and_a_byte_order_mark_reads_the_same(name):
    """Line ends and a mark in front change offsets only."""
    text = (SEEDS / name).read_bytes().decode()
    other = "\ufeff" + text.replace("\n", "\r\n")
    plain, marked = read_article(text), read_article(other)
    assert (plain.title, plain.author, plain.publisher, plain.published_at) == (
        marked.title,
        marked.author,
        marked.publisher,
        marked.published_at,
    )
    assert [(b.kind, b.span.of(text)) for b in plain.blocks] == [(b.kind, b.span.of(other)) for b in marked.blocks[1:]]
    assert marked.blocks[0].kind is BlockKind.FURNITURE


# Title


def test_a_given_title_makes_the_line_that_repeats_it_the_headline():
    """Marks and case may differ; a second repetition is furniture."""
    text = f"Ministers fail to agree.\n\n{BODY}\n\nMINISTERS FAIL TO AGREE\n\n{SECOND}"
    reading = read_article(text, title="Ministers Fail to Agree")
    assert reading.title == "Ministers Fail to Agree"
    assert [block.kind for block in reading.blocks] == ["headline", "paragraph", "furniture", "paragraph"]


def test_a_given_title_may_stand_on_two_lines():
    """A headline and its deck were one title elsewhere."""
    text = f"Ministers fail to agree;\nTalks go on in May.\n{BODY}\n{SECOND}"
    assert [b.kind for b in read_article(text, title="Ministers fail to agree; Talks go on in May").blocks] == [
        "headline",
        "furniture",
        "paragraph",
        "paragraph",
    ]


def test_a_body_without_its_title_keeps_its_first_paragraph():
    """A wire story's title came separately: nothing of the text is taken for it."""
    first = "Standard Oil Co and BP said they plan\nto form a venture in May."
    second = "BP is a subsidiary of\nBritish Petroleum."
    text = f"{first}\n    {second}\n Reuter"
    for title in (None, "STANDARD OIL TO FORM FINANCIAL UNIT"):
        reading = read_article(text, title=title)
        assert reading.title == title
        assert reading.publisher == "Reuters"
        assert [(block.kind, block.span.of(text)) for block in reading.blocks] == [
            ("paragraph", first),
            ("paragraph", second),
            ("furniture", "Reuter"),
        ]


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"{BODY}\n\n{SECOND}",
        f"“We will win,” he said\n\n{BODY}",
        f"and so they left\n\n{BODY}",
        "Shr 10 cts vs 20 cts\n    Net 1,000 vs 2,000\n    Revs 3,000 vs 4,000\n Reuter",
        "Only a headline without an article",
    ],
)
def test_text_without_a_headline_has_no_title(text):
    """A paragraph, a quotation, half a sentence or a table is no headline."""
    assert read_article(text).title is None
    assert all(block.kind is not BlockKind.HEADLINE for block in read_article(text).blocks)


@pytest.mark.parametrize(
    ("line", "title", "publisher"),
    [
        ("Ministers fail to agree | BBC News", "Ministers fail to agree", "BBC"),
        ("# Ministers fail to agree", "Ministers fail to agree", None),
        ("Title: Ministers fail to agree", "Ministers fail to agree", None),
        ("Will ministers ever agree?", "Will ministers ever agree?", None),
        ("Ministers ‘fail’ – Reuters", "Ministers ‘fail’ – Reuters", None),
        ("Шойгу заявил о готовности к переговорам", "Шойгу заявил о готовности к переговорам", None),
        ("中国总理访问俄罗斯", "中国总理访问俄罗斯", None),
    ],
)
def test_the_first_line_is_the_headline_if_it_looks_like_one(line, title, publisher):
    """A label or a source around a title is no part of it; the block is the whole line."""
    text = f"{line}\n{BODY}\n{SECOND}"
    reading = read_article(text)
    assert (reading.title, reading.publisher) == (title, publisher)
    assert kinds(text)[line] is BlockKind.HEADLINE


def test_a_kicker_above_the_headline_is_furniture():
    """WORLD is no title."""
    text = f"MIDDLE EAST\n\nMinisters fail to agree on guarantees\n\n{BODY}"
    assert read_article(text).title == "Ministers fail to agree on guarantees"


# Author, publisher, date


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Rafiyat Sadiq", "Rafiyat Sadiq"),
        ("BY JANE ROE", "JANE ROE"),
        ("By Jane Roe and John Q. Doe", "Jane Roe and John Q. Doe"),
        ("By Jane Roe, John Doe and Carlos de la Cruz", "Jane Roe, John Doe and Carlos de la Cruz"),
        ("By Jane O’Connor, Senior Political Correspondent", "Jane O’Connor"),
        ("By Jane Roe, CNN", "Jane Roe"),
        ("By Jane Roe | December 1, 2025", "Jane Roe"),
        ("Written by Jane Roe", "Jane Roe"),
        ("Author: Jane Roe", "Jane Roe"),
        ("Автор: Иван Петров", "Иван Петров"),
    ],
)
def test_a_byline_names_the_author_and_is_furniture(line, author):
    """A role, an outlet or a date behind a name is none of it."""
    text = article(line)
    assert read_article(text).author == author
    assert kinds(text)[line] is BlockKind.FURNITURE


@pytest.mark.parametrize("line", ["By Monday, the row had spread.", "By Friday Morning", "By all accounts it failed."])
def test_a_sentence_that_begins_with_by_is_no_byline(line):
    """Days are no people."""
    text = article(line)
    assert read_article(text).author is None
    assert kinds(text)[line] is not BlockKind.FURNITURE


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("SOURCE: ALJAZEERA", "Al Jazeera"),
        ("Source: The Daily Roe", "The Daily Roe"),
        ("© 2025 Reuters. All rights reserved.", "Reuters"),
        ("Copyright 2025 The Associated Press. All rights reserved.", "Associated Press"),
        ("Reuters", "Reuters"),
    ],
)
def test_the_last_lines_name_the_publisher(line, publisher):
    """Known sources are spelt as they spell themselves, others as the text does."""
    text = article() + "\n\n" + line
    assert read_article(text).publisher == publisher
    assert kinds(text)[line] is BlockKind.FURNITURE


@pytest.mark.parametrize(
    ("dateline", "publisher", "date"),
    [
        ("WASHINGTON, Dec 1 (Reuters) -", "Reuters", None),
        ("WASHINGTON (AP) —", "Associated Press", None),
        ("MEXICO CITY, Feb. 8, 2016 (UPI) —", "UPI", "2016-02-08"),
        ("Cleveland (AFP) –", "AFP", None),
    ],
)
def test_an_agencys_dateline_is_cut_off_the_paragraph(dateline, publisher, date):
    """The sentence behind it is quoted without it."""
    text = f"Ministers fail to agree on guarantees\n\n{dateline} {BODY}\n\n{SECOND}"
    reading = read_article(text)
    assert (reading.publisher, reading.published_at) == (publisher, date)
    assert kinds(text)[dateline] is BlockKind.FURNITURE
    assert kinds(text)[BODY] is BlockKind.PARAGRAPH


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("| 2025-12-01 08:55:24", "2025-12-01T08:55:24"),
        ("Published: 1 December 2025", "2025-12-01"),
        ("26-FEB-1987 15:01:01.79", "1987-02-26T15:01:01"),
        ("Published On 1 Dec 2025", "2025-12-01"),
        ("December 1, 2025 at 10:30 p.m. EST", "2025-12-01T22:30:00-05:00"),
        ("Mon, 01 Dec 2025 08:55:24 GMT", "2025-12-01T08:55:24+00:00"),
        ("2025-12-01T08:55:24.5+0200", "2025-12-01T08:55:24+02:00"),
        ("01.12.2025, 08:55", "2025-12-01T08:55:00"),
        ("13/12/2025", "2025-12-13"),
        ("12/13/2025", "2025-12-13"),
        ("03/04/2025", None),
        ("Updated Feb 30, 2025", None),
        ("1 декабря 2025, 10:15", "2025-12-01T10:15:00"),
        ("1. Dezember 2025", "2025-12-01"),
        ("Published: 1 Dec 2025 | Updated: 2 Dec 2025", "2025-12-01"),
    ],
)
def test_a_date_stamp_dates_the_article(line, date):
    """A date that is none, or that may be two, stays unknown; its line is furniture all the same."""
    text = article(line)
    assert read_article(text).published_at == date
    assert kinds(text)[line] is BlockKind.FURNITURE


def test_the_day_of_publication_counts_before_that_of_an_update():
    """Whatever their order."""
    text = article("Updated: 2 December 2025", "Published: 1 December 2025")
    assert read_article(text).published_at == "2025-12-01"
    assert read_article(article("Updated: 2 December 2025")).published_at == "2025-12-02"


def test_a_date_inside_a_sentence_dates_nothing():
    """An article tells of other days than its own."""
    assert read_article(article("The war began on 24 February 2022, he said.")).published_at is None
    assert find_date("no date at all") is None


def test_a_stamp_behind_the_last_sentence_is_cut_off():
    """The sentence keeps its end, the stamp is furniture."""
    text = f"Ministers fail to agree on guarantees\n{BODY} {SECOND} | 2025-12-01 08:55:24"
    assert read_article(text).published_at == "2025-12-01T08:55:24"
    assert kinds(text)[f"{BODY} {SECOND}"] is BlockKind.PARAGRAPH


# Kinds


@pytest.mark.parametrize(
    "line",
    [
        "ua en ru",
        "EN | FR | DE",
        "Home > News > World",
        "READ ALSO:Trump, Putin Set to Meet",
        "Also read: Who is Kushner?",
        "Related: The talks explained",
        "Related Stories",
        "You may also like",
        "Most read",
        "Читайте также: Кто такой Кушнер",
        "Lea también: ¿Quién es Kushner?",
        "Photo: US Secretary of State Marco Rubio (Getty Images)",
        "President Zelenskyy speaks to reporters in Kyiv [File: Gleb Garanich/Reuters]",
        "The president leaves on Monday. (AP Photo/Evan Vucci)",
        "FILE - The president in May.",
        "Image source, Getty Images",
        "Carlos Barria / Reuters",
        "Advertisement",
        "Story continues below advertisement",
        "Share this article",
        "Facebook Twitter WhatsApp",
        "12 comments",
        "Leave a comment",
        "5 min read",
        "2 hours ago",
        "Subscribe to our newsletter",
        "Sign up for our daily briefing and get the news in your inbox.",
        "Follow us on Telegram and Facebook",
        "Follow Jane Roe on Twitter @janeroe",
        "Click here to read more",
        "Read the rest here.",
        "Watch the full interview below:",
        "We use cookies to improve your experience.",
        "© 2025 Roe Media. All rights reserved.",
        "This material may not be published, broadcast, rewritten or redistributed.",
        "The views expressed in this article are the author’s own.",
        "This article was originally published on example.com.",
        "(Reporting by John Smith in Kyiv; Editing by Jane Doe)",
        "Jane Roe contributed to this report.",
        "Tags: Ukraine, Russia",
        "#Ukraine #Russia",
        "https://example.com/a",
        "newsroom@example.com",
        "End of Article",
        "-30-",
        "***",
        "-",
        ".facebook-bio {",
    ],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n", "\r\n"], ids=["blank", "line", "crlf"])
def test_what_stands_around_an_article_is_furniture(line, gap):
    """Wherever it stands, it is neither searched nor quoted, and its neighbours are."""
    for text in (gap.join([article(gap=gap), line]), article(line, gap=gap)):
        found = kinds(text)
        assert found[line] is BlockKind.FURNITURE
        assert found[BODY] is BlockKind.PARAGRAPH
        assert found[SECOND] is BlockKind.PARAGRAPH


@pytest.mark.parametrize(
    "line",
    [
        "“We will win,” he said.",
        '"Share this article," the minister told his followers.',
        "Share prices fell after the announcement.",
        "Follow the money, one trader said.",
        "Copyright laws were changed in Kyiv last year.",
        "Terms of the deal were not disclosed.",
        "Other Republicans remain unpersuaded.",
        "More bombing will follow, he warned.",
        "It was published in the Sunday Telegraph.",
        "Subscribers left.",
        "Reporting by the Times found that the minister knew.",
        "Photos show the bridge in flames.",
        "Watch out for the next round, he said.",
        "Related companies were not named.",
        "Reuters reported on Monday that the talks had failed.",
        "He left the room. (Reuters)",
        "The minister (from the Greens) left the room.",
        "News of the deal spread.",
        "Comments by the minister angered them.",
        "Jane Roe is a reporter who was jailed in Minsk.",
        "TRUMP: We will win",
        "• Raise taxes",
        "1. Taxes will rise.",
        "share.",
    ],
)
def test_article_text_is_never_taken_for_furniture(line):
    """A dropped paragraph is worse than a kept credit."""
    text = article(line)
    assert kinds(text)[line] is BlockKind.PARAGRAPH
    assert not is_furniture(line)


@pytest.mark.parametrize("line", ["Rubio’s European outreach", "Mixed Reactions from Analysts", "What happens next?"])
@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["blank", "line"])
def test_a_short_line_between_paragraphs_is_a_heading(line, gap):
    """It has no full stop and prose follows."""
    text = gap.join(["Ministers fail to agree", BODY, line, SECOND])
    assert kinds(text)[line] is BlockKind.HEADING


def test_short_lines_in_a_row_are_a_list_and_stay():
    """A table or list may be quoted."""
    text = article("Raise the taxes", "Cut the spending", "Leave the union")
    assert list(kinds(text).values()) == ["headline", *["paragraph"] * 5]


def test_the_authors_biography_at_the_end_is_furniture():
    """Of the byline's author, or of somebody with a trade and a way to be followed."""
    known = "Jane Roe is a political reporter in Kyiv."
    other = "John Doe is senior editor at the Daily Roe. Follow him on Twitter @johndoe."
    assert kinds(article("By Jane Roe") + f"\n\n{known}")[known] is BlockKind.FURNITURE
    assert kinds(article() + f"\n\n{other}")[other] is BlockKind.FURNITURE
    assert kinds(article() + f"\n\n{known}")[known] is BlockKind.PARAGRAPH


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff", "\ufeff\n\n", "\u200b"])
def test_a_text_without_words_has_no_paragraph(text):
    """Nothing to quote, and no error."""
    assert all(block.kind is BlockKind.FURNITURE for block in read_article(text).blocks)


def test_a_wrapped_text_is_cut_at_indented_and_at_blank_lines():
    """Newlines that only fill the column part nothing."""
    text = "The dry period means the temporao\nwill be late.\n    Arrivals were 155 bags\nof 60 kilos.\n\nIt seems"
    assert list(kinds(text)) == [
        "The dry period means the temporao\nwill be late.",
        "Arrivals were 155 bags\nof 60 kilos.",
        "It seems",
    ]


def test_a_wrapped_text_in_capitals_keeps_its_paragraphs():
    """Where no line can begin in lower case, lines of one length that end anywhere are wrapped."""
    lines = ["THE ALLIES MET AFTER NASSAU IN DECEMBER TO", "DISCUSS THE FORCE THAT EUROPE HAD NOT SEEN", "UNTIL THEN."]
    assert list(kinds("\n".join(lines))) == ["\n".join(lines)]


HOSTILE = [
    "a\n",
    "Aa bb\n\n",
    "\n",
    " ",
    "(",
    "By Aa y Bb y ",
    "Reporting by Aa Bb and ",
    ".a",
    "© ",
    "home > ",
    "1-",
    "#a",
    "😀\r\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("width", [380, None], ids=["lines", "whole"])
def test_a_hostile_text_takes_linear_time(piece, width):
    """Eight times the text takes about eight times as long, never sixty-four."""

    def seconds(size: int) -> float:
        line = piece * (width // len(piece)) + "\n" if width else piece
        text = line * (size // len(line))
        began = time.perf_counter()
        read_article(text, title="Ministers fail")
        return time.perf_counter() - began

    small = min(seconds(8_000) for _ in range(3))
    assert min(seconds(64_000) for _ in range(2)) < 30 * small + 0.2


@pytest.mark.parametrize(
    "note",
    [
        "Editor's note: This story has been updated to remove a wrong figure for casualties.",
        "Correction: An earlier version gave a wrong age for the victim.",
        "CORRECTS name of the river in paragraph 2",
        "This article was amended on 3 May to correct a name.",
        "10.42am GMT",
        "09:15",
        "6 p.m.",
    ],
)
def test_a_note_or_a_time_above_the_headline_is_furniture(note: str) -> None:
    """The title is the line below it."""
    body = "A train derailed near Kolm on Wednesday and injured fourteen of its passengers, police said."
    reading = read_article(f"{note}\n\nTrain derails near Kolm\n\n{body}\n")
    assert (reading.title, reading.blocks[0].kind) == ("Train derails near Kolm", BlockKind.FURNITURE)
