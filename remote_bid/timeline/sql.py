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
from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from remote_bid.timeline import instant
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.context import Refused
from remote_bid.timeline.engines import clock
from remote_bid.timeline.entry import MAIN, Entry, Fields
from remote_bid.timeline.failpoints import point
from remote_bid.timeline.lease import Fence
from remote_bid.timeline.log import Head, OpenTurn, Overtaken, Platform, Session, UnknownSession
from remote_bid.timeline.migrations import require_head, upgrade
from remote_bid.timeline.tables import entries, leases, leaves, sessions
from remote_bid.timeline.trouble import TROUBLE, LogDamaged, NotLeading, OutcomeUnknown, connected, meaning


class _Body(msgspec.Struct, frozen=True):
    fields: Fields
    salt: bytes


_PLATFORM_LOCK = 0x5BE1
"""PostgreSQL's advisory lock under which the platform log grows."""

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
        values = {"id": session.id, "room": session.room, "epoch": session.epoch}
        async with connected(self._engine) as connection:
            if await connection.scalar(sa.select(sessions.c.id).where(sessions.c.id == session.id)) is not None:
                return False
            try:
                await connection.execute(sessions.insert().values(**values, version=0, last_seq=0, last_at=""))
            except sa.exc.IntegrityError:  # somebody was quicker
                return False
            with point("commit"):
                await connection.commit()
        return True

    async def find(self, session: str) -> Session:
        query = sa.select(sessions.c.id, sessions.c.room, sessions.c.epoch).where(sessions.c.id == _sayable(session))
        async with connected(self._engine) as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise UnknownSession(session)
        return Session(row.id, row.room, row.epoch)

    async def sessions(self) -> list[Session]:
        query = sa.select(sessions.c.id, sessions.c.room, sessions.c.epoch).order_by(sessions.c.number)
        async with connected(self._engine) as connection:
            return [Session(row.id, row.room, row.epoch) for row in await connection.execute(query)]

    async def heads(self, since: str) -> list[Head]:
        moved = sa.and_(sessions.c.last_at != "", sessions.c.last_at >= since)
        query = sa.select(sessions.c.id, sessions.c.version, sessions.c.last_at).where(moved)
        async with connected(self._engine) as connection:
            return [Head(*row) for row in await connection.execute(query)]

    async def read(self, session: str, after: int) -> list[tuple[int, list[Entry]]]:
        """LogDamaged if the last of them are not there: the session's version is read at the same moment."""
        wanted = sa.and_(entries.c.session == sessions.c.id, entries.c.version > after)
        query = (
            sa.select(entries, sessions.c.version.label("reached"))
            .select_from(sessions.outerjoin(entries, wanted))
            .where(sessions.c.id == _sayable(session))
            .order_by(entries.c.version, entries.c.place)
        )
        turns: dict[int, list[Entry]] = {}
        reached = last = after
        async with connected(self._engine) as connection:
            for row in await connection.execute(query):
                reached = row.reached
                if row.version is not None:
                    turns.setdefault(row.version, []).append(self._entry(row))
                    last = row.version
        if last != reached:
            raise LogDamaged(session, f"version {reached} is said to be reached, {last} is there")
        return list(turns.items())

    @asynccontextmanager
    async def turn(self, session: str, decided_on: int, fence: Fence | None = None) -> AsyncIterator[OpenTurn]:
        async with connected(self._engine) as connection:
            turn = _SqlTurn(connection, session, decided_on + 1, self._at_rest)
            await turn.lock()
            if fence is not None:
                await _require(connection, fence)
            yield turn
            if turn.appended:
                await _committed(connection)
            else:
                await connection.rollback()

    async def add_leaf(self, session: str, seq: int, head: str) -> int:
        known = sa.select(leaves.c.index).where(leaves.c.session == session, leaves.c.seq == seq)
        async with connected(self._engine) as connection:
            if self._engine.dialect.name == "postgresql":  # SQLite has one writer anyway
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PLATFORM_LOCK)))
            index = await connection.scalar(known)
            if index is None:
                index = await connection.scalar(sa.select(sa.func.count()).select_from(leaves))
                await connection.execute(leaves.insert().values(index=index, session=session, seq=seq, head=head))
                with point("leaf commit"):
                    await connection.commit()
        return int(index or 0)

    async def leaves(self, start: int) -> list[Platform]:
        query = sa.select(leaves).where(leaves.c.index >= start).order_by(leaves.c.index)
        async with connected(self._engine) as connection:
            return [Platform(number, *rest) for number, *rest in await connection.execute(query)]

    def _entry(self, row: Any) -> Entry:
        place = _place(row.session, row.line, row.seq)
        try:
            body = _DECODER.decode(row.body if row.line == MAIN else self._at_rest.open(row.body, place))
        except (InvalidTag, msgspec.MsgspecError) as error:
            raise LogDamaged(row.session, f"entry {row.seq} of a line cannot be read") from error
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
        head = (
            sessions.update()
            .where(sessions.c.id == self._session)
            .values(last_seq=sessions.c.last_seq + len(main), last_at=instant.text(self.at))
        )
        with point("append"):
            await self._connection.execute(head)
            await self._connection.execute(
                entries.insert(), [self._row(place, entry) for place, entry in enumerate(new)]
            )
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


async def _require(connection: AsyncConnection, fence: Fence) -> None:
    held = sa.select(leases.c.name).where(leases.c.name == fence.lease, leases.c.fence == fence.number)
    if await connection.scalar(held) is None:
        raise NotLeading


async def _committed(connection: AsyncConnection) -> None:
    """Commit; a failure leaves open whether it happened, as its answer may be what was lost."""
    try:
        with point("commit"):
            await connection.commit()
    except TROUBLE as error:
        cause = meaning(error)
        raise (OutcomeUnknown(cause) if isinstance(cause, Refused) else cause) from error


def _sayable(session: str) -> str:
    """PostgreSQL has no words for NUL, and no session a name with one."""
    return session if "\0" not in session else ""


def _place(session: str, line: str, seq: int) -> str:
    return f"{session}/{line}/{seq}"
