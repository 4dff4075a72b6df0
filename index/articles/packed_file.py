"""Reading a file that may be packed with gzip, with a bound on each line and on what little can unpack to."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from onrecord.index.articles.drafts import MAX_TEXT
from onrecord.index.errors import UnreadableFile

_MAX_RATIO = 200
"""Bytes that one packed byte may stand for: news packs to a third or a fifth, a file made to fill the memory to a
thousandth."""
_ALWAYS_UNPACKED_BYTES = 16 * MAX_TEXT
"""Bytes that are unpacked whatever the ratio, as much as one record may have."""


class PackedFile:
    """An open file whose bytes are unpacked as they are read."""

    def __init__(self, raw: IO[bytes], *, packed: bool) -> None:
        self._raw = raw
        self._packed = packed
        self._stream: IO[bytes] = gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[assignment]
        self._unpacked = 0

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; none at the end."""
        return self._counted(self._stream.read(size))

    def lines(self, max_bytes: int) -> Iterator[bytes | None]:
        """Yield each line; None for one that is longer than `max_bytes`."""
        while line := self._counted(self._stream.readline(max_bytes)):
            if len(line) < max_bytes or line.endswith(b"\n"):
                yield line
                continue
            while line and not line.endswith(b"\n"):
                line = self._counted(self._stream.readline(max_bytes))
            yield None

    def _counted(self, read: bytes) -> bytes:
        """Count the bytes read so far and return these; raise `UnreadableFile` if the file unpacks to absurdly many."""
        self._unpacked += len(read)
        if self._packed and self._unpacked > max(_ALWAYS_UNPACKED_BYTES, _MAX_RATIO * self._raw.tell()):
            raise UnreadableFile(
                f"unpacks to more than {_MAX_RATIO} times its size, so the rest is not read; unpack it first.",
                reason="unpacks to too much",
            )
        return read


@contextmanager
def open_packed(path: Path) -> Iterator[PackedFile]:
    """Open a file; one that ends with .gz is unpacked."""
    with path.open("rb") as raw:
        yield PackedFile(raw, packed=path.suffix.lower() == ".gz")
