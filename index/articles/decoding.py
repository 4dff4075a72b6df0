"""Decoding a file's bytes strictly: nothing is guessed and nothing is replaced."""

import codecs
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from onrecord.index.errors import UnreadableFile

_LOOKED_AT_BYTES = 8192
"""Bytes at the beginning of a file in which a zero byte shows that it is no text in UTF-8."""
_REASON = "not in the encoding"


def decode_pieces(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Decode a file that is read piece by piece; raise `UnreadableFile` naming the first byte that does not fit."""
    try:
        with suppress(UnicodeError):
            b"a".decode(encoding)  # This also refuses codecs that make no text, such as "hex".
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise UnreadableFile(
            f"unknown encoding {encoding!r}; try utf-8, windows-1252 or utf-16.", reason=_REASON
        ) from None
    read = 0
    for content in chain(pieces, (b"",)):
        if not read and b"\0" in content[:_LOOKED_AT_BYTES] and encoding == "utf-8":
            raise UnreadableFile(
                "this is a binary file or UTF-16, not UTF-8 text. Convert it to text in UTF-8.", reason=_REASON
            )
        waiting = len(decoder.getstate()[0])
        try:
            yield decoder.decode(content, final=not content)
        except UnicodeDecodeError as error:
            byte, place = error.object[error.start], read - waiting + error.start
            raise UnreadableFile(
                f"byte 0x{byte:02X} at position {place:,} is not {encoding}. {_advise(error.object, encoding)}",
                reason=_REASON,
            ) from None
        read += len(content)


def _advise(content: bytes, encoding: str) -> str:
    """Return a way out that is open: another encoding is named only if the bytes can be read in it."""
    if codecs.lookup(encoding).name == "utf-8":
        with suppress(UnicodeDecodeError):
            content.decode("windows-1252")
            return "Name the file's encoding (`onrecord add --encoding windows-1252`) or convert it to UTF-8."
    return "The file has another encoding, or is damaged; convert it to UTF-8."


def check_line_ends(encoding: str) -> None:
    """Raise `UnreadableFile` if lines cannot be told apart in the encoding before they are decoded, as in UTF-16."""
    with suppress(LookupError):
        if b"\n".decode(encoding, "replace") != "\n":
            raise UnreadableFile(
                f"a file of lines in {encoding} is not read; convert it to UTF-8, as JSON should be.", reason=_REASON
            )
