"""Bytes of data sets into JSON values and lines: plain or gzip, with or without a byte order mark, any line ends."""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from onrecord.index.articles.drafts import MAX_FIELD, MAX_TEXT, check_draft
from onrecord.index.errors import InvalidArticle
from onrecord.index.values import Draft
from onrecord.service.evaluation.datasets.questions import InvalidDataset

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
# What no article may hold, and lone halves of surrogate pairs, which JSON can write and UTF-8 cannot.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


def read_text(file: Path) -> str:
    """Return the file's text, unpacked and without a byte order mark."""
    try:
        with _open(file) as stream:
            return _decode(stream.read().removeprefix(_BOM), f"{file}")
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(file, error) from error


def read_lines(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each line that is not blank with its place, as "FILE, line 3"."""
    try:
        with _open(file) as stream:
            # Bytes are cut at line feeds alone; text would also be cut at characters that JSON allows in a string.
            for number, line in enumerate(stream, start=1):
                place = f"{file}, line {number}"
                text = _decode(line.removeprefix(_BOM) if number == 1 else line, place).strip("\r\n")
                if text.strip():
                    yield place, text
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(file, error) from error


def read_records(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each line's JSON object with its place."""
    for place, line in read_lines(file):
        record = parse(line, place)
        if not isinstance(record, dict):
            raise InvalidDataset(f"{place}: not a JSON object.")
        yield place, record


def parse(text: str, place: str) -> Any:
    """Read JSON; raises `InvalidDataset` naming the place."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, character {error.colno}" if "\n" in text.strip() else f"character {error.colno}"
        raise InvalidDataset(f"{place}: no JSON ({error.msg} at {where}).") from None
    except (ValueError, RecursionError) as error:
        raise InvalidDataset(f"{place}: no JSON that can be read ({error}).") from None


def hash_files(files: Iterable[Path]) -> str:
    """Return the SHA-256 of the files' bytes, in this order."""
    total = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise _unreadable(file, error) from error
    return total.hexdigest()


def text_of(value: object) -> str:
    """Return a text or number as clean text, and anything else as an empty one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _UNPRINTABLE.sub(" ", str(value)).strip()


def first_of(record: dict[str, Any], *names: str) -> Any:
    """Return the value of the first of the fields that is there, None if there is none."""
    return next((record[name] for name in names if name in record), None)


def to_draft(*, text: object, title: object, name: str) -> Draft | None:
    """Make an article of what a set calls a document, as long as it was; None if it has no words.

    What an article may not hold is a space instead, so that offsets stand; what is too long is cut.
    """
    body = _UNPRINTABLE.sub(" ", text if isinstance(text, str) else "")[:MAX_TEXT]
    heading = text_of(title)[:MAX_FIELD] or None
    # A title alone is the text: as a title it would be no passage, and never found.
    body, heading = (body, heading) if body.strip() else (heading or "", None)
    try:
        return check_draft(Draft(text=body, title=heading, source_name=name))
    except InvalidArticle:
        return None


def _open(file: Path) -> BinaryIO:
    with file.open("rb") as stream:
        packed = stream.read(2) == _GZIP
    return gzip.open(file) if packed else file.open("rb")  # type: ignore[return-value]


def _decode(content: bytes, place: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidDataset(
            f"{place}: byte 0x{content[error.start]:02X} at position {error.start:,} is not UTF-8. Convert it to UTF-8."
        ) from None


def _unreadable(file: Path, error: Exception) -> InvalidDataset:
    return InvalidDataset(f"{file}: {getattr(error, 'strerror', None) or error}.")
