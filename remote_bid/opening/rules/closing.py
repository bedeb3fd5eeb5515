"""The deadline: lobby, ticks, close, its cosignature in time, the count."""

from remote_bid.opening.commands import CloseBids, HoldOpening, OpenLobby
from remote_bid.opening.events import (
    BidsClosed,
    CustodyOpened,
    LobbyOpened,
    OpeningHeld,
)
from remote_bid.opening.rules.counting import counted
from remote_bid.opening.rules.guards import cadence, deadline, known, require_phase, timetable
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import Close
from remote_bid.opening.terms import LotSet, Phase
from remote_bid.people.required import require_clock, require_due, require_log
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import state, statement_id
from remote_bid.seal.tree import leaf_hash, root_of
from remote_bid.tender.deployment import cosigned_times
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import RecordCheckpoint, Tick, cosigned, tick

TOLERANCE_S = 2
"""How far a cosigner's time may be from T0 for the close to count."""


def open_lobby(opening: Opening, command: OpenLobby, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.SCHEDULED)
    require_due(turn, instant.later(deadline(opening), -timetable(opening).lobby_ms))
    return [LobbyOpened()]


def make_tick(opening: Opening, command: Tick, turn: Turn) -> list[Event]:
    require_clock(turn)
    if opening.last_tick_at is not None:
        require_due(turn, instant.later(opening.last_tick_at, cadence(opening).every_ms))
    return [tick(turn, cadence(opening).slots)]


def close_bids(opening: Opening, command: CloseBids, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.LOBBY)
    require_due(turn, deadline(opening))
    close = Close(
        session=turn.session,
        timetable=opening.timetable_id,
        tick=turn.head + 1,
        at=instant.text(turn.at),
        lots=lot_sets(opening),
    )
    return [tick(turn, cadence(opening).slots), BidsClosed(close=state(close, turn.office))]


def lot_sets(opening: Opening) -> list[LotSet]:
    """Count and root of the live bids of each lot."""
    lots = opening.tender.lots if opening.tender else []
    return [_lot_set(opening, lot.lot) for lot in lots]


def _lot_set(opening: Opening, lot: str) -> LotSet:
    bids = [bid for bid in opening.bids.values() if bid.lot == lot]
    ids = [statement_id(part.submission) for bid in bids for part in bid.parts]
    return LotSet(lot=lot, count=len(bids), root=set_root(ids))


def set_root(submissions: list[str]) -> str:
    """The RFC 9162 root over submission ids (32 bytes each), sorted as bytes."""
    return b64(root_of([leaf_hash(raw) for raw in sorted(unb64(name) for name in submissions)]))


def hold(opening: Opening, command: HoldOpening, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.CLOSED_FOR_BIDS)
    require_due(turn, instant.later(deadline(opening), TOLERANCE_S * 1000))
    return [OpeningHeld(cause="not_cosigned_in_time")]


def record_checkpoint(opening: Opening, command: RecordCheckpoint, turn: Turn) -> list[Event]:
    require_log(turn)
    times = cosigned_times(command.note, known(turn).deployment)
    if command.covers in opening.cosigned:
        return []
    events: list[Event] = [cosigned(command)]
    if opening.phase is Phase.CLOSED_FOR_BIDS and command.covers == opening.close_seq:
        return events + _counted(opening, times, turn)
    closed = opening.window_closed is not None and command.covers == opening.window_closed_seq
    if opening.phase is Phase.RELEASE and closed:
        ends_at = instant.later(turn.at, timetable(opening).windows.custody_ms)
        return [*events, CustodyOpened(ends_at=instant.text(ends_at))]
    return events


def _counted(opening: Opening, times: list[int], turn: Turn) -> list[Event]:
    at_deadline = deadline(opening).timestamp()
    quorum = next(iter(opening.policies.values())).quorum
    if sum(abs(time - at_deadline) <= TOLERANCE_S for time in times) < quorum:
        return [OpeningHeld(cause="not_cosigned_in_time")]
    close = opening.close_statement
    if close is None:
        return []
    return counted(opening, lot_sets(opening), close, turn, after=1)
