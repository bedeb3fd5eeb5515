"""The log in a database: one statement takes the session's lock and its version, another moves its head.

    UPDATE session SET version = version + 1 WHERE id = … AND version = :decided_on RETURNING the database's clock

Zero rows mean that somebody else was first. The command is decided between lock and commit, so the time on which it
was decided is the entry's time.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from remote_bid.timeline import instant
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.engines import clock
from remote_bid.timeline.entry import MAIN, Entry, Fields
from remote_bid.timeline.log import OpenTurn, Overtaken, Platform, Session, UnknownSession
from remote_bid.timeline.migrations import require_head, upgrade
from remote_bid.timeline.tables import entries, leaves, sessions


class _Body(msgspec.Struct, frozen=True):
    fields: Fields
    salt: bytes


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Body)


class SqlLog:
    """The log of a deployment in its database."""

    def __init__(self, engine: AsyncEngine, at_rest: AtRest) -> None:
        self._engine, self._at_rest = engine, at_rest

    async def prepare(self) -> None:
        """Bring the tables up to date: SQLite at once, PostgreSQL only by `remote-bid migrate` (NotMigrated)."""
        async with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                await connection.run_sync(upgrade)
                await connection.commit()
            else:
                await connection.run_sync(require_head)

    async def close(self) -> None:
        """Give the connections back."""
        await self._engine.dispose()

    async def create(self, session: Session) -> bool:
        async with self._engine.begin() as connection:
            known = await connection.scalar(sa.select(sessions.c.id).where(sessions.c.id == session.id))
            if known is not None:
                return False
            values = {"id": session.id, "room": session.room, "epoch": session.epoch}
            await connection.execute(sessions.insert().values(**values, version=0, last_seq=0, last_at=""))
        return True

    async def find(self, session: str) -> Session:
        query = sa.select(sessions.c.id, sessions.c.room, sessions.c.epoch).where(sessions.c.id == session)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise UnknownSession(session)
        return Session(row.id, row.room, row.epoch)

    async def sessions(self) -> list[Session]:
        query = sa.select(sessions.c.id, sessions.c.room, sessions.c.epoch).order_by(sessions.c.number)
        async with self._engine.connect() as connection:
            return [Session(row.id, row.room, row.epoch) for row in await connection.execute(query)]

    async def read(self, session: str, after: int) -> list[tuple[int, list[Entry]]]:
        query = (
            sa.select(entries)
            .where(entries.c.session == session, entries.c.version > after)
            .order_by(entries.c.version, entries.c.place)
        )
        turns: dict[int, list[Entry]] = {}
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                turns.setdefault(row.version, []).append(self._entry(row))
        return list(turns.items())

    @asynccontextmanager
    async def turn(self, session: str, decided_on: int) -> AsyncIterator[OpenTurn]:
        async with self._engine.connect() as connection:
            turn = _SqlTurn(connection, session, decided_on + 1, self._at_rest)
            await turn.lock()
            yield turn
            if turn.appended:
                await connection.commit()
            else:
                await connection.rollback()

    async def add_leaf(self, session: str, seq: int, head: str) -> int:
        known = sa.select(leaves.c.index).where(leaves.c.session == session, leaves.c.seq == seq)
        async with self._engine.begin() as connection:
            index = await connection.scalar(known)
            if index is None:
                index = await connection.scalar(sa.select(sa.func.count()).select_from(leaves))
                await connection.execute(leaves.insert().values(index=index, session=session, seq=seq, head=head))
        return int(index or 0)

    async def leaves(self, start: int) -> list[Platform]:
        query = sa.select(leaves).where(leaves.c.index >= start).order_by(leaves.c.index)
        async with self._engine.connect() as connection:
            return [Platform(number, *rest) for number, *rest in await connection.execute(query)]

    def _entry(self, row: Any) -> Entry:
        raw = row.body if row.line == MAIN else self._at_rest.open(row.body, _place(row.session, row.line, row.seq))
        body = _DECODER.decode(raw)
        return Entry(line=row.line, seq=row.seq, fields=body.fields, salt=body.salt, prev=row.prev, leaf=row.leaf)


class _SqlTurn:
    at: datetime

    def __init__(self, connection: AsyncConnection, session: str, version: int, at_rest: AtRest) -> None:
        self._connection, self._session, self._version, self._at_rest = connection, session, version, at_rest
        self.appended = False

    async def lock(self) -> None:
        row = (
            await self._connection.execute(
                sessions.update()
                .where(sessions.c.id == self._session, sessions.c.version == self._version - 1)
                .values(version=self._version)
                .returning(clock(self._connection.dialect.name), sessions.c.last_at)
            )
        ).one_or_none()
        if row is None:
            raise Overtaken(self._session)
        self.at = instant.when(max(row[0], row[1]))

    async def append(self, new: Sequence[Entry]) -> None:
        main = [entry for entry in new if entry.line == MAIN]
        await self._connection.execute(
            sessions.update()
            .where(sessions.c.id == self._session)
            .values(last_seq=sessions.c.last_seq + len(main), last_at=instant.text(self.at))
        )
        await self._connection.execute(entries.insert(), [self._row(place, entry) for place, entry in enumerate(new)])
        self.appended = True

    def _row(self, place: int, entry: Entry) -> dict[str, Any]:
        body = _ENCODER.encode(_Body(entry.fields, entry.salt))
        if entry.line != MAIN:
            body = self._at_rest.seal(body, _place(self._session, entry.line, entry.seq))
        return {
            "session": self._session,
            "line": entry.line,
            "seq": entry.seq,
            "version": self._version,
            "place": place,
            "prev": entry.prev,
            "leaf": entry.leaf,
            "body": body,
        }


def _place(session: str, line: str, seq: int) -> str:
    return f"{session}/{line}/{seq}"
