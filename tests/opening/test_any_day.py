"""Any day: whoever does whatever whenever, the invariants of threats.md hold.

A machine plays days: now and then what the day needs next, now and then anything by anybody, with the clock and the log
handing in their commands at good and at bad moments. All signatures, seals and deals are real.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from remote_bid.opening import commands as c
from remote_bid.opening.events import WindowExtended
from remote_bid.opening.statements import Extension
from remote_bid.opening.terms import ORDER, Phase, Role, reached, under_way
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import said
from remote_bid.tender.terms import DRAW, READOUT_FORM
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Event, Refused
from remote_bid.timeline.desk import happening
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import Tick
from tests.given import Act, Past, RefusedOnRecord, Story, given, handle
from tests.opening.actors import (
    ALPHA,
    BETA,
    BIDDERS,
    CUSTODIANS,
    DELTA,
    DEPUTY,
    EVERYBODY,
    GAMMA,
    HOST,
    SUPERVISOR,
    TENDERER,
    WITNESS,
    secret_of,
)
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_OPENING,
    CLOSE_WINDOW,
    HOLD,
    OPEN_LOBBY,
    OPEN_OBJECTIONS,
    OPEN_RELEASE,
    PREPARE_RECORD,
    SETTLE,
    TICK,
    answer_objection,
    check_in,
    confirm_line,
    publish_key,
    raise_objection,
    read_out,
    record_checkpoint,
    refuse_record,
    release,
    say,
    sign_record,
    submit,
    withdraw,
)
from tests.opening.course import (
    ABSENT,
    CARRY_OUT_ABORT,
    DEPUTY_IN_OFFICE,
    END_COUNT_CHECK,
    END_CUSTODY,
    END_PAUSE,
    NOTICE_OUTAGE,
    SUSPENDED,
    WITH_DEPUTY,
    abort,
    continue_lot,
    decline,
    destroy,
    extend,
    hand_over,
    resume,
    suspend,
)
from tests.opening.day import (
    CLOSED_FOR_BIDS,
    CONFIRM,
    CONVENED,
    COUNT_CHECK,
    CUSTODY,
    LOBBY,
    OBJECTION,
    READOUT,
    RELEASE,
    ROSTER,
    WINDOW_CLOSED,
    opening,
)
from tests.opening.draws import (
    BOTH_SEALED,
    DRAW_COEFFICIENTS,
    DRAW_CONVENED,
    DRAWING,
    NOBODY_SEALED,
    lottery,
    seal_draw,
    sealed_wrongly,
    until_unsealed,
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
from tests.opening.tender import after_t0

E = TypeVar("E", bound=Event)

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
    refuse_record,
    say,
    raise_objection,
    confirm_line,
    lambda who: confirm_line(who, dispute="报价有误"),
    lambda who: say(who, nonce="another of the nonces"),
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
    destroy,
]
BY_STAFF = [
    OPEN_RELEASE,
    CLOSE_OPENING,
    schedule(),
    publish_policy(),
    *(seal_draw(who) for who in (TENDERER, SUPERVISOR)),
    *(answer_objection(number) for number in (1, 2)),
    *(say(who) for who in (HOST, SUPERVISOR, WITNESS, TENDERER)),
    *(sealed_wrongly(TENDERER), lottery(), lottery(value="1.00")),
    *(read_out(who) for who in MANY_BIDDERS),
    *(sign_record(who) for who in (HOST, SUPERVISOR, WITNESS, TENDERER)),
    *(check_in(who) for who in (HOST, SUPERVISOR, TENDERER)),
    *(act for hours in (-1, 0, 2, 48) for act in postponed(hours)),
]
COURSE = [
    *(act(*by) for act in (extend, resume, continue_lot) for by in ((HOST,), (SUPERVISOR,), (HOST, SUPERVISOR))),
    *(suspend(*by) for by in ((HOST,), (SUPERVISOR,), (HOST, SUPERVISOR))),
    extend(minutes=31),
    abort(),
    decline(HOST),
    decline(SUPERVISOR),
    hand_over(HOST, DEPUTY),
    hand_over(DEPUTY, HOST),
    *(replace(OPEN_RELEASE, by=by) for by in (DEPUTY, SUPERVISOR)),
]
"""What moves or stops the clocks, and who acts instead of whom."""
BY_THE_CLOCK = [
    OPEN_LOBBY,
    TICK,
    CLOSE_BIDS,
    HOLD,
    CLOSE_WINDOW,
    SETTLE,
    DRAW_COEFFICIENTS,
    OPEN_OBJECTIONS,
    PREPARE_RECORD,
    Act(CLOSE_OPENING.ask, CLOCK),
    END_COUNT_CHECK,
    END_CUSTODY,
    END_PAUSE,
    NOTICE_OUTAGE,
    CARRY_OUT_ABORT,
]
LATENESS = [(0, 0, 0), (2, -2, None), (3, 3, 3), (0, None, None), (0, 3, 3), (-3, 0, 0)]

anything = st.one_of(
    st.builds(lambda make, who: make(who), st.sampled_from(BY_BIDDERS), st.sampled_from(MANY_BIDDERS)),
    st.builds(lambda make, who: make(who), st.sampled_from(BY_CUSTODIANS), st.sampled_from(CUSTODIANS)),
    st.sampled_from(BY_STAFF),
    st.sampled_from(COURSE),
    st.sampled_from(BY_THE_CLOCK),
    st.builds(
        lambda number, late: cosigned(lambda seqs: seqs[number % len(seqs)], late),
        st.integers(0, 20),
        st.sampled_from(LATENESS),
    ),
)

BEGINNINGS = [
    CONVENED,
    LOBBY,
    CLOSED_FOR_BIDS,
    COUNT_CHECK,
    ROSTER,
    WITH_DEPUTY,
    DEPUTY_IN_OFFICE,
    RELEASE,
    SUSPENDED,
    WINDOW_CLOSED,
    CUSTODY,
    ABSENT,
    READOUT,
    CONFIRM,
    OBJECTION,
    DRAW_CONVENED,
    until_unsealed(*BOTH_SEALED),
    DRAWING,
    NOBODY_SEALED,
]

COSIGN_WINDOW = record_checkpoint(
    lambda story: int(story.state.window_closed_seq or story.folded.head), *[after_t0(2000)] * 3
)
"""Over the end of the bidders' window, whatever was ticked after it."""

NEXT: dict[Phase, list[Act]] = {
    Phase.SCHEDULED: [submit(ALPHA), submit(BETA), submit(GAMMA)],
    Phase.LOBBY: [submit(ALPHA), submit(BETA), submit(GAMMA), check_in(ALPHA)],
    Phase.CLOSED_FOR_BIDS: [cosigned(max, (0, 0, 0))],
    Phase.HELD: [postponed(2)[1]],
    Phase.ROSTER: [OPEN_RELEASE],
    Phase.RELEASE: [release(ALPHA), release(BETA), release(GAMMA), COSIGN_WINDOW],
    Phase.CUSTODY: [publish_key(who, part=part) for who in CUSTODIANS for part in (READOUT_FORM, DRAW)],
    Phase.DRAW: [lottery()],
    Phase.READOUT: [read_out(who) for who in MANY_BIDDERS],
    Phase.CONFIRM: [confirm_line(ALPHA), confirm_line(BETA), confirm_line(GAMMA, dispute="报价有误")],
    Phase.OBJECTION: [raise_objection(ALPHA), answer_objection(1), answer_objection(2)],
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

    @rule(ms=st.sampled_from([0, 1, 999, 2000, 60_000, 600_000, 3_600_000, 86_400_000]))
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
        for act in NEXT.get(self.story.state.phase, []):
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
