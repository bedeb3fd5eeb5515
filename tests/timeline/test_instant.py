"""Instants have one spelling, and sort as text as they do in time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_bid.timeline import instant

moments = st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - made UTC


@given(moments)
def test_an_instant_is_read_as_it_was_written_to_the_millisecond(at: datetime) -> None:
    read = instant.when(instant.text(at))
    assert timedelta(0) <= at - read < timedelta(milliseconds=1)
    assert instant.text(read) == instant.text(at)


@given(moments, moments)
def test_texts_sort_as_times_do(one: datetime, other: datetime) -> None:
    """The database compares them as text."""
    one, other = instant.when(instant.text(one)), instant.when(instant.text(other))
    assert (instant.text(one) < instant.text(other)) == (one < other)


def test_the_time_of_another_zone_is_written_in_utc() -> None:
    at = datetime(2026, 11, 22, 9, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))
    assert instant.text(at) == "2026-11-22T01:30:00.999Z"


@given(moments, st.integers(-(10**9), 10**9))
def test_later_counts_milliseconds(at: datetime, ms: int) -> None:
    assert instant.later(at, ms) - at == timedelta(milliseconds=ms)


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        "2026-11-22",
        "2026-11-22T01:30:00Z",
        "2026-11-22T01:30:00.0Z",
        "2026-11-22T01:30:00.00Z",
        "2026-11-22T01:30:00.000000Z",
        "2026-11-22T01:30:00.123456Z",
        "2026-11-22T01:30:00.000",
        "2026-11-22T01:30:00.000z",
        "2026-11-22t01:30:00.000Z",
        "2026-11-22 01:30:00.000Z",
        "2026-11-22T01:30:00,000Z",
        "2026-11-22T09:30:00.000+08:00",
        "2026-11-22T01:30:00.000+00:00",
        "2026-11-22T01:30:00.000ZZ",
        " 2026-11-22T01:30:00.000Z",
        "2026-11-22T01:30:00.000Z\n",
        "2026-11-22T1:30:00.000Z",
        "2026-02-30T01:30:00.000Z",
        "2026-11-22T24:00:00.000Z",
        "2026-11-22T01:30:60.000Z",
        "26-11-22T01:30:00.000Z",
        "12026-11-22T01:30:00.000Z",
        "-026-11-22T01:30:00.000Z",
        "２０２６-11-22T01:30:00.000Z",
        "1795311000",
    ],
)
def test_any_other_spelling_is_refused(spelling: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        instant.when(spelling)
