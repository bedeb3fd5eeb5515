"""A database that is gone, full or damaged: a refusal with a name, nothing lost, and the day goes on afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.engines import postgres_engine, sqlite_engine
from remote_bid.timeline.migrations import upgrade
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.tables import entries, sessions
from remote_bid.timeline.trouble import LogAway, LogDamaged, LogFull
from tests import postgres
from tests.timeline.guestbook import ANN, BOB, Whisper, Write, desk_over
from tests.timeline.logs import HALL, STORAGE_KEY

OTHER = "KB-2"


@pytest.fixture(params=["sqlite", "postgresql"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    if request.param == "sqlite":
        engine = sqlite_engine(tmp_path / "timeline.sqlite")
        yield engine
        await engine.dispose()
        return
    with postgres.database() as url:
        engine = postgres_engine(url)
        yield engine
        await engine.dispose()


async def written(engine: AsyncEngine) -> SqlLog:
    """Two sessions, with three entries in the first."""
    log = SqlLog(engine, AtRest(STORAGE_KEY))
    await log.prepare()
    desk = desk_over(log)
    for session in (HALL.id, OTHER):
        await desk.create(session, "guestbook")
        await desk.handle(session, Write(text="one"), ANN)
    await desk.handle(HALL.id, Whisper(text="psst"), BOB)
    await desk.handle(HALL.id, Write(text="two"), BOB)
    return log


HALLS = entries.c.session == HALL.id
FLIPS = {
    "a page's text": entries.update().where(HALLS, entries.c.version == 1),
    "a whisper": entries.update().where(HALLS, entries.c.version == 2),
    "the last page": entries.update().where(HALLS, entries.c.version == 3),
}
LOSSES = {
    "a page is gone": entries.delete().where(HALLS, entries.c.version == 1),
    "the last page is gone": entries.delete().where(HALLS, entries.c.version == 3),
    "a leaf is another": entries.update().where(HALLS, entries.c.version == 3).values(leaf=bytes(32)),
    "a link is another": entries.update().where(HALLS, entries.c.version == 3).values(prev=bytes(32)),
    "a page has another number": entries.update().where(HALLS, entries.c.version == 3).values(seq=3),
    "the head is put back": sessions.update().where(sessions.c.id == HALL.id).values(version=2),
    "the head is put forward": sessions.update().where(sessions.c.id == HALL.id).values(version=4),
}


async def refused_and_the_other_served(log: SqlLog) -> None:
    desk = desk_over(log)
    assert [folded.session.id for folded in await desk.load()] == [OTHER]
    for _ in range(2):
        with pytest.raises(LogDamaged) as refusal:
            await desk.handle(HALL.id, Write(text="three"), ANN)
        assert (refusal.value.code, HALL.id in refusal.value.zh, HALL.id in refusal.value.en) == (
            "log_damaged",
            True,
            True,
        )
    await desk.handle(OTHER, Write(text="two"), BOB)


@pytest.mark.parametrize("where", FLIPS)
@pytest.mark.parametrize("byte", [0, 12, 40, -40, -1])
async def test_a_flipped_bit_in_a_row_stops_its_session_only(where: str, byte: int, engine: AsyncEngine) -> None:
    log = await written(engine)
    statement = FLIPS[where]
    async with engine.begin() as connection:
        condition = statement.whereclause
        assert condition is not None
        body = bytearray((await connection.execute(sa.select(entries.c.body).where(condition))).scalar_one())
        body[byte] ^= 1
        await connection.execute(statement.values(body=bytes(body)))
    await refused_and_the_other_served(log)


@pytest.mark.parametrize("loss", LOSSES)
async def test_rows_that_are_lost_or_moved_stop_their_session_only(loss: str, engine: AsyncEngine) -> None:
    log = await written(engine)
    async with engine.begin() as connection:
        await connection.execute(LOSSES[loss])
    await refused_and_the_other_served(log)


async def test_a_full_disk_refuses_and_the_day_goes_on_when_there_is_space(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "timeline.sqlite")
    log = await written(engine)
    desk = desk_over(log)
    async with engine.connect() as connection:  # the pool's only one
        used = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {used}")
    with pytest.raises(LogFull) as refusal:
        await desk.handle(HALL.id, Write(text="x" * 50_000), ANN)
    assert refusal.value.code == "storage_full"
    assert len((await desk.look(HALL.id)).main) == 2
    async with engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    await desk.handle(HALL.id, Write(text="x" * 50_000), ANN)
    assert [version for version, _ in await log.read(HALL.id, 0)] == [1, 2, 3, 4]
    await log.close()


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    cluster = postgres.Cluster()
    yield cluster
    cluster.destroy()


async def test_postgresql_is_stopped_in_the_midst_of_the_day(cluster: postgres.Cluster) -> None:
    engine = postgres_engine(cluster.url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    log = await written(engine)
    desk = desk_over(log)
    await desk.load()
    cluster.stop()
    for _ in range(3):
        with pytest.raises(LogAway) as refusal:
            await desk.handle(HALL.id, Write(text="three"), ANN)
        assert refusal.value.code == "log_unavailable"
    await asyncio.to_thread(cluster.start)
    await desk.handle(HALL.id, Write(text="three"), ANN)
    assert [version for version, _ in await log.read(HALL.id, 0)] == [1, 2, 3, 4]
    await log.close()
