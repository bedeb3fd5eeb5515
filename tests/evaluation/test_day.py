"""One evaluation from the order to the public report."""

import pytest

from remote_bid.evaluation.terms import EvaluationPhase, ReportAnswer, Result
from tests.evaluation.actors import ALPHA, BETA, bid_id
from tests.evaluation.day import FOURTH, PHASES, PUBLISHED, evaluation
from tests.given import given


@pytest.mark.parametrize("phase", PHASES, ids=str)
def test_the_work_leads_through_every_phase(phase: EvaluationPhase) -> None:
    assert given(evaluation, PHASES[phase]).story.state.phase is phase


def test_the_report_names_the_candidates_by_rank() -> None:
    state = given(evaluation, PUBLISHED).story.state
    report = state.report
    assert report.result is Result.RANKED
    assert [rejection.bid for rejection in report.rejected] == [FOURTH]
    assert report.candidates[:2] == [bid_id(ALPHA), bid_id(BETA)]
    assert [member.answer for member in state.active()] == [ReportAnswer.SIGNED] * 5
    assert state.published
