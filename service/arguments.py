"""What can be asked: the question, its limit, mode and filters, checked before anything is opened."""

from collections.abc import Iterable
from typing import get_args

from onrecord.index.errors import InvalidFilter, OnRecordError
from onrecord.index.speech.quotations import QuotationKind
from onrecord.index.text.invisible_characters import as_seen
from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Filters
from onrecord.service.answers.answer import Mode
from onrecord.service.settings import Settings


class InvalidQuestion(OnRecordError):
    """A question or a search that cannot be asked: it is blank or too long, or its limit or mode makes no sense."""


def check_question(text: str, settings: Settings) -> str:
    """Return the question as its writer sees it; raise `InvalidQuestion` if it is blank or too long."""
    question = as_seen(text)
    if not question:
        raise InvalidQuestion("The question is blank; say what to look for.")
    if len(question) > settings.max_question:
        raise InvalidQuestion(
            f"The question has {len(question):,} characters, the limit is {settings.max_question:,}; ask it shorter, "
            "or raise ONRECORD_MAX_QUESTION."
        )
    return question


def check_limit(limit: int) -> int:
    """Return the number of results that is asked for; raise `InvalidQuestion` if it is below 1."""
    if limit < 1:
        raise InvalidQuestion(f"The limit is {limit}; ask for at least 1.")
    return limit


def check_mode(mode: Mode) -> Mode:
    """Return the mode of an answer; raise `InvalidQuestion` if there is no such mode."""
    if mode not in get_args(Mode):
        raise InvalidQuestion(f"{mode!r} is none of {', '.join(get_args(Mode))}.")
    return mode


def read_kind(kind: QuotationKind | str | None) -> QuotationKind | None:
    """Return the kind of quotation that is asked for, if one is; raise `InvalidFilter` if there is no such kind."""
    try:
        return None if kind is None else QuotationKind(kind)
    except ValueError:
        raise InvalidFilter(f"{kind!r} is none of {', '.join(QuotationKind)}.") from None


def read_filters(
    after: str | None = None,
    before: str | None = None,
    publisher: str | None = None,
    article_ids: Iterable[str] | None = None,
) -> Filters:
    """Return the filters for dates as people write them; raise `InvalidFilter` if one of them is not a date."""
    try:
        return Filters(
            published_after=to_utc(after) if after else None,
            published_before=to_utc(before) if before else None,
            publisher=publisher,
            article_ids=tuple(article_ids) if article_ids is not None else None,
        )
    except ValueError as error:
        raise InvalidFilter(str(error)) from None
