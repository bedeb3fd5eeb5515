"""What the room of a call asks of whoever carries its media, in five verbs, and what it is told back.

The carrier forwards nothing by itself: everything is closed until an `Arrange` opens it, and an opening is a lease that
falls back to closed when it is not renewed, so that neither a lost supervisor nor a dead server leaves a call open.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Literal, Protocol

import msgspec

Kind = Literal["audio", "video"]


class Passing(StrEnum):
    """How a speaker reaches a listener; whatever is not named is NOTHING."""

    RAW = "raw"
    MASKED = "masked"
    """The voice transformed, the picture withheld."""
    NOTHING = "nothing"


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """One speaker's sound or picture, as one listener gets it. Both are seats of the room, never people."""

    speaker: str
    listener: str
    kind: Kind
    passing: Passing


class OpenRoom(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A room with so many pairs of sound and picture down to each seat. Recordings are named after `room`."""

    room: str
    slots: int


class Join(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A seat's offer (SDP), first or again (ICE restart, changed devices): the same seat keeps its streams."""

    room: str
    seat: str
    offer: str
    publishes: bool = True
    """False: it only listens, as the hall's hundreds do; it is not recorded."""


class Arrange(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Everything that passes from now on, in place of what was arranged before; all else is NOTHING."""

    room: str
    paths: list[Path]
    lease_s: float
    """After so many seconds without another `Arrange` nothing passes."""


class Leave(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A seat is put out of the room; its recordings are finished."""

    room: str
    seat: str


class CloseRoom(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The room ends; recordings are finished and told before this returns."""

    room: str


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a seat's m-line carries now; an empty `speaker` is nobody."""

    mid: str
    kind: Kind
    speaker: str


class Linked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A seat's connection stands."""

    room: str
    seat: str


class Unlinked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A seat's connection is gone, or its worker died: it has to join again."""

    room: str
    seat: str


class Showed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Which speaker each of a seat's m-lines carries, whenever that changes."""

    room: str
    seat: str
    showing: list[Showing]


class Heard(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Twice a second: who speaks how loudly (0 to 127, 127 is loudest), and what share of packets each seat loses."""

    room: str
    levels: dict[str, int]
    losses: dict[str, float]


class Recorded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A segment of a recording is whole and on disk: WebM of one track."""

    room: str
    seat: str
    kind: Kind
    number: int
    """Of the segment within its track, from 0."""
    path: str
    """Below the folder of recordings."""
    sha256: str
    size: int
    began: str
    """ISO 8601, UTC: the instant of its first packet."""
    seconds: float


class RecorderState(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Whether this room is being recorded; `cause` says why not (disk_full, io_error, worker_lost)."""

    room: str
    healthy: bool
    cause: str = ""


Report = Linked | Unlinked | Showed | Heard | Recorded | RecorderState


class Stage(Protocol):
    """Whoever carries a call's media. Verbs raise NoMedia when there is no worker; the room is closed then."""

    async def open(self, order: OpenRoom) -> None: ...
    async def join(self, order: Join) -> str:
        """The answer (SDP); BadOffer when the offer is none that can be answered."""
        ...

    async def arrange(self, order: Arrange) -> None: ...
    async def leave(self, order: Leave) -> None: ...
    async def close(self, order: CloseRoom) -> None: ...
    def listen(self, told: Callable[[Report], None]) -> None:
        """Call `told` with every report from now on."""
        ...


class NoMedia(Exception):
    """No worker can carry this room now."""


class BadOffer(ValueError):
    """The offer is not one that can be answered; the sentence says why."""
