"""Which process of a deployment does what only one may do: a lease in the database, ended by the database's clock.

Every change of holder has a new number, the fence. A turn of the clock is decided only while the log finds its fence in
the lease: a holder that slept through its lease and wakes is told so by the log, whatever it believes.
"""

from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from remote_bid.timeline.engines import clock
from remote_bid.timeline.tables import leases
from remote_bid.timeline.trouble import connected


@dataclass(frozen=True)
class Fence:
    """The number under which a lease is held."""

    lease: str
    number: int


class Leases(Protocol):
    """Where leases are kept."""

    async def claim(self, lease: str, holder: str, long_s: float) -> Fence | None:
        """Take or renew the lease for so long; None if somebody else holds it. Only a new holder has a new fence."""

    async def release(self, lease: str, holder: str) -> None:
        """Give it back, if it is this holder's."""


class SqlLeases:
    """Leases in the log's database, for processes that share it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, lease: str, holder: str, long_s: float) -> Fence | None:
        now, until = clock("postgresql"), clock("postgresql", long_s)
        free = sa.or_(leases.c.holder == holder, leases.c.until < now)
        number = sa.case((leases.c.holder == holder, leases.c.fence), else_=leases.c.fence + 1)
        statement = (
            postgresql.insert(leases)
            .values(name=lease, holder=holder, fence=1, until=until)
            .on_conflict_do_update(
                index_elements=["name"], set_={"holder": holder, "until": until, "fence": number}, where=free
            )
            .returning(leases.c.fence)
        )
        async with connected(self._engine) as connection:
            fence = await connection.scalar(statement)
            await connection.commit()
        return None if fence is None else Fence(lease, fence)

    async def release(self, lease: str, holder: str) -> None:
        async with connected(self._engine) as connection:
            mine = sa.and_(leases.c.name == lease, leases.c.holder == holder)
            await connection.execute(leases.update().where(mine).values(until=""))
            await connection.commit()


class SoleLeases:
    """Leases in SQLite, which one process uses at a time: who comes last has them all, until the next comes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._held: dict[str, Fence] = {}

    async def claim(self, lease: str, holder: str, long_s: float) -> Fence | None:
        if lease not in self._held:
            values = {"holder": holder, "until": ""}
            statement = (
                sqlite.insert(leases)
                .values(name=lease, fence=1, **values)
                .on_conflict_do_update(index_elements=["name"], set_=values | {"fence": leases.c.fence + 1})
                .returning(leases.c.fence)
            )
            async with connected(self._engine) as connection:
                fence = await connection.scalar(statement)
                await connection.commit()
            self._held[lease] = Fence(lease, fence or 1)
        return self._held[lease]

    async def release(self, lease: str, holder: str) -> None:
        self._held.pop(lease, None)


def leases_of(engine: AsyncEngine) -> Leases:
    """The leases of the deployment whose database this is."""
    return SoleLeases(engine) if engine.dialect.name == "sqlite" else SqlLeases(engine)
