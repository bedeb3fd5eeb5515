"""A log that fails on demand: what was to be kept is lost, or kept although the answer says it failed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from remote_bid.timeline.entry import Entry
from remote_bid.timeline.log import Log, OpenTurn, Platform, Session


class Broken(Exception):
    """The database did not answer."""


class Faulty:
    """Passes everything on to `log`. The next turn fails when `lost` or `kept` is set; every turn takes `slow_s`."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.lost = self.kept = False
        self.slow_s = 0.0
        self.turns = self.commits = 0

    @asynccontextmanager
    async def turn(self, session: str, decided_on: int) -> AsyncIterator[OpenTurn]:
        self.turns += 1
        lost, kept, self.lost, self.kept = self.lost, self.kept, False, False
        async with self._log.turn(session, decided_on) as turn:
            yield turn
            await asyncio.sleep(self.slow_s)
            if lost:
                raise Broken("failed, not persisted")
        self.commits += 1
        if kept:
            raise Broken("failed but persisted")

    async def create(self, session: Session) -> bool:
        return await self._log.create(session)

    async def find(self, session: str) -> Session:
        return await self._log.find(session)

    async def sessions(self) -> list[Session]:
        return await self._log.sessions()

    async def read(self, session: str, after: int) -> list[tuple[int, list[Entry]]]:
        return await self._log.read(session, after)

    async def add_leaf(self, session: str, seq: int, head: str) -> int:
        return await self._log.add_leaf(session, seq, head)

    async def leaves(self, start: int) -> list[Platform]:
        return await self._log.leaves(start)
