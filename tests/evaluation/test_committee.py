"""How a committee comes together: gates, seats, undertakings, replacements."""

from msgspec.structs import replace

from remote_bid.evaluation import commands as c
from remote_bid.evaluation.events import (
    CheckInOpened,
    EvaluationVoided,
    ExpertCalled,
    GatePassed,
    GateRefused,
    MemberLeft,
    SeatMoved,
    SeatTaken,
    UndertakingSigned,
)
from remote_bid.evaluation.rules.progress import Task, owes, vacancies
from remote_bid.evaluation.terms import (
    Departure,
    EvaluationPhase,
    EvaluationRole,
    GateCheck,
    VoidCause,
)
from remote_bid.timeline.marks import Disclosed
from tests.evaluation.actors import (
    BEGINS,
    SENT,
    SOUTH,
    expert,
)
from tests.evaluation.acts import (
    PROCEED,
    answer_call,
    call,
    pass_gate,
    recuse,
    remove,
    take_seat,
    undertake,
)
from tests.evaluation.day import (
    ACCEPTED,
    BRIDGE,
    CALLED,
    CHECK_IN,
    DETAILED,
    INSIDE,
    LEADER,
    MEMBERS,
    NEXT,
    ROAD,
    SEATED,
    UNDERTAKING,
    evaluation,
)
from tests.given import Act, after, at, given


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
