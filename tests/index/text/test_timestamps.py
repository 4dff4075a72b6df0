"""Dates in, ISO 8601 and UTC out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.timestamps import to_iso, to_utc

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


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2025-12-01", "2025-12-01"),
        ("2025-12-01T08:55:24Z", "2025-12-01T08:55:24Z"),
        ("2025-12-01 08:55:24+02:00", "2025-12-01 08:55:24+02:00"),
        ("20240516", "2024-05-16"),
        ("20240516T085524Z", "2024-05-16T08:55:24+00:00"),
        ("2024-W20-4", "2024-05-16"),
        ("2024/5/16", "2024-05-16"),
        ("16 May 2024", "2024-05-16"),
        ("16th of May 2024", "2024-05-16"),
        ("16-MAY-2024", "2024-05-16"),
        ("May 16, 2024", "2024-05-16"),
        ("Thursday, May 16th 2024, 3:05 p.m.", "2024-05-16T15:05:00"),
        ("16 mai 2024", "2024-05-16"),
        ("16.05.2024 08:55", "2024-05-16T08:55:00"),
        ("16/05/2024", "2024-05-16"),
        ("05/16/2024", "2024-05-16"),
        ("5/5/2024", "2024-05-05"),
        ("Thu, 16 May 2024 08:55:24 +0000", "2024-05-16T08:55:24+00:00"),
        ("Thu, 16 May 2024 08:55:24 -0700 (PDT)", "2024-05-16T08:55:24-07:00"),
        ("16 May 2024 08:55:24 GMT", "2024-05-16T08:55:24+00:00"),
        ("16 May 2024 08:55 EST", "2024-05-16T08:55:00-05:00"),
    ],
)
def test_a_date_is_read_as_articles_and_mails_have_it(written, iso):
    """ISO 8601 stays as it is; other ways become it, with the offset if there is one."""
    assert to_iso(written) == iso
    assert to_utc(written) == to_utc(iso)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "is no date"),
        ("yesterday", "is no date"),
        ("May 2024", "is no date"),
        ("1714903200", "is no date"),
        ("16 May 24", "is no date"),
        ("16 May 2024 and 17 May 2024", "is no date"),
        ("16 May 2024 08:55 XYZ", "is no date"),
        ("2025-13-01", "is no day, or can mean two"),
        ("01/12/2025", "is no day, or can mean two"),
        ("30 February 2024", "is no day, or can mean two"),
        ("16 May 2024 25:00", "is no day, or can mean two"),
        ("0001-01-01T00:00:00+05:00", "is before or after all dates"),
    ],
)
def test_what_is_no_date_or_two_is_named(written, says):
    """The error names the value and shows what to write instead, also for a moment before the calendar starts."""
    with pytest.raises(ValueError, match=says) as caught:
        to_utc(written)
    assert str(caught.value).startswith(repr(written))
    assert "write it like 2024-05-16, 2024-05-16T08:55:24Z, 16 May 2024 or Thu, 16 May" in str(caught.value)
