"""The rules of a per-bid assessment (一标一评): after an evaluation agency, centre and supervisor each take points off
its experts by the centre's table. Pure.

    open (the centre) → three sheets, nobody seeing another's → closed: full points less what was taken off
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from remote_bid.evaluation.assessment.commands import CloseAssessment, OpenAssessment, SubmitAssessment
from remote_bid.evaluation.assessment.events import AssessmentClosed, AssessmentOpened, AssessmentSubmitted
from remote_bid.evaluation.assessment.state import Assessment
from remote_bid.evaluation.assessment.statements import AssessmentOrder, AssessmentSheet
from remote_bid.evaluation.assessment.terms import ASSESSORS, AssessedPoints, AssessmentRole, Mark
from remote_bid.evaluation.known import Known
from remote_bid.people.noting import NoteCrl, noted
from remote_bid.people.required import refuse, require_clock, require_due, require_log, signed_by_sender
from remote_bid.seal.statements import statement_id
from remote_bid.tender.deployment import Deployment, cosigned_times, rotated
from remote_bid.timeline import instant
from remote_bid.timeline.context import Command, Due, Event, Turn
from remote_bid.timeline.marks import LogKeyRotated, RecordCheckpoint, RecordRotation, cosigned


def begin(session: str) -> Assessment:
    """A session before its first event."""
    return Assessment(session=session)


def decide(assessment: Assessment, command: Command, turn: Turn) -> Sequence[Event]:
    """The events that a command brings about, none if it is a repetition, or Refused."""
    if assessment.order is None and not isinstance(command, OpenAssessment):
        refuse("not_opened", "本次考评尚未开始。", "The assessment is not opened yet.")
    return DECISIONS[type(command)](assessment, command, turn)


def due(assessment: Assessment) -> list[Due]:
    """Closing, as soon as all three have answered or the time is over."""
    if assessment.order is None or assessment.closed or assessment.ends_at is None:
        return []
    at_once = assessment.opened_at if len(assessment.sheets) == len(ASSESSORS) else None
    return [Due(at_once or assessment.ends_at, CloseAssessment())]


def _open(assessment: Assessment, command: OpenAssessment, turn: Turn) -> Sequence[Event]:
    order, _ = signed_by_sender(turn, command.signed, AssessmentOrder)
    if assessment.order_id == statement_id(command.signed.statement):
        return []
    if assessment.order is not None or order.session != turn.session:
        refuse("opened_already", "本次考评已经开始，或属于另一场。", "It is open already, or another session's.")
    _require_sides(order, turn)
    ends_at = instant.text(instant.later(turn.at, order.within_ms))
    changes = [LogKeyRotated(statement=statement) for statement in _deployment(turn).successors]
    return [AssessmentOpened(signed=command.signed, ends_at=ends_at), *changes]


def _require_sides(order: AssessmentOrder, turn: Turn) -> None:
    """One for each side, the centre the one that opens it; nobody assesses itself."""
    roles = [assessor.role for assessor in order.assessors]
    people = [assessor.person for assessor in order.assessors]
    centre = [a.person for a in order.assessors if a.role is AssessmentRole.TRADING_CENTER]
    experts = [expert.person for expert in order.experts]
    everybody = [*people, *experts]
    if set(roles) != set(ASSESSORS) or centre != [turn.by.person] or len(set(everybody)) != len(everybody):
        refuse(
            "bad_order",
            "考评三方各一人，专家不得自评。",
            "One for each side; nobody assesses itself.",
        )
    names = [item.item for item in order.table], [expert.alias for expert in order.experts]
    if any(len(set(each)) != len(each) for each in names) or any(item.by not in ASSESSORS for item in order.table):
        refuse("bad_order", "考评分值表有误。", "The point table is not right.")


def _submit(assessment: Assessment, command: SubmitAssessment, turn: Turn) -> Sequence[Event]:
    role = assessment.role_of(turn.by.person)
    if role not in ASSESSORS or turn.by.role != role:
        refuse("not_allowed", "您的身份不能办理此事。", "Only agency, centre and supervisor assess.")
    told, _ = signed_by_sender(turn, command.signed, AssessmentSheet)
    name = statement_id(command.signed.statement)
    if role in assessment.sheets and assessment.sheets[role][0] == name:
        return []
    if assessment.closed or role in assessment.sheets or (told.session, told.person) != (turn.session, turn.by.person):
        refuse("submitted_already", "考评意见已经提交或考评已结束。", "It is submitted already, or the time is over.")
    _require_marks(assessment, role, told.marks)
    return [AssessmentSubmitted(role=role, signed=command.signed)]


def _require_marks(assessment: Assessment, role: AssessmentRole, marks: Sequence[Mark]) -> None:
    order = assessment.order
    most = {item.item: Decimal(item.most) for item in (order.table if order else []) if item.by is role}
    experts = {expert.alias for expert in (order.experts if order else [])}
    given = [(mark.alias, mark.item) for mark in marks]
    if len(set(given)) != len(given) or any(mark.alias not in experts or mark.item not in most for mark in marks):
        refuse("not_in_table", "不属于您考评的专家或项目。", "It is not yours to mark, or marked twice.")
    if any(Decimal(mark.points) > most[mark.item] for mark in marks):
        refuse("out_of_range", "扣分超过规定分值。", "More is taken off than the table allows.")


def _close(assessment: Assessment, command: CloseAssessment, turn: Turn) -> Sequence[Event]:
    require_clock(turn)
    if assessment.closed:
        return []
    if len(assessment.sheets) < len(ASSESSORS):
        require_due(turn, assessment.ends_at)
    silent = [role for role in ASSESSORS if role not in assessment.sheets]
    return [AssessmentClosed(results=results_of(assessment), silent=silent)]


def results_of(assessment: Assessment) -> list[AssessedPoints]:
    """Full points less what all sides have taken off, never below zero. Anybody computes the same from the sheets."""
    if assessment.order is None:
        return []
    taken: dict[str, Decimal] = {expert.alias: Decimal(0) for expert in assessment.order.experts}
    for _, marks in assessment.sheets.values():
        for mark in marks:
            taken[mark.alias] += Decimal(mark.points)
    full = Decimal(assessment.order.full)
    return [AssessedPoints(alias=alias, points=str(max(full - off, Decimal(0)))) for alias, off in taken.items()]


def _checkpoint(assessment: Assessment, command: RecordCheckpoint, turn: Turn) -> Sequence[Event]:
    require_log(turn)
    cosigned_times(command.note, _deployment(turn))
    return [] if command.covers in assessment.cosigned else [cosigned(command)]


def _rotate(assessment: Assessment, command: RecordRotation, turn: Turn) -> Sequence[Event]:
    return rotated(assessment.rotations, _deployment(turn), command, turn)


def _note(assessment: Assessment, command: NoteCrl, turn: Turn) -> Sequence[Event]:
    return noted(assessment.crls, assessment.closed, command, turn)


def _deployment(turn: Turn) -> Deployment:
    return turn.known.deployment if isinstance(turn.known, Known) else Deployment()


DECISIONS: dict[type[Command], Callable[[Assessment, Any, Turn], Sequence[Event]]] = {
    OpenAssessment: _open,
    SubmitAssessment: _submit,
    CloseAssessment: _close,
    RecordCheckpoint: _checkpoint,
    RecordRotation: _rotate,
    NoteCrl: _note,
}
"""One decision for every command of the room."""
