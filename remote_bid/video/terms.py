"""The words of a call, as values. Who sits in it goes by its seat; names are the view's to give."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from remote_bid.tender.terms import Heading, Line


class CallKind(StrEnum):
    """What a call is for."""

    CLARIFICATION_CALL = "clarification_call"
    """A committee asks one bidder; nobody outside learns who asks."""
    BROADCAST = "broadcast"
    """The host of an opening speaks to its hall."""


class CallRole(StrEnum):
    """What a person is in a call."""

    SUPERVISOR = "supervisor"
    EXPERT = "expert"
    BIDDER = "bidder"
    AGENCY = "agency"
    HOST = "host"
    LISTENER = "listener"
    """One of a hall's many: hears and sees, is neither heard nor recorded nor named."""
    AUDITOR = "auditor"
    """Reads and plays back everything afterwards; has no seat."""
    OBSERVER = "observer"


class Standing(StrEnum):
    """How far somebody has come on its way into a call."""

    OUTSIDE = "outside"
    LOBBY = "lobby"
    ADMITTED = "admitted"
    IN = "in"
    REMOVED = "removed"


class Obstacle(StrEnum):
    """Why nothing passes; the first that applies. None of them: the gate is open."""

    NOT_CALLED = "not_called"
    ENDED = "ended"
    NO_SUPERVISOR = "no_supervisor"
    NO_RECORDER = "no_recorder"


class Ending(StrEnum):
    """Why a call is over."""

    SUPERVISOR = "supervisor"
    TIME_OVER = "time_over"
    SESSION_OVER = "session_over"
    """The session that called it is over itself."""


class BadToken(StrEnum):
    """What is wrong with a token that was shown."""

    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REMOVED = "removed"
    SEAT_TAKEN = "seat_taken"
    """The same person is in already."""
    NOT_ADMITTED = "not_admitted"
    """Whose it is has taken back its yes to being recorded, or waits in the lobby again."""


SeatName = Annotated[str, msgspec.Meta(pattern=r"^S[0-9]{2}\Z")]
"""Under which somebody is known in one call, and in no other."""

Hash = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
"""SHA-256, base64url."""

TrackKind = Literal["audio", "video"]


class Chair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who sits on a seat; `alias` is an expert's in the evaluation."""

    seat: SeatName
    person: Line
    name: Heading
    role: CallRole
    alias: str = ""


class CalledBy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The act that called the room: its session, its entry, and that entry's leaf."""

    session: str
    seq: Annotated[int, msgspec.Meta(ge=1)]
    leaf: str


class Segment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of the recording of one seat's sound or picture, whole and on disk."""

    seat: SeatName
    kind: TrackKind
    number: int
    path: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9%][A-Za-z0-9._%/-]{0,199}\Z")]
    """Below the folder of recordings."""
    sha256: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    began: str
    """Of its first packet."""
    seconds: str
    """A decimal: entries carry no floating point."""


TOKEN_MS = 60_000
"""How long a token is good for."""
ALIVE_MS = 1200
"""A supervisor of whom nothing was heard for so long is lost."""
