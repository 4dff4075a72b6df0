"""The archive that another process serves, over HTTP."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote as percent_encode

import httpx
from pydantic import BaseModel, ValidationError

from onrecord.index.articles.files import read_file
from onrecord.index.errors import ArchiveError, InvalidArticle, first_line
from onrecord.index.values import Draft
from onrecord.service.schemas.answers import AnswerOut
from onrecord.service.schemas.articles import AddedListOut, AddedOut
from onrecord.service.schemas.passages import PassageOut, PassagesOut
from onrecord.service.schemas.quotations import QuotationOut, QuotationsOut
from onrecord.service.settings import Settings

_MAX_QUOTATIONS = 200
"""Quotations in one response of the service."""
_MAX_BATCH = 32
"""Articles that are sent in one request."""
_MAX_BATCH_CHARACTERS = 200_000
"""Characters in the articles of one request, unless one alone has more."""
_CONNECT_SECONDS = 5
_CHANGE_SECONDS = 600
"""The most time that the service may take for one change."""
_MAX_TRIES = 20
"""Times that a change is sent to a service that says when to send it again."""
_MAX_WAIT_SECONDS = 30
"""The longest wait before a change is sent again."""
_REFUSED = frozenset({HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY})
"""Statuses by which the service refuses what is sent, and would take other articles."""

_Form = TypeVar("_Form", bound=BaseModel)


@contextmanager
def reach_archive(settings: Settings, address: str) -> "Iterator[ServedArchive]":
    """Yield the archive that is served at `address`, with the key that the settings name."""
    # Proxies are for other machines.
    with httpx.Client(
        base_url=address,
        headers={"Authorization": f"Bearer {key}"} if (key := _key(settings)) else {},
        timeout=httpx.Timeout(settings.llm_timeout + settings.llm_connect_timeout, connect=_CONNECT_SECONDS),
        trust_env=False,
    ) as client:
        yield ServedArchive(client, address)


class ServedArchive:
    """An archive that another process serves; what the service refuses is an `ArchiveError` with its own words."""

    def __init__(self, client: httpx.Client, address: str) -> None:
        """Take the client, whose requests go to `address`."""
        self._client = client
        self._address = address

    def ask(self, question: str, *, limit: int, **choices: str | None) -> AnswerOut:
        """Answer a question."""
        body = {"question": question, "limit": limit, "filters": _filters(choices)}
        return self._read(AnswerOut, self._send("POST", "/ask", json=body))

    def search(self, query: str, *, limit: int, **choices: str | None) -> list[PassageOut]:
        """Return the passages nearest to the query."""
        body = {"query": query, "limit": limit, "filters": _filters(choices)}
        return self._read(PassagesOut, self._send("POST", "/search", json=body)).passages

    def quotations(self, *, limit: int, **choices: str | None) -> list[QuotationOut]:
        """Return who said what."""
        found: list[QuotationOut] = []
        chosen = {name: value for name, value in choices.items() if value is not None}
        while len(found) < limit:
            page = chosen | {"limit": str(min(limit - len(found), _MAX_QUOTATIONS))}
            sent = self._read(QuotationsOut, self._send("GET", "/quotations", params=page))
            found += sent.quotations
            if sent.next_cursor is None:
                break
            chosen["cursor"] = sent.next_cursor
        return found

    def add(
        self,
        drafts: Iterable[Draft],
        files: Iterable[tuple[Path, str]],
        *,
        encoding: str,
        on_refused: Callable[[InvalidArticle], None],
    ) -> Iterator[AddedOut]:
        """Add articles and files, and yield what became of each; call `on_refused` with the error of each other one."""
        read = (read_file(file, source_name=name, encoding=encoding, refuse=on_refused) for file, name in files)
        for batch in _batches(chain(drafts, chain.from_iterable(read))):
            yield from self._add_batch(batch, on_refused)

    def remove(self, article_id: str) -> None:
        """Remove an article."""
        self._check(self._change("DELETE", f"/articles/{percent_encode(article_id, safe='')}"))

    def _add_batch(self, drafts: Sequence[Draft], on_refused: Callable[[InvalidArticle], None]) -> Iterator[AddedOut]:
        response = self._change("POST", "/articles", json=[asdict(draft) for draft in drafts])
        if response.status_code not in _REFUSED:
            yield from self._read(AddedListOut, response).articles
        elif len(drafts) > 1:
            # One article that is refused keeps out the others of its request, and they are good.
            middle = len(drafts) // 2
            yield from self._add_batch(drafts[:middle], on_refused)
            yield from self._add_batch(drafts[middle:], on_refused)
        else:
            refused = InvalidArticle(_detail(response), reason="refused by the service")
            name = drafts[0].source_name or drafts[0].url
            on_refused(refused.at(name) if name else refused)

    def _change(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Return the response to a change, which is sent again while the service says when to do so."""
        for _ in range(_MAX_TRIES):
            response = self._send(
                method, path, timeout=httpx.Timeout(_CHANGE_SECONDS, connect=_CONNECT_SECONDS), **content
            )
            wait = response.headers.get("Retry-After", "")
            if response.is_success or not wait.isdigit():
                break
            time.sleep(min(int(wait), _MAX_WAIT_SECONDS))
        return response

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Return the response of the service; raise `ArchiveError` if it does not answer."""
        try:
            return self._client.request(method, path, **content)
        except httpx.HTTPError as error:
            raise ArchiveError(
                f"The archive is served at {self._address}, which does not answer ({first_line(error)}). "
                "Try again, or stop that process."
            ) from None

    def _read(self, form: type[_Form], response: httpx.Response) -> _Form:
        self._check(response)
        try:
            return form.model_validate_json(response.content)
        except ValidationError:
            raise ArchiveError(f"What serves the archive at {self._address} is another version.") from None

    def _check(self, response: httpx.Response) -> None:
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            raise ArchiveError(
                f"The archive is served at {self._address}, which needs a key; set ONRECORD_API_KEYS to one."
            )
        if not response.is_success:
            raise ArchiveError(_detail(response))


def _key(settings: Settings) -> str | None:
    return settings.api_keys[0].get_secret_value() if settings.api_keys else settings.widget_key


def _batches(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """Yield the drafts in lists that are small enough for one request."""
    batch: list[Draft] = []
    characters = 0
    for draft in drafts:
        if batch and (len(batch) == _MAX_BATCH or characters + len(draft.text) > _MAX_BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(draft)
        characters += len(draft.text)
    if batch:
        yield batch


def _filters(choices: dict[str, str | None]) -> dict[str, str | None]:
    after, before = choices.pop("after", None), choices.pop("before", None)
    return {**choices, "published_after": after, "published_before": before}


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The service answered with the status {response.status_code}."
