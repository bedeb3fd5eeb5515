"""What most rules ask first. Each refusal has a stable code and a sentence in Chinese and English."""

from datetime import datetime

from remote_bid.opening.known import Known
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.required import refuse, require_due
from remote_bid.tender.statements import Cadence, Timetable
from remote_bid.timeline import instant
from remote_bid.timeline.context import Turn
from remote_bid.timeline.entry import Who


def require_phase(opening: Opening, *phases: Phase) -> None:
    """This act belongs to one of these phases."""
    if opening.phase not in phases:
        refuse("wrong_phase", "现在不是办理此事的阶段。", f"This cannot be done in phase {opening.phase}.")


def require_role(opening: Opening, by: Who, *roles: Role) -> None:
    """This act belongs to people of these roles."""
    if opening.role_of(by.person) not in roles or by.role not in roles:
        refuse("not_allowed", "您的身份不能办理此事。", f"Only {' or '.join(roles)} may do this.")
    if not opening.in_office(by.person):
        refuse("not_in_office", "该职责现由他人履行。", "Somebody else holds this office now.")


def may_stand_in(opening: Opening, by: Who) -> datetime | None:
    """From when on somebody may do what waits for the host: the host at any time, its deputy and the supervisor after
    one and two spans of waiting; None: never. Without a deputy the supervisor's span is the first.
    """
    since = opening.waiting_since
    member = opening.members.get(by.person)
    if member is None or since is None or by.role != member.role:
        return None
    if member.role is Role.HOST:
        return since if opening.in_office(by.person) else instant.later(since, timetable(opening).host_ms)
    if member.role is not Role.SUPERVISOR or not opening.in_office(by.person):
        return None
    hosts = sum(other.role is Role.HOST for other in opening.members.values())
    return instant.later(since, hosts * timetable(opening).host_ms)


def require_host(opening: Opening, turn: Turn) -> None:
    """This step waits for the host; others may do it when it has waited long enough."""
    member = opening.members.get(turn.by.person)
    if member is None or member.role not in (Role.HOST, Role.SUPERVISOR) or turn.by.role != member.role:
        refuse("not_allowed", "您的身份不能办理此事。", "Only the host, or who stands in for it, may do this.")
    require_due(turn, may_stand_in(opening, turn.by))


def require_session(turn: Turn, session: str) -> None:
    """A statement made for another session counts nothing here."""
    if session != turn.session:
        refuse("other_session", "签署内容属于另一场开标。", "The statement belongs to another session.")


def require_room_in_line(opening: Opening, turn: Turn, bidding: bool = False) -> None:
    """A side-line entry that the next tick cannot hold is refused, not acknowledged.

    `bidding` leaves the reserve alone: whoever replaced its bid too often can still withdraw it, check in and release.
    """
    if turn.lines.full(turn.line_of(turn.by.person), _slots(opening), bidding=bidding):
        refuse("line_full", "操作过于频繁，请稍后再试。", "Too many entries; try again after the next tick.")


def _slots(opening: Opening) -> int:
    """What the next tick surely holds: before the lobby it may be one of either cadence."""
    table = timetable(opening)
    if opening.phase is Phase.SCHEDULED:
        return min(table.ticks.slots, table.lobby_ticks.slots)
    return cadence(opening).slots


def cadence(opening: Opening) -> Cadence:
    """How often and how large ticks are now."""
    table = timetable(opening)
    return table.ticks if opening.phase is Phase.SCHEDULED else table.lobby_ticks


def timetable(opening: Opening) -> Timetable:
    """The timetable that holds, or a refusal."""
    if opening.timetable is None:
        refuse("no_timetable", "时间表尚未签署。", "There is no signed timetable yet.")
    return opening.timetable


def deadline(opening: Opening) -> datetime:
    """T0."""
    return instant.when(timetable(opening).deadline)


def known(turn: Turn) -> Known:
    """The facts of this turn."""
    facts = turn.known
    return facts if isinstance(facts, Known) else Known()
