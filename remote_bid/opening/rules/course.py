"""How the day's course changes the state: extensions, pauses, handovers, the count in question, an ordered abort."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from remote_bid.opening.events import (
    AbortOrdered,
    CountCheckOpened,
    CustodianKeysDestroyed,
    LotContinued,
    OpeningResumed,
    OpeningSuspended,
    RequestRefused,
    RoleHandedOver,
    SignatureAwaited,
    SuspensionCountersigned,
    WindowExtended,
)
from remote_bid.opening.rules.state import Asked, Opening, Suspension
from remote_bid.opening.statements import Extension
from remote_bid.opening.terms import Phase, RequestRefusal, Role
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import media_type, said, statement_id
from remote_bid.tender.statements import Resume
from remote_bid.tender.terms import Pause
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened

replace = msgspec.structs.replace


def enter(opening: Opening, phase: Phase, happened: Happened, ends_at: str | None = None) -> Opening:
    """The opening in its next phase; what awaited a signature belonged to the last."""
    return replace(
        opening,
        phase=phase,
        phase_since=happened.at,
        waiting_since=happened.at,
        awaited={},
        ends_at=instant.when(ends_at) if ends_at else None,
        marks=opening.marks | {happened.seq: phase},
        uncosigned=opening.uncosigned | {happened.seq: happened.at},
    )


def cosigned(opening: Opening, covers: int) -> Opening:
    """Its cosigners have seen the session alive as of this entry."""
    if covers not in opening.uncosigned:
        return opening
    left = {seq: at for seq, at in opening.uncosigned.items() if seq > covers}
    return replace(opening, uncosigned=left, cosigned_at=opening.uncosigned[covers])


def _done(opening: Opening, name: str) -> Opening:
    """This statement is acted upon, and awaits nobody any more."""
    return _not_awaited(replace(opening, acts=opening.acts | {name}), name)


def _not_awaited(opening: Opening, name: str) -> Opening:
    return replace(opening, awaited={other: asked for other, asked in opening.awaited.items() if other != name})


def _signed(opening: Opening, signed: Signed | None) -> Opening:
    return _done(opening, statement_id(signed.statement)) if signed else opening


def _awaited(opening: Opening, event: SignatureAwaited, happened: Happened) -> Opening:
    asked = Asked(signed=event.signed, first=happened.by.person)
    return replace(opening, awaited=opening.awaited | {statement_id(event.signed.statement): asked})


def _refused(opening: Opening, event: RequestRefused, happened: Happened) -> Opening:
    """What was declined may be asked for again; what the rules refuse may not."""
    if event.cause is not RequestRefusal.DECLINED:
        return _done(opening, event.statement)
    return _not_awaited(replace(opening, declined=opening.declined | {event.statement}), event.statement)


def _extended(opening: Opening, event: WindowExtended, happened: Happened) -> Opening:
    extension = said(event.signed.statement, Extension)
    return replace(
        _signed(opening, event.signed),
        ends_at=instant.when(event.ends_at),
        extensions=[*opening.extensions, statement_id(event.signed.statement)],
        spent_ms=opening.spent_ms + extension.by_ms,
    )


def _suspended(opening: Opening, event: OpeningSuspended, happened: Happened) -> Opening:
    suspension = Suspension(
        number=event.number,
        cause=event.cause,
        since=instant.when(event.since),
        statement=statement_id(event.signed.statement) if event.signed else "",
        ends_at=instant.when(event.ends_at) if event.ends_at else None,
        hosts=happened.by.role == Role.HOST,
    )
    return replace(_signed(opening, event.signed), suspension=suspension)


def _countersigned(opening: Opening, event: SuspensionCountersigned, happened: Happened) -> Opening:
    if opening.suspension is None:
        return opening
    spent = opening.spent_ms + _ms(opening.suspension.since, happened.at)
    return replace(opening, suspension=replace(opening.suspension, ends_at=None, hosts=False), spent_ms=spent)


def _resumed(opening: Opening, event: OpeningResumed, happened: Happened) -> Opening:
    """What remained of the phase's time still remains; the host's suspension has used up some of the cap."""
    now, stood_still = opening.suspension, opening.stood_still(happened.at)
    if now is None:
        return opening
    pause = Pause(since=instant.text(now.since), until=instant.text(happened.at), cause=now.cause)
    return replace(
        _signed(opening, event.signed),
        suspension=None,
        awaited={
            name: asked
            for name, asked in opening.awaited.items()
            if asked.signed.statement.payload_type != media_type(Resume)
        },
        pauses=[*opening.pauses, pause],
        ends_at=instant.when(event.ends_at) if event.ends_at else None,
        waiting_since=opening.waiting_since + stood_still if opening.waiting_since else None,
        spent_ms=opening.spent_ms + (_ms(now.since, happened.at) if now.hosts else 0),
    )


def _ms(since: datetime, until: datetime) -> int:
    return round((until - since).total_seconds() * 1000)


def _abort_ordered(opening: Opening, event: AbortOrdered, happened: Happened) -> Opening:
    return replace(_signed(opening, event.signed), abort_ordered=event.cause)


def _handed_over(opening: Opening, event: RoleHandedOver, happened: Happened) -> Opening:
    handed = opening.handed | {event.role: event.to}
    return replace(_signed(opening, event.signed), handed=handed, handovers=opening.handovers + 1)


def _count_check(opening: Opening, event: CountCheckOpened, happened: Happened) -> Opening:
    return replace(enter(opening, Phase.COUNT_CHECK, happened, event.ends_at), questioned=event.lots)


def _continued(opening: Opening, event: LotContinued, happened: Happened) -> Opening:
    left = [lot for lot in opening.questioned if lot != event.lot]
    continued = opening.continued | {event.lot: event.ground}
    return replace(_signed(opening, event.signed), questioned=left, continued=continued)


def _destroyed(opening: Opening, event: CustodianKeysDestroyed, happened: Happened) -> Opening:
    return replace(opening, destroyed=opening.destroyed | {event.person})


COURSE: dict[type[Event], Callable[[Opening, Any, Happened], Opening]] = {
    SignatureAwaited: _awaited,
    RequestRefused: _refused,
    WindowExtended: _extended,
    OpeningSuspended: _suspended,
    SuspensionCountersigned: _countersigned,
    OpeningResumed: _resumed,
    AbortOrdered: _abort_ordered,
    RoleHandedOver: _handed_over,
    CountCheckOpened: _count_check,
    LotContinued: _continued,
    CustodianKeysDestroyed: _destroyed,
}
"""One fold for every event of the day's course."""
