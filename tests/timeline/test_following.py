"""Two desks on one database: what one commits the other folds, and tells its listeners, once and in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from remote_bid.timeline import instant
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.bus import Bus, Hint, nobody
from remote_bid.timeline.context import CLOCK
from remote_bid.timeline.desk import Desk, Moved
from remote_bid.timeline.engines import postgres_engine
from remote_bid.timeline.entry import MAIN, Who
from remote_bid.timeline.following import Follower
from remote_bid.timeline.lease import Fence, leases_of
from remote_bid.timeline.log import Log
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.tables import sessions
from remote_bid.timeline.trouble import NotLeading
from tests import postgres
from tests.timeline.buses import BUSES, until
from tests.timeline.desks import heard
from tests.timeline.guestbook import ANN, BOB, Plan, Shut, Whisper, Write, desk_over
from tests.timeline.logs import HALL, STORAGE_KEY

SESSION = HALL.id


@dataclass
class Process:
    """What a server process has of the timeline."""

    engine: AsyncEngine
    log: Log
    desk: Desk
    follower: Follower
    moves: list[Moved]

    def written(self, session: str = SESSION) -> list[str]:
        """What its listeners heard was written on the main line, in the order in which they heard it."""
        entries = [entry for moved in self.moves if moved.after.session.id == session for entry in moved.entries]
        return [entry.fields["text"] for entry in entries if entry.line == MAIN and entry.type == "Written"]


@asynccontextmanager
async def process(url: str, bus: Bus) -> AsyncIterator[Process]:
    engine = postgres_engine(url)
    log = SqlLog(engine, AtRest(STORAGE_KEY))
    desk = desk_over(log)
    found = Process(engine, log, desk, Follower(log, desk, bus, lambda: datetime.now(UTC)), heard(desk))
    await desk.load()
    found.follower.start()
    try:
        yield found
    finally:
        await found.follower.close()
        await log.close()


@asynccontextmanager
async def processes(number: int, line: Callable[[], Bus] = nobody) -> AsyncIterator[list[Process]]:
    async with AsyncExitStack() as stack:
        url = stack.enter_context(postgres.database())
        yield [await stack.enter_async_context(process(url, line())) for _ in range(number)]


@pytest.fixture(params=[*BUSES, "none"])
async def many(request: pytest.FixtureRequest) -> AsyncIterator[list[Process]]:
    async with AsyncExitStack() as stack:
        line: Callable[[], Bus] = nobody
        if request.param != "none":
            line = await stack.enter_async_context(BUSES[request.param]())
        yield await stack.enter_async_context(processes(3, line))


async def write(at: Process, text: str, by: Who = ANN, session: str = SESSION) -> None:
    await at.desk.handle(session, Write(text=text), by)


async def test_what_one_process_commits_the_others_hear_in_order(many: list[Process]) -> None:
    ann, bob, eve = many
    await ann.desk.create(SESSION, "guestbook")
    for number in range(20):
        await write(ann, f"{number}")
    told = [str(number) for number in range(20)]
    await until(lambda: bob.written() == eve.written() == told)
    assert ann.written() == told


async def test_racing_processes_all_hear_the_same_order_once(many: list[Process]) -> None:
    ann, *_ = many
    await ann.desk.create(SESSION, "guestbook")
    texts = [f"{process} {number}" for number in range(10) for process in range(3)]
    await asyncio.gather(*(write(many[int(text[0])], text) for text in texts))
    await until(lambda: all(len(process.written()) == len(texts) for process in many))
    first, *others = [process.written() for process in many]
    assert sorted(first) == sorted(texts)
    assert all(other == first for other in others)
    for process in many:
        versions = [moved.after.version for moved in process.moves]
        assert versions == sorted(set(versions))
        assert all(later.before == earlier.after for earlier, later in pairwise(process.moves))


async def test_every_process_ends_with_the_same_state(many: list[Process]) -> None:
    ann, bob, _ = many
    await ann.desk.create(SESSION, "guestbook")
    acts = [(process.desk, Whisper(text=who.person), who) for process, who in ((ann, ANN), (bob, BOB))]
    await asyncio.gather(*(desk.handle(SESSION, whisper, who) for desk, whisper, who in acts))
    await until(lambda: [process.desk.version(SESSION) for process in many] == [2, 2, 2])
    first, *others = [await process.desk.look(SESSION) for process in many]
    assert all((other.state, other.main, other.lines) == (first.state, first.main, first.lines) for other in others)


async def test_a_session_of_another_process_is_heard_of_without_asking(many: list[Process]) -> None:
    ann, bob, _ = many
    await ann.desk.create("KB-2", "guestbook")
    await write(ann, "first", session="KB-2")
    await until(lambda: bob.written("KB-2") == ["first"])


async def test_who_looks_before_it_has_followed_tells_its_listeners_all_that_was_found() -> None:
    async with processes(1) as [ann]:
        await ann.desk.create(SESSION, "guestbook")
        await write(ann, "one")
        late = desk_over(ann.log)
        moves = heard(late)
        await late.look(SESSION)
        await late.follow(SESSION)
        assert [entry.fields["text"] for moved in moves for entry in moved.entries] == ["one"]
        assert not moves[0].own


async def test_forged_hints_change_nothing_and_cost_no_more_than_a_look(many: list[Process]) -> None:
    ann, bob, _ = many
    await ann.desk.create(SESSION, "guestbook")
    await write(ann, "true")
    await until(lambda: bob.written() == ["true"])
    for version in (1, 2, 1000, 2**31 - 1):
        for session in (SESSION, "nowhere", "\0", "é" * 80):
            bob.follower._heard(Hint(session, version))
    await write(ann, "and true")
    await until(lambda: bob.written() == ["true", "and true"])


async def test_a_commit_is_heard_of_within_a_second_or_so_although_no_hint_came() -> None:
    async with processes(2) as [ann, bob]:
        await ann.desk.create(SESSION, "guestbook")
        await write(ann, "unhinted")
        await until(lambda: bob.written() == ["unhinted"], within_s=3.0)


async def test_with_hints_a_commit_is_heard_of_at_once() -> None:
    async with BUSES["in process"]() as line, processes(2, line) as [ann, bob]:
        await ann.desk.create(SESSION, "guestbook")
        await write(ann, "first")
        await until(lambda: bob.written() == ["first"])
        for number in range(50):
            await write(ann, f"{number}")
        await until(lambda: len(bob.written()) == 51, within_s=0.9)


async def test_one_session_from_the_future_hides_no_other() -> None:
    async with processes(2) as [ann, bob]:
        for session in ("KB-1", "KB-2"):
            await ann.desk.create(session, "guestbook")
            await write(ann, "x", session=session)
        ahead = sessions.update().where(sessions.c.id == "KB-1")
        async with ann.engine.begin() as connection:
            await connection.execute(ahead.values(last_at=instant.text(datetime.now(UTC) + timedelta(hours=1))))
        await until(lambda: bob.written("KB-2") == ["x"], within_s=3.0)
        await write(ann, "y", session="KB-2")
        await until(lambda: bob.written("KB-2") == ["x", "y"], within_s=3.0)


async def test_catching_up_returns_when_all_is_folded_that_was_committed_before() -> None:
    async with processes(2) as [ann, bob]:
        for number in range(5):
            await ann.desk.create(f"KB-{number}", "guestbook")
            await write(ann, "x", session=f"KB-{number}")
        await bob.follower.catch_up()
        assert [bob.desk.version(f"KB-{number}") for number in range(5)] == [1] * 5


async def test_the_clock_of_a_process_that_leads_no_more_is_refused_by_the_log() -> None:
    async with processes(2) as [ann, bob]:
        leases = leases_of(ann.engine)
        first = await leases.claim("leader", "ann", 0.01)
        await ann.desk.create(SESSION, "guestbook")
        await ann.desk.handle(SESSION, Plan(in_ms=0), ANN)
        second: Fence | None = None
        while second is None:
            second = await leases.claim("leader", "bob", 10)
        ann.desk.fence, bob.desk.fence = lambda: first, lambda: second
        with pytest.raises(NotLeading):
            await ann.desk.handle(SESSION, Shut(), CLOCK)
        [shut] = await bob.desk.handle(SESSION, Shut(), CLOCK)
        assert shut.type == "BookShut"
