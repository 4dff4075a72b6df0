"""The archive that a command uses: the one that it opens, or the one that another process serves."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from onrecord.index.archive.lock import served_at
from onrecord.index.errors import InvalidArticle
from onrecord.index.values import Draft
from onrecord.service.access.this_user import this_user
from onrecord.service.commands.archives.served_archive import ServedArchive, reach_archive
from onrecord.service.library import Archive, open_archive
from onrecord.service.schemas.answers import AnswerOut
from onrecord.service.schemas.articles import AddedOut
from onrecord.service.schemas.passages import PassageOut
from onrecord.service.schemas.quotations import QuotationOut
from onrecord.service.settings import Settings


class AskedArchive(Protocol):
    """An archive that answers in the form that is printed as JSON; the choices are those of `library.Archive`."""

    def ask(self, question: str, *, limit: int, **choices: str | None) -> AnswerOut:
        """Answer a question."""

    def search(self, query: str, *, limit: int, **choices: str | None) -> list[PassageOut]:
        """Return the passages nearest to the query."""

    def quotations(self, *, limit: int, **choices: str | None) -> list[QuotationOut]:
        """Return who said what."""


class ChangedArchive(Protocol):
    """An archive that takes articles in and out."""

    def add(
        self,
        drafts: Iterable[Draft],
        files: Iterable[tuple[Path, str]],
        *,
        encoding: str,
        on_refused: Callable[[InvalidArticle], None],
    ) -> Iterator[AddedOut]:
        """Add articles and files, and yield what became of each; call `on_refused` with the error of each other one."""

    def remove(self, article_id: str) -> None:
        """Remove an article."""


@contextmanager
def ask_archive(settings: Settings, *, language_model: bool = False) -> Iterator[AskedArchive]:
    """Yield the archive that the settings name: over HTTP if another process serves it, else open it."""
    # With a Chroma server, the archive is read beside its owner, by this process's own settings.
    address = served_at(settings.home) if settings.chroma_url is None else None
    with _reach_or_open(settings, address, language_model=language_model) as archive:
        yield archive


@contextmanager
def change_archive(settings: Settings) -> Iterator[ChangedArchive]:
    """Yield the archive that the settings name, to be changed: by the process that serves it, else by this one."""
    address = served_at(settings.home)
    with _reach_or_open(settings, address, language_model=False, to_write=True) as archive:
        yield archive


@contextmanager
def _reach_or_open(
    settings: Settings, address: str | None, *, language_model: bool, to_write: bool = False
) -> "Iterator[ServedArchive | _OpenedArchive]":
    if address is not None:
        with reach_archive(settings, address) as served:
            yield served
    else:
        with open_archive(settings=settings, language_model=language_model, to_write=to_write) as archive:
            yield _OpenedArchive(archive)


class _OpenedArchive:
    """An archive that this process has open."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._user = this_user("command line")

    def ask(self, question: str, *, limit: int, **choices: Any) -> AnswerOut:
        answer = self._archive.ask(question, limit=limit, **choices)
        return AnswerOut.from_answer(answer, id=uuid.uuid4().hex)

    def search(self, query: str, *, limit: int, **choices: Any) -> list[PassageOut]:
        return [PassageOut.from_passage(one) for one in self._archive.search(query, limit=limit, **choices)]

    def quotations(self, *, limit: int, **choices: Any) -> list[QuotationOut]:
        return [QuotationOut.from_found(one) for one in self._archive.quotations(limit=limit, **choices)]

    def add(
        self,
        drafts: Iterable[Draft],
        files: Iterable[tuple[Path, str]],
        *,
        encoding: str,
        on_refused: Callable[[InvalidArticle], None],
    ) -> Iterator[AddedOut]:
        added = chain(
            self._archive.add_each(drafts, by=self._user),
            self._archive.add_files(files, encoding=encoding, by=self._user, on_refused=on_refused),
        )
        return map(AddedOut.from_added, added)

    def remove(self, article_id: str) -> None:
        self._archive.remove(article_id, by=self._user)
