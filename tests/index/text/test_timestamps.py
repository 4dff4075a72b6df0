"""ISO 8601 in, UTC out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.timestamps import to_utc

MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 3),
    max_value=datetime(9999, 12, 29),
    timezones=st.none() | st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2025-12-01", "2025-12-01T00:00:00"),
        ("2025-12-01T08:55:24", "2025-12-01T08:55:24"),
        ("2025-12-01 08:55:24", "2025-12-01T08:55:24"),
        ("2025-12-01T08:55:24Z", "2025-12-01T08:55:24"),
        ("2025-12-01T00:55:24+02:00", "2025-11-30T22:55:24"),
        ("2025-12-01T08:55:24.987654-05:00", "2025-12-01T13:55:24"),
        ("20251201", "2025-12-01T00:00:00"),
        (" 2025-12-01\n", "2025-12-01T00:00:00"),
    ],
)
def test_an_instant_is_written_in_utc_to_the_second(written, utc):
    """Whatever the zone and the precision, one form comes out; without a zone it is UTC, without a time midnight."""
    assert to_utc(written) == utc


@given(st.lists(MOMENTS, min_size=2, max_size=2))
def test_the_order_of_texts_is_the_order_of_time(moments):
    """Texts compare as their instants do, to the second."""
    one, other = (
        moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).replace(microsecond=0) for moment in moments
    )
    written = [to_utc(moment.isoformat()) for moment in moments]
    assert (written[0] < written[1], written[0] == written[1]) == (one < other, one == other)


@given(MOMENTS)
def test_what_is_written_is_read_back_the_same(moment):
    """Writing an instant twice changes nothing."""
    assert to_utc(to_utc(moment.isoformat())) == to_utc(moment.isoformat())


@pytest.mark.parametrize("written", ["", "yesterday", "2025-13-01", "01/12/2025", "0001-01-01T00:00:00+05:00"])
def test_what_is_no_instant_is_named(written):
    """The error names the value and shows what to write instead, also for a moment before the calendar starts."""
    with pytest.raises(ValueError, match="is no ISO 8601 date or instant; write 2025-12-01, ") as caught:
        to_utc(written)
    assert str(caught.value).startswith(repr(written))
