"""What can have happened in a call. No entry names anybody but by its seat, except who sits on which."""

from remote_bid.tender.terms import Heading, Line
from remote_bid.timeline.context import Event
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated
from remote_bid.video.terms import BadToken, CalledBy, CallKind, CallRole, Chair, Ending, Obstacle, Segment


class CallOpened(Event, frozen=True):
    """The room exists; nothing passes in it yet. It ends by itself at `ends_at`. What every seat is, anybody in the
    call may know; who sits on it (`chairs`), only auditors.
    """

    kind: CallKind
    called: CalledBy
    title: Heading
    bid: str
    seats: dict[str, CallRole]
    chairs: list[Chair]
    watchers: list[Line]
    ends_at: str


class NoticeAnswered(Event, frozen=True):
    """Whether somebody agrees to be recorded."""

    seat: str
    agrees: bool


class LobbyEntered(Event, frozen=True):
    """Somebody waits to be admitted."""

    seat: str


class Admitted(Event, frozen=True):
    """Somebody may join."""

    seat: str


class TokenIssued(Event, frozen=True):
    """Somebody may join once with the token of this hash, before `ends_at`; earlier ones are void."""

    seat: str
    hash: str
    ends_at: str


class SeatJoined(Event, frozen=True):
    """Somebody has joined with the token of this hash."""

    seat: str
    hash: str


class TokenRefused(Event, frozen=True):
    """Somebody has tried to join with a token that is not good."""

    hash: str
    why: BadToken


class SeatMuted(Event, frozen=True):
    """Nobody hears this seat any more."""

    seat: str


class SeatUnmuted(Event, frozen=True):
    """It may be heard again."""

    seat: str


class SeatRemoved(Event, frozen=True):
    """It was put out, and may not come again."""

    seat: str


class SeatLeft(Event, frozen=True):
    """It has hung up."""

    seat: str


class SeatLost(Event, frozen=True):
    """Its connection is gone; it may join again."""

    seat: str


class SupervisorFound(Event, frozen=True):
    """A supervisor's signs of life are there."""

    seat: str


class SupervisorLost(Event, frozen=True):
    """A supervisor's signs of life have stopped."""

    seat: str


class RecorderReady(Event, frozen=True):
    """The room is being recorded."""


class RecorderFailed(Event, frozen=True):
    """The room cannot be recorded."""

    cause: str


class SegmentRecorded(Event, frozen=True):
    """A piece of the recording is whole: whoever has it can show that it is this one."""

    segment: Segment


class GateOpened(Event, frozen=True):
    """From now on what the table allows passes; `cause` is the obstacle that has gone last."""

    cause: Obstacle


class GateClosed(Event, frozen=True):
    """From now on nothing passes."""

    cause: Obstacle


class CallClosed(Event, frozen=True):
    """The call is over."""

    cause: Ending


class CallPublished(Event, frozen=True):
    """The session that called it is public: anybody may read what happened here, by seats."""


VideoEvent = (
    CallOpened
    | NoticeAnswered
    | LobbyEntered
    | Admitted
    | TokenIssued
    | SeatJoined
    | TokenRefused
    | SeatMuted
    | SeatUnmuted
    | SeatRemoved
    | SeatLeft
    | SeatLost
    | SupervisorFound
    | SupervisorLost
    | RecorderReady
    | RecorderFailed
    | SegmentRecorded
    | GateOpened
    | GateClosed
    | CallClosed
    | CallPublished
    | CheckpointCosigned
    | LogKeyRotated
)
