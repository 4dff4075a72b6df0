"""The commands for articles: add, list, remove."""

import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.service.commands.options import AsJson
from onrecord.service.commands.terminal.nothing_found import describe_empty, say_nothing_found
from onrecord.service.commands.terminal.printing import describe_article, print_error, print_json
from onrecord.service.commands.terminal.progress_bar import progress_bar

if TYPE_CHECKING:
    from onrecord.index.errors import InvalidArticle

_STATUSES = ("created", "updated", "unchanged")
_MAX_NAMED = 100
"""Refused articles that are named for each reason; all are counted."""
_MAX_ENDINGS = 8
"""Endings of files that were not read that are named, the commonest first."""


class _Refused:
    """The articles that were refused: counted by reason, and each named with file and place."""

    def __init__(self) -> None:
        self.counts = Counter[str]()
        self.messages: list[str] = []

    def note(self, error: "InvalidArticle") -> None:
        self.counts[error.reason] += 1
        if self.counts[error.reason] <= _MAX_NAMED:
            self.messages.append(str(error))


def add(
    paths: Annotated[list[str], typer.Argument(help="Files and folders; - reads one article from standard input.")],
    encoding: Annotated[str, typer.Option(help="The encoding of the text files.")] = "utf-8",
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing if the archive holds an article.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add articles: .txt, .md, .html; .json and .jsonl with the fields of `POST /articles`; each also with .gz."""
    from onrecord.index.articles.files import count_articles, read_stream
    from onrecord.index.errors import ArchiveError, InvalidArticle
    from onrecord.index.values import Draft
    from onrecord.service.commands.archives.used_archive import change_archive
    from onrecord.service.library import find_article_files, read_status
    from onrecord.service.settings import load_settings

    settings = load_settings()
    if if_empty and read_status(settings).articles:
        return
    refused, unread, added = _Refused(), Counter[str](), []
    piped: list[Draft] = []
    if "-" in paths:
        try:
            piped.append(read_stream(sys.stdin.buffer, name="Standard input", encoding=encoding))
        except InvalidArticle as error:
            refused.note(error)
    # All files are found before the models are loaded, so that a wrong path is known at once.
    files = find_article_files([Path(path) for path in paths if path != "-"], on_refused=refused.note, unread=unread)
    total = len(piped) + sum(count_articles(file) for file, _ in files)
    try:
        if total:
            with change_archive(settings) as archive, progress_bar() as progress:
                task = progress.add_task("Adding articles", total=total)
                for one in archive.add(piped, files, encoding=encoding, on_refused=refused.note):
                    progress.advance(task)
                    added.append(one.model_dump())
    except ArchiveError as error:
        # Files are added one by one, so those before the error are stored.
        kept = f" {len(added)} articles were added before that and are kept; repeat the command for the others."
        raise type(error)(f"{error}{kept if added else ''}") from error
    for message in refused.messages:
        print_error(message)
    if as_json:
        print_json(
            {"articles": added, "errors": refused.messages, "refused": dict(refused.counts), "not_read": dict(unread)}
        )
    else:
        counts = Counter(one["status"] for one in added)
        typer.echo(_describe(counts, refused.counts))
        if unread:
            typer.echo(_describe_unread(unread))
    if refused.counts:
        raise typer.Exit(1)


def _describe(statuses: Counter[str], refused: Counter[str]) -> str:
    """Return one line with how many articles were added, and how many refused for which reasons."""
    said = ", ".join(f"{statuses[status]} {status}" for status in _STATUSES if statuses[status]) or "nothing added"
    if refused:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in refused.most_common())
        said += f", {refused.total()} refused ({reasons})"
    return said + "."


def _describe_unread(unread: Counter[str]) -> str:
    """Return one line with how many files were not read, by ending."""
    known = unread.most_common(_MAX_ENDINGS)
    said = [f"{count} {ending or 'without an ending'}" for ending, count in known]
    if more := unread.total() - sum(count for _, count in known):
        said.append(f"{more} with other endings")
    return f"Files not read: {', '.join(said)}."


def list_articles(
    query: Annotated[str | None, typer.Argument(help="Words in the title, publisher, author or source name.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the articles in the order they were added."""
    from onrecord.index.archive.archive import open_to_read
    from onrecord.service import library
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    settings = load_settings()
    file = archive_file(settings.home)
    articles = []
    if file.exists():
        # The file is opened alone, which needs no model and can be done beside the archive's owner.
        with closing(open_to_read(file)) as archive:
            articles = list(library.list_articles(archive, query))
    if as_json:
        from onrecord.service.schemas.articles import ArticleInfoOut

        print_json({"articles": [ArticleInfoOut.from_info(info, copies).model_dump() for info, copies in articles]})
    else:
        for info, _ in articles:
            typer.echo(f"{info.id}  {describe_article(info)}")
    if not articles:
        say_nothing_found(settings, query)


def remove(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="The id that `onrecord list` shows.")],
    as_json: AsJson = False,
) -> None:
    """Remove an article and everything that was derived from it."""
    from onrecord.index.archive.archive import open_to_read
    from onrecord.index.errors import ArchiveError
    from onrecord.service.commands.archives.used_archive import change_archive
    from onrecord.service.library import is_empty
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    settings = load_settings()
    if is_empty(settings):
        raise ArchiveError(describe_empty(settings))
    # The article is looked up before the models are loaded, so that a wrong id is known at once.
    with closing(open_to_read(archive_file(settings.home))) as stored:
        info = stored.info(article_id)
    with change_archive(settings) as archive:
        archive.remove(article_id)
    if as_json:
        print_json({"removed": info.id, "title": info.title})
    else:
        typer.echo(f"Removed {info.id}  {info.title}")
