"""What calls a room into being: a committee's signed request, a hall's LOBBY; and what becomes of it with them."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from remote_bid.evaluation.facts import EvaluationFacts
from remote_bid.gateway.calling import Calling
from remote_bid.handover import BROADCAST_HOURS, broadcast_of, broadcast_room, call_of
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk, Rooms
from remote_bid.timeline.log import MemoryLog, Session, UnknownSession
from remote_bid.video import video
from remote_bid.video.facts import VideoFacts
from remote_bid.video.rules import Call
from remote_bid.video.rules.masking import TABLES
from remote_bid.video.terms import CalledBy, CallRole, Standing
from tests.evaluation.actors import AGENCY, ALPHA, AUDITOR, BETA, SUPERVISOR, bid_id
from tests.evaluation.acts import remove, request_call
from tests.evaluation.day import CLOSED, DETAILED, LEAD, MATERIALS, MEMBERS, PRELIMINARY, PUBLISHED, evaluation
from tests.given import Past, Room, Story, given, handle
from tests.opening.actors import DEPLOYMENT, LINE_SECRET, OFFICE
from tests.opening.day import LOBBY, SCHEDULED, opening
from tests.timeline.hours import Stopped

REQUEST = request_call(LEAD, bid_id(ALPHA))
REQUESTED: Past = (*PRELIMINARY, REQUEST)


def with_call(past: Past) -> Past:
    """The same day, with a call requested as soon as it may be."""
    return (*PRELIMINARY, REQUEST, *past[len(PRELIMINARY) :])


CALLED = given(evaluation, REQUESTED).story
ENDED, MADE_PUBLIC = given(evaluation, with_call(CLOSED)).story, given(evaluation, with_call(PUBLISHED)).story


@asynccontextmanager
async def called(story: Story) -> AsyncIterator[Desk]:
    """A desk that holds this session, and what opens calls over it."""
    room, time = story.room, Stopped(story.at)
    log = MemoryLog(time)
    await log.create(Session(room.session, room.context.name, ""))
    for version, entries in enumerate(story.turns):
        async with log.turn(room.session, version) as turn:
            await turn.append(entries)
    rooms: Rooms = {room.context.name: (room.context, room.facts), video.name: (video, VideoFacts(DEPLOYMENT))}
    desk = Desk(log, OFFICE, LINE_SECRET, rooms)
    calling = Calling(desk)
    calling.start(await desk.load())
    try:
        yield desk
    finally:
        await calling.close()


async def the_call(desk: Desk, session: str, holds: Callable[[Call], bool] = lambda call: True) -> Call:
    """The call of this name, when it is so."""
    for _ in range(300):
        try:
            folded = await desk.look(session)
            if folded.head and holds(folded.state):
                state: Call = folded.state
                return state
        except UnknownSession:
            pass
        await asyncio.sleep(0.01)
    raise AssertionError(f"{session} does not come to be so")


def room_of(story: Story) -> str:
    name: str = story.state.calls[1].room
    return name


def test_only_the_leader_requests_a_call_in_the_phases_of_clarification() -> None:
    given(evaluation, PRELIMINARY).when(request_call(MEMBERS["E01"], bid_id(ALPHA))).then_refused("not_leader")
    given(evaluation, MATERIALS).when(REQUEST).then_refused("wrong_phase")
    given(evaluation, PRELIMINARY).when(request_call(LEAD, "no bid")).then_refused("no_such_bid")
    given(evaluation, REQUESTED).when(request_call(LEAD, bid_id(BETA))).happened()
    given(evaluation, DETAILED).when(REQUEST).happened()


def test_a_house_without_media_says_so_when_a_call_is_requested() -> None:
    facts = evaluation.facts
    assert isinstance(facts, EvaluationFacts)
    silent = EvaluationFacts(facts._roots, facts._deployment, facts._now, facts._ballots, facts._crls, calls=False)
    mute = Room(evaluation.context, silent, evaluation.session, evaluation.begins, OFFICE, LINE_SECRET)
    with pytest.raises(Refused) as refusal:
        handle(given(mute, PRELIMINARY).story, REQUEST)
    assert refusal.value.code == "no_media"


def test_everybody_of_the_call_gets_a_seat_by_chance_and_nobody_else() -> None:
    story = given(evaluation, REQUESTED).story
    act = CalledBy(session=evaluation.session, seq=1, leaf="leaf")
    orders = [call_of(story.state, story.state.calls[1], act, random.Random(seed)) for seed in range(20)]  # noqa: S311 - which are drawn does not matter
    [first, *_] = orders
    roles = {chair.person: chair.role for chair in first.chairs}
    assert roles == {
        **dict.fromkeys(MEMBERS.values(), CallRole.EXPERT),
        ALPHA.person: CallRole.BIDDER,
        AGENCY.person: CallRole.AGENCY,
        SUPERVISOR.person: CallRole.SUPERVISOR,
    }
    assert first.watchers == [AUDITOR.person]
    lead = [next(chair.seat for chair in order.chairs if chair.person == LEAD) for order in orders]
    assert len(set(lead)) > 3, "a seat says nothing of who sits on it"


@pytest.mark.asyncio
async def test_a_request_opens_a_room_that_names_it_and_ends_with_the_time_for_answers() -> None:
    story = given(evaluation, REQUESTED).story
    async with called(story) as desk:
        call = await the_call(desk, room_of(story))
        assert call.opened is not None
        request = story.folded.main[-1]
        assert call.opened.called == CalledBy(session=evaluation.session, seq=request.seq, leaf=b64(request.leaf))
        assert call.opened.ends_at == request.fields["ends_at"]


@pytest.mark.asyncio
async def test_who_has_left_the_committee_is_out_of_its_calls() -> None:
    story = given(evaluation, REQUESTED).story
    async with called(story) as desk:
        await the_call(desk, room_of(story))
        act = remove("E03")
        await desk.handle(evaluation.session, act.asked(story), act.by)
        gone = MEMBERS["E03"]

        def removed(call: Call) -> bool:
            chair = call.chair_of(gone)
            return chair is not None and call.places[chair.seat].standing is Standing.REMOVED

        await the_call(desk, room_of(story), removed)


@pytest.mark.asyncio
async def test_a_call_ends_with_its_evaluation_and_is_public_with_it() -> None:
    async with called(CALLED) as desk:
        room = room_of(CALLED)
        await the_call(desk, room)
        for entries in MADE_PUBLIC.turns[len(CALLED.turns) :]:
            async with desk._log.turn(evaluation.session, (await desk.look(evaluation.session)).version) as turn:
                await turn.append(entries)
            await desk._reread(await desk.look(evaluation.session))
        call = await the_call(desk, room, lambda call: call.published)
        assert call.closed
    async with called(ENDED) as desk:
        with pytest.raises(UnknownSession):
            await desk.look(room)


def test_a_hall_is_broadcast_from_its_lobby_on() -> None:
    story = given(opening, LOBBY).story
    lobby = next(entry for entry in story.folded.main if entry.type == "LobbyOpened")
    act = CalledBy(session=opening.session, seq=lobby.seq, leaf=b64(lobby.leaf))
    order = broadcast_of(story.state, act, story.at)
    assert {chair.role for chair in order.chairs} == {CallRole.HOST, CallRole.SUPERVISOR}
    assert (instant.when(order.ends_at) - story.at).total_seconds() == BROADCAST_HOURS * 3600
    assert all(CallRole.BIDDER not in pair for pair in TABLES[order.kind])


@pytest.mark.asyncio
async def test_a_lobby_opens_the_broadcast_and_no_hall_has_one_before() -> None:
    story = given(opening, LOBBY).story
    lobby = next(entry for entry in story.folded.main if entry.type == "LobbyOpened")
    async with called(story) as desk:
        call = await the_call(desk, broadcast_room(lobby.leaf))
        assert call.opened is not None
    async with called(given(opening, SCHEDULED).story) as desk:
        await asyncio.sleep(0.05)
        assert [folded.session.room for folded in await desk.load()] == ["opening"]
