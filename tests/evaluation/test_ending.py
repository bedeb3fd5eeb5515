"""From the prices to the public report."""

from dataclasses import replace as changed

import pytest
from msgspec.structs import replace

from remote_bid.evaluation.events import (
    EvaluationClosed,
    PricesScored,
    ReportAnswered,
    ReportOpened,
    ReportPublished,
    StepOverdue,
    SummaryConfirmed,
    SummaryOpened,
)
from remote_bid.evaluation.price.terms import LowestEvaluatedPrice
from remote_bid.evaluation.results import hash_of
from remote_bid.evaluation.rules.ranked import priced, summary_of, tie_order
from remote_bid.evaluation.terms import ReportAnswer
from remote_bid.timeline.marks import Disclosed
from tests.evaluation.actors import ALPHA, BETA, CENTRE, FORMULA, GAMMA, bid_id
from tests.evaluation.acts import (
    PROCEED,
    confirm_summary,
    dissent,
    publish_report,
    sign_report,
    submit_sheet,
)
from tests.evaluation.day import (
    ANSWERED,
    CLOSED,
    DETAILED,
    LEAD,
    MEMBERS,
    PRICE,
    PUBLISHED,
    REPORT,
    SIGNED,
    SUMMARY,
    evaluation,
)
from tests.given import Given, after, given


def test_prices_are_scored_at_once_with_every_step() -> None:
    scored, opened = given(evaluation, PRICE).when(PROCEED).then(PricesScored, SummaryOpened)
    assert scored.prices.scores[bid_id(ALPHA)] == "32.67"
    assert scored.prices.derivation
    assert opened.hash == hash_of(opened.summary)


def test_the_ranking_takes_the_corrected_scores() -> None:
    state = given(evaluation, SUMMARY).story.state
    [first, *_] = state.summary.ranking.ranked
    assert (first.bid, first.technical) == (bid_id(ALPHA), "56")


def test_the_summary_and_the_report_follow_from_the_sheets_alone() -> None:
    state = given(evaluation, SUMMARY).story.state
    assert summary_of(state, priced(state)) == state.summary
    assert given(evaluation, REPORT).story.state.report.summary == state.summary


def test_bids_that_nothing_parts_are_drawn() -> None:
    """Three bids alike in score and price: only lots are left."""
    state = given(evaluation, ANSWERED).story.state
    alike = [replace(bid, form=replace(bid.form, price="7000.00")) for bid in state.order.bids]
    members = {alias: replace(m, scores=dict.fromkeys(m.scores, "20")) for alias, m in state.members.items()}
    state = replace(state, order=replace(state.order, bids=alike), members=members)
    summary = summary_of(state, priced(state))
    assert [ranked.bid for ranked in summary.ranking.ranked] == tie_order(state)
    assert len(summary.drawn) == 2


def test_without_points_the_lowest_evaluated_price_ranks_first() -> None:
    state = given(evaluation, ANSWERED).story.state
    formula = replace(FORMULA, score=LowestEvaluatedPrice(), benchmark=None)
    state = replace(state, order=replace(state.order, formula=formula, ranking=None))
    ranked = summary_of(state, priced(state)).ranking.ranked
    assert [(r.place, r.bid) for r in ranked] == [(1, bid_id(ALPHA)), (2, bid_id(GAMMA)), (3, bid_id(BETA))]


def test_a_formula_without_an_answer_is_for_people_to_decide_upon() -> None:
    state = given(evaluation, PRICE).story
    bad = replace(state.state.order, ceiling_price="1.00")
    story = changed(state, folded=changed(state.folded, state=replace(state.state, order=bad)))
    [overdue] = Given(story).when(PROCEED).then(StepOverdue)
    assert overdue.missing == []


def test_the_leader_confirms_the_summary_or_its_time_passes() -> None:
    given(evaluation, SUMMARY).when(confirm_summary("E01", MEMBERS["E01"])).then_refused("not_leader")
    given(evaluation, SUMMARY).when(confirm_summary("E02", LEAD)).then(SummaryConfirmed)
    given(evaluation, SUMMARY).when(PROCEED).then_refused("not_yet")
    given(evaluation, SUMMARY).when(after(900_000, PROCEED)).then(Disclosed, ReportOpened)


@pytest.mark.parametrize(("reason", "answer"), [("有异议", ReportAnswer.DISSENTED), ("  ", ReportAnswer.REFUSED)])
def test_a_refusal_without_a_reason_is_recorded_as_such(reason: str, answer: ReportAnswer) -> None:
    [answered] = given(evaluation, REPORT).when(dissent("E05", MEMBERS["E05"], reason)).then(ReportAnswered)
    assert answered.answer is answer


def test_a_report_is_answered_once() -> None:
    signed = (*REPORT, sign_report("E01", MEMBERS["E01"]))
    given(evaluation, signed).when(sign_report("E01", MEMBERS["E01"])).then_nothing()
    given(evaluation, signed).when(dissent("E01", MEMBERS["E01"])).then_refused("answered_already")


def test_silence_counts_as_agreement_when_the_time_is_over() -> None:
    past = SIGNED[:-1]
    given(evaluation, past).when(PROCEED).then_refused("not_yet")
    [closed] = given(evaluation, past).when(after(3_600_000, PROCEED)).then(EvaluationClosed)
    assert closed.silent == ["E05"]


def test_only_the_agency_publishes_and_only_what_was_signed() -> None:
    given(evaluation, CLOSED).when(publish_report(CENTRE)).then_refused("not_allowed")
    given(evaluation, SIGNED).when(publish_report()).then_refused("wrong_phase")
    given(evaluation, CLOSED).when(publish_report()).then(ReportPublished)
    given(evaluation, PUBLISHED).when(publish_report()).then_nothing()


def test_nothing_is_scored_after_the_sheets_are_closed() -> None:
    given(evaluation, PRICE).when(submit_sheet("E01", MEMBERS["E01"])).then_refused("wrong_phase")
    assert given(evaluation, DETAILED).story.state.report is None
