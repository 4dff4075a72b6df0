"""Cut the bytes of a server into lines, and lines into server-sent events, with a limit on what memory holds."""

from collections.abc import AsyncGenerator, AsyncIterator

MAX_LINE = 256 * 1024
"""Bytes in a line or an event; a piece of an answer takes a few hundred."""


class BadFraming(Exception):
    """An error that says what is wrong with a stream of lines; the message is a predicate without its subject."""


async def lines(packets: AsyncIterator[bytes]) -> AsyncGenerator[str]:
    r"""Yield the lines of the stream, which end with "\n" or "\r\n"; a packet may end in the middle of a character.

    Raises:
        BadFraming: if a line is longer than `MAX_LINE` bytes, or is not UTF-8.
    """
    held = bytearray()
    async for packet in packets:
        held += packet
        if b"\n" not in packet:
            # A line that comes byte by byte must not be searched from its start for every byte.
            if len(held) > MAX_LINE:
                raise BadFraming("sent a line without end")
            continue
        *whole, rest = held.split(b"\n")
        if any(len(line) > MAX_LINE for line in whole) or len(rest) > MAX_LINE:
            raise BadFraming("sent a line without end")
        held = rest
        for line in whole:
            yield _decode(line)
    if held:
        yield _decode(held)


async def events(lines: AsyncIterator[str]) -> AsyncGenerator[str]:
    """Yield the data of each server-sent event (WHATWG HTML, 9.2.6), without comments and other fields.

    Unlike the standard, it also yields an event that the end of the stream cuts off, because some servers send no last
    empty line.

    Raises:
        BadFraming: if the data of an event is longer than `MAX_LINE` characters.
    """
    data: list[str] = []
    size = 0
    async for line in lines:
        if not line:
            if data:
                yield "\n".join(data)
            data, size = [], 0
            continue
        field, _, value = line.partition(":")
        if field == "data":
            data.append(value.removeprefix(" "))
            size += len(value) + 1
            if size > MAX_LINE:
                raise BadFraming("sent an event without end")
    if data:
        yield "\n".join(data)


def _decode(line: bytearray) -> str:
    try:
        return line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise BadFraming("sent bytes that are no UTF-8") from None
