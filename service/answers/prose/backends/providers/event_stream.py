"""Bytes from a server → lines → the payloads of server-sent events, with a limit on what is held in memory."""

from collections.abc import AsyncGenerator, AsyncIterator

MAX_LINE = 256 * 1024
"""Bytes in a line or an event at most. A piece of an answer takes some hundred."""


class BadFraming(Exception):
    """What came is no stream of lines, or too long a line; the message goes on "it …"."""


async def lines(packets: AsyncIterator[bytes]) -> AsyncGenerator[str]:
    r"""Cut at "\n" or "\r\n", whatever the packets' boundaries; a character may be split between two.

    Raises `BadFraming` where a line is longer than `MAX_LINE` bytes or no UTF-8.
    """
    held = bytearray()
    async for packet in packets:
        held += packet
        if b"\n" not in packet:
            # A line that comes a byte at a time must not be searched through for each.
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
    """Yield the data of each server-sent event (WHATWG HTML, 9.2.6); comments and the other fields are left out.

    Unlike there, an event that the end of the stream cuts off is given as well: some servers send no last empty line.
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
