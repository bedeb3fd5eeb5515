"""The clock hands in deadlines when they are due: not before, again if refused, anew if moved.

Time stands still in these tests until they move it, so nothing here depends on how busy the machine is.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from remote_bid.timeline.clock import Clock
from remote_bid.timeline.context import CLOCK, Due
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Entry
from remote_bid.timeline.instant import later
from remote_bid.timeline.log import MemoryLog
from tests.timeline.faults import Faulty
from tests.timeline.guestbook import (
    ANN,
    LINE_SECRET,
    OFFICE,
    Disclose,
    Guestbook,
    Plan,
    Shut,
    Write,
    desk_over,
    guestbook,
    nothing_to_look_up,
    shuts_at,
)
from tests.timeline.hours import Stopped
from tests.timeline.logs import HALL

SOON_MS = 30
FAR_MS = 3_600_000


@dataclass
class House:
    """A desk with its clock; `watch` is this process's time, `database` the log's."""

    watch: Stopped
    database: Stopped
    log: Faulty
    desk: Desk
    clock: Clock

    def move(self, ms: int) -> None:
        """Time passes for everybody."""
        self.watch.move(ms)
        self.database.move(ms)

    async def plan(self, in_ms: int, session: str = HALL.id) -> None:
        await self.desk.handle(session, Plan(in_ms=in_ms), ANN)

    async def shut(self, session: str = HALL.id) -> list[Entry]:
        turns = await self.log.read(session, 0)
        return [entry for _, entries in turns for entry in entries if entry.type == "BookShut"]

    async def stays_open(self, session: str = HALL.id) -> None:
        """The deadline is not handed in, though the clock has looked twice."""
        await asyncio.sleep(SOON_MS * 2.5 / 1000)
        assert await self.shut(session) == []

    async def shuts(self, session: str = HALL.id, within_s: float = 5.0) -> Entry:
        until = time.monotonic() + within_s
        while not (found := await self.shut(session)):
            assert time.monotonic() < until, "the deadline was not handed in"
            await asyncio.sleep(0.005)
        [entry] = found
        return entry


@pytest.fixture
async def house() -> AsyncIterator[House]:
    watch, database = Stopped(), Stopped()
    log = Faulty(MemoryLog(database))
    desk = desk_over(log)
    clock = Clock(desk, watch)
    await desk.create(HALL.id, "guestbook")
    clock.start([await desk.look(HALL.id)])
    yield House(watch, database, log, desk, clock)
    await clock.close()


async def test_a_deadline_is_handed_in_when_it_is_due_and_not_before(house: House) -> None:
    await house.plan(SOON_MS)
    await house.stays_open()
    house.move(SOON_MS - 1)
    await house.stays_open()
    house.move(1)
    shut = await house.shuts()
    assert shut.fields["by"] == {"person": CLOCK.person, "role": CLOCK.role}


async def test_a_deadline_that_has_passed_is_handed_in_at_once(house: House) -> None:
    """As after a restart."""
    await house.clock.close()
    await house.plan(FAR_MS)
    house.move(FAR_MS)
    again = Clock(house.desk, house.watch)
    again.start([await house.desk.look(HALL.id)])
    await house.shuts()
    await again.close()


async def test_a_session_without_deadlines_is_left_alone(house: House) -> None:
    await house.desk.handle(HALL.id, Write(text="hello"), ANN)
    house.move(FAR_MS)
    await house.stays_open()


async def test_a_deadline_moved_later_is_not_handed_in_at_its_old_time(house: House) -> None:
    await house.plan(SOON_MS)
    await house.plan(SOON_MS * 2)
    house.move(SOON_MS)
    await house.stays_open()
    house.move(SOON_MS)
    await house.shuts()


async def test_a_deadline_moved_earlier_is_handed_in_at_its_new_time(house: House) -> None:
    await house.plan(FAR_MS)
    await house.stays_open()
    await house.plan(SOON_MS)
    house.move(SOON_MS)
    await house.shuts()


async def test_other_commits_neither_hurry_nor_delay_a_deadline(house: House) -> None:
    await house.plan(SOON_MS)
    for number in range(10):
        await house.desk.handle(HALL.id, Write(text=str(number)), ANN)
    await house.stays_open()
    house.move(SOON_MS)
    await house.shuts()


async def test_a_refused_deadline_is_handed_in_again_but_not_in_a_rush(house: House) -> None:
    """The database's clock may be behind this process's."""
    await house.plan(SOON_MS)
    turns = house.log.turns
    house.watch.move(SOON_MS)
    await asyncio.sleep(0.3)
    assert await house.shut() == []
    assert house.log.turns <= turns + 4
    house.database.move(SOON_MS)
    await house.shuts()


@pytest.mark.parametrize("fault", ["lost", "kept"])
async def test_a_deadline_is_kept_once_though_the_log_failed(house: House, fault: str) -> None:
    await house.plan(SOON_MS)
    setattr(house.log, fault, True)
    house.move(SOON_MS)
    await house.shuts()
    await asyncio.sleep(0.3)
    assert len(await house.shut()) == 1
    assert (await house.desk.look(HALL.id)).state.shut


async def test_every_session_has_its_own_deadline(house: House) -> None:
    await house.desk.create("KB-2", "guestbook")
    await house.plan(SOON_MS * 2)
    await house.plan(SOON_MS, "KB-2")
    house.move(SOON_MS)
    await house.shuts("KB-2")
    await house.stays_open()


async def test_a_session_that_comes_later_is_watched_without_being_told(house: House) -> None:
    await house.desk.create("KB-2", "guestbook")
    await house.plan(SOON_MS, "KB-2")
    house.move(SOON_MS)
    await house.shuts("KB-2")


async def test_two_clocks_shut_a_book_once(house: House) -> None:
    second = Clock(house.desk, house.watch)
    second.start([await house.desk.look(HALL.id)])
    await house.plan(SOON_MS)
    house.move(SOON_MS)
    await house.shuts()
    await asyncio.sleep(0.3)
    assert len(await house.shut()) == 1
    await second.close()


async def test_a_closed_clock_hands_in_nothing(house: House) -> None:
    await house.plan(SOON_MS)
    await house.clock.close()
    house.move(SOON_MS)
    await house.stays_open()


async def test_a_deadline_is_not_missed_when_the_wall_clock_jumps_ahead(house: House) -> None:
    """NTP, or a machine that was asleep: T0 has come, whatever the process has counted."""
    await house.plan(FAR_MS)
    await house.stays_open()
    house.move(FAR_MS)
    await house.shuts(within_s=1.5)


async def test_a_deadline_beyond_all_calendars_does_not_stop_the_clock(house: House) -> None:
    await house.plan(2**52)
    await house.stays_open()
    await house.plan(SOON_MS)
    house.move(SOON_MS)
    await house.shuts(within_s=1)


async def test_a_session_whose_deadline_cannot_be_told_does_not_stop_the_others(house: House) -> None:
    await house.desk.create("KB-2", "guestbook")
    await house.plan(2**52)
    await house.plan(SOON_MS, "KB-2")
    house.move(SOON_MS)
    await house.shuts("KB-2")


async def test_what_overtakes_is_handed_in_before_all_else_that_is_overdue() -> None:
    """So the first entry after an outage can tell of it."""

    def due(book: Guestbook) -> list[Due]:
        at = shuts_at(book)
        return [] if at is None or book.shut else [Due(at, Disclose()), Due(later(at, SOON_MS), Shut(), overtakes=True)]

    time_ = Stopped()
    log = MemoryLog(time_)
    desk = Desk(log, OFFICE, LINE_SECRET, {guestbook.name: (replace(guestbook, due=due), nothing_to_look_up)})
    clock = Clock(desk, time_)
    await desk.create(HALL.id, guestbook.name)
    await desk.handle(HALL.id, Plan(in_ms=SOON_MS), ANN)
    time_.move(2 * SOON_MS)
    shut = asyncio.Event()
    desk.listen(lambda moved: shut.set() if moved.after.state.shut else None)
    clock.start([await desk.look(HALL.id)])
    await asyncio.wait_for(shut.wait(), 5)
    await clock.close()
    assert [entry.type for entry in (await desk.look(HALL.id)).main] == ["Planned", "BookShut"]
