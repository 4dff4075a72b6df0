"""Dates and times as text in ISO 8601 and UTC."""

from datetime import UTC, datetime


def to_utc(instant: str) -> str:
    """Write an ISO 8601 date or instant as UTC to the second, so that the order of texts is the order of time.

    An instant without a zone counts as UTC, a date as its first moment. Raise `ValueError`, naming the value, if it is
    neither.
    """
    try:
        moment = datetime.fromisoformat(instant.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{instant!r} is no ISO 8601 date or instant; "
            "write 2025-12-01, 2025-12-01T08:55:24 or 2025-12-01T08:55:24Z."
        ) from error
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")
