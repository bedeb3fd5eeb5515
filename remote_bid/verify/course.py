"""Step 6, the day's course: whatever moved, stopped or ended the clocks did so by the rules, and nothing moved while
they stood still; whoever acted for another was allowed to by then.

Each check is given the session as it was before the entry.
"""

from collections.abc import Callable
from typing import Any

from remote_bid.opening.events import (
    AbortOrdered,
    BidderCheckedIn,
    BidReadOut,
    ConfirmationOpened,
    CountCheckOpened,
    CustodianKeysDestroyed,
    CustodyOpened,
    KeyReleased,
    LotAborted,
    LotContinued,
    MemberCheckedIn,
    ObjectionRaised,
    OpeningAborted,
    OpeningClosed,
    OpeningHeld,
    OpeningResumed,
    OpeningSuspended,
    PartReleased,
    ReleaseHindered,
    ReleaseOpened,
    ReleaseRefused,
    RemedyRequested,
    RequestRefused,
    RoleHandedOver,
    Said,
    SignatureAwaited,
    StampTaken,
    SubmissionRefused,
    SuspensionCountersigned,
    WindowClosed,
    WindowExtended,
    WrongKeyTried,
)
from remote_bid.opening.rules.counting import grounds, minimum
from remote_bid.opening.rules.deadlines import outage_at
from remote_bid.opening.rules.extending import left_ms, refusal
from remote_bid.opening.rules.guards import may_stand_in
from remote_bid.opening.rules.pausing import (
    SERVERS_OWN,
    ends_after,
    hosts_end,
    last_sign,
    next_number,
    supervisor_from,
)
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import keys_of
from remote_bid.opening.statements import Abort, BelowMinimum, Extension, Handover, KeysDestroyed
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import ABORTABLE, AbortCause, Phase, Role, under_way
from remote_bid.people.certificates import Signed
from remote_bid.people.noting import CrlNotedDown
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.tender.statements import Resume, Suspend
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Happened
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked
from remote_bid.verify.case import Failed, entry_name


def course(shown: Shown, before: Opening, happened: Happened) -> None:
    """That this entry may follow; Failed otherwise."""
    event, by = happened.event, happened.by
    if before.suspension is not None and not isinstance(event, _MEANWHILE):
        raise Failed(entry_name(shown), "it happened while the session was suspended")
    if isinstance(event, _HOSTS_STEPS) and by != CLOCK:
        since = may_stand_in(before, by)
        if since is None or happened.at < since:
            raise Failed(entry_name(shown), f"{by.person} acted before it might stand in for the host")
    elif not isinstance(event, MemberCheckedIn) and not before.in_office(by.person):
        raise Failed(entry_name(shown), f"{by.person} does not hold its office")
    holds = _CHECKS.get(type(event))
    if holds is not None and not holds(before, event, happened):
        raise Failed(entry_name(shown), f"{type(event).__name__} does not follow from what was before")


_HOSTS_STEPS = (ReleaseOpened, BidReadOut, ConfirmationOpened, OpeningClosed)
"""What waits for the host, and others may do when it has waited long enough."""

_MEANWHILE = (
    AbortOrdered,
    BidderCheckedIn,
    CheckpointCosigned,
    CrlNotedDown,
    CustodyOpened,
    Disclosed,
    KeyReleased,
    LogKeyRotated,
    LotAborted,
    MemberCheckedIn,
    ObjectionRaised,
    OpeningAborted,
    OpeningResumed,
    PartReleased,
    ReleaseHindered,
    ReleaseRefused,
    RemedyRequested,
    RequestRefused,
    RoleHandedOver,
    Said,
    SignatureAwaited,
    SubmissionRefused,
    StampTaken,
    SuspensionCountersigned,
    Ticked,
    WindowExtended,
    WrongKeyTried,
)
"""What goes on while the clocks stand still."""


def _suspended(before: Opening, event: OpeningSuspended, happened: Happened) -> bool:
    fits = before.suspension is None and under_way(before.phase) and event.number == next_number(before)
    return fits and (_by_server if event.signed is None else _by_person)(before, event, happened)


def _by_server(before: Opening, event: OpeningSuspended, happened: Happened) -> bool:
    if happened.by != CLOCK or event.ends_at is not None:
        return False
    if event.cause is SuspensionCause.OUTAGE:
        missed, since = outage_at(before), last_sign(before) or happened.at
        return missed is not None and missed <= happened.at and event.since == instant.text(since)
    absent = event.cause is SuspensionCause.CUSTODIANS_ABSENT and before.phase is Phase.CUSTODY
    return absent and before.over(happened.at) and event.since == instant.text(happened.at)


def _by_person(before: Opening, event: OpeningSuspended, happened: Happened) -> bool:
    told, ends_at = _said(event.signed, Suspend), hosts_end(before, happened.by.role, happened.at)
    stated = (told.session, told.number, told.cause) == (before.session, event.number, event.cause)
    timed = (event.since, event.ends_at) == (instant.text(happened.at), instant.text(ends_at) if ends_at else None)
    return stated and timed and told.cause not in SERVERS_OWN and (ends_at is None or left_ms(before) > 0)


def _countersigned(before: Opening, event: SuspensionCountersigned, happened: Happened) -> bool:
    now = before.suspension
    return now is not None and now.ends_at is not None and now.statement == statement_id(event.signed.statement)


def _resumed(before: Opening, event: OpeningResumed, happened: Happened) -> bool:
    now = before.suspension
    if now is None or event.number != now.number:
        return False
    ends_at = ends_after(before, now, happened.at)
    if event.ends_at != (instant.text(ends_at) if ends_at else None):
        return False
    if event.signed is None:
        return happened.by == CLOCK and now.ends_at is not None and happened.at >= now.ends_at
    told, both = _said(event.signed, Resume), len(event.signed.certificates) == 2
    alone = happened.by.role == Role.SUPERVISOR and happened.at >= supervisor_from(before, now)
    return (told.session, told.number) == (before.session, now.number) and (both or alone)


def _extended(before: Opening, event: WindowExtended, happened: Happened) -> bool:
    told = _said(event.signed, Extension)
    if before.phase is not Phase.RELEASE or before.close is None or before.ends_at is None or told.by_ms <= 0:
        return False
    stated = (told.session, told.close, told.number) == (
        before.session,
        id_of(before.close),
        len(before.extensions) + 1,
    )
    timed = event.ends_at == instant.text(instant.later(before.ends_at, told.by_ms))
    return stated and timed and refusal(before, told, happened.at) is None


def _window(before: Opening, event: WindowClosed, happened: Happened) -> bool:
    told = said(event.window_closed, WindowClosedStatement)
    return (told.extensions, told.pauses) == (before.extensions, before.pauses)


def _refused(before: Opening, event: RequestRefused, happened: Happened) -> bool:
    if event.signed is None:
        return event.statement in before.awaited
    return event.statement == statement_id(event.signed.statement)


def _held(before: Opening, event: OpeningHeld, happened: Happened) -> bool:
    if before.phase is Phase.CLOSED_FOR_BIDS:
        return event.cause == "not_cosigned_in_time"
    missed = outage_at(before)
    return event.cause == "outage" and missed is not None and missed <= happened.at


def _count_check(before: Opening, event: CountCheckOpened, happened: Happened) -> bool:
    if before.close is None or before.timetable is None:
        return False
    few = [lot for lot in before.close.lots if 0 < lot.count < minimum(before, lot.lot)]
    ends_at = instant.text(instant.later(happened.at, before.timetable.host_ms))
    return (event.lots, event.ends_at) == ([lot.lot for lot in few if grounds(before, lot.lot)], ends_at)


def _continued(before: Opening, event: LotContinued, happened: Happened) -> bool:
    told = _said(event.signed, BelowMinimum)
    if before.close is None or (told.session, told.close) != (before.session, id_of(before.close)):
        return False
    stated = (told.lot, told.ground) == (event.lot, event.ground)
    return stated and event.lot in before.questioned and event.ground in grounds(before, event.lot)


def _ordered(before: Opening, event: AbortOrdered, happened: Happened) -> bool:
    now, table = before.suspension, before.timetable
    if now is None or table is None or before.phase not in ABORTABLE or before.abort_ordered:
        return False
    if event.signed is None:
        late = happened.at >= instant.later(now.since, table.pauses.abort_ms)
        return happened.by == CLOCK and event.cause is AbortCause.SUSPENDED_TOO_LONG and late
    told = _said(event.signed, Abort)
    decided = event.cause is AbortCause.SUPERVISOR_DECIDED and happened.at >= supervisor_from(before, now)
    return (told.session, told.number) == (before.session, now.number) and decided


def _aborted(before: Opening, event: LotAborted | OpeningAborted, happened: Happened) -> bool:
    """By order, or for want of bids; while suspended by order only."""
    late = event.cause in (AbortCause.SUPERVISOR_DECIDED, AbortCause.SUSPENDED_TOO_LONG)
    return event.cause is before.abort_ordered if late or before.suspension else True


def _handed_over(before: Opening, event: RoleHandedOver, happened: Happened) -> bool:
    told, taker = _said(event.signed, Handover), before.members.get(event.to)
    stated = (told.session, told.number, told.role, told.to) == (
        before.session,
        before.handovers + 1,
        event.role,
        event.to,
    )
    return stated and taker is not None and taker.role is event.role and happened.by.role == event.role


def _destroyed(before: Opening, event: CustodianKeysDestroyed, happened: Happened) -> bool:
    told = _said(event.signed, KeysDestroyed)
    held = (before.session, keys_of(before, event.person))
    return before.phase is Phase.ABORTED and (told.session, told.kids) == held


def _said(signed: Signed | None, kind: type[Any]) -> Any:
    if signed is None:
        raise ValueError("the entry bears no statement")
    return said(signed.statement, kind)


_CHECKS: dict[type[Any], Callable[[Opening, Any, Happened], bool]] = {
    OpeningSuspended: _suspended,
    SuspensionCountersigned: _countersigned,
    OpeningResumed: _resumed,
    WindowExtended: _extended,
    WindowClosed: _window,
    RequestRefused: _refused,
    OpeningHeld: _held,
    CountCheckOpened: _count_check,
    LotContinued: _continued,
    AbortOrdered: _ordered,
    LotAborted: _aborted,
    OpeningAborted: _aborted,
    RoleHandedOver: _handed_over,
    CustodianKeysDestroyed: _destroyed,
}
