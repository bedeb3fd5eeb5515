"""The kinds of logs that keep one contract, each opened the same way; another kind is one line in LOGS."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from remote_bid.timeline import instant
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.chain import genesis, link
from remote_bid.timeline.engines import postgres_engine, sqlite_engine
from remote_bid.timeline.entry import MAIN, Entry
from remote_bid.timeline.log import Log, MemoryLog, Session
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.tables import sessions
from tests import postgres
from tests.timeline.hours import Running

STORAGE_KEY = bytes(range(32, 64))
HALL = Session(id="KB-1", room="guestbook", epoch="e-1")


@dataclass
class Opened:
    """A log, and whoever can make its clock go wrong."""

    log: Log
    clock_was_ahead: Callable[[str, datetime], Awaitable[None]]
    """As if the last entry of a session had been kept at a time that is still to come."""


@asynccontextmanager
async def memory(folder: Path) -> AsyncIterator[Opened]:
    log = MemoryLog(Running())

    async def clock_was_ahead(session: str, at: datetime) -> None:
        log._kept[session].last_at = at

    yield Opened(log, clock_was_ahead)


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Opened]:
    engine = sqlite_engine(folder / "timeline.sqlite")
    async with _sql(engine) as opened:
        yield opened


@asynccontextmanager
async def postgresql(folder: Path) -> AsyncIterator[Opened]:
    with postgres.database() as url:
        async with _sql(postgres_engine(url)) as opened:
            yield opened


@asynccontextmanager
async def _sql(engine: AsyncEngine) -> AsyncIterator[Opened]:
    log = SqlLog(engine, AtRest(STORAGE_KEY))
    await log.prepare()

    async def clock_was_ahead(session: str, at: datetime) -> None:
        async with engine.begin() as connection:
            where = sessions.update().where(sessions.c.id == session)
            await connection.execute(where.values(last_at=instant.text(at)))

    try:
        yield Opened(log, clock_was_ahead)
    finally:
        await log.close()


LOGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Opened]]] = {
    "memory": memory,
    "sqlite": sqlite,
    "postgresql": postgresql,
}


def entry(text: str, after: Entry | None = None, line: str = MAIN, at: datetime | None = None) -> Entry:
    """The entry that says `text`, next in its line."""
    prev, seq = (after.leaf, after.seq) if after else (genesis(HALL.id, line), 0)
    fields = {"type": "Written", "text": text, "at": instant.text(at) if at else "", "by": {"person": "ann"}}
    return link(line, seq + 1, prev, fields, salt=bytes([seq % 256]) * 32)


async def keep(log: Log, decided_on: int, *entries: Entry) -> datetime:
    """One whole turn; returns its time."""
    async with log.turn(HALL.id, decided_on) as turn:
        await turn.append(entries)
    return turn.at
