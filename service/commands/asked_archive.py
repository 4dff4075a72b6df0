"""The archive that a command asks: the one that it opens, or the one that another process serves, over HTTP."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from onrecord.index.archive.lock import served_at
from onrecord.index.errors import ArchiveError, OnRecordError, first_line
from onrecord.service.library import Archive, open_archive
from onrecord.service.schemas.answers import AnswerOut
from onrecord.service.schemas.passages import PassageOut, PassagesOut
from onrecord.service.schemas.quotations import QuotationOut, QuotationsOut
from onrecord.service.settings import Settings

_MAX_QUOTATIONS = 200
"""Quotations in one response of the service."""
_CONNECT_SECONDS = 5
_Form = TypeVar("_Form", bound=BaseModel)


class AskedArchive(Protocol):
    """An archive that answers in the form that is printed as JSON; the choices are those of `library.Archive`."""

    def ask(self, question: str, *, limit: int, **choices: str | None) -> AnswerOut:
        """Answer a question."""

    def search(self, query: str, *, limit: int, **choices: str | None) -> list[PassageOut]:
        """Return the passages nearest to the query."""

    def quotations(self, *, limit: int, **choices: str | None) -> list[QuotationOut]:
        """Return who said what."""


@contextmanager
def ask_archive(settings: Settings, *, language_model: bool = False) -> Iterator[AskedArchive]:
    """Yield the archive that the settings name: over HTTP if another process serves it, else open it."""
    # With a Chroma server, the archive is read beside its owner, by this process's own settings.
    address = served_at(settings.home) if settings.chroma_url is None else None
    if address is None:
        with open_archive(settings=settings, language_model=language_model) as archive:
            yield _Opened(archive)
        return
    # Proxies are for other machines.
    with httpx.Client(
        base_url=address,
        headers={"Authorization": f"Bearer {key}"} if (key := _key(settings)) else {},
        timeout=httpx.Timeout(settings.llm_timeout + settings.llm_connect_timeout, connect=_CONNECT_SECONDS),
        trust_env=False,
    ) as client:
        yield _Served(client, address)


def _key(settings: Settings) -> str | None:
    return settings.api_keys[0].get_secret_value() if settings.api_keys else settings.widget_key


class _Opened:
    """An archive that this process has open."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def ask(self, question: str, *, limit: int, **choices: Any) -> AnswerOut:
        answer = self._archive.ask(question, limit=limit, **choices)
        return AnswerOut.from_answer(answer, id=uuid.uuid4().hex)

    def search(self, query: str, *, limit: int, **choices: Any) -> list[PassageOut]:
        return [PassageOut.from_passage(one) for one in self._archive.search(query, limit=limit, **choices)]

    def quotations(self, *, limit: int, **choices: Any) -> list[QuotationOut]:
        return [QuotationOut.from_found(one) for one in self._archive.quotations(limit=limit, **choices)]


class _Served:
    """An archive that another process serves."""

    def __init__(self, client: httpx.Client, address: str) -> None:
        self._client = client
        self._address = address

    def ask(self, question: str, *, limit: int, **choices: str | None) -> AnswerOut:
        body = {"question": question, "limit": limit, "filters": _filters(choices)}
        return self._send(AnswerOut, "POST", "/ask", json=body)

    def search(self, query: str, *, limit: int, **choices: str | None) -> list[PassageOut]:
        body = {"query": query, "limit": limit, "filters": _filters(choices)}
        return self._send(PassagesOut, "POST", "/search", json=body).passages

    def quotations(self, *, limit: int, **choices: str | None) -> list[QuotationOut]:
        found: list[QuotationOut] = []
        chosen = {name: value for name, value in choices.items() if value is not None}
        while len(found) < limit:
            page = chosen | {"limit": str(min(limit - len(found), _MAX_QUOTATIONS))}
            sent = self._send(QuotationsOut, "GET", "/quotations", params=page)
            found += sent.quotations
            if sent.next_cursor is None:
                break
            chosen["cursor"] = sent.next_cursor
        return found

    def _send(self, form: type[_Form], method: str, path: str, **content: Any) -> _Form:
        """Return what the service answers; raise `OnRecordError` with its own words for an error."""
        try:
            response = self._client.request(method, path, **content)
        except httpx.HTTPError as error:
            raise ArchiveError(
                f"The archive is served at {self._address}, which does not answer ({first_line(error)}). "
                "Try again, or stop that process."
            ) from None
        if response.is_success:
            try:
                return form.model_validate_json(response.content)
            except ValidationError:
                raise ArchiveError(f"What serves the archive at {self._address} is another version.") from None
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            raise OnRecordError(
                f"The archive is served at {self._address}, which needs a key; set ONRECORD_API_KEYS to one."
            )
        raise OnRecordError(_detail(response))


def _filters(choices: dict[str, str | None]) -> dict[str, str | None]:
    after, before = choices.pop("after", None), choices.pop("before", None)
    return {**choices, "published_after": after, "published_before": before}


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The service answered with the status {response.status_code}."
