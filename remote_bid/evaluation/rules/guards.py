"""What the rules of an evaluation ask first."""

from datetime import datetime

from remote_bid.evaluation.known import Known
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase, EvaluationRole
from remote_bid.people.certificates import Signed
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.seal.statements import P, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Turn


def require_phase(evaluation: Evaluation, *phases: EvaluationPhase) -> None:
    """This act belongs to one of these phases."""
    if evaluation.phase not in phases:
        refuse("wrong_phase", "现在不是办理此事的阶段。", f"This cannot be done in phase {evaluation.phase}.")


def require_role(evaluation: Evaluation, turn: Turn, *roles: EvaluationRole) -> None:
    """This act belongs to people of these roles."""
    if turn.by.role not in roles or evaluation.role_of(turn.by.person) != turn.by.role:
        refuse("not_allowed", "您的身份不能办理此事。", f"Only {' or '.join(roles)} may do this.")


def require_session(turn: Turn, session: str) -> None:
    """A statement made for another session counts nothing here."""
    if session != turn.session:
        refuse("other_session", "签署内容属于另一场评标。", "The statement belongs to another session.")


def acting_member(evaluation: Evaluation, turn: Turn) -> Member:
    """The member of the committee who acts; who has left is none any more."""
    require_role(evaluation, turn, EvaluationRole.EXPERT)
    member = evaluation.member(turn.by.person)
    if member is None:
        refuse("not_allowed", "您不是本场评标委员会成员。", "You are not on this committee.")
    return member


def working_member(evaluation: Evaluation, turn: Turn) -> Member:
    """A member who is in, and has signed its undertaking."""
    member = acting_member(evaluation, turn)
    if member.undertaken_at is None:
        refuse("no_undertaking", "请先签到并签署承诺书。", "Check in and sign the undertaking first.")
    if member.site in evaluation.sites_lost:
        refuse("site_lost", "您所在场地的网络尚未恢复。", "The network of your site is not back yet.")
    return member


def require_leader(evaluation: Evaluation, turn: Turn) -> Member:
    """The leader of the committee."""
    member = working_member(evaluation, turn)
    if member.alias != evaluation.leader:
        refuse("not_leader", "此事由评标委员会组长办理。", "Only the committee's leader does this.")
    return member


def signed_by_member(turn: Turn, member: Member, signed: Signed, kind: type[P]) -> P:
    """What a member signed, in its own alias and for this session."""
    told, _ = signed_by_sender(turn, signed, kind)
    require_session(turn, getattr(told, "session", ""))
    if getattr(told, "alias", "") != member.alias:
        refuse("other_alias", "签署内容不是以您的代号作出的。", "The statement is not made under your alias.")
    return told


def repeated(member: Member, signed: Signed) -> bool:
    """Whether this statement was taken already."""
    return statement_id(signed.statement) in member.papers


def left_by(evaluation: Evaluation, turn: Turn, signed: Signed) -> bool:
    """Whether the sender has left by this statement: said again, it changes nothing."""
    gone = [member for member in evaluation.members.values() if member.person == turn.by.person and member.left]
    return any(repeated(member, signed) for member in gone)


def ends(turn: Turn, ms: int) -> str:
    """So long from now, as it is told."""
    return instant.text(instant.later(turn.at, ms))


def known(turn: Turn) -> Known:
    """The facts of this turn."""
    facts = turn.known
    return facts if isinstance(facts, Known) else Known()


def later_of(*times: datetime | None) -> datetime | None:
    """The last of these instants."""
    return max((at for at in times if at is not None), default=None)
