"""Instants in the time of a place."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from remote_bid.paper.hours import local


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Shanghai", "2026-11-23 09:00:00.500 +08:00"),
        ("Asia/Urumqi", "2026-11-23 07:00:00.500 +06:00"),
        ("Europe/Kyiv", "2026-11-23 03:00:00.500 +02:00"),
        ("America/St_Johns", "2026-11-22 21:30:00.500 -03:30"),
    ],
)
def test_an_instant_is_told_with_its_offset(zone: str, shown: str) -> None:
    assert local("2026-11-23T01:00:00.500Z", ZoneInfo(zone)) == shown
    assert local(datetime(2026, 11, 23, 1, 0, 0, 500_000, UTC), ZoneInfo(zone)) == shown


def test_summer_time_is_told_apart() -> None:
    assert local("2026-10-25T00:30:00.000Z", ZoneInfo("Europe/Kyiv")).endswith("03:30:00.000 +03:00")
    assert local("2026-10-25T01:30:00.000Z", ZoneInfo("Europe/Kyiv")).endswith("03:30:00.000 +02:00")


def test_no_instant_is_a_dash() -> None:
    assert local(None, ZoneInfo("Asia/Shanghai")) == "—"
