"""The one thing that a page asks of its reader now."""

from remote_bid.evaluation.rules.calling import CALLING
from remote_bid.evaluation.rules.drawing import enough_keys
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.progress import Task, owes, vacancies
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import SEALERS, EvaluationPhase, EvaluationRole
from remote_bid.timeline.entry import Who


def ask_of(evaluation: Evaluation, who: Who) -> str:
    """The one thing asked of this person now, or "wait"."""
    if evaluation.order is None or evaluation.role_of(who.person) != who.role:
        return "wait"
    halted = _while_suspended(evaluation, who)
    if halted is not None:
        return halted
    return (_of_sealer(evaluation, who) or _of_role(evaluation, who)) or "wait"


def _while_suspended(evaluation: Evaluation, who: Who) -> str | None:
    """Nothing but to go on, while the clocks stand still."""
    if evaluation.suspension is None:
        return None
    return "resume" if who.role in (EvaluationRole.AGENCY, EvaluationRole.SUPERVISOR) else "wait"


def _of_sealer(evaluation: Evaluation, who: Who) -> str:
    if evaluation.phase is not EvaluationPhase.SCHEDULED or evaluation.pools is None:
        return ""
    return "seal_seed" if who.role in SEALERS and who.person not in evaluation.seeds else ""


def _of_role(evaluation: Evaluation, who: Who) -> str:
    match who.role:
        case EvaluationRole.EXPERT:
            member = evaluation.member(who.person)
            return _of_member(evaluation, member) if member else ""
        case EvaluationRole.TRADING_CENTER:
            return _of_centre(evaluation)
        case EvaluationRole.CUSTODIAN:
            return _of_custodian(evaluation, who)
        case EvaluationRole.AGENCY:
            closed = evaluation.phase is EvaluationPhase.CLOSED
            return "publish_report" if closed and not evaluation.published else ""
        case EvaluationRole.SUPERVISOR:
            return "remove_member" if evaluation.overdue else ""
        case EvaluationRole.BIDDER:
            own = {bid.bid for bid in evaluation.bids_of(who.person)}
            return "answer_question" if any(q.bid in own for q in evaluation.open_questions()) else ""
        case _:
            return ""


def _of_centre(evaluation: Evaluation) -> str:
    if evaluation.phase is EvaluationPhase.SCHEDULED:
        return "" if evaluation.pools else "commit_pools"
    return "call_expert" if evaluation.phase in CALLING and evaluation.seed and vacancies(evaluation) else ""


def _of_custodian(evaluation: Evaluation, who: Who) -> str:
    wanted = evaluation.phase is EvaluationPhase.DRAW and not evaluation.seed and not enough_keys(evaluation)
    return "publish_draw_key" if wanted and evaluation.custodian_keys[who.person] not in evaluation.draw_keys else ""


_TASKS = {
    Task.ANSWER: "answer_call",
    Task.CHECK_IN: "take_seat",
    Task.UNDERTAKING: "sign_undertaking",
    Task.REVIEW: "submit_review",
    Task.SHEET: "submit_sheet",
    Task.OUTLIER: "answer_outlier",
}


def _of_member(evaluation: Evaluation, member: Member) -> str:
    """First what the whole committee waits for, then what is the member's own."""
    election = evaluation.election
    if election is not None and member.undertaken_at is not None and member.alias not in election.cast:
        return "cast_ballot"
    if member.undertaken_at is not None and any(member.alias not in m.votes for m in evaluation.open_motions()):
        return "cast_vote"
    task = owes(evaluation, member)
    if task is not None and evaluation.phase not in _LATER:
        return "pass_gate" if task is Task.CHECK_IN and not member.gate else _TASKS[task]
    return _of_leader(evaluation) if member.alias == evaluation.leader else _of_reader(evaluation, member)


_LATER = (EvaluationPhase.PRICE, EvaluationPhase.SUMMARY, EvaluationPhase.REPORT, EvaluationPhase.CLOSED)


def _of_reader(evaluation: Evaluation, member: Member) -> str:
    return "sign_report" if evaluation.phase is EvaluationPhase.REPORT and member.answer is None else ""


def _of_leader(evaluation: Evaluation) -> str:
    if evaluation.phase is EvaluationPhase.REPORT:
        return _of_reader(evaluation, evaluation.members[evaluation.leader])
    return {
        EvaluationPhase.MATERIALS: "open_review",
        EvaluationPhase.SUMMARY: "" if evaluation.confirmed else "confirm_summary",
    }.get(evaluation.phase, "")
