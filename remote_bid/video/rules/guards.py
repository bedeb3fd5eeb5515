"""What the rules of a call ask first."""

from remote_bid.people.required import refuse
from remote_bid.timeline.context import Turn
from remote_bid.timeline.entry import Who
from remote_bid.video.rules.state import Call, Place
from remote_bid.video.terms import CallRole, Chair, Standing

CARRIER = Who(person="carrier", role="carrier")
"""Whoever carries the media: hands in what it sees of connections, signs of life and recordings."""

HOUSE = Who(person="house", role="house")
"""Whoever opens rooms because an act in another session has called them."""


def require_system(turn: Turn, *allowed: Who) -> None:
    """Only a part of the system hands this in, never a person."""
    if turn.by not in allowed:
        refuse("not_allowed", "此事由系统办理。", "Only the system itself does this.")


def require_going_on(call: Call) -> None:
    """Nobody comes into a call that is over."""
    if call.closed:
        refuse("call_over", "通话已经结束。", "The call is over.")


def own_chair(call: Call, turn: Turn) -> Chair:
    """Where the sender sits."""
    chair = call.chair_of(turn.by.person)
    if chair is None or chair.role != turn.by.role:
        refuse("not_allowed", "您不是本次通话的参加人。", "You have no seat in this call.")
    return chair


def lives(call: Call, chair: Chair) -> bool:
    """Whether a seat is taken by a connection that lives; a supervisor's does not without its signs of life."""
    place = call.places[chair.seat]
    return place.standing is Standing.IN and (chair.role is not CallRole.SUPERVISOR or place.alive)


def place_of(call: Call, chair: Chair) -> Place:
    """How it stands with a seat."""
    return call.places[chair.seat]


def chaired(call: Call, turn: Turn, seat: str) -> Chair:
    """Somebody's chair, over whom the sender has power: a supervisor over all others, the house over all."""
    if turn.by != HOUSE and own_chair(call, turn).role is not CallRole.SUPERVISOR:
        refuse("not_allowed", "只有监督人员可以办理此事。", "Only a supervisor does this.")
    chair = call.chairs().get(seat)
    if chair is None or chair.role is CallRole.SUPERVISOR:
        refuse("no_such_seat", "没有这个席位，或不由您管理。", "There is no such seat, or it is not yours to direct.")
    return chair
