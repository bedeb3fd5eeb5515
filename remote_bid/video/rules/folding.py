"""How each event changes a call. Never refuses: what happened, happened."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from remote_bid.seal.statements import statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated
from remote_bid.video import events as e
from remote_bid.video.rules.state import Call, Place, Token
from remote_bid.video.terms import Standing

replace = msgspec.structs.replace


def evolve(call: Call, happened: Happened) -> Call:
    """The state after one more event."""
    fold: Callable[[Call, Any, Happened], Call] = FOLDS[type(happened.event)]
    return fold(call, happened.event, happened)


def _opened(call: Call, event: e.CallOpened, happened: Happened) -> Call:
    places = {seat: Place() for seat in event.seats}
    ends_at = instant.when(event.ends_at)
    return replace(call, opened=event, opened_at=happened.at, ends_at=ends_at, places=places)


def _placed(call: Call, event: Any, happened: Happened, **changes: Any) -> Call:
    return _change(call, event.seat, **changes)


def _change(call: Call, seat: str, **changes: Any) -> Call:
    return replace(call, places=call.places | {seat: replace(call.places[seat], **changes)})


def _answered(call: Call, event: e.NoticeAnswered, happened: Happened) -> Call:
    """Whoever does not agree any more waits no longer either."""
    place = call.places[event.seat]
    stays = event.agrees or place.standing is Standing.REMOVED
    return _change(call, event.seat, agreed=event.agrees, standing=place.standing if stays else Standing.OUTSIDE)


def _issued(call: Call, event: e.TokenIssued, happened: Happened) -> Call:
    token = Token(seat=event.seat, ends_at=instant.when(event.ends_at))
    return replace(_change(call, event.seat, token=event.hash), tokens=call.tokens | {event.hash: token})


def _joined(call: Call, event: e.SeatJoined, happened: Happened) -> Call:
    used = replace(call.tokens[event.hash], used=True)
    return replace(_change(call, event.seat, standing=Standing.IN), tokens=call.tokens | {event.hash: used})


def _left(call: Call, event: e.SeatLeft, happened: Happened) -> Call:
    """Who hangs up has been admitted still; who leaves the lobby has not."""
    was_in = call.places[event.seat].standing is Standing.IN
    return _change(call, event.seat, standing=Standing.ADMITTED if was_in else Standing.OUTSIDE, alive=False)


def _recorder(call: Call, event: e.RecorderReady | e.RecorderFailed, happened: Happened) -> Call:
    cause = event.cause if isinstance(event, e.RecorderFailed) else ""
    return replace(call, recorder=isinstance(event, e.RecorderReady), recorder_cause=cause)


def _recorded(call: Call, event: e.SegmentRecorded, happened: Happened) -> Call:
    return replace(call, segments=call.segments | {event.segment.path: event.segment})


def _closed(call: Call, event: e.CallClosed, happened: Happened) -> Call:
    return replace(call, closed=True)


def _published(call: Call, event: e.CallPublished, happened: Happened) -> Call:
    return replace(call, published=True)


def _same(call: Call, event: Event, happened: Happened) -> Call:
    """The gate is not kept: it follows from the rest."""
    return call


def _checkpoint(call: Call, event: CheckpointCosigned, happened: Happened) -> Call:
    return replace(call, cosigned=call.cosigned | {event.covers})


def _rotated(call: Call, event: LogKeyRotated, happened: Happened) -> Call:
    return replace(call, rotations=(*call.rotations, statement_id(event.statement)))


FOLDS: dict[type[Event], Callable[[Call, Any, Happened], Call]] = {
    e.CallOpened: _opened,
    e.NoticeAnswered: _answered,
    e.LobbyEntered: partial(_placed, standing=Standing.LOBBY),
    e.Admitted: partial(_placed, standing=Standing.ADMITTED),
    e.TokenIssued: _issued,
    e.SeatJoined: _joined,
    e.TokenRefused: _same,
    e.SeatMuted: partial(_placed, muted=True),
    e.SeatUnmuted: partial(_placed, muted=False),
    e.SeatRemoved: partial(_placed, standing=Standing.REMOVED, alive=False),
    e.SeatLeft: _left,
    e.SeatLost: partial(_placed, standing=Standing.ADMITTED, alive=False),
    e.SupervisorFound: partial(_placed, alive=True),
    e.SupervisorLost: partial(_placed, alive=False),
    e.RecorderReady: _recorder,
    e.RecorderFailed: _recorder,
    e.SegmentRecorded: _recorded,
    e.GateOpened: _same,
    e.GateClosed: _same,
    e.CallClosed: _closed,
    e.CallPublished: _published,
    CheckpointCosigned: _checkpoint,
    LogKeyRotated: _rotated,
}
"""One fold for every event of the room."""
