"""The award: rounds of votes with reasons, and lots only in the end."""

from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.evaluation.assessment.terms import EvaluationHead
from remote_bid.evaluation.award import award as context
from remote_bid.evaluation.award import commands as c
from remote_bid.evaluation.award.events import Awarded, AwardOpened, AwardRoundCounted, AwardRoundOverdue, AwardVoted
from remote_bid.evaluation.award.rules import by_lot
from remote_bid.evaluation.award.statements import AwardOrder, AwardVote
from remote_bid.evaluation.award.terms import AwardCandidate, AwardPerson, AwardRole, EvaluatedIn
from remote_bid.evaluation.ballots import Ballots
from remote_bid.evaluation.facts import EvaluationFacts
from remote_bid.handover import require_awardable
from remote_bid.timeline.context import CLOCK, Refused
from remote_bid.timeline.entry import Who
from tests.evaluation.actors import ALPHA, BEGINS, BETA, FIRMS, GAMMA, OBSERVER, STRANGER, SUPERVISOR, bid_id, signed
from tests.evaluation.day import PUBLISHED, evaluation
from tests.given import Act, Past, Room, after, given
from tests.opening.actors import AUTHORITY, DEPLOYMENT, LINE_SECRET, OFFICE
from tests.opening.pages import readable

SESSION = "award-2026-0042"
STATE = given(evaluation, PUBLISHED).story.state
SEPARATE = replace(STATE, report=replace(STATE.report, ranked=False))
HEAD = EvaluationHead(session=evaluation.session, seq=1, leaf="leaf")
A, B, C = (bid_id(who) for who in (ALPHA, BETA, GAMMA))
NAMES = {bid_id(who): FIRMS[who.person] for who in (ALPHA, BETA, GAMMA)}
ORDER = AwardOrder(
    session=SESSION,
    evaluation=EvaluatedIn(session=HEAD.session, seq=1, leaf="leaf", report=STATE.report_hash),
    title="滨江路改建工程定标",
    candidates=[AwardCandidate(bid=bid, name=NAMES[bid]) for bid in STATE.report.candidates],
    tenderer=AwardPerson(person=OBSERVER.person, name="招标人"),
    supervisor=AwardPerson(person=SUPERVISOR.person, name="监督员"),
    members=[AwardPerson(person=f"decider-{n}", name=f"定标委员{n}") for n in range(1, 6)],
    rounds=2,
    within_ms=3_600_000,
)
TENDERER = Who(person=OBSERVER.person, role=AwardRole.TENDERER)
DECIDERS = [Who(person=member.person, role=AwardRole.AWARD_MEMBER) for member in ORDER.members]
WATCHES = Who(person=SUPERVISOR.person, role=AwardRole.SUPERVISOR)
room = Room(
    context=context,
    facts=EvaluationFacts([AUTHORITY.root], DEPLOYMENT, lambda: BEGINS, Ballots()),
    session=SESSION,
    begins=BEGINS,
    office=OFFICE,
    line_secret=LINE_SECRET,
)
COUNT = Act(c.CountAwardRound(), CLOCK)


def open_it(by: Who = TENDERER, **changes: Any) -> Act:
    return Act(c.OpenAward(signed=signed(replace(ORDER, **changes), by)), by)


def vote(who: Who, bid: str, number: int = 1, reason: str = "方案成熟") -> Act:
    told = AwardVote(session=SESSION, person=who.person, round=number, bid=bid, reason=reason)
    return Act(c.VoteForAward(signed=signed(told, who)), who)


def votes(*bids: str, number: int = 1) -> Past:
    return tuple(vote(who, bid, number) for who, bid in zip(DECIDERS, bids, strict=False))


OPEN: Past = (open_it(),)


def test_a_majority_of_all_members_awards() -> None:
    given(room).when(open_it()).then(AwardOpened)
    given(room, OPEN).when(vote(DECIDERS[0], A)).then(AwardVoted)
    [awarded] = given(room, OPEN, votes(A, A, B, C, A)).when(COUNT).then(Awarded)
    assert (awarded.bid, awarded.by_lot, awarded.counts[0].votes) == (A, False, 3)


def test_without_a_majority_the_weakest_falls_out() -> None:
    [counted] = given(room, OPEN, votes(A, A, B, B, C)).when(COUNT).then(AwardRoundCounted)
    assert sorted(counted.left) == sorted([A, B])
    second = (*OPEN, *votes(A, A, B, B, C), COUNT)
    given(room, second).when(vote(DECIDERS[0], C, 2)).then_refused("no_candidate")
    given(room, second).when(vote(DECIDERS[0], A, 1, "另一个理由")).then_refused("no_round")
    [awarded] = given(room, second, votes(A, A, B, B, B, number=2)).when(COUNT).then(Awarded)
    assert awarded.bid == B


def test_when_rounds_are_used_up_most_votes_decide_and_only_between_equals_lots() -> None:
    once = (open_it(rounds=1),)
    [awarded] = given(room, once, votes(A, A, B, C)).when(after(3_600_000, COUNT)).then(Awarded)
    assert (awarded.bid, awarded.by_lot) == (A, False)
    tie = (*once, *votes(A, A, B, B, C))
    [drawn] = given(room, tie).when(COUNT).then(Awarded)
    assert drawn.by_lot
    assert drawn.bid == by_lot(given(room, tie).story.state, sorted([A, B]))


def test_a_round_in_which_too_few_have_voted_stays_open_and_says_who_is_missing() -> None:
    past = (*OPEN, *votes(A, A))
    given(room, past).when(COUNT).then_refused("not_yet")
    [overdue] = given(room, past).when(after(3_600_000, COUNT)).then(AwardRoundOverdue)
    assert overdue.missing == ["decider-3", "decider-4", "decider-5"]
    given(room, past, after(3_600_000, COUNT)).when(COUNT).then_refused("not_yet")


def test_only_its_committee_votes_and_once_in_a_round() -> None:
    given(room, OPEN).when(vote(TENDERER, A)).then_refused("not_allowed")
    given(room, OPEN, vote(DECIDERS[0], A)).when(vote(DECIDERS[0], A)).then_nothing()
    given(room, OPEN, vote(DECIDERS[0], A)).when(vote(DECIDERS[0], B)).then_refused("voted_already")
    given(room).when(open_it(members=ORDER.members[:4] + ORDER.members[:1])).then_refused("bad_order")
    given(room).when(open_it(by=DECIDERS[0])).then_refused("not_allowed")


def test_nobody_reads_anothers_vote_before_the_round_is_counted() -> None:
    past = (*OPEN, vote(DECIDERS[0], A, reason="理由金丝雀"))
    everybody = [TENDERER, WATCHES, *DECIDERS[1:], STRANGER]
    for who in everybody:
        assert "金丝雀" not in readable(given(room, past).story, who)
    counted = (*past, *(vote(who, B) for who in DECIDERS[1:]), COUNT)
    for who in everybody:
        assert ("金丝雀" in readable(given(room, counted).story, who)) is (who != STRANGER)


def test_it_decides_between_exactly_the_unranked_candidates_of_a_public_report() -> None:
    require_awardable(SEPARATE, HEAD, ORDER)
    told = replace(ORDER.evaluation, report="another")
    for state, order, code in (
        (STATE, ORDER, "other_candidates"),
        (replace(SEPARATE, published=False), ORDER, "not_public"),
        (SEPARATE, replace(ORDER, candidates=ORDER.candidates[1:]), "other_candidates"),
        (SEPARATE, replace(ORDER, evaluation=told), "other_evaluation"),
        (SEPARATE, replace(ORDER, tenderer=AwardPerson(person="x", name="x")), "other_sides"),
    ):
        with pytest.raises(Refused) as refusal:
            require_awardable(state, HEAD, order)
        assert refusal.value.code == code
