"""Checks that a draft can become an article, made before anything is read or stored."""

import re
from urllib.parse import urlsplit

from onrecord.index.errors import InvalidArticle
from onrecord.index.text.timestamps import to_iso, to_utc
from onrecord.index.values import METADATA, Draft

MAX_TEXT = 1_000_000
"""Code points in one article's text; the longest news features have a tenth of this."""
MAX_FIELD = 2_000
"""Code points in a title, a name or a url."""

CONTROLS = "\x00-\x08\x0b\x0e-\x1f\x7f"
"""Control characters that no text has, as a class of a pattern has them."""

_CONTROL = re.compile(f"[{CONTROLS}]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def check_draft(draft: Draft, *, name: str | None = None) -> Draft:
    """Return the draft with blank fields as None and its date in ISO 8601; raise `InvalidArticle` if it is no article.

    The message names the value that cannot be archived. It begins with `name`, if it is given, so that a user knows
    which of several articles is meant.
    """
    try:
        return _checked(draft)
    except InvalidArticle as error:
        if name:
            raise error.at(name) from None
        raise


def _checked(draft: Draft) -> Draft:
    _check_characters("text", draft.text)
    if not draft.text.strip("\ufeff \t\r\n\f\v"):
        raise InvalidArticle("The text is empty; an article needs at least one word.", reason="empty text")
    if len(draft.text) > MAX_TEXT:
        raise InvalidArticle(
            f"The text has {len(draft.text):,} characters, the limit is {MAX_TEXT:,}; cut it into several articles.",
            reason="too long",
        )
    fields = {name: _check_field(name, getattr(draft, name)) for name in METADATA}
    if published_at := fields["published_at"]:
        try:
            to_utc(published_at)
            fields["published_at"] = to_iso(published_at)
        except ValueError as error:
            raise InvalidArticle(f"published_at: {error}", reason="wrong date") from None
    if url := fields["url"]:
        _check_url(url)
    return Draft(text=draft.text, page=draft.page, **fields)


def _check_field(name: str, value: str | None) -> str | None:
    if value is None or not value.strip():
        return None
    _check_characters(name, value)
    if len(value) > MAX_FIELD:
        raise InvalidArticle(f"{name} has {len(value):,} characters, the limit is {MAX_FIELD:,}.", reason="too long")
    return value.strip()


def _check_characters(name: str, value: str) -> None:
    for pattern, what in ((_CONTROL, "control character"), (_SURROGATE, "half of a surrogate pair")):
        if found := pattern.search(value):
            raise InvalidArticle(
                f"{name} holds a {what}, U+{ord(found.group()):04X}, at position {found.start():,}; "
                "this is no plain text. Convert it to plain text in UTF-8.",
                reason=what,
            )


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or any(c.isspace() for c in url):
        raise InvalidArticle(
            f"url {url!r} is no http or https address; correct it or leave it out.", reason="wrong url"
        )
