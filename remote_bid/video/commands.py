"""What may be asked of a call."""

from typing import Annotated

import msgspec

from remote_bid.tender.terms import Heading, Line
from remote_bid.timeline.context import Command
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation
from remote_bid.video.terms import CalledBy, CallKind, Chair, Hash, SeatName, Segment


class OpenCall(Command, frozen=True):
    """The house's: an act in another session has called this room. `watchers` may read and play back everything."""

    kind: CallKind
    called: CalledBy
    title: Heading
    bid: str
    chairs: Annotated[list[Chair], msgspec.Meta(min_length=1, max_length=99)]
    watchers: list[Line]
    ends_at: str


class AnswerNotice(Command, frozen=True):
    """Somebody has read that the call is recorded, and agrees or does not."""

    agrees: bool


class EnterLobby(Command, frozen=True):
    """Somebody waits to be admitted."""


class Admit(Command, frozen=True):
    """The supervisor lets somebody in."""

    seat: SeatName


class IssueToken(Command, frozen=True):
    """Somebody wants to join: the token of this hash is its own, once and soon. The token itself is never logged."""

    hash: Hash


class UseToken(Command, frozen=True):
    """Somebody joins with the token of this hash."""

    hash: Hash


class MuteSeat(Command, frozen=True):
    """The supervisor takes somebody's voice away."""

    seat: SeatName


class UnmuteSeat(Command, frozen=True):
    """The supervisor gives it back."""

    seat: SeatName


class RemoveSeat(Command, frozen=True):
    """The supervisor puts somebody out for good."""

    seat: SeatName


class LeaveCall(Command, frozen=True):
    """Somebody hangs up; it may come again."""


class CloseCall(Command, frozen=True):
    """The supervisor ends the call."""


class EndCall(Command, frozen=True):
    """The clock's when its time is over; the house's when the session that called it is over."""


class PublishCall(Command, frozen=True):
    """The house's: the session that called it is public."""


class NoteLost(Command, frozen=True):
    """The carrier's: a seat's connection is gone."""

    seat: SeatName


class NoteSupervisor(Command, frozen=True):
    """The carrier's: a supervisor's signs of life have begun, or stopped."""

    seat: SeatName
    alive: bool


class NoteRecorder(Command, frozen=True):
    """The carrier's: whether the room is being recorded, and if not, why."""

    healthy: bool
    cause: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,40}\Z")] = ""


class NoteSegment(Command, frozen=True):
    """The carrier's: a piece of the recording is whole."""

    segment: Segment


VideoCommand = (
    OpenCall
    | AnswerNotice
    | EnterLobby
    | Admit
    | IssueToken
    | UseToken
    | MuteSeat
    | UnmuteSeat
    | RemoveSeat
    | LeaveCall
    | CloseCall
    | EndCall
    | PublishCall
    | NoteLost
    | NoteSupervisor
    | NoteRecorder
    | NoteSegment
    | RecordCheckpoint
    | RecordRotation
)
