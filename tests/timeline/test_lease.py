"""A lease has one holder at a time, and every new holder a new fence."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.engines import postgres_engine, sqlite_engine
from remote_bid.timeline.leader import Leader
from remote_bid.timeline.lease import Fence, Leases, leases_of
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.trouble import NotLeading
from tests import postgres
from tests.timeline.buses import until
from tests.timeline.logs import STORAGE_KEY

LONG = 60.0


@pytest.fixture
async def engine() -> AsyncIterator[AsyncEngine]:
    with postgres.database() as url:
        engine = postgres_engine(url)
        yield engine
        await engine.dispose()


@pytest.fixture
def leases(engine: AsyncEngine) -> Leases:
    return leases_of(engine)


async def test_who_asks_first_has_it_and_keeps_its_fence(leases: Leases) -> None:
    first = await leases.claim("x", "ann", LONG)
    assert first == Fence("x", 1)
    assert await leases.claim("x", "bob", LONG) is None
    assert await leases.claim("x", "ann", LONG) == first
    assert await leases.claim("y", "bob", LONG) == Fence("y", 1)


async def test_of_many_that_ask_at_once_one_gets_it(leases: Leases) -> None:
    found = await asyncio.gather(*(leases.claim("x", f"{number}", LONG) for number in range(20)))
    assert [fence for fence in found if fence] == [Fence("x", 1)]


async def test_one_that_is_not_renewed_is_somebody_elses_under_a_new_fence(leases: Leases) -> None:
    await leases.claim("x", "ann", 0.2)
    assert await leases.claim("x", "bob", LONG) is None
    await asyncio.sleep(0.25)
    assert await leases.claim("x", "bob", LONG) == Fence("x", 2)
    assert await leases.claim("x", "ann", LONG) is None


async def test_one_that_ran_out_and_nobody_took_is_still_the_same(leases: Leases) -> None:
    await leases.claim("x", "ann", 0)
    assert await leases.claim("x", "ann", LONG) == Fence("x", 1)


async def test_one_that_is_given_back_is_free_and_nobody_gives_back_anothers(leases: Leases) -> None:
    await leases.claim("x", "ann", LONG)
    await leases.release("x", "bob")
    assert await leases.claim("x", "bob", LONG) is None
    await leases.release("x", "ann")
    assert await leases.claim("x", "bob", LONG) == Fence("x", 2)


async def test_in_sqlite_who_comes_last_leads_at_once(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "timeline.sqlite")
    await SqlLog(engine, AtRest(STORAGE_KEY)).prepare()
    first = leases_of(engine)
    assert [await first.claim("x", "ann", LONG) for _ in range(2)] == [Fence("x", 1)] * 2
    assert await leases_of(engine).claim("x", "bob", LONG) == Fence("x", 2)
    await engine.dispose()


class Office:
    """Notes when a leader begins and ends."""

    def __init__(self, leases: Leases, name: str) -> None:
        self.leads = False
        self.begun = 0
        self.leader = Leader(leases, name, self.begin, self.end)

    async def begin(self) -> None:
        self.leads, self.begun = True, self.begun + 1

    async def end(self) -> None:
        self.leads = False


@asynccontextmanager
async def offices(leases: Callable[[], Leases], number: int) -> AsyncIterator[list[Office]]:
    found = [Office(leases(), f"office {number}") for number in range(number)]
    for office in found:
        office.leader.start()
    yield found
    for office in found:
        await office.leader.close()


async def test_exactly_one_leads_and_another_follows_at_once_on_one_that_goes(leases: Leases) -> None:
    async with offices(lambda: leases, 3) as found:
        await until(lambda: any(office.leads for office in found))
        [leading] = [office for office in found if office.leads]
        assert leading.leader.fence == Fence("leader", 1)
        await leading.leader.close()
        began = time.monotonic()
        await until(lambda: sum(office.leads for office in found) == 1)
        assert time.monotonic() - began < 1.0
        assert not leading.leads


class Mute:
    """Leases that can be cut off from their database, as if the process hung or the network broke."""

    def __init__(self, leases: Leases) -> None:
        self._leases, self.cut = leases, False

    async def claim(self, lease: str, holder: str, long_s: float) -> Fence | None:
        if self.cut:
            await asyncio.sleep(3600)
        return await self._leases.claim(lease, holder, long_s)

    async def release(self, lease: str, holder: str) -> None:
        if not self.cut:
            await self._leases.release(lease, holder)


async def test_one_that_is_cut_off_stops_by_itself_and_another_leads_within_two_seconds(leases: Leases) -> None:
    lines = [Mute(leases), Mute(leases)]
    async with offices(iter(lines).__next__, 2) as found:
        await until(lambda: any(office.leads for office in found))
        [cut] = [number for number, office in enumerate(found) if office.leads]
        lines[cut].cut = True
        began = time.monotonic()
        await until(lambda: found[1 - cut].leads)
        assert time.monotonic() - began <= 2.0
        assert found[cut].leader.fence is None
        with pytest.raises(NotLeading):
            found[cut].leader.required()
        await until(lambda: not found[cut].leads)
        assert found[1 - cut].leader.fence == Fence("leader", 2)
