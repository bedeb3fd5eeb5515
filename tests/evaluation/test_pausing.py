"""Standing still: suspensions, lost sites, outages, postponement."""

import pytest

from remote_bid.evaluation import commands as c
from remote_bid.evaluation.events import (
    EvaluationPauseCountersigned,
    EvaluationResumed,
    EvaluationSuspended,
    EvaluationVoided,
    ResumptionAwaited,
    SiteLost,
    SiteRestored,
)
from remote_bid.evaluation.terms import VoidCause
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK
from remote_bid.timeline.marks import Disclosed
from tests.evaluation.actors import AGENCY, CENTRE, NORTH, OBSERVER, SOUTH, SUPERVISOR
from tests.evaluation.acts import (
    PROCEED,
    postpone,
    report_site,
    resume,
    save_draft,
    submit_sheet,
    suspend,
)
from tests.evaluation.day import CLOSED, DETAILED, MEMBERS, REPORT, SCHEDULED, evaluation
from tests.given import Act, Past, after, given

END_PAUSE = Act(c.EndEvaluationPause(), CLOCK)
OUTAGE = Act(c.NoticeEvaluationOutage(), CLOCK)
VOID = Act(c.VoidEvaluation(), CLOCK)
HOUR = 3_600_000

STOPPED: Past = (*DETAILED, suspend(SUPERVISOR))
BY_AGENCY: Past = (*DETAILED, suspend(AGENCY))


def test_agency_and_supervisor_stop_the_clocks() -> None:
    given(evaluation, DETAILED).when(suspend(SUPERVISOR)).then(EvaluationSuspended)
    given(evaluation, DETAILED).when(suspend(CENTRE)).then_refused("not_allowed")
    given(evaluation, SCHEDULED).when(suspend(SUPERVISOR)).then_refused("wrong_phase")
    given(evaluation, CLOSED).when(suspend(SUPERVISOR)).then_refused("wrong_phase")
    given(evaluation, STOPPED).when(suspend(AGENCY, number=2)).then_refused("suspended_already")
    given(evaluation, DETAILED).when(suspend(SUPERVISOR, cause=SuspensionCause.OUTAGE)).then_refused("not_the_next")


def test_while_they_stand_still_nothing_written_is_lost_and_nothing_is_handed_in() -> None:
    given(evaluation, STOPPED).when(submit_sheet("E01", MEMBERS["E01"])).then_refused("suspended")
    assert given(evaluation, STOPPED).when(save_draft(MEMBERS["E01"])).happened()
    given(evaluation, STOPPED).when(PROCEED).then_nothing()


def test_the_agencys_suspension_ends_by_itself_unless_the_supervisor_signs_it_too() -> None:
    given(evaluation, BY_AGENCY).when(after(299_999, END_PAUSE)).then_refused("not_yet")
    given(evaluation, BY_AGENCY).when(after(300_000, END_PAUSE)).then(EvaluationResumed)
    both = suspend(AGENCY, SUPERVISOR)
    given(evaluation, BY_AGENCY).when(both).then(EvaluationPauseCountersigned)
    given(evaluation, BY_AGENCY, both).when(after(300_000, END_PAUSE)).then_refused("not_yet")


def test_both_sign_to_go_on_and_the_time_that_was_left_is_left() -> None:
    before = given(evaluation, DETAILED).story.state.ends_at
    given(evaluation, STOPPED).when(resume(SUPERVISOR)).then(ResumptionAwaited)
    given(evaluation, STOPPED, resume(SUPERVISOR)).when(resume(SUPERVISOR)).then_nothing()
    [gone_on] = given(evaluation, STOPPED).when(after(HOUR, resume(SUPERVISOR, AGENCY))).then(EvaluationResumed)
    assert gone_on.ends_at == instant.text(instant.later(before, HOUR))
    given(evaluation, STOPPED).when(resume(SUPERVISOR, OBSERVER), by=SUPERVISOR).then_refused("agency_and_supervisor")


def test_after_two_hours_the_supervisor_may_go_on_alone_after_four_only_the_tenderer_decides() -> None:
    given(evaluation, STOPPED).when(after(2 * HOUR, resume(SUPERVISOR))).then(EvaluationResumed)
    given(evaluation, STOPPED).when(after(4 * HOUR, resume(SUPERVISOR, AGENCY))).then_refused("tenderer_decides")
    given(evaluation, STOPPED).when(after(3 * HOUR, postpone(OBSERVER, goes_on=True))).then_refused("not_yet")
    given(evaluation, STOPPED).when(after(4 * HOUR, postpone(OBSERVER, goes_on=True))).then(EvaluationResumed)
    put_off = given(evaluation, STOPPED).when(after(4 * HOUR, postpone(OBSERVER, goes_on=False)))
    *_, voided = put_off.then(Disclosed, EvaluationVoided)
    assert voided.cause is VoidCause.POSTPONED


def test_the_supervisor_may_end_a_suspended_session_and_a_day_ends_it_anyhow() -> None:
    *_, voided = given(evaluation, STOPPED).when(postpone(SUPERVISOR, goes_on=False)).then(Disclosed, EvaluationVoided)
    assert voided.cause is VoidCause.SUPERVISOR_DECIDED
    given(evaluation, STOPPED).when(postpone(SUPERVISOR, goes_on=True)).then_refused("not_allowed")
    given(evaluation, STOPPED).when(after(24 * HOUR, VOID)).then(Disclosed, EvaluationVoided)
    given(evaluation, DETAILED).when(postpone(SUPERVISOR, goes_on=False)).then_refused("not_suspended")


def test_a_site_without_network_stops_its_own_members_and_the_clocks_for_all() -> None:
    lost = (*DETAILED, report_site("south", up=False))
    given(evaluation, DETAILED).when(report_site("south", up=False)).then(SiteLost)
    given(evaluation, lost).when(submit_sheet("E03", MEMBERS["E03"])).then_refused("site_lost")
    assert given(evaluation, lost).when(submit_sheet("E01", MEMBERS["E01"])).happened()
    given(evaluation, lost).when(after(9 * HOUR, PROCEED)).then_nothing()
    before = given(evaluation, DETAILED).story.state.ends_at
    [back] = given(evaluation, lost).when(after(HOUR, report_site("south", up=True))).then(SiteRestored)
    assert back.ends_at == instant.text(instant.later(before, HOUR))


def test_a_site_is_reported_by_its_own_operator_or_the_supervisor() -> None:
    given(evaluation, DETAILED).when(report_site("south", up=False, by=NORTH)).then_refused("other_site")
    given(evaluation, DETAILED).when(report_site("south", up=False, by=SUPERVISOR)).then(SiteLost)
    given(evaluation, DETAILED).when(report_site("south", up=True, by=SOUTH)).then_nothing()


def test_an_outage_shows_in_what_was_due_and_not_done() -> None:
    given(evaluation, DETAILED).when(after(8 * HOUR, OUTAGE)).then_refused("not_yet")
    [stopped] = given(evaluation, DETAILED).when(after(8 * HOUR + 60_000, OUTAGE)).then(EvaluationSuspended)
    assert stopped.cause is SuspensionCause.OUTAGE
    given(evaluation, STOPPED).when(after(9 * HOUR, OUTAGE)).then_nothing()


def test_what_lay_aside_is_disclosed_once() -> None:
    """The report has told of it already."""
    stopped = (*REPORT, suspend(SUPERVISOR))
    given(evaluation, stopped).when(postpone(SUPERVISOR, goes_on=False)).then(EvaluationVoided)


@pytest.mark.parametrize("past", [STOPPED, DETAILED], ids=["suspended", "running"])
def test_the_clock_is_asked_for_nothing_that_it_is_refused(past: Past) -> None:
    """Whatever is due is done when it is due, so no deadline keeps another waiting."""
    story = given(evaluation, past).story
    for due in evaluation.context.due(story.state):
        moment = max(due.at, story.at)
        assert given(evaluation, past).when(Act(due.command, CLOCK, moment)).happened()
