"""Leaving the committee: recusal, removal, absence. Who leaves is replaced; its work is void, and kept."""

from remote_bid.evaluation.commands import DeclareRecusal, RemoveMember
from remote_bid.evaluation.events import MemberLeft
from remote_bid.evaluation.rules.arriving import IN_SESSION
from remote_bid.evaluation.rules.calling import exhausted
from remote_bid.evaluation.rules.guards import (
    acting_member,
    left_by,
    require_phase,
    require_role,
    require_session,
    signed_by_member,
)
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.statements import Recusal, Removal
from remote_bid.evaluation.terms import Departure, EvaluationPhase, EvaluationRole
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.seal.canonical import b64, labelled_hash
from remote_bid.timeline.context import Event, Turn

_BY_SUPERVISOR = (Departure.REMOVED, Departure.CONFLICTED, Departure.ABSENT)


def recuse(evaluation: Evaluation, command: DeclareRecusal, turn: Turn) -> list[Event]:
    if left_by(evaluation, turn, command.signed):
        return []
    member = acting_member(evaluation, turn)
    told = signed_by_member(turn, member, command.signed, Recusal)
    require_phase(evaluation, EvaluationPhase.DRAW, *IN_SESSION)
    if told.reason != reason_hash(command.nonce, command.reason):
        refuse("other_reason", "回避理由与签署内容不符。", "This is not the reason that you signed for.")
    return [recused(member, command), *exhausted(evaluation, turn, member)]


def recused(member: Member, command: DeclareRecusal) -> MemberLeft:
    """A member has stood back."""
    return MemberLeft(
        alias=member.alias,
        cause=Departure.RECUSED,
        signed=command.signed,
        reason=command.reason,
        nonce=command.nonce,
    )


def reason_hash(nonce: str, reason: str) -> str:
    """What a member signs of its reason."""
    return b64(labelled_hash("sbe/1 recusal", nonce.encode(), reason.encode()))


def remove(evaluation: Evaluation, command: RemoveMember, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, EvaluationRole.SUPERVISOR)
    told, _ = signed_by_sender(turn, command.signed, Removal)
    require_session(turn, told.session)
    member = evaluation.members.get(told.alias)
    if member is None:
        refuse("no_such_member", "没有这名专家。", "Nobody was called under this alias.")
    if member.left is not None:
        return []
    require_phase(evaluation, *IN_SESSION)
    if told.cause not in _BY_SUPERVISOR:
        refuse("bad_cause", "不能以该理由更换成员。", "A member is not removed for this cause.")
    left = MemberLeft(alias=member.alias, cause=told.cause, signed=command.signed)
    return [left, *exhausted(evaluation, turn, member)]


def absent(evaluation: Evaluation, turn: Turn, member: Member) -> list[Event]:
    """Its time for coming, or for signing, is over."""
    left = MemberLeft(alias=member.alias, cause=Departure.ABSENT, signed=None)
    return [left, *exhausted(evaluation, turn, member)]
