"""How a committee comes about: order, draw, calls, arrival."""

from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.evaluation import commands as c
from remote_bid.evaluation.events import (
    CheckInOpened,
    DrawOrderFound,
    EvaluationVoided,
    ExpertCalled,
    ExpertDrawOpened,
    GatePassed,
    GateRefused,
    MemberAccepted,
    MemberLeft,
    SeatMoved,
    SeatTaken,
    UndertakingSigned,
)
from remote_bid.evaluation.price.terms import LowestEvaluatedPrice
from remote_bid.evaluation.rules.drawing import expert_seed, order_of, pool_of
from remote_bid.evaluation.rules.progress import Task, owes, vacancies
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import (
    Departure,
    EvaluationPhase,
    EvaluationRole,
    GateCheck,
    Need,
    PoolRoot,
    Representative,
    VoidCause,
)
from remote_bid.seal.canonical import b64
from remote_bid.seal.dealing import commitment
from remote_bid.tender.sealed_draw import COMMITTED
from remote_bid.timeline.marks import Disclosed
from tests.evaluation.actors import (
    AGENCY,
    ALPHA,
    BEGINS,
    BIDS,
    CENTRE,
    FIRST,
    FORMULA,
    ORDER,
    PEOPLE,
    POOLS,
    RULE,
    SECOND,
    SENT,
    SOUTH,
    SUPERVISOR,
    TABLE,
    THIRD,
    custodian_key,
    expert,
    pools_for,
    signed,
)
from tests.evaluation.acts import (
    PROCEED,
    answer_call,
    call,
    commit_pools,
    note_call,
    pass_gate,
    publish_key,
    recuse,
    remove,
    schedule,
    seal_seed,
    take_seat,
    undertake,
)
from tests.evaluation.day import (
    ACCEPTED,
    BRIDGE,
    CALLED,
    CHECK_IN,
    DETAILED,
    DRAW,
    DRAWN,
    INSIDE,
    LEADER,
    MEMBERS,
    NEXT,
    POOLED,
    ROAD,
    SCHEDULED,
    SEALED,
    SEATED,
    UNDERTAKING,
    evaluation,
)
from tests.given import Act, after, at, given
from tests.opening.actors import secret_of

BAD_ORDERS: dict[str, dict[str, Any]] = {
    "an even committee": {"members": 6, "needs": [Need(specialty=ROAD, count=5)]},
    "too few drawn experts": {
        "needs": [Need(specialty=ROAD, count=3)],
        "representatives": [Representative(person=f"r{n}", name="代表") for n in range(2)],
    },
    "a representative who bids": {"representatives": [Representative(person=ALPHA.person, name="代表")]},
    "no supervisor": {"people": [o for o in PEOPLE if o.role is not EvaluationRole.SUPERVISOR]},
    "a site without operator": {"people": [o for o in PEOPLE if o.person != SOUTH.person]},
    "a bid twice": {"bids": [*BIDS, BIDS[0]]},
    "an item of no volume": {"table": replace(TABLE, volumes=TABLE.volumes[:1])},
    "a range not of its steps": {"table": replace(TABLE, items=[replace(TABLE.items[0], step="7"), TABLE.items[1]])},
    "a ranking of other items": {"ranking": replace(RULE, items=RULE.items[:1])},
    "points without a ranking": {"ranking": None},
    "a ranking without points": {"formula": replace(FORMULA, score=LowestEvaluatedPrice(), benchmark=None)},
    "one custodian enough": {"k": 4},
    "no beginning": {"begins": "tomorrow"},
}


@pytest.mark.parametrize("name", BAD_ORDERS)
def test_an_order_keeps_the_laws_proportions(name: str) -> None:
    order: EvaluationOrder = replace(ORDER, **BAD_ORDERS[name])
    given(evaluation).when(schedule(order)).then_refused("bad_order")


def test_only_the_agency_that_it_names_opens_a_session() -> None:
    given(evaluation).when(schedule(by=SUPERVISOR)).then_refused("not_allowed")
    given(evaluation).when(schedule(replace(ORDER, session="another"))).then_refused("other_session")
    given(evaluation, SCHEDULED).when(schedule(replace(ORDER, title="别的项目"))).then_refused("scheduled_already")


def test_custodians_keys_are_their_own() -> None:
    keys = [custodian_key(FIRST), custodian_key(FIRST), custodian_key(THIRD)]
    act = Act(c.ScheduleEvaluation(signed=signed(ORDER, AGENCY), custodians=keys), AGENCY)
    given(evaluation).when(act).then_refused("bad_order")


def test_pools_are_committed_before_any_seed_and_never_again() -> None:
    given(evaluation, SCHEDULED).when(seal_seed(SUPERVISOR)).then_refused("no_pools")
    other = replace(pools_for(ORDER), pools=list(reversed(pools_for(ORDER).pools)))
    given(evaluation, POOLED).when(commit_pools(other)).then_refused("committed_already")


@pytest.mark.parametrize("pools", [[], [PoolRoot(specialty=ROAD, size=6, root=b64(bytes(32)))]], ids=["none", "one"])
def test_pools_are_those_that_the_order_asks_for(pools: list[PoolRoot]) -> None:
    if not pools:
        given(evaluation, SCHEDULED).when(commit_pools(replace(pools_for(ORDER), order="another order"))).then_refused(
            "bad_pools"
        )
        return
    given(evaluation, SCHEDULED).when(commit_pools(replace(pools_for(ORDER), pools=pools))).then_refused("bad_pools")


def test_a_seed_is_sealed_once_to_the_orders_custodians() -> None:
    given(evaluation, SEALED).when(seal_seed(AGENCY, D=b64(bytes(32)))).then_refused("sealed_already")
    given(evaluation, POOLED).when(seal_seed(AGENCY, k=1)).then_refused("bad_draw_envelope")
    given(evaluation, DRAW).when(seal_seed(AGENCY, D=b64(bytes(32)))).then_refused("wrong_phase")


def test_seeds_are_waited_for_an_hour_and_a_missing_one_counts_as_empty() -> None:
    given(evaluation, POOLED, seal_seed(AGENCY)).when(PROCEED).then_refused("not_yet")
    late = (*POOLED, seal_seed(AGENCY), after(3_600_000, PROCEED))
    given(evaluation, POOLED, seal_seed(AGENCY)).when(after(3_600_000, PROCEED)).then(ExpertDrawOpened)
    [found] = given(evaluation, late, publish_key(FIRST), publish_key(SECOND)).when(PROCEED).then(DrawOrderFound)
    assert [(envelope.person, envelope.fault) for envelope in found.envelopes] == [
        (SUPERVISOR.person, "missing"),
        (AGENCY.person, ""),
        (CENTRE.person, "missing"),
    ]


def test_a_draw_without_any_seed_that_opens_is_void() -> None:
    wrong = commitment(b"another", COMMITTED, bytes(32))
    past = (*POOLED, *(seal_seed(who, D=wrong) for who in (SUPERVISOR, AGENCY, CENTRE)), PROCEED)
    keys = (publish_key(FIRST), publish_key(SECOND))
    _, voided = given(evaluation, past, keys).when(PROCEED).then(Disclosed, EvaluationVoided)
    assert voided.cause is VoidCause.DRAW_FAILED


def test_the_order_follows_from_every_seed_and_from_the_pools() -> None:
    state = given(evaluation, DRAWN).story.state
    assert (state.seed, state.envelopes) == expert_seed(state)
    for change in (
        {"seeds": {who: sealed for who, sealed in state.seeds.items() if who != CENTRE.person}},
        {"pools_id": b64(bytes(32))},
    ):
        assert expert_seed(replace(state, **change))[0] != state.seed
    third = given(evaluation, DRAW, publish_key(THIRD), publish_key(FIRST), PROCEED).story.state
    assert third.seed == state.seed, "whoever of the custodians publishes"


def test_every_order_is_a_permutation() -> None:
    state = given(evaluation, DRAWN).story.state
    for specialty, pool in POOLS.items():
        root = pool_of(state, specialty)
        assert root is not None
        assert sorted(order_of(state.seed, root)) == list(range(len(pool)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"place": 1}, "not_the_next"),
        ({"index": 5}, "not_the_next"),
        ({"salt": b64(bytes(32))}, "not_in_pool"),
        ({"candidate": replace(POOLS[ROAD][0], name="冒名者")}, "not_in_pool"),
    ],
)
def test_only_who_was_drawn_is_called(changes: dict[str, Any], code: str) -> None:
    given(evaluation, DRAWN).when(call(ROAD, **changes)).then_refused(code)


def test_nobody_is_called_for_a_place_that_is_taken() -> None:
    past = (*DRAWN, call(ROAD), call(ROAD))
    given(evaluation, past).when(call(ROAD)).then_refused("no_vacancy")


def test_a_decline_takes_the_next_in_the_same_order() -> None:
    past = (*DRAWN, call(ROAD))
    person = CALLED[ROAD][0]
    [left] = given(evaluation, past).when(answer_call("E02", person, accepts=False)).then(MemberLeft)
    assert left.cause is Departure.DECLINED
    [called] = given(evaluation, past, answer_call("E02", person, accepts=False)).when(call(ROAD)).then(ExpertCalled)
    assert (called.alias, called.person, called.place) == ("E03", CALLED[ROAD][1], 1)


def test_a_call_that_nobody_signs_for_needs_the_gateways_evidence() -> None:
    past = (*DRAWN, call(ROAD))
    given(evaluation, past).when(note_call("E02")).then(MemberLeft)
    given(evaluation, past).when(note_call("E02", evidence="")).then_refused("bad_note")
    given(evaluation, past).when(note_call("E02", Departure.REMOVED)).then_refused("bad_note")
    accepted = (*past, answer_call("E02", CALLED[ROAD][0]))
    given(evaluation, accepted).when(note_call("E02")).then_refused("bad_note")


def test_a_pool_that_is_exhausted_makes_the_session_void() -> None:
    past = DRAWN
    for number, person in enumerate(CALLED[ROAD][:-1], start=2):
        past = (*past, call(ROAD), answer_call(f"E{number:02d}", person, accepts=False))
    last = (*past, call(ROAD))
    alias = f"E{len(CALLED[ROAD]) + 1:02d}"
    no = answer_call(alias, CALLED[ROAD][-1], accepts=False)
    *_, voided = given(evaluation, last).when(no).then(MemberLeft, Disclosed, EvaluationVoided)
    assert voided.cause is VoidCause.POOL_EXHAUSTED


def test_whose_employer_bids_is_called_and_passed_over_in_one_turn() -> None:
    conflicted = next(c for c in POOLS[ROAD] if c.person == CALLED[ROAD][0])
    order = replace(ORDER, avoid=[conflicted.employer])
    past = (schedule(order), *SEALED[1:], PROCEED, publish_key(FIRST), publish_key(SECOND), PROCEED)
    state = given(evaluation, past).story.state
    pool = pool_of(state, ROAD)
    assert pool is not None
    first = POOLS[ROAD][order_of(state.seed, pool)[0]]
    order = replace(ORDER, avoid=[c.employer for c in POOLS[ROAD]])
    past = (schedule(order), *past[1:])
    _, left = given(evaluation, past).when(call(ROAD)).then(ExpertCalled, MemberLeft)
    assert left.cause is Departure.CONFLICTED
    assert first.employer in order.avoid


def test_the_check_in_opens_when_all_have_accepted() -> None:
    given(evaluation, ACCEPTED[:-1]).when(PROCEED).then_nothing()
    given(evaluation, ACCEPTED).when(PROCEED).then(CheckInOpened)


def test_a_phone_or_a_missing_comparison_keeps_somebody_out() -> None:
    given(evaluation, CHECK_IN).when(pass_gate("E02")).then(GatePassed)
    given(evaluation, CHECK_IN).when(pass_gate("E02", phone_clean=False)).then(GateRefused)
    given(evaluation, CHECK_IN).when(pass_gate("E02", checks=[GateCheck.FACE])).then(GateRefused)
    given(evaluation, CHECK_IN).when(pass_gate("E02", site="south"), by=SOUTH).then(GatePassed)
    given(evaluation, CHECK_IN).when(take_seat(MEMBERS["E02"])).then_refused("not_inside")
    given(evaluation, INSIDE).when(pass_gate("E02", "south")).then_refused("entered_already")


def test_a_seat_is_drawn_within_the_site_and_nobody_elses() -> None:
    [taken] = given(evaluation, INSIDE).when(take_seat(MEMBERS["E03"])).then(SeatTaken)
    assert taken.site == "south"
    assert taken.seat.startswith("S")
    seats = [member.seat for member in given(evaluation, SEATED).story.state.active()]
    assert len(set(seats)) == 5


def test_after_a_fault_a_member_goes_on_at_another_seat_of_its_site() -> None:
    act = Act(c.MoveSeat(alias="E03"), SOUTH)
    [moved] = given(evaluation, SEATED).when(act).then(SeatMoved)
    state = given(evaluation, SEATED, act).story.state
    assert state.members["E03"].seat == moved.seat != given(evaluation, SEATED).story.state.members["E03"].seat
    given(evaluation, SEATED).when(Act(c.MoveSeat(alias="E02"), SOUTH)).then_refused("other_site")


def test_who_does_not_come_in_time_is_replaced() -> None:
    here = (*CHECK_IN, *(pass_gate(a) for a in ("E01", "E02", "E03", "E04")))
    here = (*here, *(take_seat(MEMBERS[a]) for a in ("E01", "E02", "E03", "E04")))
    given(evaluation, here).when(PROCEED).then_refused("not_yet")
    [left] = given(evaluation, here).when(after(1_800_000, PROCEED)).then(MemberLeft)
    assert (left.alias, left.cause, left.signed) == ("E05", Departure.ABSENT, None)
    state = given(evaluation, here, after(1_800_000, PROCEED)).story.state
    assert vacancies(state) == {BRIDGE: 1}
    assert state.short_since is not None
    found = (*here, after(1_800_000, PROCEED), call(BRIDGE), answer_call("E06", CALLED[BRIDGE][2]))
    assert given(evaluation, found).story.state.short_since is None
    given(evaluation, found).when(after(60_000, PROCEED)).then_refused("not_yet")


def test_nobody_checks_in_late_before_the_session_begins() -> None:
    early = (*ACCEPTED, PROCEED)
    given(evaluation, early).when(at(BEGINS, PROCEED)).then_refused("not_yet")


def test_the_undertaking_waits_for_all_seats() -> None:
    given(evaluation, SEATED).when(undertake("E01", SENT)).then_refused("not_seated")
    given(evaluation, UNDERTAKING).when(undertake("E01", SENT)).then(UndertakingSigned)
    given(evaluation, UNDERTAKING).when(undertake("E02", SENT)).then_refused("other_alias")


def test_a_reason_is_the_one_that_was_signed_for() -> None:
    story = given(evaluation, UNDERTAKING).story
    act = recuse("E03", MEMBERS["E03"])
    command = act.asked(story)
    assert isinstance(command, c.DeclareRecusal)
    other = Act(replace(command, reason="身体不适"), act.by)
    given(evaluation, UNDERTAKING).when(other).then_refused("other_reason")


def test_a_recused_member_is_replaced_and_its_place_drawn_again() -> None:
    past = (*UNDERTAKING, recuse("E03", MEMBERS["E03"]))
    state = given(evaluation, past).story.state
    assert state.members["E03"].left is Departure.RECUSED
    assert state.role_of(MEMBERS["E03"]) is EvaluationRole.OBSERVER
    given(evaluation, past).when(call(ROAD)).then(ExpertCalled)
    person = NEXT["E06"]
    back = (*past, call(ROAD), answer_call("E06", person), pass_gate("E06"), take_seat(person))
    others = tuple(undertake(a, p) for a, p in MEMBERS.items() if a != "E03")
    state = given(evaluation, back, others).story.state
    assert state.phase is EvaluationPhase.UNDERTAKING
    assert [owes(state, member) for member in state.active()] == [None, None, None, None, Task.UNDERTAKING]


def test_a_representative_who_leaves_is_replaced_by_an_expert() -> None:
    state = given(evaluation, LEADER, remove("E01")).story.state
    assert vacancies(state) == {ROAD: 1}


def test_the_supervisor_removes_for_its_own_causes_only() -> None:
    given(evaluation, LEADER).when(remove("E03", Departure.CONFLICTED)).then(MemberLeft)
    given(evaluation, LEADER).when(remove("E03", Departure.DECLINED)).then_refused("bad_cause")
    given(evaluation, LEADER, remove("E03")).when(remove("E03", Departure.CONFLICTED)).then_nothing()


def test_a_replacement_does_alone_what_the_others_have_done() -> None:
    person = NEXT["E06"]
    past = (*DETAILED, remove("E03"), call(ROAD), answer_call("E06", person))
    state = given(evaluation, past).story.state
    assert state.phase is EvaluationPhase.DETAILED
    tasks = []
    for act in (pass_gate("E06"), take_seat(person), undertake("E06", person)):
        tasks.append(owes(state, state.members["E06"]))
        past = (*past, act)
        state = given(evaluation, past).story.state
    assert [*tasks, owes(state, state.members["E06"])] == [Task.CHECK_IN, Task.CHECK_IN, Task.UNDERTAKING, Task.REVIEW]


def test_below_its_size_a_session_is_void_after_a_day() -> None:
    past = (*LEADER, remove("E03"))
    act = Act(c.VoidEvaluation(), expert("clock"))
    given(evaluation, past).when(act).then_refused("not_allowed")
    clock = Act(c.VoidEvaluation(), PROCEED.by)
    given(evaluation, past).when(clock).then_refused("not_yet")
    *_, voided = given(evaluation, past).when(after(86_400_000, clock)).then(Disclosed, EvaluationVoided)
    assert voided.cause is VoidCause.SUSPENDED_TOO_LONG


def test_an_answer_is_given_once() -> None:
    past = (*DRAWN, call(ROAD))
    person = CALLED[ROAD][0]
    given(evaluation, past).when(answer_call("E02", person)).then(MemberAccepted)
    accepted = (*past, answer_call("E02", person))
    given(evaluation, accepted).when(answer_call("E02", person)).then_nothing()
    given(evaluation, accepted).when(answer_call("E02", person, accepts=False)).then_refused("answered_already")


def test_a_key_that_is_not_the_custodians_opens_nothing() -> None:
    given(evaluation, DRAW).when(publish_key(FIRST, seed=b64(secret_of("another")))).then_refused("wrong_key")
    given(evaluation, DRAW).when(publish_key(FIRST, kid="another")).then_refused("not_your_key")
    given(evaluation, DRAWN).when(publish_key(THIRD)).then_refused("drawn_already")
