"""The page of one person."""

from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase, EvaluationRole, come_to
from remote_bid.evaluation.view import committee, halts, work
from remote_bid.evaluation.view.asks import ask_of
from remote_bid.evaluation.view.page import EvaluationCheckCode, EvaluationMe, EvaluationView
from remote_bid.evaluation.view.who import INSIDE, RUNNING, Eye, eye_of
from remote_bid.timeline import instant
from remote_bid.timeline.check_code import check_code
from remote_bid.timeline.entry import Who
from remote_bid.timeline.note import parse


def see(evaluation: Evaluation, who: Who) -> EvaluationView:
    """The page of one person: what is told to everybody, and what each part tells to such an eye."""
    eye, order = eye_of(evaluation, who), evaluation.order
    view = EvaluationView(
        session=evaluation.session,
        me=_me(evaluation, who, eye),
        title=order.title if order else UNSET,
        code=order.code if order else UNSET,
        lot=order.lot if order else UNSET,
        currency=order.currency if order else UNSET,
        published=evaluation.published or UNSET,
        void=evaluation.void or UNSET,
        result=(evaluation.result or UNSET) if evaluation.published else UNSET,
    )
    if order is None:
        return view
    parts = {name: told for part in _PARTS for name, told in part(evaluation, who, eye).items()}
    return replace(view, **parts)


def _asked(evaluation: Evaluation, who: Who, eye: Eye) -> dict[str, Any]:
    """The committee's questions, for itself and who watches over it; a bidder's own for the bidder."""
    reads = eye in (*INSIDE, Eye.AUDITOR, Eye.BIDDER)
    calls = {"calls": work.calls(evaluation, who, eye) or UNSET} if reads or eye is Eye.RUNNER else {}
    return calls | ({"questions": work.questions(evaluation, who, eye) or UNSET} if reads else {})


def _drawn(evaluation: Evaluation, who: Who, eye: Eye) -> dict[str, Any]:
    return {"draw": committee.draw(evaluation)} if eye in (*RUNNING, Eye.CUSTODIAN) else {}


def _progress(evaluation: Evaluation, who: Who, eye: Eye) -> dict[str, Any]:
    return committee.progress(evaluation, eye) if eye in (*INSIDE, *RUNNING, Eye.SITE) else {}


def _work(evaluation: Evaluation, who: Who, eye: Eye) -> dict[str, Any]:
    return work.of_member(evaluation, who) if eye is Eye.COMMITTEE else {}


def _results(evaluation: Evaluation, who: Who, eye: Eye) -> dict[str, Any]:
    """Once the report is public, with the names of those who made it."""
    named = {"members": committee.members(evaluation, eye)} if evaluation.published else {}
    return named | work.results(evaluation, eye)


def _course(evaluation: Evaluation, who: Who, eye: Eye) -> dict[str, Any]:
    """Phase and clocks, for everybody of the session."""
    if eye in (Eye.BIDDER, Eye.PUBLIC):
        return {}
    order = evaluation.ordered
    told: dict[str, Any] = {
        "phase": evaluation.phase,
        "phase_since": instant.text(evaluation.phase_since) if evaluation.phase_since else UNSET,
        "ends_at": instant.text(evaluation.ends_at) if evaluation.ends_at else UNSET,
        "check_code": _check_code(evaluation),
        "begins": order.begins,
        "order_id": evaluation.order_id,
        "k": order.k,
        "custodians": evaluation.custodian_keys,
        "suspended": halts.suspended(evaluation),
        "pauses": evaluation.pauses or UNSET,
        "sites": {site.site: site.name for site in order.sites},
        "sites_lost": sorted(evaluation.sites_lost) or UNSET,
    }
    if eye in (Eye.SUPERVISOR, Eye.RUNNER):
        told["awaited"] = evaluation.resumption or UNSET
    return told


def _check_code(evaluation: Evaluation) -> EvaluationCheckCode | UnsetType:
    seen = evaluation.checkpoint
    if seen is None:
        return UNSET
    code = check_code(parse(seen.note)[1])
    return EvaluationCheckCode(code=code, phase=seen.phase, covers=seen.covers, note=seen.note)


_PARTS = (_course, _asked, _drawn, _progress, _work, _results)


def _me(evaluation: Evaluation, who: Who, eye: Eye) -> EvaluationMe:
    """Who has left the committee since it came is told so by its role."""
    role = EvaluationRole(who.role) if eye is not Eye.PUBLIC else EvaluationRole.OBSERVER
    me = EvaluationMe(person=who.person, role=role, ask=ask_of(evaluation, who))
    member = evaluation.member(who.person) if eye is Eye.COMMITTEE else None
    if member is None:
        official = evaluation.official(who.person) if eye is Eye.SITE else None
        return replace(me, site=official.site) if official else me
    outliers = [o.found for o in evaluation.outliers.values() if o.open and o.found.alias == member.alias]
    asked = come_to(evaluation.phase, EvaluationPhase.OUTLIERS)
    return replace(
        me,
        alias=member.alias,
        leads=member.alias == evaluation.leader or UNSET,
        site=member.site or UNSET,
        seat=member.seat or UNSET,
        verdicts=list(member.verdicts) or UNSET,
        draft=list(member.draft) or UNSET,
        scores=work.scores_of(member) or UNSET,
        review=member.review or UNSET,
        sheet=member.sheet or UNSET,
        outliers=outliers if asked and outliers else UNSET,
    )
