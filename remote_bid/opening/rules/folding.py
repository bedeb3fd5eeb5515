"""How each event changes the state. Never refuses: what happened, happened."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.opening.events import (
    BidderCheckedIn,
    BidReadOut,
    BidsClosed,
    ConfirmationOpened,
    DrawOpened,
    LobbyOpened,
    LotAborted,
    MemberCheckedIn,
    ObjectionsOpened,
    OpeningAborted,
    OpeningClosed,
    OpeningHeld,
    ReadoutOpened,
    RecordPrepared,
    RecordSigned,
    ReleaseRefused,
    RosterPublished,
    SubmissionRefused,
)
from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.course import COURSE, cosigned, enter
from remote_bid.opening.rules.heard import HEARD
from remote_bid.opening.rules.prepared import PREPARED
from remote_bid.opening.rules.stamping import STAMPING, wanted
from remote_bid.opening.rules.state import CheckpointSeen, Opening
from remote_bid.opening.rules.unsealed import UNSEALED
from remote_bid.opening.statements import Close
from remote_bid.opening.terms import AbortCause, Cause, Outcome, Phase, Settlement
from remote_bid.people.noting import CrlNotedDown
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import said, statement_id
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked

replace = msgspec.structs.replace


def evolve(opening: Opening, happened: Happened) -> Opening:
    """The state after one more event."""
    fold: Callable[[Opening, Any, Happened], Opening] = FOLDS[type(happened.event)]
    return fold(opening, happened.event, happened)


def _checked_in(opening: Opening, event: BidderCheckedIn | MemberCheckedIn, happened: Happened) -> Opening:
    return replace(opening, present=opening.present | {event.person: happened.at})


def _lobby(opening: Opening, event: LobbyOpened, happened: Happened) -> Opening:
    deadline = opening.timetable.deadline if opening.timetable else None
    return enter(opening, Phase.LOBBY, happened, deadline)


def _ticked(opening: Opening, event: Ticked, happened: Happened) -> Opening:
    uncosigned = opening.uncosigned | {happened.seq: happened.at}
    opening = replace(opening, last_tick=happened.seq, last_tick_leaf=b64(happened.leaf))
    return replace(opening, last_tick_at=happened.at, uncosigned=uncosigned)


def _closed_for_bids(opening: Opening, event: BidsClosed, happened: Happened) -> Opening:
    close = said(event.close, Close)
    opening = replace(enter(opening, Phase.CLOSED_FOR_BIDS, happened), stamps=wanted(opening, happened))
    bids = dict(sorted(opening.bids.items(), key=lambda item: unb64(item[0])))
    return replace(opening, bids=bids, proposed=None, close=close, close_statement=event.close, close_seq=happened.seq)


def _held(opening: Opening, event: OpeningHeld, happened: Happened) -> Opening:
    return enter(opening, Phase.HELD, happened)


def _checkpoint(opening: Opening, event: CheckpointCosigned, happened: Happened) -> Opening:
    opening = cosigned(replace(opening, cosigned=opening.cosigned | {event.covers}), event.covers)
    phase = opening.marks.get(event.covers)
    if phase is None:
        return opening
    marks = {seq: mark for seq, mark in opening.marks.items() if seq > event.covers}
    seen = CheckpointSeen(covers=event.covers, note=event.note, phase=phase)
    return replace(opening, marks=marks, checkpoint=seen)


def _roster(opening: Opening, event: RosterPublished, happened: Happened) -> Opening:
    return enter(opening, Phase.ROSTER, happened)


def _lot_aborted(opening: Opening, event: LotAborted, happened: Happened) -> Opening:
    opening = replace(opening, aborted=opening.aborted | {event.lot: event.cause})
    if event.cause is AbortCause.NONE_OPENED:
        return opening
    gone = {name: bid for name, bid in opening.bids.items() if bid.lot == event.lot}
    bids = {name: bid for name, bid in opening.bids.items() if name not in gone}
    if event.cause is not AbortCause.TOO_FEW_BIDS:
        gone = {name: replace(bid, settlement=_WITHDRAWN, read_out=True) for name, bid in gone.items()}
    questioned = [lot for lot in opening.questioned if lot != event.lot]
    return replace(opening, bids=bids, returned=opening.returned | gone, questioned=questioned)


_WITHDRAWN = Settlement(outcome=Outcome.DEEMED_WITHDRAWN, cause=Cause.ABORTED)
"""The cause lies elsewhere than with any bidder."""


def _aborted(opening: Opening, event: OpeningAborted, happened: Happened) -> Opening:
    return replace(enter(opening, Phase.ABORTED, happened), suspension=None)


def _refused(opening: Opening, event: SubmissionRefused | ReleaseRefused, happened: Happened) -> Opening:
    told = [*opening.denials.get(event.person, []), event.refusal]
    return replace(opening, denials=opening.denials | {event.person: told})


def _disclosed(opening: Opening, event: Disclosed, happened: Happened) -> Opening:
    return replace(opening, disclosed=True)


def _draw_opened(opening: Opening, event: DrawOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.DRAW, happened)


def _confirmation(opening: Opening, event: ConfirmationOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.CONFIRM, happened, event.ends_at)


def _objections(opening: Opening, event: ObjectionsOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.OBJECTION, happened, event.ends_at)


def _readout(opening: Opening, event: ReadoutOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.READOUT, happened)


def _read_out(opening: Opening, event: BidReadOut, happened: Happened) -> Opening:
    bid = replace(opening.bids[event.bid], read_out=True)
    return replace(opening, bids=opening.bids | {bid.bid: bid}, waiting_since=happened.at)


def _prepared(opening: Opening, event: RecordPrepared, happened: Happened) -> Opening:
    opening = enter(opening, Phase.RECORD, happened, event.ends_at)
    return replace(opening, record=event.record, record_hash=event.hash)


def _record_signed(opening: Opening, event: RecordSigned, happened: Happened) -> Opening:
    bidder = bidder_behind(opening, event.person, event.signed)
    signatures = opening.signatures | {bidder: statement_id(event.signed.statement)}
    return replace(opening, signatures=signatures)


def _closed(opening: Opening, event: OpeningClosed, happened: Happened) -> Opening:
    return enter(opening, Phase.CLOSED, happened)


def _crl(opening: Opening, event: CrlNotedDown, happened: Happened) -> Opening:
    return replace(opening, crls=opening.crls | {event.crl.authority: event.crl})


def _rotated(opening: Opening, event: LogKeyRotated, happened: Happened) -> Opening:
    return replace(opening, rotations=(*opening.rotations, statement_id(event.statement)))


FOLDS: dict[type[Event], Callable[[Opening, Any, Happened], Opening]] = {
    **PREPARED,
    **UNSEALED,
    BidderCheckedIn: _checked_in,
    MemberCheckedIn: _checked_in,
    LobbyOpened: _lobby,
    Ticked: _ticked,
    BidsClosed: _closed_for_bids,
    OpeningHeld: _held,
    CheckpointCosigned: _checkpoint,
    RosterPublished: _roster,
    LotAborted: _lot_aborted,
    OpeningAborted: _aborted,
    SubmissionRefused: _refused,
    ReleaseRefused: _refused,
    Disclosed: _disclosed,
    ReadoutOpened: _readout,
    BidReadOut: _read_out,
    RecordPrepared: _prepared,
    RecordSigned: _record_signed,
    OpeningClosed: _closed,
    DrawOpened: _draw_opened,
    ConfirmationOpened: _confirmation,
    ObjectionsOpened: _objections,
    **HEARD,
    CrlNotedDown: _crl,
    **COURSE,
    **STAMPING,
    LogKeyRotated: _rotated,
}
"""One fold for every event of the room."""
