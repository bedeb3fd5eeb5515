"""From the sheets to the report: outliers, price scores, summary, report, the end."""

from collections.abc import Sequence

from remote_bid.evaluation.commands import ConfirmSummary, DissentFromReport, PublishReport, SignReport
from remote_bid.evaluation.events import (
    EvaluationClosed,
    OutliersClosed,
    OutliersFound,
    PricesScored,
    ReportAnswered,
    ReportOpened,
    ReportPublished,
    StepOverdue,
    SummaryConfirmed,
    SummaryOpened,
)
from remote_bid.evaluation.results import hash_of
from remote_bid.evaluation.rules.guards import (
    ends,
    repeated,
    require_leader,
    require_phase,
    require_role,
    require_session,
    signed_by_member,
    working_member,
)
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.progress import Task, owes
from remote_bid.evaluation.rules.ranked import far_off, priced, summary_of
from remote_bid.evaluation.rules.reported import report_of
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.rules.ticking import SLOTS
from remote_bid.evaluation.statements import Dissent, Publication, ReportSigned, SummarySeen
from remote_bid.evaluation.terms import EvaluationPhase, EvaluationRole, ReportAnswer, Result
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.timeline.context import Event, Refused, Turn
from remote_bid.timeline.marks import disclose


def sheets(evaluation: Evaluation) -> tuple[str, ...]:
    """The sheets of those who are on the committee now."""
    return tuple(sorted(member.sheet for member in evaluation.active() if member.sheet))


def only_outliers(evaluation: Evaluation) -> bool:
    """Whether nothing but outliers keeps members from being done."""
    return all(owes(evaluation, member) in (None, Task.OUTLIER) for member in evaluation.active())


def find_outliers(evaluation: Evaluation, turn: Turn) -> Sequence[Event]:
    """Who was asked about a score is not asked again."""
    found = far_off(evaluation)
    ends_at = ends(turn, evaluation.ordered.timers.outliers_ms)
    return [OutliersFound(sheets=list(sheets(evaluation)), outliers=found, ends_at=ends_at)]


def close_outliers(evaluation: Evaluation, turn: Turn) -> Sequence[Event]:
    here = {member.alias for member in evaluation.active()}
    lapsed = [number for number, o in evaluation.outliers.items() if o.open and o.found.alias in here]
    return [OutliersClosed(lapsed=lapsed)]


def sum_up(evaluation: Evaluation, turn: Turn) -> Sequence[Event]:
    """Prices are scored and everything is added up, at once. A formula that gives no answer for these prices is for
    people to decide upon: the step is overdue.
    """
    try:
        prices = priced(evaluation)
        summary = summary_of(evaluation, prices)
    except Refused:
        return [StepOverdue(missing=[])]
    ends_at = ends(turn, evaluation.ordered.timers.summary_ms)
    return [PricesScored(prices=prices), SummaryOpened(summary=summary, hash=hash_of(summary), ends_at=ends_at)]


def confirm(evaluation: Evaluation, command: ConfirmSummary, turn: Turn) -> Sequence[Event]:
    member = require_leader(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, SummarySeen)
    if repeated(member, command.signed):
        return []
    require_phase(evaluation, EvaluationPhase.SUMMARY)
    if told.summary != evaluation.summary_hash:
        refuse("other_summary", "确认的不是本场汇总结果。", "This is not the summary of this session.")
    return [SummaryConfirmed(alias=member.alias, signed=command.signed)]


def reject_all(evaluation: Evaluation, turn: Turn) -> Sequence[Event]:
    """No bid is left, or those that are do not compete."""
    return _reported(evaluation, turn, Result.ALL_REJECTED)


def open_report(evaluation: Evaluation, turn: Turn) -> Sequence[Event]:
    return _reported(evaluation, turn, Result.RANKED)


def _reported(evaluation: Evaluation, turn: Turn, result: Result) -> Sequence[Event]:
    """What lay aside is disclosed before the report is open."""
    report = report_of(evaluation, result)
    ends_at = ends(turn, evaluation.ordered.timers.report_ms)
    opened = ReportOpened(report=report, hash=hash_of(report), ends_at=ends_at)
    return [*disclose(turn, SLOTS, before=0), opened]


def _answering(evaluation: Evaluation, turn: Turn) -> Member:
    member = working_member(evaluation, turn)
    require_phase(evaluation, EvaluationPhase.REPORT, EvaluationPhase.CLOSED)
    return member


def _require_first(evaluation: Evaluation, member: Member, report: str) -> None:
    require_phase(evaluation, EvaluationPhase.REPORT)
    if member.answer is not None:
        refuse("answered_already", "您已经签署或提出保留意见。", "You have signed or dissented already.")
    if report != evaluation.report_hash:
        refuse("other_report", "签署的不是本场评标报告。", "This is not the report of this session.")


def sign_report(evaluation: Evaluation, command: SignReport, turn: Turn) -> Sequence[Event]:
    member = _answering(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, ReportSigned)
    if repeated(member, command.signed):
        return []
    _require_first(evaluation, member, told.report)
    return [ReportAnswered(alias=member.alias, answer=ReportAnswer.SIGNED, signed=command.signed)]


def dissent(evaluation: Evaluation, command: DissentFromReport, turn: Turn) -> Sequence[Event]:
    """Refusing without a reason counts as agreement, and is recorded as what it is (评标办法暂行规定 Art. 43)."""
    member = _answering(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, Dissent)
    if repeated(member, command.signed):
        return []
    _require_first(evaluation, member, told.report)
    answer = ReportAnswer.DISSENTED if told.reason.strip() else ReportAnswer.REFUSED
    return [ReportAnswered(alias=member.alias, answer=answer, signed=command.signed)]


def close(evaluation: Evaluation, turn: Turn) -> Sequence[Event]:
    silent = [member.alias for member in evaluation.active() if member.answer is None]
    return [EvaluationClosed(silent=silent)]


def publish(evaluation: Evaluation, command: PublishReport, turn: Turn) -> Sequence[Event]:
    require_role(evaluation, turn, EvaluationRole.AGENCY)
    told, _ = signed_by_sender(turn, command.signed, Publication)
    require_session(turn, told.session)
    if evaluation.published:
        return []
    require_phase(evaluation, EvaluationPhase.CLOSED)
    if told.report != evaluation.report_hash:
        refuse("other_report", "公布的不是本场评标报告。", "This is not the report of this session.")
    return [ReportPublished(signed=command.signed)]
