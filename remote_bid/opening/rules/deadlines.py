"""What falls due: the commands that the clock hands in, and when."""

from remote_bid.opening.commands import (
    CloseBids,
    CloseCustody,
    CloseOpening,
    CloseWindow,
    HoldOpening,
    OpenLobby,
    SettleBids,
)
from remote_bid.opening.rules.closing import TOLERANCE_S
from remote_bid.opening.rules.guards import cadence, deadline, timetable
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import enough_keys_everywhere
from remote_bid.opening.terms import Phase
from remote_bid.timeline import instant
from remote_bid.timeline.context import Due
from remote_bid.timeline.marks import Tick

_TICKING = (Phase.SCHEDULED, Phase.LOBBY, Phase.ROSTER, Phase.RELEASE)


def due(opening: Opening) -> list[Due]:
    """All deadlines of the present phase."""
    if opening.timetable is None:
        return []
    return _ticks(opening) + _steps(opening)


def _ticks(opening: Opening) -> list[Due]:
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
        case Phase.RECORD:
            return [Due(opening.ends_at or since, CloseOpening())]
        case _:
            return []
