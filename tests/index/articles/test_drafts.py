"""What may become an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.articles.drafts import MAX_FIELD, MAX_TEXT, check_draft
from onrecord.index.errors import InvalidArticle
from onrecord.index.values import Draft

FIELDS = ("title", "publisher", "author", "published_at", "url", "source_name")


def refusal(draft):
    with pytest.raises(InvalidArticle) as caught:
        check_draft(draft)
    assert type(caught.value) is InvalidArticle
    return str(caught.value)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip()))
def test_a_text_passes_character_for_character(text):
    """Whatever stands in a text is kept: accents, emoji, direction marks, white space at its ends."""
    assert check_draft(Draft(text=text + "\r\n\t")) == Draft(text=text + "\r\n\t")


def test_a_byte_order_mark_is_kept():
    """The mark at a file's beginning counts as a character, so that offsets hold against the file."""
    assert check_draft(Draft(text="\ufeffText")).text == "\ufeffText"


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\ufeff", "\ufeff \f\v"])
def test_an_empty_text_is_refused(text):
    """White space and a byte order mark are no article."""
    expected = "The text is empty; an article needs at least one word."
    if "\v" in text:
        expected = (
            "text holds a control character, U+000B, at position 3; this is no plain text. "
            "Convert it to plain text in UTF-8."
        )
    assert refusal(Draft(text=text)) == expected


def test_a_text_may_be_as_long_as_the_limit_and_no_longer():
    """The limit itself passes; one character more names both numbers."""
    assert check_draft(Draft(text="x" * MAX_TEXT)).text == "x" * MAX_TEXT
    assert refusal(Draft(text="x" * (MAX_TEXT + 1))) == (
        "The text has 1,000,001 characters, the limit is 1,000,000; cut it into several articles."
    )


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("blank", ["", "  ", "\n\t"])
def test_a_blank_field_is_no_field(name, blank):
    """What says nothing is the same as what was left out."""
    assert check_draft(Draft(text="Text.", **{name: blank})) == Draft(text="Text.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Kyiv’s winter ☃"),
        ("publisher", "Al Jazeera"),
        ("author", "By Nobody"),
        ("published_at", "2025-12-01 08:55:24"),
        ("url", "https://example.org/a?b=c#d"),
        ("url", "HTTP://пример.рф/новости"),
        ("source_name", "2025/12/001.txt"),
    ],
)
def test_a_field_is_kept_without_the_space_around_it(name, value):
    """A field's value stays as it was written, trimmed."""
    assert check_draft(Draft(text="Text.", **{name: f" {value}\n"})) == Draft(text="Text.", **{name: value})


@pytest.mark.parametrize("name", ["text", "title", "author", "url"])
@pytest.mark.parametrize(
    ("character", "what"),
    [
        ("\x00", "control character, U+0000"),
        ("\x08", "control character, U+0008"),
        ("\x0b", "control character, U+000B"),
        ("\x1f", "control character, U+001F"),
        ("\x7f", "control character, U+007F"),
        ("\ud83d", "half of a surrogate pair, U+D83D"),
        ("\udfff", "half of a surrogate pair, U+DFFF"),
    ],
)
def test_what_is_no_text_is_refused(name, character, what):
    """A control character or half a surrogate pair is named with its field and position."""
    draft = Draft(**{"text": "Text.", name: f"a{character}b"})
    assert refusal(draft) == (
        f"{name} holds a {what}, at position 1; this is no plain text. Convert it to plain text in UTF-8."
    )


@pytest.mark.parametrize("name", ["title", "publisher", "author", "source_name"])
def test_a_field_may_be_as_long_as_the_limit_and_no_longer(name):
    """The limit itself passes; one character more names the field and both numbers."""
    assert getattr(check_draft(Draft(text="Text.", **{name: "x" * MAX_FIELD})), name) == "x" * MAX_FIELD
    assert refusal(Draft(text="Text.", **{name: "x" * (MAX_FIELD + 1)})) == (
        f"{name} has 2,001 characters, the limit is 2,000."
    )


def test_a_date_that_is_none_is_refused():
    """The error names field, value and what to write."""
    assert refusal(Draft(text="Text.", published_at="last week")) == (
        "published_at: 'last week' is no date; write it like 2024-05-16, 2024-05-16T08:55:24Z, 16 May 2024 or "
        "Thu, 16 May 2024 08:55:24 +0000."
    )


@pytest.mark.parametrize(
    "url",
    ["example.org/a", "javascript:alert(1)", "file:///etc/passwd", "https://", "http://[::1", "https://a.org/b c"],
)
def test_an_address_that_is_none_is_refused(url):
    """Only http and https addresses are ever shown as links; the error names the one that is none."""
    assert refusal(Draft(text="Text.", url=url)) == (
        f"url {url!r} is no http or https address; correct it or leave it out."
    )


def test_a_date_is_kept_in_iso_8601():
    """However a date was written, an archived article has it in one form, as its readers and filters take it."""
    for written, kept in [
        ("Thu, 16 May 2024 08:55:24 GMT", "2024-05-16T08:55:24+00:00"),
        ("16 May 2024", "2024-05-16"),
    ]:
        assert check_draft(Draft(text="Text.", published_at=written)).published_at == kept
