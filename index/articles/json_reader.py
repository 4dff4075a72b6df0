"""Reading JSON values one at a time, with a bound on the memory that one of them takes."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onrecord.index.errors import UnreadableFile

_NO_SPACE = re.compile(r"[^ \t\r\n\ufeff]")

_MAX_TOKEN_CHARACTERS = 16
"""Characters at the end of a text in which a token may be cut; the longest is an escaped surrogate pair, of twelve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedField:
    """An object that has one field twice, so that nobody can say which of the values counts."""

    name: str


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | RepeatedField:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    times = Counter(name for name, _ in pairs)
    return RepeatedField(name=next(name for name in times if times[name] > 1))


_DECODER = json.JSONDecoder(object_pairs_hook=_read_object)


class JsonReader:
    """A reader of one JSON value after another from a text that comes in pieces."""

    def __init__(self, pieces: Iterator[str], *, max_characters: int) -> None:
        """Take the text in pieces; one value may have `max_characters`."""
        self._pieces = pieces
        self._max_characters = max_characters
        self._text = ""
        self._at = 0
        self._dropped = 0

    def values(self) -> Iterator[object]:
        """Yield the values of a list, or the one value that is no list; raise `UnreadableFile` if it is no JSON."""
        if self._peek() != "[":
            yield self.value()
        else:
            self._take("[")
            if self._peek() != "]":
                yield self.value()
                while self._peek() == ",":
                    self._take(",")
                    yield self.value()
            self._take("]")
        self.end()

    def end(self) -> None:
        """Raise `UnreadableFile` if something follows."""
        if self._peek():
            raise _fault("Extra data", self._dropped + self._at)

    def value(self) -> object:
        """Take the next value; raise `UnreadableFile` if it is no JSON or too long."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                fault = _fault(error.msg, self._dropped + error.pos)
                # A value that is cut where the text ends that was read so far may be whole with the next piece.
                cut = error.msg.startswith("Unterminated string") or error.pos > len(self._text) - _MAX_TOKEN_CHARACTERS
                if not cut or not self._read_more():
                    raise fault from None
            except ValueError as error:  # A number of more digits than Python reads.
                raise UnreadableFile(f"no JSON ({error}).", reason="no JSON") from None
            except RecursionError:
                raise UnreadableFile("JSON nested too deeply.", reason="no JSON") from None
            else:
                # A number may go on after the text that was read so far.
                if end < len(self._text) or not self._read_more():
                    self._at = end
                    return value

    def _peek(self) -> str:
        """Return the next character that is no white space, without taking it; an empty text at the end."""
        while True:
            found = _NO_SPACE.search(self._text, self._at)
            self._at = found.start() if found else len(self._text)
            if self._at < len(self._text) or not self._read_more():
                return self._text[self._at : self._at + 1]

    def _take(self, expected: str) -> None:
        """Take the next character; raise `UnreadableFile` if it is another one, or the end."""
        if self._peek() != expected:
            raise _fault(f"Expecting {expected!r}", self._dropped + self._at)
        self._at += 1

    def _read_more(self) -> bool:
        """Double the text that is not taken yet; return False at the end. Raise `UnreadableFile` if it is too long."""
        held = len(self._text) - self._at
        if held > self._max_characters:
            raise UnreadableFile(
                f"longer than {self._max_characters / 1e6:,.0f} million characters.", reason="too long"
            )
        pieces = [self._text[self._at :]]
        read = 0
        for piece in self._pieces:
            pieces.append(piece)
            read += len(piece)
            if read > held:
                break
        if not read:
            return False
        self._dropped += self._at
        self._text, self._at = "".join(pieces), 0
        return True


def _fault(what: str, place: int) -> UnreadableFile:
    return UnreadableFile(f"no JSON ({what} at character {place}).", reason="no JSON")
