"""The guard of the clock: the log's time must advance as the process's monotonic clock does, else nothing is decided.

Each session is compared with its own last turn, so slow drift passes and a jump does not. A clock that is set right
again is trusted again.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import structlog

from remote_bid.timeline.context import Refused

MOST_S = 2.0
"""A jump by more is one (threats.md, row 10)."""

DRIFT = 200e-6
"""Seconds by which two good clocks part in one second: the database may be on another machine."""

_LOG = structlog.get_logger("guard")


class ClockJumped(Refused):
    """Wall clock and monotonic clock disagree."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "clock_jumped",
            "服务器时钟发生跳变，已暂停受理，请联系系统管理员。",
            f"The server's clock has jumped by {seconds:+.0f} s; nothing is taken. Tell the system's administrator.",
        )


class _Seen(NamedTuple):
    at: datetime
    before: float
    after: float


class Guard:
    """Compares the times of turns; `monotonic` and `most_s` in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, most_s: float = MOST_S) -> None:
        self.monotonic, self._most_s = monotonic, most_s
        self._seen: dict[str, _Seen] = {}
        self._jumped: set[str] = set()

    @property
    def alert(self) -> str:
        """Why turns are refused, for health and operators; empty while they are not."""
        return "clock jumped" if self._jumped else ""

    def check(self, session: str, at: datetime, before: float) -> None:
        """ClockJumped unless the log's time `at`, asked for at `before` by the monotonic clock and answered by now,
        fits the time of the session's turn before.
        """
        now = _Seen(at, before, self.monotonic())
        old = self._seen.get(session, now)
        jump = _jump(old, now)
        if abs(jump) > self._most_s + DRIFT * (now.after - old.after):
            self._jumped.add(session)
            _LOG.error("clock jumped", session=session, seconds=round(jump, 3))
            raise ClockJumped(jump)
        self._jumped.discard(session)
        self._seen[session] = now


def _jump(old: _Seen, new: _Seen) -> float:
    """By how many seconds the wall clock has run ahead (behind: negative) of what is possible."""
    passed = (new.at - old.at).total_seconds()
    least, most = new.before - old.after, new.after - old.before
    return max(passed - most, 0.0) or min(passed - least, 0.0)
