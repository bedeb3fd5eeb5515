"""Suspending and resuming: the clocks stand still, the phase stays what it is."""

from datetime import datetime

from remote_bid.opening.commands import EndCustody, EndPause, NoticeOutage, ResumeOpening, SuspendOpening
from remote_bid.opening.events import (
    OpeningHeld,
    OpeningResumed,
    OpeningSuspended,
    RequestRefused,
    SuspensionCountersigned,
)
from remote_bid.opening.rules.deadlines import outage_at
from remote_bid.opening.rules.extending import left_ms
from remote_bid.opening.rules.guards import require_phase, require_role, require_session, timetable
from remote_bid.opening.rules.joint import awaiting, both_signed
from remote_bid.opening.rules.state import Opening, Suspension
from remote_bid.opening.terms import Phase, RequestRefusal, Role, under_way
from remote_bid.people.certificates import Signed
from remote_bid.people.required import refuse, require_clock, require_due, says, signed_by_sender
from remote_bid.seal.statements import statement_id
from remote_bid.tender.statements import Resume, Suspend
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn

SERVERS_OWN = (SuspensionCause.CUSTODIANS_ABSENT, SuspensionCause.OUTAGE)


def suspend(opening: Opening, command: SuspendOpening, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.HOST, Role.SUPERVISOR)
    told, name = says(command.signed, Suspend), statement_id(command.signed.statement)
    require_session(turn, told.session)
    if name in opening.acts:
        return _countersigned(opening, command.signed, turn)
    signed_by_sender(turn, command.signed, Suspend)
    if not under_way(opening.phase):
        refuse("wrong_phase", "现在不是办理此事的阶段。", "A session is suspended between its deadline and its end.")
    if opening.suspension is not None:
        refuse("suspended_already", "本场开标已经中止。", "The session is suspended already.")
    if told.number != next_number(opening) or told.cause in SERVERS_OWN:
        refuse(
            "not_the_next", "中止的序号或原因有误。", "It must be the next suspension, for a cause that people state."
        )
    if turn.by.role == Role.HOST and left_ms(opening) <= 0:
        return [RequestRefused(statement=name, cause=RequestRefusal.BEYOND_CAP, signed=command.signed)]
    return [_suspended(opening, told.cause, turn.at, hosts_end(opening, turn.by.role, turn.at), command.signed)]


def next_number(opening: Opening) -> int:
    """Of the next suspension, from 1."""
    return len(opening.pauses) + 1


def hosts_end(opening: Opening, role: str, at: datetime) -> datetime | None:
    """When the host's suspension ends by itself; nobody else's does."""
    if role != Role.HOST:
        return None
    return instant.later(at, min(timetable(opening).pauses.host_ms, left_ms(opening)))


def _suspended(
    opening: Opening,
    cause: SuspensionCause,
    since: datetime,
    ends_at: datetime | None = None,
    signed: Signed | None = None,
) -> OpeningSuspended:
    return OpeningSuspended(
        number=next_number(opening),
        cause=cause,
        since=instant.text(since),
        ends_at=instant.text(ends_at) if ends_at else None,
        signed=signed,
    )


def _countersigned(opening: Opening, signed: Signed, turn: Turn) -> list[Event]:
    """The supervisor adds its name to the host's suspension; anything else is a repetition."""
    now, both = opening.suspension, both_signed(opening, signed, turn)
    if not both or now is None or now.ends_at is None or now.statement != statement_id(signed.statement):
        return []
    return [SuspensionCountersigned(signed=signed)]


def end_custody(opening: Opening, command: EndCustody, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.CUSTODY)
    require_due(turn, opening.ends_at)
    return [_suspended(opening, SuspensionCause.CUSTODIANS_ABSENT, turn.at)]


def notice_outage(opening: Opening, command: NoticeOutage, turn: Turn) -> list[Event]:
    """Before T0 nothing is suspended: the session is held. After it, the clocks have stood still since the last
    cosigned sign of life.
    """
    require_clock(turn)
    require_due(turn, outage_at(opening))
    if not under_way(opening.phase):
        return [OpeningHeld(cause="outage")]
    return [_suspended(opening, SuspensionCause.OUTAGE, last_sign(opening) or turn.at)]


def last_sign(opening: Opening) -> datetime | None:
    """When the session was last seen alive by its cosigners, or resumed after that."""
    resumed = instant.when(opening.pauses[-1].until) if opening.pauses else None
    return max((at for at in (opening.cosigned_at, resumed) if at is not None), default=None)


def resume(opening: Opening, command: ResumeOpening, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.HOST, Role.SUPERVISOR)
    told, name = says(command.signed, Resume), statement_id(command.signed.statement)
    require_session(turn, told.session)
    both = both_signed(opening, command.signed, turn)
    if name in opening.acts:
        return []
    now = opening.suspension
    if now is None or told.number != now.number:
        refuse("not_suspended", "本场开标没有处于该次中止。", "This is not the suspension that holds now.")
    alone = turn.by.role == Role.SUPERVISOR and turn.at >= supervisor_from(opening, now)
    return [_resumed(opening, now, turn.at, command.signed)] if both or alone else awaiting(opening, command.signed)


def supervisor_from(opening: Opening, suspension: Suspension) -> datetime:
    """When the supervisor may decide alone: resume or abort."""
    return instant.later(suspension.since, timetable(opening).pauses.supervisor_ms)


def end_pause(opening: Opening, command: EndPause, turn: Turn) -> list[Event]:
    require_clock(turn)
    if opening.suspension is None:
        return []
    require_due(turn, opening.suspension.ends_at)
    return [_resumed(opening, opening.suspension, turn.at, None)]


def _resumed(opening: Opening, suspension: Suspension, at: datetime, signed: Signed | None) -> OpeningResumed:
    ends_at = ends_after(opening, suspension, at)
    return OpeningResumed(number=suspension.number, ends_at=instant.text(ends_at) if ends_at else None, signed=signed)


def ends_after(opening: Opening, suspension: Suspension, at: datetime) -> datetime | None:
    """When the phase's window ends if the clocks run again from `at`: later by the pause; absent custodians get theirs
    anew.
    """
    if opening.ends_at is None:
        return None
    if suspension.cause is SuspensionCause.CUSTODIANS_ABSENT:
        return instant.later(at, timetable(opening).windows.custody_ms)
    return opening.ends_at + opening.stood_still(at)
