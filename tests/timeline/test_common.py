"""What processes know in common: written once, sealed, ended for all, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.common import Common
from remote_bid.timeline.engines import postgres_engine, sqlite_engine
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.tables import common
from tests import postgres
from tests.timeline.hours import NOON
from tests.timeline.logs import STORAGE_KEY


@pytest.fixture(params=["sqlite", "postgresql"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    if request.param == "sqlite":
        engine = sqlite_engine(tmp_path / "timeline.sqlite")
        await SqlLog(engine, AtRest(STORAGE_KEY)).prepare()
        yield engine
        await engine.dispose()
        return
    with postgres.database() as url:
        engine = postgres_engine(url)
        yield engine
        await engine.dispose()


@pytest.fixture
def notes(engine: AsyncEngine) -> Common:
    return Common(engine, AtRest(STORAGE_KEY), "token")


async def test_a_note_is_written_once_also_by_many_at_once(notes: Common) -> None:
    written = await asyncio.gather(*(notes.add("x", f"{number}".encode()) for number in range(8)))
    assert written.count(True) == 1
    found = await notes.find("x")
    assert found is not None
    assert found.body == str(written.index(True)).encode()


async def test_kinds_do_not_know_each_other(engine: AsyncEngine, notes: Common) -> None:
    other = Common(engine, AtRest(STORAGE_KEY), "nonce")
    await notes.add("x", b"token", "ann")
    assert await other.add("x", b"nonce", "ann")
    await other.end(["x"])
    assert [note.body for note in await notes.of("ann")] == [b"token"]


async def test_an_owners_notes_come_in_the_order_in_which_they_were_written(notes: Common) -> None:
    for name in ("b", "c", "a"):
        await notes.add(name, b"", "ann")
        await asyncio.sleep(0.002)
    await notes.add("d", b"", "bob")
    assert [note.name for note in await notes.of("ann")] == ["b", "c", "a"]


async def test_one_that_was_ended_is_gone_stays_ended_and_is_told_of(notes: Common) -> None:
    await notes.add("x", b"secret")
    await notes.end(["x", "never was"])
    assert await notes.find("x") is None
    assert not await notes.add("x", b"again")
    await notes.change("x", b"again")
    assert await notes.find("x") is None
    [(name, at)] = await notes.ended("")
    assert name == "x"
    assert await notes.ended(at) == [("x", at)]
    assert await notes.ended(at + "~") == []


async def test_what_is_ended_says_nothing_any_more(engine: AsyncEngine, notes: Common) -> None:
    await notes.add("x", b"secret")
    await notes.end(["x"])
    async with engine.connect() as connection:
        assert await connection.scalar(sa.select(common.c.body)) == b""


async def test_it_lies_sealed_in_its_place(engine: AsyncEngine, notes: Common) -> None:
    await notes.add("x", b"a canary")
    async with engine.begin() as connection:
        assert b"a canary" not in bytes(await connection.scalar(sa.select(common.c.body)) or b"")
        await connection.execute(common.update().values(name="y"))
    assert await notes.find("y") is None


async def test_it_says_what_it_was_changed_to_and_when_it_was_of_use(notes: Common) -> None:
    await notes.add("x", b"1")
    first = await notes.find("x")
    await asyncio.sleep(0.005)
    await notes.change("x", b"2")
    await notes.use(["x"])
    second = await notes.find("x")
    assert first is not None
    assert second is not None
    assert (first.body, second.body) == (b"1", b"2")
    assert second.seen > first.seen


async def test_what_is_over_is_swept_and_nothing_else(engine: AsyncEngine, notes: Common) -> None:
    await notes.add("old", until=NOON - timedelta(days=1))
    await notes.add("good", until=NOON + timedelta(days=1))
    await notes.add("for ever")
    await notes.sweep(NOON)
    async with engine.connect() as connection:
        assert set(await connection.scalars(sa.select(common.c.name))) == {"good", "for ever"}
