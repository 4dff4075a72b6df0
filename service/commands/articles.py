"""The commands for articles: add, list, remove."""

import sys
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from onrecord.service.commands.nothing_found import describe_empty, say_nothing_found
from onrecord.service.commands.options import AsJson
from onrecord.service.commands.printing import describe_article, print_error, print_json
from onrecord.service.commands.progress_bar import progress_bar

_STATUSES = ("created", "updated", "unchanged")


def add(
    paths: Annotated[list[str], typer.Argument(help="Files and folders; - reads one article from standard input.")],
    encoding: Annotated[str, typer.Option(help="The encoding of the text files.")] = "utf-8",
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing if the archive holds an article.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add articles: .txt and .md files; .json and .jsonl with the fields of `POST /articles`; each also with .gz."""
    from onrecord.index.articles.files import count_articles, decode
    from onrecord.index.errors import InvalidArticle
    from onrecord.index.values import Draft
    from onrecord.service.access.this_user import this_user
    from onrecord.service.library import find_article_files, open_archive, read_status
    from onrecord.service.settings import load_settings

    settings = load_settings()
    if if_empty and read_status(settings).articles:
        return
    piped: list[Draft] = []
    if "-" in paths:
        piped.append(Draft(text=decode(sys.stdin.buffer.read(), name="Standard input", encoding=encoding)))
    # All files are found before the models are loaded, so that a wrong path is known at once.
    files = find_article_files(Path(path) for path in paths if path != "-")
    total = len(piped) + sum(count_articles(file) for file, _ in files)
    errors: list[str] = []
    added = []
    user = this_user("command line")
    with (
        open_archive(settings=settings, language_model=False, to_write=True) as archive,
        progress_bar() as progress,
    ):
        task = progress.add_task("Adding articles", total=total)

        def note(error: InvalidArticle) -> None:
            errors.append(str(error))

        for one in chain(
            archive.add_each(piped, by=user, on_refused=note),
            archive.add_files(files, encoding=encoding, by=user, on_refused=note),
        ):
            progress.advance(task)
            added.append({"id": one.article.id, "status": one.status, "title": one.article.title})
    for message in errors:
        print_error(message)
    if as_json:
        print_json({"articles": added, "errors": errors})
    else:
        counts = {status: sum(one["status"] == status for one in added) for status in _STATUSES}
        said = ", ".join(f"{number} {status}" for status, number in counts.items() if number) or "nothing added"
        typer.echo(said + (f", {len(errors)} refused" if errors else "") + ".")
    if errors:
        raise typer.Exit(1)


def list_articles(
    query: Annotated[str | None, typer.Argument(help="Words in the title, publisher, author or source name.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the articles in the order they were added."""
    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.service import library
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    settings = load_settings()
    file = archive_file(settings.home)
    articles = []
    if file.exists():
        # The file is opened alone, which needs no model and can be done beside the archive's owner.
        with closing(SqliteArchive(file)) as archive:
            articles = list(library.list_articles(archive, query))
    if as_json:
        from onrecord.service.schemas.articles import ArticleInfoOut

        print_json({"articles": [ArticleInfoOut.from_info(info, copies).model_dump() for info, copies in articles]})
    else:
        for info, _ in articles:
            typer.echo(f"{info.id}  {describe_article(info)}")
    if not articles:
        say_nothing_found(settings, empty=library.is_empty(settings))


def remove(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="The id that `onrecord list` shows.")],
    as_json: AsJson = False,
) -> None:
    """Remove an article and everything that was derived from it."""
    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.index.errors import ArchiveError
    from onrecord.service.access.this_user import this_user
    from onrecord.service.library import is_empty, open_archive
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    settings = load_settings()
    if is_empty(settings):
        raise ArchiveError(describe_empty(settings))
    # The article is looked up before the models are loaded, so that a wrong id is known at once.
    with closing(SqliteArchive(archive_file(settings.home))) as stored:
        stored.info(article_id)
    with open_archive(settings=settings, language_model=False, to_write=True) as archive:
        info = archive.remove(article_id, by=this_user("command line"))
    if as_json:
        print_json({"removed": info.id, "title": info.title})
    else:
        typer.echo(f"Removed {info.id}  {info.title}")
