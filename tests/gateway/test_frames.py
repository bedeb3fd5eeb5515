"""Frames: whoever comes and goes at any moment sees in the end what the server sees for it, and no more."""

import asyncio
import re
from dataclasses import dataclass, field

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.gateway.frames import Audience
from remote_bid.participant.copy import Copy
from remote_bid.timeline.context import CLOCK, Command, Refused
from remote_bid.timeline.desk import Desk, Moved
from remote_bid.timeline.entry import Who
from remote_bid.timeline.frame import Frame, Joined
from remote_bid.timeline.log import MemoryLog
from remote_bid.timeline.marks import Tick
from remote_bid.timeline.patch import View
from remote_bid.timeline.sideline import line_of
from tests.timeline.guestbook import (
    ANN,
    BOB,
    EVE,
    LINE_SECRET,
    PUBLIC,
    WARDEN,
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

some = settings(deadline=None, max_examples=60)

VIEWERS = (ANN, BOB, WARDEN, PUBLIC)
Act = tuple[Command, Who]

people = st.sampled_from([ANN, BOB, EVE])
words = st.sampled_from(["one", "two", "three"])
acts = st.one_of(
    st.tuples(st.builds(Write, text=words), people),
    st.tuples(st.builds(Whisper, text=words), people),
    st.tuples(st.builds(Claim, prize=words), people),
    st.tuples(st.just(Plan(in_ms=0)), people),
    st.tuples(st.just(Shut()), st.just(CLOCK)),
    st.tuples(st.just(Disclose()), people),
    st.tuples(st.just(Tick()), st.just(CLOCK)),
)
days = st.lists(acts, max_size=20)


def own_line(who: Who) -> str:
    return line_of(LINE_SECRET, HALL.id, who.person) if who.person else ""


@dataclass
class Seat:
    """One audience's connection: what the server sent, and the copy that a participant makes of it."""

    audience: Audience
    copy: Copy
    sent: list[Joined | Frame] = field(default_factory=list)

    def join(self, desk: "Stage", since: int) -> None:
        joined = self.audience.joined(desk.moved[-1].after if desk.moved else desk.empty, since)
        self.sent.append(joined)
        self.copy.joining()
        self.copy.joined(joined)

    def hear(self, moved: Moved, listens: bool) -> None:
        """As the hub does: the audience goes on, whether or not this connection is there to listen."""
        for frame in self.audience.frames(moved) if self.audience.concerned(moved) else []:
            if listens:
                self.sent.append(frame)
                self.copy.frame(frame)

    @property
    def raw(self) -> str:
        return "\n".join(msgspec.json.encode(item).decode() for item in self.sent)


class Stage:
    """A session in memory whose every move is kept."""

    def __init__(self) -> None:
        self.desk: Desk = desk_over(MemoryLog(Stopped()))
        self.moved: list[Moved] = []
        self.desk.listen(self.moved.append)

    async def open(self) -> None:
        await self.desk.create(HALL.id, "guestbook")
        self.empty = await self.desk.look(HALL.id)

    async def play(self, act: Act) -> list[Moved]:
        before = len(self.moved)
        try:
            await self.desk.handle(HALL.id, *act)
        except Refused:
            return []
        return self.moved[before:]


async def seats_of(stage: Stage) -> dict[Who, Seat]:
    folded = await stage.desk.look(HALL.id)
    return {who: Seat(Audience(folded, who, own_line(who)), Copy(HALL.id)) for who in VIEWERS}


def copied(copy: Copy) -> View:
    return copy._view


async def assert_same_as_the_servers(stage: Stage, seat: Seat) -> None:
    folded = await stage.desk.look(HALL.id)
    truth = Audience(folded, seat.audience.who, seat.audience.own_line).joined(folded, 0)
    assert copied(seat.copy) == truth.view
    assert seat.copy.main == truth.entries
    assert seat.copy.own == truth.own
    assert sorted(seat.copy.slots.values(), key=lambda slot: slot.seq) == truth.slots


@some
@given(days.flatmap(lambda day: st.tuples(st.just(day), st.lists(st.booleans(), min_size=len(day), max_size=len(day)))))
def test_a_copy_is_the_servers_page_however_often_one_comes_and_goes(played: tuple[list[Act], list[bool]]) -> None:
    asyncio.run(came_and_went(*played))


async def came_and_went(day: list[Act], listening: list[bool]) -> None:
    """`listening` says during which acts the line is up."""
    stage = Stage()
    await stage.open()
    seats, there = await seats_of(stage), False
    for act, listens in zip(day, listening, strict=True):
        if listens and not there:
            for seat in seats.values():
                seat.join(stage, seat.copy.head)
        there = listens
        for moved in await stage.play(act):
            for seat in seats.values():
                seat.hear(moved, listens)
    for seat in seats.values():
        if not there:
            seat.join(stage, seat.copy.head)
        await assert_same_as_the_servers(stage, seat)


@some
@given(days)
def test_frames_have_no_gap_and_are_enough_without_joining_again(day: list[Act]) -> None:
    asyncio.run(listened_from_the_start(day))


async def listened_from_the_start(day: list[Act]) -> None:
    stage = Stage()
    await stage.open()
    seats = await seats_of(stage)
    for seat in seats.values():
        seat.join(stage, 0)
    for act in day:
        for moved in await stage.play(act):
            for seat in seats.values():
                seat.hear(moved, listens=True)
    for seat in seats.values():
        frames = [item for item in seat.sent if isinstance(item, Frame)]
        assert [frame.n for frame in frames] == list(range(1, len(frames) + 1))
        assert len(seat.sent) == 1 + len(frames)
        await assert_same_as_the_servers(stage, seat)


@some
@given(days)
def test_whispers_show_nobody_but_their_author(day: list[Act]) -> None:
    marked = [(Whisper(text=f"canary {n}"), by) if isinstance(c, Whisper) else (c, by) for n, (c, by) in enumerate(day)]
    asyncio.run(nothing_of_others_is_heard(marked))


async def nothing_of_others_is_heard(day: list[Act]) -> None:
    stage = Stage()
    await stage.open()
    seats = await seats_of(stage)
    for seat in seats.values():
        seat.join(stage, 0)
    for act in day:
        for moved in await stage.play(act):
            for seat in seats.values():
                seat.hear(moved, listens=True)
    for seat in seats.values():
        seat.join(stage, 0)
    disclosed = any(entry.type == "Disclosed" for moved in stage.moved for entry in moved.entries)
    for who, seat in seats.items():
        others = [act for act in day if isinstance(act[0], Whisper) and act[1] != who]
        assert not any(f'"{command.text}"' in seat.raw for command, _ in others if isinstance(command, Whisper))
        if not disclosed:
            assert not any(own_line(other) in seat.raw for other in (ANN, BOB, EVE) if other != who)


@some
@given(days.map(lambda day: [act for act in day if not isinstance(act[0], Disclose)]), st.data())
def test_what_one_receives_is_alike_whether_others_whisper_or_not(day: list[Act], data: st.DataObject) -> None:
    """Kind, order and length of everything are the same; only hashes and places in ticks differ."""
    others = [act for act in day if isinstance(act[0], Whisper) and act[1] != ANN]
    silent = [act for act in day if act not in others or data.draw(st.booleans())]
    assert asyncio.run(heard_by(ANN, day)) == asyncio.run(heard_by(ANN, silent))
    assert asyncio.run(heard_by(PUBLIC, day)) == asyncio.run(heard_by(PUBLIC, silent))


async def heard_by(who: Who, day: list[Act]) -> str:
    stage = Stage()
    await stage.open()
    seat = (await seats_of(stage))[who]
    seat.join(stage, 0)
    for act in day:
        for moved in await stage.play(act):
            seat.hear(moved, listens=True)
    seat.join(stage, 0)
    hashes = re.sub(r'"[A-Za-z0-9_-]{43}"', '"#43"', seat.raw)
    return re.sub(r'"(place":\d+|epoch":"[^"]{11}")', '"#"', hashes)


async def test_what_was_veiled_is_revealed_once_the_curtain_opens() -> None:
    stage = Stage()
    await stage.open()
    seat = (await seats_of(stage))[BOB]
    seat.join(stage, 0)
    for act in ((Write(text="veiled"), ANN), (Plan(in_ms=0), ANN)):
        for moved in await stage.play(act):
            seat.hear(moved, listens=True)
    assert "veiled" not in seat.raw
    [moved] = await stage.play((Shut(), CLOCK))
    seat.hear(moved, listens=True)
    last = seat.sent[-1]
    assert isinstance(last, Frame)
    assert [(shown.seq, (shown.event or {})["text"]) for shown in last.revealed] == [(1, "veiled")]
    assert copied(seat.copy)["pages"] == {"0": "veiled"}


async def test_what_was_revealed_while_one_was_away_is_there_on_coming_back() -> None:
    stage = Stage()
    await stage.open()
    seat = (await seats_of(stage))[BOB]
    seat.join(stage, 0)
    for number, act in enumerate([(Write(text="veiled"), ANN), (Plan(in_ms=0), ANN), (Shut(), CLOCK)]):
        for moved in await stage.play(act):
            seat.hear(moved, listens=number == 0)
    assert (seat.copy.main[0].event or {}).keys() == {"type", "at"}
    seat.join(stage, seat.copy.head)
    assert (seat.copy.main[0].event or {})["text"] == "veiled"
    await assert_same_as_the_servers(stage, seat)


async def test_a_turn_that_changes_nothing_for_one_brings_it_nothing() -> None:
    """Even to whoever asks."""
    stage = Stage()
    await stage.open()
    audience = (await seats_of(stage))[BOB].audience
    [moved] = await stage.play((Whisper(text="psst"), ANN))
    assert not audience.concerned(moved)
    assert audience.frames(moved) == []
    assert audience.n == 0


async def test_the_proof_of_ones_own_entry_comes_with_the_tick_that_holds_it() -> None:
    stage = Stage()
    await stage.open()
    seats = await seats_of(stage)
    for seat in seats.values():
        seat.join(stage, 0)
    for act in ((Whisper(text="psst"), ANN), (Tick(), CLOCK)):
        for moved in await stage.play(act):
            for seat in seats.values():
                seat.hear(moved, listens=True)
    assert list(seats[ANN].copy.slots) == [1]
    assert seats[ANN].copy.slots[1].tick == 1
    assert all(not seat.copy.slots for who, seat in seats.items() if who != ANN)


async def test_who_overlooks_the_session_sees_the_page_change_without_an_entry() -> None:
    stage = Stage()
    await stage.open()
    seats = await seats_of(stage)
    for seat in seats.values():
        seat.join(stage, 0)
    for moved in await stage.play((Whisper(text="psst"), ANN)):
        for seat in seats.values():
            seat.hear(moved, listens=True)
    [frame] = seats[WARDEN].sent[1:]
    assert isinstance(frame, Frame)
    assert (frame.line, frame.seq, frame.event, frame.patch) == ("", 0, None, {"whispered": 1})
    assert seats[BOB].sent[1:] == seats[PUBLIC].sent[1:] == []
