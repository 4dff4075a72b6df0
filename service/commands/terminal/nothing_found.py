"""What a command says where there is nothing to show: what was not found, why if that is known, and a way out."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from onrecord.service.commands.terminal.printing import print_error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.service.settings import Settings


def describe_empty(settings: "Settings") -> str:
    """Return the sentence that the archive is empty, with the way out."""
    return f"The archive {settings.home} is empty; add articles, or name another with ONRECORD_HOME."


def say_nothing_found(
    settings: "Settings", words: str | None, *, publisher: str | None = None, speaker: str | None = None
) -> None:
    """Say on stderr what was not found: that the archive is empty, or has no such speaker or publisher, or no answer.

    A wrong ONRECORD_HOME looks like an archive without articles. A name that the archive does not have is answered with
    the nearest one that it has.
    """
    from contextlib import closing

    from onrecord.index.archive.archive import SqliteArchive
    from onrecord.index.search.speaker_finder import SpeakerFinder
    from onrecord.service.wiring import archive_file

    file = archive_file(settings.home)
    if not file.exists():
        print_error(describe_empty(settings))
        return
    # The file is opened alone, which needs no model and can be done beside the archive's owner.
    with closing(SqliteArchive(file, read_only=True)) as archive:
        if archive.is_empty():
            print_error(describe_empty(settings))
        elif speaker and not SpeakerFinder(archive).match(speaker):
            speakers = {name for name, _ in archive.quotations.speakers()}
            print_error(f"The archive quotes nobody called {speaker!r}{_nearest(speaker, speakers)}")
        elif publisher and publisher not in (publishers := _publishers(archive)):
            print_error(f"The archive has no article of {publisher!r}{_nearest(publisher, publishers)}")
        elif words:
            print_error(f"Nothing found for {words!r}; ask in other words, or with fewer conditions.")
        else:
            print_error("Nothing found; ask with fewer conditions.")


def _publishers(archive: "SqliteArchive") -> set[str]:
    return {info.publisher for page in archive.article_pages() for info in page if info.publisher}


def _nearest(name: str, known: "Iterable[str]") -> str:
    """Return the question whether the known name most like this one is meant, as the end of a sentence."""
    by_case = {one.casefold(): one for one in known}
    found = get_close_matches(name.casefold(), by_case, n=1)
    if not found:
        parts = {part: one for case, one in by_case.items() for part in case.split()}
        found = [parts[part].casefold() for part in get_close_matches(name.casefold(), parts, n=1)]
    return f"; did you mean {by_case[found[0]]}?" if found else "."
