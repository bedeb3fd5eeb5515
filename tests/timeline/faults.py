"""A log that fails on demand: what was to be kept is lost, or kept although the answer says it failed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from remote_bid.timeline.entry import Entry
from remote_bid.timeline.lease import Fence
from remote_bid.timeline.log import Head, Log, OpenTurn, Platform, Session
from remote_bid.timeline.trouble import LogAway, OutcomeUnknown


class Broken(Exception):
    """The database did not answer."""


class Faulty:
    """Passes everything on to `log`; every turn takes `slow_s`. The next turn fails before its commit if `lost` is set,
    and leaves open whether it was kept when `kept` (it was) or `unkept` (it was not) is.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self.lost = self.kept = self.unkept = False
        self.slow_s = 0.0
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        """Done once, by somebody else, when a turn's outcome is not known."""
        self.turns = self.commits = 0
        self._unknown = False

    @asynccontextmanager
    async def turn(self, session: str, decided_on: int, fence: Fence | None = None) -> AsyncIterator[OpenTurn]:
        self.turns += 1
        if self._unknown and (meanwhile := self.meanwhile):
            self.meanwhile, self._unknown = None, False
            await meanwhile()
        lost, kept, unkept = self.lost, self.kept, self.unkept
        self.lost = self.kept = self.unkept = False
        async with self._log.turn(session, decided_on, fence) as turn:
            yield turn
            await asyncio.sleep(self.slow_s)
            if lost:
                raise Broken("failed before the commit")
            self._unknown = unkept
            if unkept:
                raise OutcomeUnknown(LogAway())
        self.commits += 1
        if kept:
            raise OutcomeUnknown(LogAway())

    async def create(self, session: Session) -> bool:
        return await self._log.create(session)

    async def find(self, session: str) -> Session:
        return await self._log.find(session)

    async def sessions(self) -> list[Session]:
        return await self._log.sessions()

    async def heads(self, since: str) -> list[Head]:
        return await self._log.heads(since)

    async def read(self, session: str, after: int) -> list[tuple[int, list[Entry]]]:
        return await self._log.read(session, after)

    async def add_leaf(self, session: str, seq: int, head: str) -> int:
        return await self._log.add_leaf(session, seq, head)

    async def leaves(self, start: int) -> list[Platform]:
        return await self._log.leaves(start)
