"""Any evaluation: whoever does whatever whenever, what must hold holds.

A machine plays: now and then what the work needs next, now and then anything by anybody, with the clock handing in its
commands at good and at bad moments. All signatures, seals, draws and ballots are real.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from remote_bid.evaluation import commands as c
from remote_bid.evaluation.rules import begin
from remote_bid.evaluation.rules.ranked import priced, summary_of
from remote_bid.evaluation.rules.reported import report_of
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import (
    EVALUATION_ORDER,
    Departure,
    EvaluationPhase,
    QuestionKind,
    Result,
    come_to,
)
from remote_bid.timeline import instant
from remote_bid.timeline.chain import check, genesis
from remote_bid.timeline.context import CLOCK, Refused
from remote_bid.timeline.desk import happening
from remote_bid.timeline.entry import MAIN, Entry, Who, show
from remote_bid.timeline.marks import Disclosed, Tick
from tests.evaluation import acts
from tests.evaluation.actors import (
    AGENCY,
    ALPHA,
    BIDDERS,
    BIDS,
    EVERYBODY,
    OBSERVER,
    ORDER,
    POOLS,
    PUBLIC,
    SUPERVISOR,
    bid_id,
    expert,
)
from tests.evaluation.day import (
    BRIDGE,
    DETAILED,
    DRAWN,
    FOURTH,
    LEADER,
    MATERIALS,
    OUTLIERS,
    PRELIMINARY,
    ROAD,
    SUMMARY,
    UNDERTAKING,
    evaluation,
)
from tests.evaluation.needed import needs, next_deadline_ms
from tests.given import Act, Past, Story, given, handle
from tests.opening.pages import readable

Phase = EvaluationPhase
BEGINNINGS: list[Past] = [DRAWN, UNDERTAKING, LEADER, MATERIALS, PRELIMINARY, DETAILED, OUTLIERS, SUMMARY]
EMPLOYERS = {candidate.person: candidate.employer for pool in POOLS.values() for candidate in pool}
AVOIDED = set(ORDER.avoid)
FAILS = {(FOURTH, "licence"): "2.1.2"}
ALL_FAIL = {(bid.bid, "seal"): "2.1.1" for bid in BIDS}

BY_MEMBER: list[Callable[[str, str], Act]] = [
    acts.answer_call,
    lambda alias, person: acts.answer_call(alias, person, accepts=False),
    lambda alias, person: acts.pass_gate(alias, "south"),
    lambda alias, person: acts.take_seat(person),
    acts.undertake,
    acts.recuse,
    lambda alias, person: acts.cast(alias, person, "E02"),
    lambda alias, person: acts.cast(alias, person, alias),
    lambda alias, person: acts.open_review(person),
    lambda alias, person: acts.review(alias, person, FAILS),
    lambda alias, person: acts.review(alias, person, ALL_FAIL),
    lambda alias, person: acts.ask(person, bid_id(ALPHA)),
    lambda alias, person: acts.request_call(person, bid_id(ALPHA)),
    lambda alias, person: acts.ask(person, bid_id(ALPHA), QuestionKind.LOW_BID),
    lambda alias, person: acts.vote(alias, person, yes=False),
    lambda alias, person: acts.save_draft(person),
    lambda alias, person: acts.submit_sheet(alias, person, {(bid_id(ALPHA), "plan"): "2"}),
    lambda alias, person: acts.answer_outlier(alias, person, points="29"),
    acts.confirm_summary,
    acts.sign_report,
    acts.dissent,
    lambda alias, person: acts.remove(alias),
    lambda alias, person: acts.remove(alias, Departure.CONFLICTED),
    lambda alias, person: acts.note_call(alias),
]
BY_STAFF = [
    acts.commit_pools(),
    acts.seal_seed(AGENCY),
    acts.call(ROAD),
    acts.call(BRIDGE),
    acts.suspend(SUPERVISOR),
    acts.suspend(AGENCY),
    acts.suspend(AGENCY, SUPERVISOR),
    acts.suspend(AGENCY, number=2),
    acts.resume(SUPERVISOR, AGENCY),
    acts.resume(AGENCY),
    acts.postpone(OBSERVER, goes_on=True),
    acts.report_site("north", up=False),
    acts.report_site("north", up=True),
    acts.publish_report(),
    *(acts.answer(who) for who in BIDDERS),
]
BY_THE_CLOCK = [
    Act(command, CLOCK)
    for command in (
        c.Proceed(),
        c.OpenElection(),
        c.CountBallots(),
        c.LapseQuestion(number=1),
        c.EndEvaluationPause(),
        c.NoticeEvaluationOutage(),
        c.VoidEvaluation(),
        Tick(),
    )
]
AGAIN_ANOTHER = (c.MoveSeat, c.PassGate, c.Proceed, c.NoticeEvaluationOutage, Tick)
"""What a second time is another act, or not due yet."""


class AnyEvaluation(RuleBasedStateMachine):
    """One session that everybody tries things on."""

    story: Story
    phases: list[EvaluationPhase]

    @initialize(past=st.sampled_from(BEGINNINGS))
    def an_evaluation_is_under_way(self, past: Past) -> None:
        self.phases = []
        for length in range(1, len(past) + 1):
            self.go_on(given(evaluation, past[:length]).story)

    def go_on(self, story: Story) -> None:
        """The session moves; no turn leads through two phases."""
        self.story = story
        if self.phases[-1:] != [story.state.phase]:
            self.phases.append(story.state.phase)

    def attempt(self, act: Act) -> bool:
        """Hand it in; a refusal changes nothing, anything else that is raised is a bug. Where nobody is left in a pool,
        nobody can be called.
        """
        try:
            command = act.asked(self.story)
        except AssertionError:
            return False
        try:
            story, happened = handle(self.story, Act(command, act.by))
        except Refused as refusal:
            is_worded(refusal)
            return False
        self.go_on(story)
        if happened and not isinstance(command, AGAIN_ANOTHER):
            assert handle(self.story, Act(command, act.by))[1] == [], f"{type(command).__name__} twice"
        return True

    def alias(self, number: int) -> tuple[str, str]:
        """Somebody who was called, perhaps long gone."""
        members = list(self.story.state.members.values())
        member = members[number % len(members)]
        return member.alias, member.person

    @rule(act=st.sampled_from(BY_MEMBER), number=st.integers(0, 15))
    def a_member_tries_anything(self, act: Callable[[str, str], Act], number: int) -> None:
        self.attempt(act(*self.alias(number)))

    @rule(act=st.sampled_from(BY_MEMBER), number=st.integers(0, 15), other=st.integers(0, 15))
    def a_member_tries_it_for_another(self, act: Callable[[str, str], Act], number: int, other: int) -> None:
        self.attempt(Act(act(*self.alias(number)).ask, expert(self.alias(other)[1])))

    @rule(act=st.sampled_from([*BY_STAFF, *BY_THE_CLOCK]))
    def anybody_else_tries_anything(self, act: Act) -> None:
        self.attempt(act)

    @rule(act=st.sampled_from([*BY_STAFF, *BY_THE_CLOCK]), by=st.sampled_from([*EVERYBODY, CLOCK]))
    def somebody_tries_it_for_another(self, act: Act, by: Who) -> None:
        self.attempt(Act(act.ask, by))

    @rule(number=st.integers(0, 11))
    def somebody_does_what_the_work_needs(self, number: int) -> None:
        if needed := needs(self.story):
            self.attempt(needed[number % len(needed)])

    @rule(steps=st.integers(2, 40))
    def the_work_goes_on(self, steps: int) -> None:
        """Whoever is asked does what it is asked for."""
        for _ in range(steps):
            if not any(self.attempt(act) and self.moved() for act in needs(self.story)):
                return

    def moved(self) -> bool:
        """Whether the last attempt has brought something about."""
        before, self.seen = getattr(self, "seen", 0), len(self.story.turns)
        return self.seen != before

    @rule(ms=st.sampled_from([0, 1, 60_000, 600_000, 1_800_000, 3_600_000, 8 * 3_600_000, 86_400_000]))
    def time_passes(self, ms: int) -> None:
        self.story = replace(self.story, at=instant.later(self.story.at, ms))

    @rule()
    def the_next_deadline_comes(self) -> None:
        ms = next_deadline_ms(self.story)
        if ms is not None:
            self.time_passes(ms)

    @invariant()
    def phases_never_go_back(self) -> None:
        """VOID may follow from anywhere, an evaluation without valid bids goes straight to its report."""
        for before, after in pairwise(self.phases):
            step = EVALUATION_ORDER.index(after) - EVALUATION_ORDER.index(before)
            all_rejected = after is Phase.REPORT and before in (Phase.PRELIMINARY, Phase.DETAILED, Phase.OUTLIERS)
            assert step == 1 or after is Phase.VOID or all_rejected

    @invariant()
    def a_report_stands_on_a_whole_committee_and_all_its_sheets(self) -> None:
        state: Evaluation = self.story.state
        if come_to(state.phase, Phase.REPORT) and state.phase is not Phase.VOID:
            require_whole(state)

    @invariant()
    def nobody_conflicted_is_on_the_committee(self) -> None:
        state: Evaluation = self.story.state
        for member in state.active():
            assert EMPLOYERS.get(member.person) not in {bid.name for bid in state.ordered.bids} | AVOIDED
            assert not state.official(member.person)
            assert not state.bids_of(member.person)

    def teardown(self) -> None:
        state, entries = self.story.state, [entry for turn in self.story.turns for entry in turn]
        event(f"ended in {state.phase}")
        chain_verifies(entries)
        assert replayed(entries) == state
        disclosed_once(entries, state)
        nothing_leaks(self.story)


def is_worded(refusal: Refused) -> None:
    assert refusal.code
    assert refusal.zh
    assert refusal.en


def require_whole(state: Evaluation) -> None:
    active = state.active()
    assert len(active) == state.ordered.members
    assert all(member.undertaken_at and member.review for member in active)
    if state.result is not Result.RANKED:
        return
    assert all(member.sheet and state.wanted.keys() <= member.scores.keys() for member in active)
    here = {member.alias for member in active}
    assert not any(outlier.open for outlier in state.outliers.values() if outlier.found.alias in here)
    assert not state.open_questions()
    assert not state.open_motions()
    assert state.report == report_of(state, Result.RANKED)
    assert state.summary == summary_of(state, priced(state))


def chain_verifies(entries: list[Entry]) -> None:
    heads: dict[str, tuple[int, bytes]] = {}
    for entry in entries:
        seq, head = heads.get(entry.line, (0, genesis(evaluation.session, entry.line)))
        assert entry.seq == seq + 1
        assert check(show(entry, None), head) == check(show(entry, ()), head) == entry.leaf
        heads[entry.line] = (entry.seq, entry.leaf)


def replayed(entries: list[Entry]) -> Evaluation:
    state = begin(evaluation.session)
    for entry in entries:
        state = evaluation.context.evolve(state, happening(evaluation.context, entry))
    return state


def disclosed_once(entries: list[Entry], state: Evaluation) -> None:
    told = [entry for entry in entries if entry.type == Disclosed.__name__]
    assert len(told) == state.disclosed
    aside = [entry.leaf for entry in entries if entry.line != MAIN]
    assert not told or len(aside) == sum(len(tick["entries"]) for tick in told[0].fields["ticks"])


def nothing_leaks(story: Story) -> None:
    """Pages and entries of outsiders and of fellow members, whatever has happened."""
    state: Evaluation = story.state
    if state.published:
        return
    people = {member.person for member in state.members.values()}
    for who in (PUBLIC, ALPHA, *(expert(member.person) for member in state.active()[:1])):
        text = readable(story, who)
        assert not any(person in text for person in people - {who.person})
    for who in EVERYBODY:
        msgspec.json.encode(evaluation.context.see(state, who))


AnyEvaluation.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


TestAnyEvaluation = pytest.mark.timeout(600)(pytest.mark.slow(AnyEvaluation.TestCase))
"""Passing takes seconds; a failing evaluation is made as short as can be, which takes minutes."""
