"""From the materials to the sheets: codes, verdicts, questions, motions, scores."""

from typing import Any

import pytest

from remote_bid.evaluation.events import (
    DetailedOpened,
    MaterialsOpened,
    MotionDecided,
    MotionPut,
    OutliersClosed,
    OutliersFound,
    QuestionAnswered,
    QuestionAsked,
    QuestionLapsed,
    ReportOpened,
    ReviewCounted,
    ReviewOpened,
    ReviewSubmitted,
    SheetDrafted,
    SheetSubmitted,
    StepOverdue,
    VoteCast,
)
from remote_bid.evaluation.rules.progress import Task, owes
from remote_bid.evaluation.terms import EvaluationPhase, MotionKind, QuestionKind, Result, Score
from remote_bid.timeline.marks import Disclosed
from tests.evaluation.actors import ALPHA, BETA, BIDDERS, BIDS, DELTA, GAMMA, bid_id, expert
from tests.evaluation.acts import (
    FAILS,
    PROCEED,
    answer,
    answer_call,
    answer_outlier,
    ask,
    call,
    lapse,
    open_review,
    pass_gate,
    remove,
    review,
    save_draft,
    submit_sheet,
    take_seat,
    undertake,
    vote,
)
from tests.evaluation.day import (
    COUNTED,
    DETAILED,
    ELECTED,
    FOURTH,
    LEAD,
    MATERIALS,
    MEMBERS,
    NEXT,
    OUTLIERS,
    PRELIMINARY,
    REVIEWED,
    ROAD,
    SUBMITTED,
    evaluation,
)
from tests.given import Past, after, given

LOW = QuestionKind.LOW_BID
FIRST = bid_id(ALPHA)


def reviews(fails: FAILS, by: str) -> Past:
    """Whoever is named in `by` fails these items, the others pass everything."""
    return tuple(review(alias, person, fails if alias[-1] in by else None) for alias, person in MEMBERS.items())


def failing(*who: Any) -> FAILS:
    return {(bid_id(bidder), "licence"): "2.1.2" for bidder in who}


def all_vote(motion: int, yes: str) -> Past:
    return tuple(vote(alias, person, motion, alias[-1] in yes) for alias, person in MEMBERS.items())


def test_blind_volumes_get_codes_that_tell_nothing() -> None:
    [opened] = given(evaluation, ELECTED).when(PROCEED).then(MaterialsOpened)
    assert set(opened.codes) == {"technical"}
    assert sorted(opened.codes["technical"]) == sorted(coded.code for coded in opened.coded)
    assert {coded.bid for coded in opened.coded} == {bid.bid for bid in BIDS}
    assert [coded.code for coded in opened.coded] != opened.codes["technical"]


def test_only_the_leader_opens_the_review() -> None:
    given(evaluation, MATERIALS).when(open_review(MEMBERS["E01"])).then_refused("not_leader")
    given(evaluation, MATERIALS).when(open_review(LEAD)).then(ReviewOpened)
    given(evaluation, PRELIMINARY).when(open_review(LEAD)).then_nothing()


def test_a_fail_names_its_clause() -> None:
    act = review("E01", MEMBERS["E01"], {(FOURTH, "licence"): ""})
    given(evaluation, PRELIMINARY).when(act).then_refused("no_clause")


def test_a_review_is_whole() -> None:
    given(evaluation, PRELIMINARY).when(review("E01", MEMBERS["E01"], verdicts=[])).then_refused("not_whole")


def test_a_review_can_be_replaced_until_it_is_counted_and_both_are_kept() -> None:
    first = review("E01", MEMBERS["E01"])
    again = review("E01", MEMBERS["E01"], failing(DELTA))
    given(evaluation, PRELIMINARY, first).when(again).then(ReviewSubmitted)
    kept = [e for turn in given(evaluation, PRELIMINARY, first, again).story.turns for e in turn]
    assert [e.type for e in kept].count("ReviewSubmitted") == 2
    given(evaluation, PRELIMINARY, first).when(review("E01", MEMBERS["E01"], failing(BETA), prev=None)).then_refused(
        "not_the_next"
    )
    given(evaluation, COUNTED).when(review("E01", MEMBERS["E01"], failing(BETA))).then_refused("counted_already")


@pytest.mark.parametrize(("by", "rejected"), [("12", False), ("123", True), ("12345", True)])
def test_a_rejection_needs_a_majority_of_all_members(by: str, rejected: bool) -> None:
    [counted] = given(evaluation, PRELIMINARY, reviews(failing(DELTA), by)).when(PROCEED).then(ReviewCounted)
    assert [r.bid for r in counted.rejected] == ([FOURTH] if rejected else [])
    assert (FOURTH in counted.valid) is not rejected


def test_a_majority_is_needed_in_one_item_not_over_several() -> None:
    licence, seal = {(FOURTH, "licence"): "2.1.2"}, {(FOURTH, "seal"): "2.1.1"}
    found = {"E01": licence, "E02": licence, "E03": seal, "E04": seal, "E05": seal}
    split = tuple(review(alias, MEMBERS[alias], fails) for alias, fails in found.items())
    [counted] = given(evaluation, PRELIMINARY, split).when(PROCEED).then(ReviewCounted)
    assert [(item.item, item.against) for item in counted.rejected[0].items] == [("seal", 3)]
    two = tuple(review(a, MEMBERS[a], fails if a != "E05" else None) for a, fails in found.items())
    [counted] = given(evaluation, PRELIMINARY, two).when(PROCEED).then(ReviewCounted)
    assert counted.rejected == []


def test_the_review_waits_for_all_its_members_and_says_when_it_is_overdue() -> None:
    missing = (*PRELIMINARY, *reviews({}, "")[:-1])
    given(evaluation, missing).when(PROCEED).then_refused("not_yet")
    [overdue] = given(evaluation, missing).when(after(4 * 3_600_000, PROCEED)).then(StepOverdue)
    assert overdue.missing == ["E05"]
    given(evaluation, missing, after(4 * 3_600_000, PROCEED)).when(PROCEED).then_nothing()
    assert given(evaluation, missing, after(4 * 3_600_000, PROCEED)).story.state.phase is EvaluationPhase.PRELIMINARY


TWO_LEFT: Past = (*PRELIMINARY, *reviews(failing(DELTA, GAMMA), "135"), PROCEED)


def test_with_fewer_than_three_valid_bids_the_committee_votes_whether_they_compete() -> None:
    [motion] = given(evaluation, TWO_LEFT).when(PROCEED).then(MotionPut)
    assert (motion.about, motion.bid) == (MotionKind.COMPETITION, None)
    put = (*TWO_LEFT, PROCEED)
    given(evaluation, put).when(PROCEED).then_refused("not_yet")
    [decided] = given(evaluation, put, all_vote(1, "123")).when(PROCEED).then(MotionDecided)
    assert (decided.yes, decided.no, decided.carried) == (3, 2, True)
    given(evaluation, put, all_vote(1, "123"), PROCEED).when(PROCEED).then(DetailedOpened)


def test_bids_that_do_not_compete_are_all_rejected() -> None:
    past = (*TWO_LEFT, PROCEED, *all_vote(1, "12"), PROCEED)
    _, opened = given(evaluation, past).when(PROCEED).then(Disclosed, ReportOpened)
    assert opened.report.result is Result.ALL_REJECTED
    assert (opened.report.candidates, opened.report.prices, opened.report.summary) == ([], None, None)


def test_when_every_bid_is_rejected_only_the_report_is_left() -> None:
    past = (*PRELIMINARY, *reviews(failing(*BIDDERS), "245"), PROCEED)
    _, opened = given(evaluation, past).when(PROCEED).then(Disclosed, ReportOpened)
    assert opened.report.result is Result.ALL_REJECTED


def test_nobody_votes_twice_and_a_no_has_a_reason() -> None:
    put = (*TWO_LEFT, PROCEED)
    given(evaluation, put).when(vote("E01", MEMBERS["E01"])).then(VoteCast)
    given(evaluation, put, vote("E01", MEMBERS["E01"])).when(vote("E01", MEMBERS["E01"], yes=False)).then_refused(
        "voted_already"
    )
    given(evaluation, put).when(vote("E01", MEMBERS["E01"], motion=2)).then_refused("no_motion")


ASKED: Past = (*PRELIMINARY, ask(LEAD, FIRST))


def test_only_the_leader_asks_and_only_about_a_bid_that_is_in() -> None:
    given(evaluation, PRELIMINARY).when(ask(LEAD, FIRST)).then(QuestionAsked)
    given(evaluation, PRELIMINARY).when(ask(MEMBERS["E01"], FIRST)).then_refused("not_leader")
    given(evaluation, DETAILED).when(ask(LEAD, FOURTH)).then_refused("no_such_bid")
    given(evaluation, MATERIALS).when(ask(LEAD, FIRST)).then_refused("wrong_phase")


def test_only_the_bidder_answers_and_in_time() -> None:
    given(evaluation, ASKED).when(answer(ALPHA)).then(QuestionAnswered)
    given(evaluation, ASKED).when(answer(BETA)).then_refused("no_such_question")
    given(evaluation, ASKED, answer(ALPHA)).when(answer(ALPHA)).then_nothing()
    given(evaluation, ASKED, answer(ALPHA)).when(answer(ALPHA, text="另一个答复")).then_refused("too_late")
    given(evaluation, ASKED).when(after(7_200_000, answer(ALPHA))).then_refused("too_late")
    given(evaluation, ASKED).when(after(7_200_000, lapse())).then(QuestionLapsed)
    given(evaluation, ASKED).when(lapse()).then_refused("not_yet")


def test_nothing_is_counted_while_a_question_is_open() -> None:
    past = (*PRELIMINARY, *reviews({}, ""), ask(LEAD, FIRST))
    given(evaluation, past).when(PROCEED).then_refused("not_yet")
    given(evaluation, past, answer(ALPHA)).when(PROCEED).then(ReviewCounted)
    given(evaluation, past, after(7_200_000, lapse())).when(PROCEED).then(ReviewCounted)


def test_an_abnormally_low_price_is_asked_about_proved_and_voted_on() -> None:
    asked = (*PRELIMINARY, ask(LEAD, FIRST, LOW, "报价明显低于其他报价，请书面说明并证明"))
    _, motion = given(evaluation, asked).when(answer(ALPHA)).then(QuestionAnswered, MotionPut)
    assert (motion.about, motion.bid) == (MotionKind.LOW_BID, FIRST)
    _, motion = given(evaluation, asked).when(after(7_200_000, lapse())).then(QuestionLapsed, MotionPut)
    for yes, stands in (("123", True), ("12", False)):
        past = (*asked, answer(ALPHA), *all_vote(1, yes), PROCEED, *reviews({}, ""))
        [counted] = given(evaluation, past).when(PROCEED).then(ReviewCounted)
        assert [(r.bid, r.low_bid) for r in counted.rejected] == ([] if stands else [(FIRST, True)])
    given(evaluation, asked).when(ask(LEAD, FIRST, LOW)).then_refused("asked_already")
    given(evaluation, DETAILED).when(ask(LEAD, FIRST, LOW)).then_refused("wrong_phase")


def test_nothing_is_decided_while_a_seat_is_vacant() -> None:
    """Or two of five could reject a bid, because the fifth was removed."""
    asked = (*PRELIMINARY, ask(LEAD, FIRST, LOW), answer(ALPHA))
    four = [vote(alias, person, 1, alias in ("E01", "E02")) for alias, person in list(MEMBERS.items())[:4]]
    given(evaluation, asked, *four, remove("E05")).when(PROCEED).then_refused("not_yet")


def test_a_sheet_is_whole_and_within_the_table() -> None:
    given(evaluation, DETAILED).when(submit_sheet("E01", MEMBERS["E01"])).then(SheetSubmitted)
    given(evaluation, DETAILED).when(submit_sheet("E01", MEMBERS["E01"], scores=[])).then_refused("not_whole")
    for points in ("40.5", "30.25"):
        wrong = {(FIRST, "plan"): points}
        given(evaluation, DETAILED).when(submit_sheet("E01", MEMBERS["E01"], wrong)).then_refused("out_of_range")
    stray = [Score(target=FOURTH, item="team", points="20")]
    given(evaluation, DETAILED).when(submit_sheet("E01", MEMBERS["E01"], scores=stray)).then_refused("not_scored")


def test_blind_volumes_are_scored_by_code_and_rejected_bids_not_at_all() -> None:
    state = given(evaluation, DETAILED).story.state
    wanted = state.wanted
    assert {target for target, item in wanted if item == "plan"} < set(state.coded.values())
    assert {target for target, item in wanted if item == "team"} == set(state.valid)
    assert FOURTH not in wanted.values()


def test_a_sheet_can_be_replaced_until_all_are_in() -> None:
    once = (*DETAILED, submit_sheet("E01", MEMBERS["E01"]))
    other = {(FIRST, "plan"): "22"}
    given(evaluation, once).when(submit_sheet("E01", MEMBERS["E01"])).then(SheetSubmitted)
    given(evaluation, once).when(submit_sheet("E01", MEMBERS["E01"], other, prev=None)).then_refused("not_the_next")
    state = given(evaluation, once, submit_sheet("E01", MEMBERS["E01"], other)).story.state
    assert "22" in state.members["E01"].scores.values()
    given(evaluation, OUTLIERS).when(submit_sheet("E01", MEMBERS["E01"], other)).then_refused("frozen")


def test_a_draft_lies_in_its_authors_line_and_waits_at_another_seat() -> None:
    who = expert(MEMBERS["E03"])
    [drafted] = given(evaluation, DETAILED).when(save_draft(who.person, 2)).then_aside(who, SheetDrafted)
    state = given(evaluation, DETAILED, save_draft(who.person, 2)).story.state
    assert list(state.members["E03"].draft) == drafted.scores
    given(evaluation, DETAILED, save_draft(who.person)).when(save_draft(who.person)).then_nothing()
    given(evaluation, DETAILED).when(save_draft(who.person, points="41")).then_refused("out_of_range")


def test_outliers_go_back_to_their_authors_only_when_all_sheets_are_in() -> None:
    given(evaluation, SUBMITTED[:-1]).when(PROCEED).then_refused("not_yet")
    [found] = given(evaluation, SUBMITTED).when(PROCEED).then(OutliersFound)
    assert [(o.alias, o.item) for o in found.outliers] == [("E04", "plan")]


def test_an_outlier_is_confirmed_with_a_reason_or_corrected_by_its_author() -> None:
    given(evaluation, OUTLIERS).when(answer_outlier("E01", MEMBERS["E01"])).then_refused("no_such_outlier")
    given(evaluation, OUTLIERS).when(answer_outlier("E04", MEMBERS["E04"], points="41")).then_refused("out_of_range")
    confirmed = given(evaluation, OUTLIERS, answer_outlier("E04", MEMBERS["E04"])).story.state
    assert "12.5" in confirmed.members["E04"].scores.values()
    corrected = given(evaluation, OUTLIERS, answer_outlier("E04", MEMBERS["E04"], points="35")).story.state
    assert "12.5" not in corrected.members["E04"].scores.values()
    given(evaluation, OUTLIERS, answer_outlier("E04", MEMBERS["E04"])).when(
        answer_outlier("E04", MEMBERS["E04"], points="35")
    ).then_refused("answered_already")


def test_an_outlier_that_nobody_answers_lapses_and_stands() -> None:
    given(evaluation, OUTLIERS).when(PROCEED).then_refused("not_yet")
    [closed] = given(evaluation, OUTLIERS).when(after(1_800_000, PROCEED)).then(OutliersClosed)
    assert closed.lapsed == [1]


def test_a_replaced_members_work_is_void_and_aggregates_are_made_anew() -> None:
    """The review is counted again without it, as soon as the new member has reviewed."""
    person = NEXT["E06"]
    arrived: Past = (
        *SUBMITTED,
        remove("E03"),
        call(ROAD),
        answer_call("E06", person),
        pass_gate("E06"),
        take_seat(person),
        undertake("E06", person),
    )
    given(evaluation, arrived).when(PROCEED).then_refused("not_yet")
    reviewed = (*arrived, review("E06", person))
    [counted] = given(evaluation, reviewed).when(PROCEED).then(ReviewCounted)
    assert counted.rejected == [], "only two of the five who are here have failed it"
    state = given(evaluation, reviewed, PROCEED).story.state
    assert state.phase is EvaluationPhase.DETAILED
    assert {owes(state, member) for member in state.active()} == {Task.SHEET}, "nobody has scored the fourth bid"


def test_a_review_that_is_counted_for_the_same_reasons_is_counted_once() -> None:
    given(evaluation, REVIEWED).when(PROCEED).then(ReviewCounted)
    given(evaluation, COUNTED).when(PROCEED).then(DetailedOpened)
