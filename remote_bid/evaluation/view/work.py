"""The work on a page: bids, codes, questions, sheets, results."""

from typing import Any

from msgspec import UNSET

from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase, OpenedBid, Score, come_to
from remote_bid.evaluation.view.page import CallRow, EvaluatedBid, QuestionRow, SheetRow
from remote_bid.evaluation.view.shelf import papers
from remote_bid.evaluation.view.who import Eye
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who


def scores_of(member: Member) -> list[Score]:
    """A member's sheet as it counts."""
    return [Score(target=target, item=item, points=points) for (target, item), points in member.scores.items()]


def of_member(evaluation: Evaluation, who: Who) -> dict[str, Any]:
    """What a member works on. Names come with the undertaking, which asks about them; the rest when it is signed."""
    member, order = evaluation.member(who.person), evaluation.ordered
    if member is None or not member.seated or not come_to(evaluation.phase, EvaluationPhase.UNDERTAKING):
        return {}
    reviewed = bool(member.review) and come_to(evaluation.phase, EvaluationPhase.DETAILED)
    told: dict[str, Any] = {"bids": {bid.bid: _bid(evaluation, bid, reviewed) for bid in order.bids}}
    if member.undertaken_at is None or not come_to(evaluation.phase, EvaluationPhase.MATERIALS):
        return told
    told |= {"table": order.table, "ceiling_price": order.ceiling_price, "codes": evaluation.codes or UNSET}
    told["papers"] = papers(evaluation, who) or UNSET
    if reviewed:
        told |= {"valid": list(evaluation.valid), "wanted": sorted(evaluation.wanted)}
        told["codes"] = _codes_left(evaluation) or UNSET
    if not come_to(evaluation.phase, EvaluationPhase.SUMMARY):
        return told
    return told | {"sheets": [SheetRow(alias=m.alias, scores=scores_of(m)) for m in evaluation.active() if m.scores]}


def _bid(evaluation: Evaluation, bid: OpenedBid, reviewed: bool) -> EvaluatedBid:
    """What others found of it only for whose own review is counted: a replacement too comes to its findings alone."""
    rejected = evaluation.rejected.get(bid.bid, UNSET) if reviewed else UNSET
    return EvaluatedBid(name=bid.name, form=bid.form, rejected=rejected)


def _codes_left(evaluation: Evaluation) -> dict[str, list[str]]:
    """The codes of the valid bids, in the order in which they were drawn."""
    wanted = {target for target, _ in evaluation.wanted}
    return {volume: [code for code in codes if code in wanted] for volume, codes in evaluation.codes.items()}


def questions(evaluation: Evaluation, who: Who, eye: Eye) -> dict[str, QuestionRow]:
    """All of them for the committee; a bidder's own for the bidder."""
    own = {bid.bid for bid in evaluation.bids_of(who.person)}
    return {
        str(asked.number): QuestionRow(
            bid=asked.bid,
            about=asked.about,
            text=asked.text,
            answer_by=instant.text(asked.answer_by),
            answer=asked.answer if asked.answer is not None else UNSET,
            lapsed=asked.lapsed or UNSET,
        )
        for asked in evaluation.questions.values()
        if eye is not Eye.BIDDER or asked.bid in own
    }


def calls(evaluation: Evaluation, who: Who, eye: Eye) -> dict[str, CallRow]:
    """A bidder's own for the bidder; outside the committee only that there is one, and where."""
    own = {bid.bid for bid in evaluation.bids_of(who.person)}
    reads = eye is not Eye.RUNNER
    return {
        str(called.number): CallRow(
            room=called.room,
            ends_at=instant.text(called.ends_at),
            bid=called.bid if reads else UNSET,
            text=called.text if reads else UNSET,
        )
        for called in evaluation.calls.values()
        if eye is not Eye.BIDDER or called.bid in own
    }


def results(evaluation: Evaluation, eye: Eye) -> dict[str, Any]:
    """The committee's from the summary on; those outside it when the evaluation is closed; everybody's once public."""
    inside = eye in (Eye.COMMITTEE, Eye.AUDITOR)
    outside = eye in (Eye.SUPERVISOR, Eye.RUNNER) and evaluation.phase is EvaluationPhase.CLOSED
    if not (inside or outside or evaluation.published):
        return {"report_hash": evaluation.report_hash or UNSET} if eye is Eye.SUPERVISOR else {}
    return {
        "summary": evaluation.summary or UNSET,
        "summary_hash": evaluation.summary_hash or UNSET,
        "report": evaluation.report or UNSET,
        "report_hash": evaluation.report_hash or UNSET,
        "result": evaluation.result or UNSET,
    }
