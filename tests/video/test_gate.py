"""The gate: closed, unless a supervisor, a recorder and an act are there. Every opening and closing has its cause."""

from collections.abc import Callable

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from remote_bid.timeline.context import CLOCK, Refused
from remote_bid.timeline.entry import Who
from remote_bid.video import commands as c
from remote_bid.video import events as e
from remote_bid.video.rules import Call, obstacle
from remote_bid.video.rules.guards import CARRIER, HOUSE
from remote_bid.video.rules.masking import arranged
from remote_bid.video.terms import CallRole, Ending, Obstacle, Standing
from tests.given import Act, Story, after, given, handle
from tests.video.actors import (
    AGENCY,
    ALIVE,
    BIDDER,
    CLOSE,
    COLLEAGUE,
    END,
    EXPERT,
    FULL,
    OPEN,
    READY,
    RECORDED,
    SILENT,
    SUPERVISED,
    SUPERVISOR,
    TALKING,
    admit,
    agree,
    ask_token,
    joined,
    leave,
    lose,
    mute,
    remove,
    room,
    unmute,
    use,
    wait,
)


def test_closed_is_the_default() -> None:
    assert obstacle(Call(session="x")) is Obstacle.NOT_CALLED
    assert obstacle(given(room, OPEN).story.state) is Obstacle.NO_SUPERVISOR
    assert obstacle(given(room, OPEN, READY, joined(SUPERVISOR)).story.state) is Obstacle.NO_SUPERVISOR
    assert obstacle(given(room, OPEN, joined(SUPERVISOR), ALIVE).story.state) is Obstacle.NO_RECORDER
    assert obstacle(given(room, SUPERVISED).story.state) is None


def test_the_last_of_the_three_opens_it() -> None:
    found = given(room, OPEN, READY, joined(SUPERVISOR)).when(ALIVE).then(e.SupervisorFound, e.GateOpened)
    assert found[-1].cause is Obstacle.NO_SUPERVISOR
    found = given(room, OPEN, joined(SUPERVISOR), ALIVE).when(READY).then(e.RecorderReady, e.GateOpened)
    assert found[-1].cause is Obstacle.NO_RECORDER


def test_losing_any_of_them_closes_it_and_says_why() -> None:
    for act, event, cause in (
        (SILENT, e.SupervisorLost, Obstacle.NO_SUPERVISOR),
        (lose(SUPERVISOR), e.SeatLost, Obstacle.NO_SUPERVISOR),
        (leave(SUPERVISOR), e.SeatLeft, Obstacle.NO_SUPERVISOR),
        (FULL, e.RecorderFailed, Obstacle.NO_RECORDER),
        (CLOSE, e.CallClosed, Obstacle.ENDED),
    ):
        found = given(room, TALKING).when(act).then(event, e.GateClosed)
        assert found[-1].cause is cause
        assert arranged(given(room, TALKING).when(act).story.state) == []
    assert arranged(given(room, TALKING).story.state)


def test_it_opens_again_when_the_supervisor_is_back() -> None:
    given(room, TALKING, SILENT).when(ALIVE).then(e.SupervisorFound, e.GateOpened)
    given(room, TALKING).when(ALIVE).then_nothing()
    given(room, OPEN, READY).when(ALIVE).then_nothing()


def test_signs_of_life_and_the_recorders_state_are_told_by_the_carrier_alone() -> None:
    for act in (ALIVE, READY, RECORDED, lose(EXPERT)):
        given(room, OPEN).when(act, by=SUPERVISOR).then_refused("not_allowed")
    expert = Act(c.NoteSupervisor(seat="S05", alive=True), CARRIER)
    given(room, OPEN, joined(EXPERT)).when(expert).then_refused("not_allowed")


def test_a_call_ends_by_its_supervisor_its_time_or_the_session_that_called_it() -> None:
    [closed, _] = given(room, TALKING).when(CLOSE).then(e.CallClosed, e.GateClosed)
    assert closed.cause is Ending.SUPERVISOR
    given(room, TALKING).when(CLOSE, by=EXPERT).then_refused("not_allowed")
    given(room, TALKING).when(END).then_refused("not_yet")
    [closed, _] = given(room, TALKING).when(after(7_200_000, END)).then(e.CallClosed, e.GateClosed)
    assert closed.cause is Ending.TIME_OVER
    [closed, _] = given(room, TALKING).when(END, by=HOUSE).then(e.CallClosed, e.GateClosed)
    assert closed.cause is Ending.SESSION_OVER
    given(room, TALKING, CLOSE).when(CLOSE).then_nothing()


def test_what_was_recorded_is_told_once_and_afterwards_too() -> None:
    [told] = given(room, TALKING, CLOSE).when(RECORDED).then(e.SegmentRecorded)
    assert told.segment.sha256
    given(room, TALKING, RECORDED).when(RECORDED).then_nothing()


PEOPLE = (SUPERVISOR, EXPERT, COLLEAGUE, BIDDER, AGENCY)


class AnyCall(RuleBasedStateMachine):
    """Whatever people, carrier and clock do in whatever order."""

    story: Story
    told = False
    """Whether the entries say that the gate is open."""

    @initialize(called=st.booleans())
    def begin(self, called: bool) -> None:
        self.story = given(room, *((OPEN,) if called else ())).story

    def _do(self, act: Act) -> None:
        try:
            self.story, events = handle(self.story, act)
        except Refused:
            return
        for event in events:
            if isinstance(event, e.GateOpened | e.GateClosed):
                assert self.told is isinstance(event, e.GateClosed), "it opens and closes by turns"
                self.told = isinstance(event, e.GateOpened)

    @rule(person=st.sampled_from(PEOPLE), number=st.integers(1, 2), name=st.sampled_from((ask_token, use)))
    def come(self, person: Who, number: int, name: Callable[[Who, int], Act]) -> None:
        self._do(name(person, number))

    @rule(
        person=st.sampled_from(PEOPLE),
        act=st.sampled_from((agree, wait, admit, leave, lose, mute, unmute, remove)),
    )
    def act(self, person: Who, act: Callable[[Who], Act]) -> None:
        self._do(act(person))

    @rule(person=st.sampled_from(PEOPLE))
    def go_all_the_way_in(self, person: Who) -> None:
        for act in joined(person, 3):
            self._do(act)

    @rule(act=st.sampled_from((ALIVE, SILENT, READY, FULL, RECORDED)))
    def carry(self, act: Act) -> None:
        self._do(act)

    @rule(act=st.sampled_from((CLOSE, END, Act(c.EndCall(), CLOCK), OPEN)))
    def end_or_begin(self, act: Act) -> None:
        self._do(act)

    @invariant()
    def an_open_gate_has_its_three(self) -> None:
        call: Call = self.story.state
        is_open = obstacle(call) is None
        assert is_open is self.told, "every opening and closing is an entry"
        if not is_open:
            assert arranged(call, ["L1"]) == [], "nothing passes a closed gate"
            return
        supervisors = [seat for seat, chair in call.chairs().items() if chair.role is CallRole.SUPERVISOR]
        places = [call.places[seat] for seat in supervisors]
        assert any(place.standing is Standing.IN and place.alive and place.agreed for place in places)
        assert call.recorder
        assert not call.closed
        assert call.opened is not None
        for path in arranged(call):
            assert call.places[path.speaker].standing is Standing.IN
            assert call.places[path.listener].standing is Standing.IN
            assert path.kind != "audio" or not call.places[path.speaker].muted


TestAnyCall = AnyCall.TestCase
TestAnyCall.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
