"""What a supervisor does in a call: admit, mute, remove, end."""

from collections.abc import Sequence

from remote_bid.people.required import refuse, require_due
from remote_bid.timeline.context import CLOCK, Event, Turn
from remote_bid.video.commands import Admit, CloseCall, EndCall, MuteSeat, PublishCall, RemoveSeat, UnmuteSeat
from remote_bid.video.events import Admitted, CallClosed, CallPublished, SeatMuted, SeatRemoved, SeatUnmuted
from remote_bid.video.rules.guards import HOUSE, chaired, own_chair, place_of, require_going_on, require_system
from remote_bid.video.rules.state import Call
from remote_bid.video.terms import CallRole, Ending, Standing


def admit(call: Call, command: Admit, turn: Turn) -> Sequence[Event]:
    require_going_on(call)
    chair = chaired(call, turn, command.seat)
    standing = place_of(call, chair).standing
    if standing in (Standing.ADMITTED, Standing.IN):
        return []
    if standing is not Standing.LOBBY:
        refuse("not_waiting", "该席位不在等候室。", "Nobody of this seat waits in the lobby.")
    return [Admitted(seat=chair.seat)]


def mute(call: Call, command: MuteSeat, turn: Turn) -> Sequence[Event]:
    require_going_on(call)
    chair = chaired(call, turn, command.seat)
    return [] if place_of(call, chair).muted else [SeatMuted(seat=chair.seat)]


def unmute(call: Call, command: UnmuteSeat, turn: Turn) -> Sequence[Event]:
    """Nobody takes this back but a supervisor."""
    require_going_on(call)
    chair = chaired(call, turn, command.seat)
    return [SeatUnmuted(seat=chair.seat)] if place_of(call, chair).muted else []


def remove(call: Call, command: RemoveSeat, turn: Turn) -> Sequence[Event]:
    require_going_on(call)
    chair = chaired(call, turn, command.seat)
    return [] if place_of(call, chair).standing is Standing.REMOVED else [SeatRemoved(seat=chair.seat)]


def close(call: Call, command: CloseCall, turn: Turn) -> Sequence[Event]:
    if own_chair(call, turn).role is not CallRole.SUPERVISOR:
        refuse("not_allowed", "只有监督人员可以办理此事。", "Only a supervisor does this.")
    return [] if call.closed else [CallClosed(cause=Ending.SUPERVISOR)]


def end(call: Call, command: EndCall, turn: Turn) -> Sequence[Event]:
    require_system(turn, CLOCK, HOUSE)
    if call.closed:
        return []
    if turn.by == CLOCK:
        require_due(turn, call.ends_at)
    return [CallClosed(cause=Ending.TIME_OVER if turn.by == CLOCK else Ending.SESSION_OVER)]


def publish(call: Call, command: PublishCall, turn: Turn) -> Sequence[Event]:
    require_system(turn, HOUSE)
    if not call.closed:
        refuse("not_over", "通话尚未结束。", "The call is not over yet.")
    return [] if call.published else [CallPublished()]
