"""Follows what other processes commit: the database is asked, hints only say when.

Subscribed to the bus first, then the log is read; once a second the heads of all sessions that have moved lately are
compared with what this process holds, and at once after a hint or a gap on the bus. So a lost hint costs a second.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from remote_bid.timeline import instant
from remote_bid.timeline.bus import Bus, Hint
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk, Moved
from remote_bid.timeline.log import Head, Log

_LOG = structlog.get_logger("following")
_LOOK_S = 1.0
_SOON_S = 0.05
"""Least time between two looks at all heads, however many hints come."""
_LATELY = timedelta(seconds=30)
"""A turn is committed this long after its time at the latest: the database ends longer ones."""
_ALL_S = 60.0
"""Now and then every session is compared, whenever it moved: the database's clock may have been set back."""
_AT_ONCE = 4
"""Sessions read at a time, so that commits find connections free."""


class Follower:
    """Keeps a desk up with its log."""

    def __init__(self, log: Log, desk: Desk, bus: Bus, now: Callable[[], datetime]) -> None:
        self._log, self._desk, self._bus, self._now = log, desk, bus, now
        self._since, self._all_at = "", 0.0
        self._look_now = asyncio.Event()
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._wanted: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self.seen_at = 0.0
        """When heads were compared last, by the monotonic clock."""
        desk.listen(self._on_moved)
        bus.listen(self._heard, self._look_now.set)

    def start(self) -> None:
        """Begin to follow. The bus is listened to before the first look, so nothing falls between."""
        self._bus.start()
        self._task = asyncio.create_task(self._run(), name="following")

    async def close(self) -> None:
        """Stop."""
        tasks = [task for task in (self._task, *self._reading.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._bus.close()

    async def catch_up(self) -> None:
        """Return when everything is folded that was committed before this was called."""
        moved = [head for head in await self._heads() if self._desk.version(head.session) < head.version]
        for head in moved:
            self._read(head.session, head.version)
        await asyncio.gather(*(self._reading[head.session] for head in moved if head.session in self._reading))

    async def _run(self) -> None:
        while True:
            try:
                await self.catch_up()
                self.seen_at = time.monotonic()
            except Refused as refusal:
                _LOG.warning("heads not seen", code=refusal.code)
            except Exception:
                _LOG.exception("heads not seen")
            await asyncio.sleep(_SOON_S)
            try:
                async with asyncio.timeout(_LOOK_S - _SOON_S):  # wait_for may lose a cancellation
                    await self._look_now.wait()
            except TimeoutError:
                continue
            finally:
                self._look_now.clear()

    async def _heads(self) -> list[Head]:
        now = time.monotonic()
        if now - self._all_at > _ALL_S:
            self._since, self._all_at = "", now
        heads = await self._log.heads(self._since)
        if heads:  # one of them may lie in the future, if the database's clock was once ahead
            latest = min(instant.when(max(head.at for head in heads)), self._now())
            self._since = instant.text(latest - _LATELY)
        return heads

    def _heard(self, hint: Hint) -> None:
        """Known sessions are read, for unknown ones the heads: what a hint says is not believed."""
        known = self._desk.version(hint.session)
        if not known:
            self._look_now.set()
        elif known < hint.version:
            self._read(hint.session, hint.version)

    def _read(self, session: str, version: int) -> None:
        self._wanted[session] = max(version, self._wanted.get(session, 0))
        if session not in self._reading:
            self._reading[session] = asyncio.create_task(self._reach(session), name=f"following {session}")

    async def _reach(self, session: str) -> None:
        """Read as far as was heard of; a version that is not there was never committed."""
        try:
            while (wanted := self._wanted.pop(session, 0)) > self._desk.version(session):
                async with self._gate:
                    await self._desk.follow(session)
                if self._desk.version(session) < wanted:
                    return
        except Refused as refusal:
            _LOG.warning("not followed", session=session, code=refusal.code)
        except Exception:
            _LOG.exception("not followed", session=session)
        finally:
            self._wanted.pop(session, None)
            self._reading.pop(session, None)

    def _on_moved(self, moved: Moved) -> None:
        if moved.own:
            self._bus.tell(Hint(moved.after.session.id, moved.after.version))
