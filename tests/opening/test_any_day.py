"""Any day: whoever does whatever whenever, the invariants of threats.md hold.

A machine plays days: now and then what the day needs next, now and then anything by anybody, with the clock and the log
handing in their commands at good and at bad moments. All signatures, seals and deals are real.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from remote_bid.opening.terms import ORDER, Phase
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Refused
from remote_bid.timeline.desk import happening
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, RefusedOnRecord, Story, given, handle
from tests.opening.actors import (
    ALPHA,
    BETA,
    BIDDERS,
    CUSTODIANS,
    DELTA,
    EVERYBODY,
    GAMMA,
    HOST,
    SUPERVISOR,
    TENDERER,
    secret_of,
)
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_OPENING,
    CLOSE_WINDOW,
    HOLD,
    OPEN_LOBBY,
    OPEN_RELEASE,
    SETTLE,
    TICK,
    check_in,
    publish_key,
    read_out,
    record_checkpoint,
    release,
    sign_record,
    submit,
    withdraw,
)
from tests.opening.day import (
    CLOSED_FOR_BIDS,
    CONVENED,
    CUSTODY,
    LOBBY,
    READOUT,
    RELEASE,
    ROSTER,
    WINDOW_CLOSED,
    opening,
)
from tests.opening.invariants import (
    chain_verifies,
    outcomes_partition_the_bids,
    replay_gives_the_same,
    rivals_read_nothing_too_early,
    ticks_hold_every_entry_once,
)
from tests.opening.preparing import countersign_timetable, offer_key, propose_timetable, publish_policy, schedule
from tests.opening.sealed import PRICES, halves_of

MANY_BIDDERS = [*BIDDERS, DELTA]


def cosigned(choose: Callable[[list[int]], int], late: tuple[float | None, ...]) -> Act:
    """The log hands in a note over one of the entries that are cosigned, at some distance from the deadline."""

    def covers(story: Story) -> int:
        wanted = [
            entry.seq
            for entry in story.folded.main
            if opening.context.checkpoints(happening(opening.context, entry).event)
        ]
        return choose(wanted)

    def ask(story: Story) -> Any:
        t0 = instant.when(story.state.timetable.deadline)
        times = [None if seconds is None else instant.later(t0, round(seconds * 1000)) for seconds in late]
        return record_checkpoint(covers, *times).asked(story)

    return Act(ask, record_checkpoint(covers).by)


def postponed(hours: int) -> tuple[Act, Act]:
    """A timetable with a deadline some hours from now, proposed and countersigned."""

    def sooner_or_later(make: Callable[..., Act]) -> Act:
        def ask(story: Story) -> Any:
            deadline = instant.text(instant.later(story.at, hours * 3_600_000))
            return make(deadline=deadline).asked(story)

        return Act(ask, make().by)

    return sooner_or_later(propose_timetable), sooner_or_later(countersign_timetable)


BY_BIDDERS: list[Callable[[Who], Act]] = [
    submit,
    withdraw,
    check_in,
    release,
    sign_record,
    lambda who: release(who, half=secret_of("a wrong half")),
    lambda who: release(who, half=halves_of(BETA, 1).s_b),
    lambda who: submit(who, version=1),
    lambda who: submit(who, core={"bidder": BETA.person}),
    lambda who: submit(who, raw=b"no form at all"),
]
BY_CUSTODIANS: list[Callable[[Who], Act]] = [
    publish_key,
    check_in,
    offer_key,
    lambda who: publish_key(who, seed=b64(bytes(32))),
]
BY_STAFF = [
    OPEN_RELEASE,
    CLOSE_OPENING,
    schedule(),
    publish_policy(),
    *(read_out(who) for who in MANY_BIDDERS),
    *(sign_record(who) for who in (HOST, SUPERVISOR, TENDERER)),
    *(check_in(who) for who in (HOST, SUPERVISOR, TENDERER)),
    *(act for hours in (-1, 0, 2, 48) for act in postponed(hours)),
]
BY_THE_CLOCK = [OPEN_LOBBY, TICK, CLOSE_BIDS, HOLD, CLOSE_WINDOW, SETTLE, Act(CLOSE_OPENING.ask, CLOCK)]
LATENESS = [(0, 0, 0), (2, -2, None), (3, 3, 3), (0, None, None), (0, 3, 3), (-3, 0, 0)]

anything = st.one_of(
    st.builds(lambda make, who: make(who), st.sampled_from(BY_BIDDERS), st.sampled_from(MANY_BIDDERS)),
    st.builds(lambda make, who: make(who), st.sampled_from(BY_CUSTODIANS), st.sampled_from(CUSTODIANS)),
    st.sampled_from(BY_STAFF),
    st.sampled_from(BY_THE_CLOCK),
    st.builds(
        lambda number, late: cosigned(lambda seqs: seqs[number % len(seqs)], late),
        st.integers(0, 20),
        st.sampled_from(LATENESS),
    ),
)

BEGINNINGS = [CONVENED, LOBBY, CLOSED_FOR_BIDS, ROSTER, RELEASE, WINDOW_CLOSED, CUSTODY, READOUT]

NEXT: dict[Phase, list[Act]] = {
    Phase.SCHEDULED: [submit(ALPHA), submit(BETA), submit(GAMMA)],
    Phase.LOBBY: [submit(ALPHA), submit(BETA), submit(GAMMA), check_in(ALPHA)],
    Phase.CLOSED_FOR_BIDS: [cosigned(max, (0, 0, 0))],
    Phase.HELD: [postponed(2)[1]],
    Phase.ROSTER: [OPEN_RELEASE],
    Phase.RELEASE: [release(ALPHA), release(BETA), release(GAMMA), cosigned(max, (0, 0, 0))],
    Phase.CUSTODY: [publish_key(who) for who in CUSTODIANS],
    Phase.READOUT: [read_out(who) for who in MANY_BIDDERS],
    Phase.RECORD: [sign_record(ALPHA), sign_record(HOST), CLOSE_OPENING],
}
"""What the day needs in each phase."""


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
            if isinstance(refusal, RefusedOnRecord):
                self.go_on(refusal.story)
            return False
        return True

    @rule(act=anything)
    def anybody_tries_anything(self, act: Act) -> None:
        self.attempt(act)

    @rule(act=anything, by=st.sampled_from([*EVERYBODY, CLOCK]))
    def somebody_tries_it_for_another(self, act: Act, by: Who) -> None:
        self.attempt(Act(act.ask, by))

    @rule(ms=st.sampled_from([0, 1, 999, 2000, 60_000, 600_000, 3_600_000]))
    def time_passes(self, ms: int) -> None:
        self.story = replace(self.story, at=instant.later(self.story.at, ms))

    @rule(number=st.integers(0, 3))
    def somebody_does_what_the_day_needs(self, number: int) -> None:
        if needed := NEXT.get(self.story.state.phase):
            self.attempt(needed[number % len(needed)])

    @precondition(lambda self: bool(opening.context.due(self.story.state)))
    @rule(number=st.integers(0, 1))
    def the_clock_hands_in_what_is_due(self, number: int) -> None:
        """At its time or later it is never refused."""
        items = opening.context.due(self.story.state)
        item = items[number % len(items)]
        self.story = replace(self.story, at=max(item.at, self.story.at))
        assert self.attempt(Act(item.command, CLOCK)), "what is due is refused"

    def carry_on(self) -> None:
        """Whatever was tried, honest people lead the day to its end: nobody can stop it."""
        for _ in range(2 * len(Phase)):
            phase = self.story.state.phase
            for act in NEXT.get(phase, []):
                self.attempt(act)
            if phase is self.story.state.phase and opening.context.due(self.story.state):
                self.the_clock_hands_in_what_is_due(-1)
        assert self.story.state.phase in (Phase.CLOSED, Phase.ABORTED)

    @invariant()
    def phases_never_go_back_and_each_transition_is_once(self) -> None:
        """I5: but for HELD, from which a new timetable leads to waiting for the deadline again."""
        for before, after in pairwise(self.phases):
            assert ORDER.index(before) < ORDER.index(after) or (before, after) == (Phase.HELD, Phase.SCHEDULED)

    @invariant()
    def nothing_of_a_bid_is_known_before_every_bid_is_settled(self) -> None:
        """I2: no half of the custodians, no form, no price in any entry."""
        if self.story.turns and self.story.state.phase not in (Phase.READOUT, Phase.RECORD, Phase.CLOSED):
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
