"""Any day: whoever does whatever whenever, the invariants of threats.md hold.

A machine plays days: now and then what the day needs next, now and then anything by anybody, with the clock and the log
handing in their commands at good and at bad moments. All signatures, seals and deals are real.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, event, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from remote_bid.opening import commands as c
from remote_bid.opening.events import WindowExtended
from remote_bid.opening.statements import Extension
from remote_bid.opening.terms import ORDER, Phase, Role, reached, under_way
from remote_bid.opening.view.bids import to_deal_again
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import said
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Event, Refused
from remote_bid.timeline.desk import happening
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import Tick
from tests.given import Act, Past, RefusedOnRecord, Story, given, handle
from tests.opening.actors import (
    BIDDERS,
    CUSTODIANS,
    DEPUTY,
    EVERYBODY,
    HOST,
    SUPERVISOR,
)
from tests.opening.acts import (
    deal_again,
)
from tests.opening.anything import IN_A_LOT, IN_A_PART, MANY_BIDDERS, STRIKERS, anything, struck
from tests.opening.course import (
    resume,
)
from tests.opening.day import (
    opening,
)
from tests.opening.invariants import (
    chain_verifies,
    outcomes_partition_the_bids,
    replay_gives_the_same,
    rivals_read_nothing_too_early,
    ticks_hold_every_entry_once,
)
from tests.opening.needed import BEGINNINGS, needs, wanting
from tests.opening.sealed import PRICES, halves_of

E = TypeVar("E", bound=Event)


class AnyDay(RuleBasedStateMachine):
    """One session that everybody tries things on."""

    story: Story
    phases: list[Phase]

    @initialize(past=st.sampled_from(BEGINNINGS))
    def a_day_is_under_way(self, past: Past) -> None:
        self.phases = []
        for length in range(1, len(past) + 1):
            self.go_on(given(opening, past[:length]).story)

    def go_on(self, story: Story) -> None:
        """The session moves; no turn leads through two phases."""
        self.story = story
        if self.phases[-1:] != [story.state.phase]:
            self.phases.append(story.state.phase)

    def attempt(self, act: Act) -> bool:
        """Hand it in; a refusal changes nothing but its own record, and anything else that is raised is a bug."""
        try:
            self.go_on(handle(self.story, Act(act.ask, act.by))[0])
        except Refused as refusal:
            is_worded(refusal)
            self.note(act, f"refused, {refusal.code}")
            if isinstance(refusal, RefusedOnRecord):
                self.go_on(refusal.story)
            return False
        done = ", ".join(entry.type for turn in self.story.turns[-1:] for entry in turn)
        self.note(act, f"{done}; {self.story.state.phase}")
        return True

    def note(self, act: Act, outcome: str) -> None:
        """For whoever reads a failure: the day as a list of short lines."""
        note(f"{self.story.at:%m-%d %H:%M:%S} {act}: {outcome}")

    @rule(act=anything)
    def anybody_tries_anything(self, act: Act) -> None:
        self.attempt(act)

    @rule(act=anything, by=st.sampled_from([*EVERYBODY, CLOCK]))
    def somebody_tries_it_for_another(self, act: Act, by: Who) -> None:
        self.attempt(Act(act.ask, by))

    @rule(ms=st.sampled_from([0, 1, 999, 2000, 60_000, 600_000, 3_600_000, 86_400_000]))
    def time_passes(self, ms: int) -> None:
        self.story = replace(self.story, at=instant.later(self.story.at, ms))

    @rule(number=st.integers(0, 11))
    def somebody_does_what_the_day_needs(self, number: int) -> None:
        if needed := needs(self.story):
            self.attempt(needed[number % len(needed)])

    def place(self, number: int) -> tuple[str, str]:
        """One of the session's lots and parts."""
        places: list[tuple[str, str]] = self.story.state.places()
        return places[number % len(places)]

    @rule(act=st.sampled_from(IN_A_LOT), who=st.sampled_from(MANY_BIDDERS), number=st.integers(0, 11))
    def somebody_tries_something_in_a_lot(self, act: Callable[[Who, str], Act], who: Who, number: int) -> None:
        self.attempt(act(who, self.place(number)[0]))

    @rule(act=st.sampled_from(IN_A_PART), who=st.sampled_from([*BIDDERS, *CUSTODIANS[:2]]), number=st.integers(0, 11))
    def somebody_tries_something_in_a_part(self, act: Callable[[Who, str, str], Act], who: Who, number: int) -> None:
        self.attempt(act(who, *self.place(number)))

    @rule(
        who=st.sampled_from(CUSTODIANS),
        number=st.integers(0, 11),
        signers=st.sampled_from(STRIKERS),
        again=st.booleans(),
    )
    def a_custodian_is_struck(self, who: Who, number: int, signers: tuple[Who, ...], again: bool) -> None:
        """Before the deadline two people can; afterwards nobody."""
        for act in struck(who, *self.place(number), signers, again):
            done = self.attempt(act)
            assert not (done and reached(self.story.state.phase, Phase.CLOSED_FOR_BIDS)), "struck after the deadline"

    @precondition(lambda self: bool(self.story.state.revisions))
    @rule(number=st.integers(0, 11))
    def those_who_must_deal_again(self, number: int) -> None:
        """Whoever is asked to can, as long as there is time."""
        lot = self.place(number)[0]
        for who in BIDDERS:
            if (bid := self.story.state.bid_of(who.person, lot)) and to_deal_again(self.story.state, bid):
                assert self.attempt(deal_again(who, lot=lot)), "a deal that is asked for is refused"

    @precondition(lambda self: bool(opening.context.due(self.story.state)))
    @rule(number=st.integers(0, 1))
    def the_clock_hands_in_what_is_due(self, number: int) -> None:
        """At its time or later it is never refused."""
        items = sorted(opening.context.due(self.story.state), key=lambda item: item.at)
        item = items[number % len(items)]
        self.story = replace(self.story, at=max(item.at, self.story.at))
        assert self.attempt(Act(item.command, CLOCK)), "what is due is refused"

    def carry_on(self) -> None:
        """Whatever was tried, honest people lead the day to its end: nobody can stop it."""
        for _ in range(4 * len(Phase)):
            self.people_do_their_part()
            self.the_clock_does_its()
        assert self.story.state.phase in (Phase.CLOSED, Phase.ABORTED)

    def people_do_their_part(self) -> None:
        if self.story.state.suspension is not None:
            self.attempt(resume(*self.in_office()))
        for act in wanting(self.story):
            host, _ = self.in_office()
            self.attempt(replace(act, by=host) if act.by == HOST else act)

    def in_office(self) -> tuple[Who, Who]:
        host = DEPUTY if self.story.state.holder(Role.HOST) == DEPUTY.person else HOST
        return host, SUPERVISOR

    def the_clock_does_its(self) -> None:
        """It is not away: nothing is overdue for long."""
        on_time = [item for item in opening.context.due(self.story.state) if not item.overtakes]
        if on_time:
            first = min(on_time, key=lambda item: item.at)
            steps = [item for item in on_time if not isinstance(item.command, Tick)]
            step = min(steps, key=lambda item: item.at, default=first)
            self.story = replace(self.story, at=max(step.at, self.story.at))
            assert self.attempt(Act(step.command, CLOCK)), "what is due is refused"

    @invariant()
    def every_list_of_custodians_can_open_and_no_side_can_alone(self) -> None:
        """However many were struck: k remain, on several sides, each once."""
        for name in self.story.state.policies:
            policy = self.story.state.current(name)
            sides = [custodian.side for custodian in policy.custodians]
            assert len({custodian.person for custodian in policy.custodians}) == len(sides) >= policy.k
            assert max(map(sides.count, sides)) < policy.k

    @invariant()
    def every_pause_has_a_cause_and_a_time(self) -> None:
        """I7, and what stands still: no window ends while the session is suspended."""
        state = self.story.state
        assert all(pause.since <= pause.until and pause.cause for pause in state.pauses)
        if state.suspension is not None:
            assert under_way(state.phase)
            assert state.suspension.cause
            commands = {type(item.command) for item in opening.context.due(state)}
            assert commands <= {Tick, c.EndPause, c.CarryOutAbort}

    @invariant()
    def host_and_supervisor_stay_within_the_cap(self) -> None:
        """The host's last pause may be noticed late; what is granted never goes beyond."""
        state = self.story.state
        said_ = [said(e.signed.statement, Extension).by_ms for e in self.events(WindowExtended)]
        assert sum(said_) <= (state.timetable.extension_ms if state.timetable else 0)

    def events(self, kind: type[E]) -> list[E]:
        entries = [entry for turn in self.story.turns for entry in turn]
        happened = (happening(opening.context, entry).event for entry in entries if entry.type == kind.__name__)
        return [event for event in happened if isinstance(event, kind)]

    @invariant()
    def phases_never_go_back_and_each_transition_is_once(self) -> None:
        """I5: but for HELD, from which a new timetable leads to waiting for the deadline again."""
        for before, after in pairwise(self.phases):
            assert ORDER.index(before) < ORDER.index(after) or (before, after) == (Phase.HELD, Phase.SCHEDULED)

    @invariant()
    def nothing_of_a_bid_is_known_before_every_bid_is_settled(self) -> None:
        """I2: no half of the custodians, no form, no price in any entry."""
        if self.story.turns and not reached(self.story.state.phase, Phase.DRAW):
            text = msgspec.json.encode([entry.fields for entry in self.story.turns[-1]]).decode()
            assert not any(price in text for price in PRICES.values())
            assert not any(b64(halves_of(who, 1).s_t) in text for who in BIDDERS)

    def teardown(self) -> None:
        rivals_read_nothing_too_early(self.story)
        self.carry_on()
        entries = [entry for turn in self.story.turns for entry in turn]
        chain_verifies(entries)
        replay_gives_the_same(self.story, entries)
        ticks_hold_every_entry_once(self.story, entries)
        outcomes_partition_the_bids(self.story, entries)


def is_worded(refusal: Refused) -> None:
    """I7."""
    event(f"refused {refusal.code}")
    assert refusal.code
    assert refusal.zh
    assert refusal.en


AnyDay.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyDay = pytest.mark.timeout(600)(pytest.mark.slow(AnyDay.TestCase))
"""Passing takes seconds; a failing day is made as short as can be, which takes minutes."""
