"""The clock: turns due deadlines into commands, handed in at the same desk as everybody's."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from remote_bid.timeline.context import CLOCK, Due, Refused
from remote_bid.timeline.desk import Desk, Folded, Moved

_LOG = structlog.get_logger("clock")
_LOOK_S = 1.0
_RETRY_S = 0.2
"""Pause after a refused deadline: the database's clock may be a little behind this process's."""


class Clock:
    """Between `start` and `close` it watches every session and hands in each deadline's command when it is due."""

    def __init__(self, desk: Desk, now: Callable[[], datetime]) -> None:
        self._desk, self._now = desk, now
        self._moved: dict[str, asyncio.Event] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._keeping = False
        desk.listen(self._on_moved)

    def start(self, sessions: Sequence[Folded]) -> None:
        """Begin to keep the deadlines of these sessions, and of every other that moves."""
        self._keeping = True
        for folded in sessions:
            self._watch(folded)

    def _watch(self, folded: Folded) -> None:
        session = folded.session.id
        if session not in self._watches:
            self._moved[session] = asyncio.Event()
            self._watches[session] = asyncio.create_task(self._keep(session), name=f"clock {session}")

    async def close(self) -> None:
        """Stop keeping deadlines."""
        self._keeping = False
        watches, self._watches = list(self._watches.values()), {}
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)

    def _on_moved(self, moved: Moved) -> None:
        if not self._keeping:
            return
        self._watch(moved.after)
        self._moved[moved.after.session.id].set()

    async def _keep(self, session: str) -> None:
        moved = self._moved[session]
        while True:
            moved.clear()
            due = await self._next(session)
            if due is None:
                await moved.wait()
            elif due.at <= self._now():
                await self._hand_in(session, due)
            else:
                await self._until(due.at, moved)

    async def _next(self, session: str) -> Due | None:
        """The earliest deadline; a room that cannot tell is asked again when the session moves."""
        folded = await self._desk.look(session)
        try:
            due, now = folded.context.due(folded.state), self._now()
            overtaking = [item for item in due if item.overtakes and item.at <= now]
            return min(overtaking or due, key=lambda item: item.at, default=None)
        except Exception:
            _LOG.exception("no deadline", session=session)
            return None

    async def _until(self, at: datetime, moved: asyncio.Event) -> None:
        """Wait for the deadline, but look at the clock at least every second: it may be set meanwhile."""
        try:
            async with asyncio.timeout(min((at - self._now()).total_seconds(), _LOOK_S)):
                await moved.wait()  # wait_for may lose a cancellation
        except TimeoutError:
            return

    async def _hand_in(self, session: str, due: Due) -> None:
        try:
            changed = await self._desk.handle(session, due.command, CLOCK)
            if changed:
                return
        except Refused as refusal:
            _LOG.info("deadline refused", session=session, code=refusal.code)
        except Exception:
            _LOG.exception("deadline failed", session=session)
        await asyncio.sleep(_RETRY_S)
