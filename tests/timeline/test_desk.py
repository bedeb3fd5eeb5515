"""The desk: decides on what is, commits before it answers, and tells everybody in the order of commits."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.timeline import instant
from remote_bid.timeline.context import Command, Refused
from remote_bid.timeline.desk import Desk, Moved
from remote_bid.timeline.entry import MAIN, Entry, Who
from remote_bid.timeline.log import MemoryLog, Session, UnknownSession
from remote_bid.timeline.marks import Tick
from tests.timeline.desks import SESSION, book, heard, kept, refetched
from tests.timeline.faults import Broken, Faulty
from tests.timeline.guestbook import (
    ANN,
    BOB,
    EVE,
    Claim,
    Disclose,
    Plan,
    Shut,
    Whisper,
    Write,
    desk_over,
)
from tests.timeline.hours import Stopped
from tests.timeline.logs import HALL


async def test_a_command_is_decided_kept_and_folded(desk: Desk, log: Faulty, watch: Stopped) -> None:
    [entry] = await desk.handle(SESSION, Write(text="hello"), ANN)
    assert entry.fields == {
        "type": "Written",
        "text": "hello",
        "at": instant.text(watch.at),
        "by": {"person": "ann", "role": "guest"},
    }
    assert await kept(log) == [entry]
    assert (await book(desk)).pages == (("ann", "hello"),)


async def test_commands_are_decided_on_what_went_before(desk: Desk) -> None:
    await desk.handle(SESSION, Claim(prize="cup"), ANN)
    with pytest.raises(Refused, match="Somebody was first"):
        await desk.handle(SESSION, Claim(prize="cup"), BOB)
    assert (await book(desk)).prizes == {"cup": "ann"}


async def test_a_repeated_command_gives_nothing(desk: Desk, log: Faulty) -> None:
    first = await desk.handle(SESSION, Write(text="hello"), ANN)
    moves = heard(desk)
    again = await desk.handle(SESSION, Write(text="hello"), ANN)
    assert list(again) == []
    assert await kept(log) == list(first)
    assert moves == []


async def test_a_refusal_leaves_no_trace(desk: Desk, log: Faulty) -> None:
    await desk.handle(SESSION, Claim(prize="cup"), ANN)
    before, moves = await desk.look(SESSION), heard(desk)
    with pytest.raises(Refused) as refusal:
        await desk.handle(SESSION, Claim(prize="cup"), BOB)
    assert (refusal.value.code, refusal.value.zh) == ("taken", "奖品已被领走。")
    assert await desk.look(SESSION) is before
    assert len(await kept(log)) == 1
    assert moves == []


async def test_an_event_that_cannot_be_written_leaves_no_trace(desk: Desk, log: Faulty) -> None:
    with pytest.raises(ValueError, match="canonical"):
        await desk.handle(SESSION, Plan(in_ms=2**60), ANN)
    assert await kept(log) == []
    await desk.handle(SESSION, Write(text="goes on"), ANN)
    assert (await book(desk)).pages == (("ann", "goes on"),)


async def test_an_unknown_session_is_unknown(desk: Desk) -> None:
    with pytest.raises(UnknownSession):
        await desk.handle("nowhere", Write(text="hello"), ANN)
    with pytest.raises(UnknownSession):
        await desk.look("nowhere")


async def test_a_session_is_created_once_in_its_room(desk: Desk) -> None:
    assert await desk.create("KB-2", "guestbook")
    assert not await desk.create("KB-2", "guestbook")
    found = await desk.look("KB-2")
    assert (found.session.room, found.version, found.head) == ("guestbook", 0, 0)
    other = await desk.look(SESSION)
    assert found.session.epoch != other.session.epoch


async def test_side_lines_and_main_line_have_numbers_of_their_own(desk: Desk) -> None:
    await desk.handle(SESSION, Write(text="one"), ANN)
    [first] = await desk.handle(SESSION, Whisper(text="psst"), ANN)
    [other] = await desk.handle(SESSION, Whisper(text="psst"), BOB)
    [second] = await desk.handle(SESSION, Whisper(text="again"), ANN)
    [page] = await desk.handle(SESSION, Write(text="two"), BOB)
    assert (first.seq, other.seq, second.seq, page.seq) == (1, 1, 2, 2)
    assert len({first.line, other.line, MAIN}) == 3
    assert second.prev == first.leaf
    assert (await desk.look(SESSION)).head == 2


async def test_no_two_entries_share_a_salt(desk: Desk) -> None:
    entries = [entry for n in range(5) for entry in await desk.handle(SESSION, Write(text=str(n)), ANN)]
    entries += [entry for _ in range(3) for entry in await desk.handle(SESSION, Disclose(), ANN)]
    assert len({entry.salt for entry in entries}) == len(entries) == 5 + 3 * 2


async def test_a_session_opens_with_its_first_command(desk: Desk, log: Faulty) -> None:
    [entry] = await desk.open("KB-2", "guestbook", Write(text="hello"), ANN)
    assert entry.seq == 1
    assert (await desk.look("KB-2")).state.pages == (("ann", "hello"),)
    assert list(await desk.open("KB-2", "guestbook", Write(text="hello"), ANN)) == []
    assert [session.id for session in await log.sessions()] == [SESSION, "KB-2"]


async def test_a_session_whose_first_command_is_refused_is_not_there(desk: Desk, log: Faulty) -> None:
    with pytest.raises(Refused):
        await desk.open("KB-2", "guestbook", Shut(), ANN)
    assert [session.id for session in await log.sessions()] == [SESSION]


class Gated(Faulty):
    """A log of which the first two looks for a session and the first reading last until their gates are opened."""

    def __init__(self, watch: Stopped) -> None:
        super().__init__(MemoryLog(watch))
        self.first, self.second, self.reading = (asyncio.Event() for _ in range(3))
        self._finds, self._reads = [self.first, self.second], [self.reading]

    async def find(self, session: str) -> Session:
        if self._finds:
            await self._finds.pop(0).wait()
        return await super().find(session)

    async def read(self, session: str, after: int) -> list[tuple[int, list[Entry]]]:
        found = await super().read(session, after)
        if self._reads:
            await self._reads.pop(0).wait()
        return found


async def test_looks_at_a_session_that_is_just_being_made_tell_nothing_twice(watch: Stopped) -> None:
    """One looks too early and drops the lock; one who waited for it and one who comes later then do not exclude each
    other, and the later one's commit is forgotten and told again.
    """
    log = Gated(watch)
    desk = desk_over(log)
    moves = heard(desk)
    early, waiting = (asyncio.create_task(desk.look("KB-2")) for _ in range(2))
    await asyncio.sleep(0.01)
    log.first.set()
    await asyncio.wait([early])
    await log.create(Session("KB-2", "guestbook", ""))
    log.second.set()
    await asyncio.sleep(0.01)
    later = asyncio.create_task(desk.handle("KB-2", Write(text="one"), ANN))
    await asyncio.sleep(0.01)
    log.reading.set()
    await asyncio.gather(waiting, later, return_exceptions=True)
    await desk.handle("KB-2", Write(text="two"), ANN)
    assert [entry.fields["text"] for moved in moves for entry in moved.entries] == ["one", "two"]
    assert isinstance(early.exception(), UnknownSession)


async def test_a_listener_that_fails_harms_neither_the_command_nor_other_listeners(desk: Desk, log: Faulty) -> None:
    def clumsy(moved: Moved) -> None:
        raise ZeroDivisionError

    desk.listen(clumsy)
    moves = heard(desk)
    assert await desk.handle(SESSION, Write(text="hello"), ANN) == await kept(log)
    assert len(moves) == 1


async def test_asking_for_unknown_sessions_leaves_nothing_behind(desk: Desk) -> None:
    for number in range(10):
        with pytest.raises(UnknownSession):
            await desk.look(f"nowhere-{number}")
    assert len(desk._locks) <= 1


people = st.sampled_from([ANN, BOB, EVE])


texts = st.sampled_from(["one", "two", "three"])


commands = st.one_of(
    st.builds(Write, text=texts),
    st.builds(Whisper, text=texts),
    st.builds(Claim, prize=texts),
    st.builds(Plan, in_ms=st.integers(0, 1000)),
    st.just(Tick()),
    st.just(Disclose()),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(commands, people, st.integers(0, 4)), max_size=25))
def test_applying_events_equals_refetching_state(acts: list[tuple[Command, Who, int]]) -> None:
    asyncio.run(applied_and_refetched(acts))


async def applied_and_refetched(acts: list[tuple[Command, Who, int]]) -> None:
    """Two desks take turns; a commit now and then fails, persisted or not."""
    log = Faulty(MemoryLog(Stopped()))
    await log.create(HALL)
    desks = (desk_over(log), desk_over(log))
    for number, (command, by, fault) in enumerate(acts):
        desk, log.lost, log.kept, log.unkept = desks[number % 2], fault == 1, fault == 2, fault == 3
        try:
            await desk.handle(SESSION, command, by)
        except (Refused, Broken):
            continue
        log.lost = log.kept = log.unkept = False
        await desk.handle(SESSION, Write(text=f"page {number}"), by)
        assert await desk.look(SESSION) == await refetched(log)
