"""What the processes of a deployment know in common besides the log: small notes in its database, sealed at rest.

A note that was ended stays a while, without its content, so that every process learns of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncEngine

from remote_bid.timeline import instant
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.engines import clock
from remote_bid.timeline.tables import common
from remote_bid.timeline.trouble import connected

FOREVER = "9"
"""Later than every instant."""


@dataclass(frozen=True)
class Note:
    """One of them: its name, what it says, and when it was of use last."""

    name: str
    body: bytes
    seen: str


class Common:
    """Notes of one kind. Times are the database's, but `until` is the writer's."""

    def __init__(self, engine: AsyncEngine, at_rest: AtRest, kind: str) -> None:
        self._engine, self._at_rest, self._kind = engine, at_rest, kind

    async def add(self, name: str, body: bytes = b"", owner: str = "", until: datetime | None = None) -> bool:
        """Write a note; False if there is or was one of this name."""
        now = clock(self._engine.dialect.name)
        values = {"kind": self._kind, "name": name, "owner": owner, "body": self._sealed(name, body), "ended": ""}
        times = {"made": now, "seen": now, "until": instant.text(until) if until else FOREVER}
        async with connected(self._engine) as connection:
            try:
                await connection.execute(common.insert().values(**values, **times))
            except sa.exc.IntegrityError:
                return False
            await connection.commit()
        return True

    async def change(self, name: str, body: bytes) -> None:
        """What a note says from now on; nothing happens where it was ended."""
        await self._update(self._live(name), {"body": self._sealed(name, body)})

    async def find(self, name: str) -> Note | None:
        """The note of this name, if it was not ended."""
        found = await self._select(self._live(name))
        return found[0] if found else None

    async def of(self, owner: str) -> Sequence[Note]:
        """An owner's notes, the oldest first."""
        return await self._select(sa.and_(common.c.owner == owner, common.c.ended == ""))

    async def end(self, names: Collection[str]) -> None:
        """They count for nothing any more."""
        if names:
            gone = {"ended": clock(self._engine.dialect.name), "body": b""}
            await self._update(sa.and_(common.c.name.in_(names), common.c.ended == ""), gone)

    async def ended(self, since: str) -> Sequence[tuple[str, str]]:
        """Names and times of those that were ended at or after an instant."""
        query = sa.select(common.c.name, common.c.ended).where(self._ours(), common.c.ended >= (since or "0"))
        async with connected(self._engine) as connection:
            return [(row.name, row.ended) for row in await connection.execute(query)]

    async def use(self, names: Collection[str]) -> None:
        """They are of use now."""
        if names:
            await self._update(common.c.name.in_(names), {"seen": clock(self._engine.dialect.name)})

    async def sweep(self, before: datetime) -> None:
        """Take away what was over by then."""
        at = instant.text(before)
        over = sa.or_(common.c.until < at, sa.and_(common.c.ended != "", common.c.ended < at))
        async with connected(self._engine) as connection:
            await connection.execute(common.delete().where(self._ours(), over))
            await connection.commit()

    async def _select(self, where: sa.ColumnElement[bool]) -> list[Note]:
        query = sa.select(common).where(self._ours(), where).order_by(common.c.made, common.c.name)
        async with connected(self._engine) as connection:
            rows = list(await connection.execute(query))
        notes = []
        for row in rows:
            try:
                notes.append(Note(row.name, self._at_rest.open(row.body, self._place(row.name)), row.seen))
            except InvalidTag:
                continue  # whoever wrote it does not have our key: it says nothing
        return notes

    async def _update(self, where: sa.ColumnElement[bool], values: dict[str, object]) -> None:
        async with connected(self._engine) as connection:
            await connection.execute(common.update().where(self._ours(), where).values(**values))
            await connection.commit()

    def _ours(self) -> sa.ColumnElement[bool]:
        return common.c.kind == self._kind

    def _live(self, name: str) -> sa.ColumnElement[bool]:
        return sa.and_(common.c.name == name, common.c.ended == "")

    def _sealed(self, name: str, body: bytes) -> bytes:
        return self._at_rest.seal(body, self._place(name))

    def _place(self, name: str) -> str:
        return f"common/{self._kind}/{name}"
