"""Finding the article files of a folder, without leaving it."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from onrecord.index.errors import InvalidArticle, UnreadableFile, raise_refused

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md"})
PAGE_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
RECORD_SUFFIXES = frozenset({".json", ".jsonl"})
_SUFFIXES = TEXT_SUFFIXES | PAGE_SUFFIXES | RECORD_SUFFIXES

_SPECIAL = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))


def find_files(
    paths: Iterable[Path],
    *,
    refuse: Callable[[InvalidArticle], None] = raise_refused,
    unread: Counter[str] | None = None,
) -> Iterator[tuple[Path, str]]:
    """Yield each article file with its source name: its path inside the given folder, or its own name.

    A folder is searched for files with known endings that are not hidden; a given file may have any ending. What is
    below a folder and cannot be read as a file of that folder, as a link that leaves it, is left, and `refuse` is
    called with an error that names it; by default it raises the first one. `unread` counts the other files by ending.

    Raise `UnreadableFile` for a path that is not there, and for a folder in which there is nothing to read.
    """
    for path in paths:
        if path.is_dir():
            found = False
            for item in _below(path, Counter() if unread is None else unread):
                found = True
                if isinstance(item, InvalidArticle):
                    refuse(item)
                else:
                    yield item, item.relative_to(path).as_posix()
            if not found:
                raise UnreadableFile(
                    f"{path}: no article file in this folder; known endings: "
                    f"{', '.join(sorted(_SUFFIXES))}, each also with .gz.",
                    reason="no article file",
                )
        elif os.path.lexists(path):
            yield path, path.name
        else:
            raise UnreadableFile(f"{path}: no such file or folder.", reason="no such file")


def suffix_of(path: Path) -> str:
    """Return a file's ending in lower case, without .gz."""
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()


def _below(folder: Path, unread: Counter[str]) -> Iterator[Path | UnreadableFile]:
    """Yield, in the order of their paths, the article files below the folder and an error for each thing left."""
    root = Path(os.path.realpath(folder))
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            # The folder itself may be a link, because the user has named it.
            mode = (path.stat() if path is folder else path.lstat()).st_mode
            if stat.S_ISLNK(mode):
                mode = _follow(path, root)
                if stat.S_ISDIR(mode):
                    continue  # It is below the same folder, so its files are found at their own place.
            if stat.S_ISDIR(mode):
                waiting += sorted((one for one in path.iterdir() if not one.name.startswith(".")), reverse=True)
            elif not stat.S_ISREG(mode):
                what = next((name for is_kind, name in _SPECIAL if is_kind(mode)), "a device")
                yield UnreadableFile(f"{path}: {what} and no file, so it was left.", reason="no file")
            elif suffix_of(path) in _SUFFIXES:
                yield path
            else:
                unread["".join(path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:]).lower()] += 1
        except UnreadableFile as fault:
            yield fault
        except OSError as error:
            yield UnreadableFile(f"{path}: {error.strerror or error}, so it was left.", reason="cannot be read")


def _follow(link: Path, root: Path) -> int:
    """Return the mode of what a link leads to; raise `UnreadableFile` if it leads out of the folder or nowhere."""
    try:
        target = Path(os.path.realpath(link, strict=True))
        mode = target.stat().st_mode
    except OSError as error:
        raise UnreadableFile(
            f"{link}: a link that leads nowhere ({error.strerror or error}).", reason="link that leads nowhere"
        ) from error
    if not target.is_relative_to(root):
        raise UnreadableFile(
            f"{link}: a link to {target}, which is outside the folder, so it was left; add that path by its own name.",
            reason="link out of the folder",
        )
    return mode
