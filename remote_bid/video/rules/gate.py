"""The gate of a call: closed, unless a supervisor is there, the recorder works, and an act has called the room."""

from remote_bid.video.rules.state import Call
from remote_bid.video.terms import CallRole, Obstacle


def obstacle(call: Call) -> Obstacle | None:
    """What keeps the gate closed now; None: it is open."""
    if call.opened is None:
        return Obstacle.NOT_CALLED
    if call.closed:
        return Obstacle.ENDED
    if not supervised(call):
        return Obstacle.NO_SUPERVISOR
    return None if call.recorder else Obstacle.NO_RECORDER


def supervised(call: Call) -> bool:
    """Whether a supervisor has joined, and gives signs of life."""
    return any(chair.role is CallRole.SUPERVISOR and call.places[chair.seat].alive for chair in call.joined())
