"""The commands for the upkeep of an archive: reindex, verify, backup, restore."""

import os
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.service.commands.options import AsJson
from onrecord.service.commands.terminal.printing import print_json
from onrecord.service.commands.terminal.progress_bar import progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.index.text.embedder import Embedder
    from onrecord.index.upkeep.verifier import Check, Report, Verifier
    from onrecord.service.settings import Settings

_UNSOUND = 1
_NICENESS = 10
"""The niceness of building a new index beside the process that serves the old one (`man nice`)."""


def reindex(
    force: Annotated[
        bool,
        typer.Option("--force", help="Begin anew, even if an index was begun or the archive has one for this model."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Build an index for the model of ONRECORD_EMBEDDER while the old one is served, and switch to it."""
    from onrecord.index.archive.lock import live_owner_of
    from onrecord.index.errors import ArchiveInUse
    from onrecord.index.text.embedder import load_embedder
    from onrecord.index.upkeep.reindexer import needs_next
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import next_folder, open_parts

    settings = load_settings()
    file = _find_archive(settings, to="index")
    embedder = load_embedder(settings.embedder)
    name = embedder.fingerprint.name
    said: dict[str, Any] = {"embedder": name, "articles": None, "switched": False, "in_use_by": None}
    if not force and not needs_next(file, next_folder(settings.home), embedder.fingerprint):
        line = f"The archive has its index for the model {name!r} already; --force builds it anew."
    else:
        try:
            said["articles"] = _build_next(settings, embedder, anew=force)
            # Opening the archive switches to the new vectors and builds their vector index.
            with open_parts(settings, embedder=embedder):
                said["switched"] = True
            line = f"The archive has its index for the model {name!r} now, with {said['articles']} articles."
        except ArchiveInUse:
            if said["articles"] is None:
                raise
            said["in_use_by"] = live_owner_of(settings.home)
            line = (
                f"The new index is ready, with {said['articles']} articles. "
                f"Process {said['in_use_by'] or 'unknown'} answers from the old one until it ends; "
                f"the next start with ONRECORD_EMBEDDER={settings.embedder} takes the new one."
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                "Interrupted; the work so far is kept, and `onrecord reindex` continues from there."
            ) from None
    if as_json:
        print_json(said)
    else:
        typer.echo(line)


def verify(
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be built again from the articles.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the whole archive; exit code 0 if it is sound, 1 if not."""
    from onrecord.index.upkeep.verifier import Verifier
    from onrecord.service.settings import load_settings

    settings = load_settings()
    verifier = Verifier(_find_archive(settings, to="verify"))
    repaired: Report | None = None
    report = _verify(verifier, settings, own=repair)
    if repair and not report.sound:
        repaired, report = report, _repair(verifier, report, settings)
    if as_json:
        print_json(_as_json(report, repaired))
    else:
        _show(report, repaired)
    if not report.sound:
        raise typer.Exit(_UNSOUND)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the archive into one file, also while it is served."""
    from onrecord.index.upkeep.backup import back_up
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    articles = back_up(archive_file(load_settings().home), file, force=force)
    if as_json:
        print_json({"file": str(file), "articles": articles, "bytes": file.stat().st_size})
    else:
        typer.echo(f"{articles} articles, {file.stat().st_size:,} bytes in {file}.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `onrecord backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an archive that holds articles.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the archive with a back-up; the vector index is built anew at the next start."""
    from onrecord.index.upkeep.backup import restore as put_back
    from onrecord.service.settings import load_settings
    from onrecord.service.wiring import archive_file

    settings = load_settings()
    with _owned(settings):
        articles = put_back(file, archive_file(settings.home), force=force)
    if as_json:
        print_json({"home": str(settings.home), "articles": articles})
    else:
        typer.echo(f"{articles} articles in {settings.home}.")


def _find_archive(settings: "Settings", *, to: str) -> Path:
    """Return the archive's file; raise `ArchiveError`, which says what it is wanted for, if there is none.

    Raise `ArchiveDamaged` if its vector index is there without it.
    """
    from onrecord.index.errors import ArchiveError
    from onrecord.service.wiring import archive_file, check_not_lost

    check_not_lost(settings.home)
    file = archive_file(settings.home)
    if not file.exists():
        raise ArchiveError(f"There is no archive {file} to {to}; choose its folder with ONRECORD_HOME.")
    return file


def _build_next(settings: "Settings", embedder: "Embedder", *, anew: bool) -> int:
    """Build what is missing of the next index, with a progress bar; return its number of articles."""
    from onrecord.index.archive.lock import live_owner_of
    from onrecord.index.upkeep.next_index import NextIndex
    from onrecord.index.upkeep.reindexer import build_next
    from onrecord.service.wiring import archive_file, next_folder

    next_index = NextIndex(
        next_folder(settings.home),
        archive_file=archive_file(settings.home),
        embedder=embedder.fingerprint,
        anew=anew,
    )
    if live_owner_of(settings.home) not in {None, os.getpid()}:
        os.nice(_NICENESS)
    with closing(next_index), progress_bar() as progress:
        task = progress.add_task("Indexing articles", total=None)
        for made, every in build_next(next_index, embedder):
            progress.update(task, completed=made, total=every)
    return made


def _verify(verifier: "Verifier", settings: "Settings", *, own: bool) -> "Report":
    """Check the archive, and its vector index if no other process owns it or `own` is true."""
    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.index.errors import ArchiveInUse
    from onrecord.index.vectors.chroma_folder import verify_folder
    from onrecord.service.wiring import archive_file, vectors_folder

    def vectors() -> str | None:
        with closing(SqliteArchive(archive_file(settings.home))) as archive:
            if settings.chroma_url is not None:
                return _compare_server(settings.chroma_url, archive)
            return verify_folder(vectors_folder(settings.home), archive)

    try:
        with _owned(settings):
            return verifier.verify(vectors)
    except ArchiveInUse as error:
        if own:
            raise
        return verifier.verify(str(error).partition(". ")[0])


def _compare_server(url: str, archive: "SqliteArchive") -> str | None:
    from onrecord.index.errors import VectorIndexDown
    from onrecord.index.vectors.chroma_server import ChromaServer
    from onrecord.index.vectors.reconciliation import find_difference

    try:
        with closing(ChromaServer(url, archive=archive)) as server:
            return find_difference(server, archive)
    except VectorIndexDown as error:
        return str(error)


def _repair(verifier: "Verifier", report: "Report", settings: "Settings") -> "Report":
    """Repair the file, start as the service does, which repairs the vector index, and index damaged articles again."""
    from onrecord.index.errors import ArticleNotFound
    from onrecord.service.wiring import open_parts

    with _owned(settings):
        verifier.mend(report)
    with open_parts(settings) as parts:
        for article in verifier.waiting():
            try:
                parts.indexer.index_again(article)
            except ArticleNotFound:
                continue
        verifier.done()
    return _verify(verifier, settings, own=True)


@contextmanager
def _owned(settings: "Settings") -> "Iterator[None]":
    from onrecord.index.archive.lock import ArchiveLock

    lock = ArchiveLock(settings.home)
    try:
        yield
    finally:
        lock.release()


def _show(report: "Report", repaired: "Report | None") -> None:
    if repaired is not None:
        for check in repaired.checks:
            _show_check(check, done="found")
        typer.echo("After the repair:")
    for check in report.checks:
        _show_check(check)
    typer.echo("The archive is sound." if report.sound else "The archive is not sound.")
    if not report.sound and repaired is None:
        typer.echo("`onrecord verify --repair` repairs what can be built again from the articles.")


def _show_check(check: "Check", *, done: str = "wrong") -> None:
    if check.skipped is not None:
        typer.echo(f"{check.name:<18} not checked: {check.skipped}")
        return
    typer.echo(f"{check.name:<18} {check.checked:>9,} checked, {check.faults} {done}")
    for fault in check.listed:
        typer.echo(f"  {fault}")
    if check.faults > len(check.listed):
        typer.echo(f"  … and {check.faults - len(check.listed)} more")


def _as_json(report: "Report", repaired: "Report | None") -> dict[str, Any]:
    def checks(of: "Report") -> list[dict[str, Any]]:
        return [asdict(check) for check in of.checks]

    return {
        "sound": report.sound,
        "checks": checks(report),
        "damaged_articles": report.damaged,
        "repaired": None if repaired is None else checks(repaired),
    }
