"""Instants as the people of one place read them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from remote_bid.timeline import instant


def local(at: str | datetime | None, zone: ZoneInfo) -> str:
    """An instant in this place's time to the millisecond, with its distance from UTC; a dash for none."""
    if at is None:
        return "—"
    there = (instant.when(at) if isinstance(at, str) else at).astimezone(zone)
    offset = there.strftime("%z")
    return f"{there:%Y-%m-%d %H:%M:%S}.{there.microsecond // 1000:03d} {offset[:3]}:{offset[3:]}"
