"""What the log notes for later judges: lists of revoked certificates in force, and its own new key."""

from collections.abc import Sequence

from remote_bid.opening.rules.guards import known
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase
from remote_bid.people.noting import NoteCrl, noted
from remote_bid.tender.deployment import rotated
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import RecordRotation


def note_crl(opening: Opening, command: NoteCrl, turn: Turn) -> list[Event]:
    return noted(opening.crls, opening.phase in (Phase.CLOSED, Phase.ABORTED), command, turn)


def record_rotation(opening: Opening, command: RecordRotation, turn: Turn) -> Sequence[Event]:
    return rotated(opening.rotations, known(turn).deployment, command, turn)
