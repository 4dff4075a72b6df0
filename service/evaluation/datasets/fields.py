"""What stands in the fields of a data set's records, as clean texts, names and articles."""

import re
from collections.abc import Iterator
from typing import Any

from onrecord.index.articles.drafts import MAX_FIELD, MAX_TEXT, check_draft
from onrecord.index.errors import InvalidArticle
from onrecord.index.values import Draft

# No article may hold these characters. Among them are lone halves of surrogate pairs, which JSON can write and UTF-8
# cannot.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


def text_of(value: object) -> str:
    """Return a text or number as clean text, and an empty text for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _UNPRINTABLE.sub(" ", str(value)).strip()


def first_of(record: dict[str, Any], *names: str) -> Any:
    """Return the value of the first of these fields that the record has; None if it has none."""
    return next((record[name] for name in names if name in record), None)


def to_draft(*, text: object, title: object, name: str) -> Draft | None:
    """Return a document of a set as an article; None if it has no words.

    A character that no article may hold becomes a space, so that offsets stay right. A text that is too long is cut.
    """
    body = _UNPRINTABLE.sub(" ", text if isinstance(text, str) else "")[:MAX_TEXT]
    heading = text_of(title)[:MAX_FIELD] or None
    # The title of a record without a text becomes the text, as only text is cut into passages and found.
    body, heading = (body, heading) if body.strip() else (heading or "", None)
    try:
        return check_draft(Draft(text=body, title=heading, source_name=name))
    except InvalidArticle:
        return None


def texts_in(value: object) -> Iterator[str]:
    """Yield the texts in a text, a number, a list of either, or SQuAD's `{"text": …}`, blank ones left out."""
    if isinstance(value, dict):
        yield from texts_in(value.get("text"))
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)
    elif text := text_of(value):
        yield text


def unique(name: str, seen: set[str]) -> str:
    """Return the name, with a number behind it if it was seen before."""
    found, number = name, 1
    while found in seen:
        number += 1
        found = f"{name}~{number}"
    seen.add(found)
    return found
