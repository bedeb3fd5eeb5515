"""Instants as they are hashed, signed and sent: UTC, milliseconds, 2026-11-22T01:30:00.000Z."""

from datetime import UTC, datetime, timedelta


def text(at: datetime) -> str:
    """The one spelling of an instant."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def when(instant: str) -> datetime:
    """The instant that `text` wrote; ValueError for any other spelling."""
    at = datetime.strptime(instant, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    if text(at) != instant:
        raise ValueError(f"{instant!r} is not an instant in UTC with milliseconds")
    return at


def later(at: datetime, ms: int) -> datetime:
    """`ms` milliseconds after `at`."""
    return at + timedelta(milliseconds=ms)
