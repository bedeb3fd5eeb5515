"""What falls due: the commands that the clock hands in, and when."""

from datetime import datetime

from remote_bid.opening.commands import (
    CarryOutAbort,
    CloseBids,
    CloseCustody,
    CloseOpening,
    CloseWindow,
    DrawCoefficients,
    EndCountCheck,
    EndCustody,
    EndPause,
    HoldOpening,
    NoticeOutage,
    OpenLobby,
    OpenObjections,
    PrepareRecord,
    SettleBids,
)
from remote_bid.opening.rules.closing import TOLERANCE_S
from remote_bid.opening.rules.guards import cadence, deadline, timetable
from remote_bid.opening.rules.objecting import hearing_ends_at
from remote_bid.opening.rules.state import Opening, Suspension
from remote_bid.opening.rules.unsealing import enough_keys_everywhere
from remote_bid.opening.terms import ABORTABLE, Phase, under_way
from remote_bid.timeline import instant
from remote_bid.timeline.context import Command, Due
from remote_bid.timeline.marks import Tick

_TICKING = (Phase.SCHEDULED, Phase.LOBBY, Phase.ROSTER, Phase.RELEASE)


def due(opening: Opening) -> list[Due]:
    """All deadlines of the present phase."""
    if opening.timetable is None:
        return []
    if opening.suspension is not None:
        return ticks_due(opening) + _ends_of_pause(opening, opening.suspension)
    outage = outage_at(opening)
    return [*_timed(opening), *([Due(outage, NoticeOutage(), overtakes=True)] if outage else [])]


def outage_at(opening: Opening) -> datetime | None:
    """From when on what is due and not done tells that the server was away; None while nothing falls due."""
    waits = [due.at for due in _timed(opening) if not _at_once(opening, due.command)]
    if not waits or opening.suspension is not None:
        return None
    limits, first = timetable(opening).pauses, max(min(waits), _awake_since(opening))
    if opening.phase in (Phase.SCHEDULED, Phase.LOBBY):
        matters = instant.later(deadline(opening), -limits.hold_within_ms)
        return max(instant.later(first, limits.hold_ms), matters)
    return instant.later(first, limits.outage_ms) if under_way(opening.phase) else None


def _at_once(opening: Opening, command: Command) -> bool:
    """What is not due at a time, but as soon as something has happened; settling takes as long as it takes."""
    match command:
        case SettleBids() | DrawCoefficients():
            return True
        case CloseWindow():
            return not opening.unreleased()
        case OpenObjections():
            return not opening.silent_lines()
        case _:
            return False


def _awake_since(opening: Opening) -> datetime:
    resumed = [instant.when(pause.until) for pause in opening.pauses[-1:]]
    return max([opening.phase_since or deadline(opening), *resumed])


def _timed(opening: Opening) -> list[Due]:
    return ticks_due(opening) + _steps(opening)


def _ends_of_pause(opening: Opening, suspension: Suspension) -> list[Due]:
    ends = [Due(suspension.ends_at, EndPause())] if suspension.ends_at and not opening.abort_ordered else []
    if opening.phase not in ABORTABLE:
        return ends
    too_long = instant.later(suspension.since, timetable(opening).pauses.abort_ms)
    return [*ends, Due(suspension.since if opening.abort_ordered else too_long, CarryOutAbort())]


def ticks_due(opening: Opening) -> list[Due]:
    """The next tick, in phases that tick."""
    if opening.phase not in _TICKING or opening.window_closed is not None or opening.last_tick_at is None:
        return []
    return [Due(instant.later(opening.last_tick_at, cadence(opening).every_ms), Tick())]


def _steps(opening: Opening) -> list[Due]:
    since = opening.phase_since or deadline(opening)
    match opening.phase:
        case Phase.SCHEDULED:
            return [Due(instant.later(deadline(opening), -timetable(opening).lobby_ms), OpenLobby())]
        case Phase.LOBBY:
            return [Due(deadline(opening), CloseBids())]
        case Phase.CLOSED_FOR_BIDS:
            return [Due(instant.later(deadline(opening), TOLERANCE_S * 1000), HoldOpening())]
        case Phase.RELEASE if opening.window_closed is None:
            return [Due((opening.ends_at if opening.unreleased() else None) or since, CloseWindow())]
        case Phase.CUSTODY if enough_keys_everywhere(opening):
            return [Due(opening.ends_at or since, CloseCustody())]
        case Phase.UNSEAL:
            return [Due(since, SettleBids())]
        case phase:
            ended = _AT_ITS_END.get(phase)
            return [Due(opening.ends_at or since, ended)] if ended else _hearing(opening, since)


def _hearing(opening: Opening, since: datetime) -> list[Due]:
    """From the draw to the record."""
    match opening.phase:
        case Phase.DRAW if not opening.lotteries:
            return [Due(since, DrawCoefficients())]
        case Phase.CONFIRM:
            return [Due((opening.ends_at if opening.silent_lines() else None) or since, OpenObjections())]
        case Phase.OBJECTION:
            return [Due(hearing_ends_at(opening) or since, PrepareRecord())]
        case _:
            return []


_AT_ITS_END: dict[Phase, Command] = {
    Phase.COUNT_CHECK: EndCountCheck(),
    Phase.CUSTODY: EndCustody(),
    Phase.RECORD: CloseOpening(),
}
"""What falls due when a phase's window is over."""
