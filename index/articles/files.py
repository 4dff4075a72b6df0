"""Reading files as drafts.

Text is decoded strictly and kept character for character, because offsets must hold against the file.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from onrecord.index.articles.drafts import MAX_TEXT
from onrecord.index.errors import InvalidArticle, UnreadableFile
from onrecord.index.values import METADATA, Draft

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md"})
RECORD_SUFFIXES = frozenset({".json", ".jsonl"})

MAX_BYTES = 4 * MAX_TEXT
"""Bytes in one article: a code point takes at most four in UTF-8."""

_FIELDS = frozenset({"text", *METADATA})
_ALSO_CALLED = {"id": "source_name", "date": "published_at"}
"""Names that other programs give to these fields."""


def find_files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each article file with its source name: its path inside the given folder, or its own name.

    A folder is searched for files with known endings that are not hidden; a given file may have any ending.
    Raise `UnreadableFile` for a path that is not there, and for a folder without an article file.
    """
    for path in paths:
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.is_file() and _is_article_file(file, path))
            if not found:
                raise UnreadableFile(
                    f"{path}: no article file in this folder; known endings: "
                    f"{', '.join(sorted(TEXT_SUFFIXES | RECORD_SUFFIXES))}, each also with .gz."
                )
            yield from ((file, file.relative_to(path).as_posix()) for file in found)
        elif path.exists():
            yield path, path.name
        else:
            raise UnreadableFile(f"{path}: no such file or folder.")


def read_file(path: Path, *, source_name: str, encoding: str = "utf-8") -> Iterator[Draft]:
    """Yield the file's articles: one of a text file, one a line of .jsonl, one or a list of .json; .gz is unpacked.

    Records have the fields of `POST /articles`; `id` is read as `source_name`, `date` as `published_at`. Raise
    `UnreadableFile` naming file and place.
    """
    try:
        if _suffix(path) == ".jsonl":
            yield from _read_lines(path, source_name, encoding)
        elif _suffix(path) == ".json":
            data = _parse(_decode(_read(path, limit=64 * MAX_BYTES), path, encoding), f"{path}")
            for number, record in enumerate(data if isinstance(data, list) else [data], start=1):
                yield _to_draft(record, f"{path}, record {number}", f"{source_name}#{number}")
        else:
            yield Draft(text=_decode(_read(path, limit=MAX_BYTES), path, encoding), source_name=source_name)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path}: {getattr(error, 'strerror', None) or error}.") from error


def count_articles(path: Path) -> int:
    """Count the articles that `read_file` will yield, for a progress bar; a list in a .json file counts as one."""
    if _suffix(path) != ".jsonl":
        return 1
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            return sum(1 for line in stream if line.strip())
    except (OSError, EOFError, zlib.error):
        return 1


def decode(content: bytes, *, name: str, encoding: str = "utf-8") -> str:
    """Decode a file's bytes strictly; raise `UnreadableFile` naming the first byte that does not fit."""
    if b"\0" in content[:8192] and encoding == "utf-8":
        raise UnreadableFile(f"{name}: this is a binary file or UTF-16, not UTF-8 text. Convert it to text in UTF-8.")
    try:
        return content.decode(encoding)
    except LookupError:
        raise UnreadableFile(f"{name}: unknown encoding {encoding!r}; try utf-8, windows-1252 or utf-16.") from None
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{name}: byte 0x{content[error.start]:02X} at position {error.start:,} is not {encoding}. "
            "Name the file's encoding (`onrecord add --encoding windows-1252`) or convert it to UTF-8."
        ) from None


def _decode(content: bytes, path: Path, encoding: str) -> str:
    return decode(content, name=str(path), encoding=encoding)


def _is_article_file(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and _suffix(file) in TEXT_SUFFIXES | RECORD_SUFFIXES


def _suffix(path: Path) -> str:
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()


def _read(path: Path, *, limit: int) -> bytes:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise UnreadableFile(
            f"{path}: larger than {limit / 1e6:,.0f} MB, the limit for one article; cut it into several."
        )
    return content


def _read_lines(path: Path, source_name: str, encoding: str) -> Iterator[Draft]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        number = 0
        while line := stream.readline(2 * MAX_BYTES):
            number += 1
            place = f"{path}, line {number}"
            if len(line) == 2 * MAX_BYTES:
                raise UnreadableFile(f"{place}: longer than {2 * MAX_BYTES / 1e6:,.0f} MB.")
            if line.strip():
                record = _parse(decode(line, name=place, encoding=encoding), place)
                yield _to_draft(record, place, f"{source_name}#{number}")


def _parse(text: str, place: str) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"{place}: no JSON ({error.msg} at character {error.pos}).") from None
    except ValueError as error:  # A number of more digits than Python reads.
        raise UnreadableFile(f"{place}: no JSON ({error}).") from None
    except RecursionError:
        raise UnreadableFile(f"{place}: JSON nested too deeply.") from None


def _to_draft(record: object, place: str, source_name: str) -> Draft:
    if not isinstance(record, dict):
        raise InvalidArticle(f"{place}: not an object with the fields {', '.join(sorted(_FIELDS))}.")
    for name, ours in _ALSO_CALLED.items():
        if name in record and record.get(ours) is None:
            value = record[name]
            record = {key: held for key, held in record.items() if key != name}
            record[ours] = str(value) if name == "id" and type(value) is int else value
    if unknown := sorted(str(key) for key in record.keys() - _FIELDS):
        raise InvalidArticle(f"{place}: unknown field {unknown[0]!r}; known: {', '.join(sorted(_FIELDS))}.")
    for name, value in record.items():
        if not isinstance(value, str) and (name == "text" or value is not None):
            raise InvalidArticle(f"{place}: {name} is {type(value).__name__}, not a text.")
    if "text" not in record:
        raise InvalidArticle(f"{place}: no field 'text'.")
    return Draft(**{"source_name": None if record.get("url") else source_name, **record})
