"""The per-bid assessment: three sides, one table, nobody seeing another's marks before all are in."""

from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.evaluation.assessment import assessment as context
from remote_bid.evaluation.assessment import commands as c
from remote_bid.evaluation.assessment.events import AssessmentClosed, AssessmentOpened, AssessmentSubmitted
from remote_bid.evaluation.assessment.rules import results_of
from remote_bid.evaluation.assessment.statements import AssessmentOrder, AssessmentSheet
from remote_bid.evaluation.assessment.terms import (
    Assessed,
    AssessmentRole,
    Assessor,
    EvaluationHead,
    Mark,
    PointItem,
)
from remote_bid.evaluation.ballots import Ballots
from remote_bid.evaluation.events import ReportPublished
from remote_bid.evaluation.facts import EvaluationFacts
from remote_bid.handover import require_assessable
from remote_bid.seal.canonical import b64
from remote_bid.timeline.context import CLOCK, Refused
from remote_bid.timeline.entry import Who
from tests.evaluation.actors import AGENCY, BEGINS, CENTRE, STRANGER, SUPERVISOR, signed
from tests.evaluation.day import CLOSED, MEMBERS, PUBLISHED, evaluation
from tests.given import Act, Past, Room, after, given
from tests.opening.actors import AUTHORITY, DEPLOYMENT, LINE_SECRET, OFFICE
from tests.opening.pages import readable

SESSION = "assessment-2026-0042"
PUBLIC_ENTRY = next(e for e in given(evaluation, PUBLISHED).story.folded.main if e.type == ReportPublished.__name__)
HEAD = EvaluationHead(session=evaluation.session, seq=PUBLIC_ENTRY.seq, leaf=b64(PUBLIC_ENTRY.leaf))
SIDES = {
    AGENCY: AssessmentRole.AGENCY,
    CENTRE: AssessmentRole.TRADING_CENTER,
    SUPERVISOR: AssessmentRole.SUPERVISOR,
}
ORDER = AssessmentOrder(
    session=SESSION,
    evaluation=HEAD,
    title="滨江路改建工程专家考评",
    assessors=[Assessor(person=who.person, name=who.person, role=role) for who, role in SIDES.items()],
    experts=[Assessed(alias=alias, person=person) for alias, person in MEMBERS.items()],
    table=[
        PointItem(item="late", title="迟到", by=AssessmentRole.TRADING_CENTER, most="10"),
        PointItem(item="careless", title="评审不认真", by=AssessmentRole.AGENCY, most="20"),
        PointItem(item="conduct", title="违反纪律", by=AssessmentRole.SUPERVISOR, most="100"),
    ],
    full="100",
    within_ms=86_400_000,
)
room = Room(
    context=context,
    facts=EvaluationFacts([AUTHORITY.root], DEPLOYMENT, lambda: BEGINS, Ballots()),
    session=SESSION,
    begins=BEGINS,
    office=OFFICE,
    line_secret=LINE_SECRET,
)
OTHER = replace(ORDER.assessors[0], person="x")
CLOSE = Act(c.CloseAssessment(), CLOCK)


def open_it(by: Who = CENTRE, **changes: Any) -> Act:
    return Act(c.OpenAssessment(signed=signed(replace(ORDER, **changes), by)), by)


def submit(who: Who, *marks: Mark) -> Act:
    return Act(
        c.SubmitAssessment(signed=signed(AssessmentSheet(session=SESSION, person=who.person, marks=list(marks)), who)),
        who,
    )


LATE = Mark(alias="E03", item="late", points="5", reason="迟到十分钟金丝雀")
CARELESS = Mark(alias="E03", item="careless", points="2.5", reason="评分理由空泛")
OPEN: Past = (open_it(),)
ALL: Past = (*OPEN, submit(CENTRE, LATE), submit(AGENCY, CARELESS), submit(SUPERVISOR))
DONE: Past = (*ALL, CLOSE)


def test_three_sides_take_points_off_and_the_rest_is_what_is_left() -> None:
    given(room).when(open_it()).then(AssessmentOpened)
    given(room, OPEN).when(submit(CENTRE, LATE)).then(AssessmentSubmitted)
    [closed] = given(room, ALL).when(CLOSE).then(AssessmentClosed)
    assert {each.alias: each.points for each in closed.results}["E03"] == "92.5"
    assert closed.results == results_of(given(room, ALL).story.state)
    assert closed.silent == []


def test_silence_takes_nothing_off_when_the_time_is_over() -> None:
    past = (*OPEN, submit(CENTRE, LATE))
    given(room, past).when(CLOSE).then_refused("not_yet")
    [closed] = given(room, past).when(after(86_400_000, CLOSE)).then(AssessmentClosed)
    assert closed.silent == [AssessmentRole.AGENCY, AssessmentRole.SUPERVISOR]


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (replace(LATE, item="careless"), "not_in_table"),
        (replace(LATE, alias="E09"), "not_in_table"),
        (replace(LATE, points="10.5"), "out_of_range"),
    ],
)
def test_each_side_marks_its_own_items_within_the_table(mark: Mark, code: str) -> None:
    given(room, OPEN).when(submit(CENTRE, mark)).then_refused(code)
    given(room, OPEN).when(submit(CENTRE, LATE, LATE)).then_refused("not_in_table")


def test_nobody_assesses_itself_or_for_another() -> None:
    own = [Assessed(alias="E01", person=CENTRE.person), *ORDER.experts[1:]]
    given(room).when(open_it(experts=own)).then_refused("bad_order")
    given(room).when(open_it(by=AGENCY)).then_refused("bad_order")
    given(room, OPEN).when(submit(CENTRE, LATE), by=AGENCY).then_refused("not_signed_by_you")
    given(room, OPEN).when(submit(STRANGER)).then_refused("not_allowed")
    given(room, OPEN, submit(CENTRE, LATE)).when(submit(CENTRE)).then_refused("submitted_already")
    given(room, OPEN, submit(CENTRE, LATE)).when(submit(CENTRE, LATE)).then_nothing()


def test_nobody_reads_anothers_marks_before_all_are_in_and_an_expert_its_own_points_only() -> None:
    expert = Who(person=MEMBERS["E03"], role=AssessmentRole.EXPERT)
    other = Who(person=MEMBERS["E04"], role=AssessmentRole.EXPERT)
    for who in (AGENCY, SUPERVISOR, expert, STRANGER):
        assert "金丝雀" not in readable(given(room, ALL).story, who)
    done = given(room, DONE).story
    assert "金丝雀" in readable(done, AGENCY)
    assert "92.5" in readable(done, expert)
    assert "92.5" not in readable(done, other)
    assert not any("金丝雀" in readable(done, who) for who in (expert, other, STRANGER))


def test_it_begins_when_the_report_is_public_with_exactly_its_experts_and_sides() -> None:
    public, closed = given(evaluation, PUBLISHED).story.state, given(evaluation, CLOSED).story.state
    require_assessable(public, HEAD, ORDER)
    for state, order, code in (
        (closed, ORDER, "not_public"),
        (public, replace(ORDER, experts=ORDER.experts[1:]), "other_evaluation"),
        (public, replace(ORDER, evaluation=replace(HEAD, seq=1)), "other_evaluation"),
        (
            public,
            replace(ORDER, assessors=[OTHER, *ORDER.assessors[1:]]),
            "other_sides",
        ),
    ):
        with pytest.raises(Refused) as refusal:
            require_assessable(state, HEAD, order)
        assert refusal.value.code == code
