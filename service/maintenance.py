"""The commands that look after an archive: verify, backup, restore. `service/cli.py` adds them to its own."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.verifier import Check, Report, Verifier
    from service.settings import Settings

_UNSOUND = 1

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def verify(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be made again from the articles.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the whole archive; exit code 0 if it is sound, 1 if not."""
    from index.verifier import Verifier
    from service.settings import load_settings
    from service.wiring import archive_file

    settings = load_settings()
    file = archive_file(settings.home)
    repaired: Report | None = None
    if not file.exists():
        from index.errors import ArchiveError

        raise ArchiveError(f"There is no archive {file} to verify; choose its folder with ONRECORD_HOME.")
    verifier = Verifier(file)
    report = _verify(verifier, settings, own=repair)
    if repair and not report.sound:
        repaired, report = report, _repair(verifier, report, settings)
    if as_json:
        typer.echo(json.dumps(_as_json(report, repaired), ensure_ascii=False, indent=2))
    else:
        _show(report, repaired)
    if not report.sound:
        raise typer.Exit(_UNSOUND)


def backup(
    file: Annotated[Path, typer.Argument(help="Where to.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the archive into one file, also while it is served."""
    from index.backup import back_up
    from service.settings import load_settings
    from service.wiring import archive_file

    articles = back_up(archive_file(load_settings().home), file, force=force)
    if as_json:
        typer.echo(json.dumps({"file": str(file), "articles": articles, "bytes": file.stat().st_size}, indent=2))
    else:
        typer.echo(f"{articles} articles, {file.stat().st_size:,} bytes in {file}.")


def restore(
    file: Annotated[Path, typer.Argument(help="What `onrecord backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an archive that holds articles.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a back-up in the archive's place; the vector index is made anew at the next start."""
    from index.backup import restore as put_back
    from index.lock import ArchiveLock
    from service.settings import load_settings
    from service.wiring import archive_file

    home = load_settings().home
    lock = ArchiveLock(home)
    try:
        articles = put_back(file, archive_file(home), force=force)
    finally:
        lock.release()
    if as_json:
        typer.echo(json.dumps({"home": str(home), "articles": articles}, indent=2))
    else:
        typer.echo(f"{articles} articles in {home}.")


def _verify(verifier: "Verifier", settings: "Settings", *, own: bool) -> "Report":
    """Check what can be checked: who does not own the archive cannot look at its vector index."""
    from index.archive import SqliteArchive
    from index.errors import ArchiveInUse
    from index.vector_folder import verify_folder
    from service.wiring import archive_file, vectors_folder

    def vectors() -> str | None:
        archive = SqliteArchive(archive_file(settings.home))
        try:
            return verify_folder(vectors_folder(settings.home), archive)
        finally:
            archive.close()

    try:
        with _owned(settings):
            return verifier.verify(vectors)
    except ArchiveInUse as error:
        if own:
            raise
        return verifier.verify(str(error).partition(". ")[0])


def _repair(verifier: "Verifier", report: "Report", settings: "Settings") -> "Report":
    """Mend the file, then start as the service does, which mends the vector index, and index again what was damaged."""
    from index.errors import ArticleNotFound
    from service.wiring import open_parts

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
    from index.lock import ArchiveLock

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
        typer.echo("`onrecord verify --repair` mends what can be made again from the articles.")


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
        return [
            {
                "name": check.name,
                "checked": check.checked,
                "faults": check.faults,
                "listed": check.listed,
                "skipped": check.skipped,
            }
            for check in of.checks
        ]

    return {
        "sound": report.sound,
        "checks": checks(report),
        "damaged_articles": report.damaged,
        "repaired": None if repaired is None else checks(repaired),
    }
