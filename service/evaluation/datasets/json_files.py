"""Files of data sets, read as JSON values and lines: plain or gzip, with or without byte order mark, any line ends."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from onrecord.service.evaluation.datasets.dataset import InvalidDataset

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


def read_text(file: Path) -> str:
    """Return the file's text, unpacked and without a byte order mark; raise `InvalidDataset` if it cannot be read."""
    try:
        with _open(file) as stream:
            return _decode(stream.read().removeprefix(_BOM), f"{file}")
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(file, error) from error


def read_lines(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each line that is not blank with its place, as "FILE, line 3"; raise `InvalidDataset` naming the place."""
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
    """Yield each line's JSON object with its place; raise `InvalidDataset` if a line holds none."""
    for place, line in read_lines(file):
        record = parse(line, place)
        if not isinstance(record, dict):
            raise InvalidDataset(f"{place}: not a JSON object.")
        yield place, record


def parse(text: str, place: str) -> Any:
    """Return the JSON value of a text; raise `InvalidDataset` naming the place."""
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
