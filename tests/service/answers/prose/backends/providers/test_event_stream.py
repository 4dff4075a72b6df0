import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.service.answers.prose.backends.providers.event_stream import MAX_LINE, BadFraming, events, lines


async def sent(packets: Sequence[bytes]) -> AsyncIterator[bytes]:
    for packet in packets:
        yield packet


def read(*packets: bytes) -> list[str]:
    async def run() -> list[str]:
        return [line async for line in lines(sent(packets))]

    return asyncio.run(run())


def data(body: str) -> list[str]:
    async def run() -> list[str]:
        return [event async for event in events(lines(sent([body.encode()])))]

    return asyncio.run(run())


@given(st.text(alphabet="aé€🕊\r\n: "), st.lists(st.integers(min_value=0, max_value=60)))
def test_packets_cut_anywhere_give_the_same_lines(text: str, cuts: list[int]) -> None:
    """A character, or the two of a line's end, may be split."""
    raw = text.encode()
    bounds = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    packets = [raw[a:b] for a, b in zip(bounds, bounds[1:], strict=False)]
    whole = [line.removesuffix("\r") for line in text.split("\n")]
    assert read(*packets) == (whole if not text.endswith("\n") and text else whole[:-1])


@given(st.lists(st.binary(max_size=20)))
def test_bytes_that_are_no_text_are_bad_and_all_others_are_lines(packets: list[bytes]) -> None:
    try:
        text = b"".join(packets).decode()
    except UnicodeDecodeError:
        with pytest.raises(BadFraming, match="no UTF-8"):
            read(*packets)
    else:
        assert len(read(*packets)) == text.count("\n") + (not text.endswith("\n") and bool(text))


@pytest.mark.parametrize(
    "packets", [(b"x" * (MAX_LINE + 1),), (b"x" * MAX_LINE, b"x"), (b"x" * (MAX_LINE + 1) + b"\n",)]
)
def test_a_line_that_is_too_long_is_bad(packets: tuple[bytes, ...]) -> None:
    with pytest.raises(BadFraming, match="without end"):
        read(*packets)


def test_the_longest_line_is_good():
    assert read(b"x" * MAX_LINE, b"\n") == ["x" * MAX_LINE]


def test_an_event_of_many_lines_is_too_long_as_well():
    with pytest.raises(BadFraming, match="event without end"):
        data("data: x\n" * MAX_LINE)


def test_events_are_read_as_the_standard_says():
    """But the last one needs no empty line after it."""
    body = (
        ": comment\nevent: a\ndata: one\ndata:two\nid: 1\n\n\nevent: nothing\n\ndata\n\ndata:  three\r\n\r\ndata: four"
    )
    assert data(body) == ["one\ntwo", "", " three", "four"]
