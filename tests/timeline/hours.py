"""Clocks for tests: one that stands still until it is moved, one that runs and can be put forward or back."""

import time
from datetime import UTC, datetime

from remote_bid.timeline import instant

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class Stopped:
    """Shows `at` until somebody moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, ms: int) -> None:
        self.at = instant.later(self.at, ms)


class Running:
    """Starts at `at` and runs with the world."""

    def __init__(self, at: datetime = NOON) -> None:
        self._at, self._began = at, time.monotonic()

    def __call__(self) -> datetime:
        return instant.later(self._at, int((time.monotonic() - self._began) * 1000))

    def move(self, ms: int) -> None:
        self._at = instant.later(self._at, ms)
