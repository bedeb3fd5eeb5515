"""Handing over an office: host, supervisor and tenderer have deputies named when the session is scheduled."""

from remote_bid.opening.commands import HandOver
from remote_bid.opening.events import RoleHandedOver
from remote_bid.opening.rules.guards import require_role, require_session
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import Handover
from remote_bid.opening.terms import OFFICES, Member
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import Event, Turn


def hand_over(opening: Opening, command: HandOver, turn: Turn) -> list[Event]:
    told, _ = signed_by_sender(turn, command.signed, Handover)
    require_session(turn, told.session)
    if statement_id(command.signed.statement) in opening.acts:
        return []
    require_role(opening, turn.by, *OFFICES)
    taker = opening.members.get(told.to)
    if taker is None or {told.role, taker.role} != {turn.by.role} or told.to == turn.by.person:
        refuse("no_such_deputy", "对方不是该职责的指定替补。", "An office goes to its deputy, or back from it.")
    if told.number != opening.handovers + 1:
        refuse("not_the_next", "交接的序号有误。", "It must be the session's next handover.")
    return [RoleHandedOver(role=told.role, to=told.to, signed=command.signed)]


def deputies_fit(members: list[Member]) -> bool:
    """Whether each deputy stands in for somebody of its own role, which has one deputy at most and is an office."""
    firsts = {member.person: member.role for member in members if not member.deputy_of}
    deputies = [member for member in members if member.deputy_of]
    fit = all(d.role in OFFICES and firsts.get(d.deputy_of) is d.role for d in deputies)
    return fit and len({deputy.deputy_of for deputy in deputies}) == len(deputies)
