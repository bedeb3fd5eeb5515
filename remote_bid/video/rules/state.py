"""A call as its rules see it: folded from its events."""

from datetime import datetime

import msgspec

from remote_bid.video.events import CallOpened
from remote_bid.video.terms import CallRole, Chair, Segment, Standing


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A right to join once."""

    seat: str
    ends_at: datetime
    used: bool = False


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with one seat. `agreed`: to be recorded; None until it has answered. `token`: the newest."""

    standing: Standing = Standing.OUTSIDE
    agreed: bool | None = None
    muted: bool = False
    alive: bool = False
    """A supervisor's signs of life are there."""
    token: str = ""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """The whole state of one session."""

    session: str
    opened: CallOpened | None = None
    opened_at: datetime | None = None
    ends_at: datetime | None = None
    places: dict[str, Place] = {}
    """By seat."""
    tokens: dict[str, Token] = {}
    """By hash."""
    recorder: bool = False
    recorder_cause: str = ""
    segments: dict[str, Segment] = {}
    """By path."""
    closed: bool = False
    published: bool = False
    cosigned: frozenset[int] = frozenset()
    rotations: tuple[str, ...] = ()

    def chairs(self) -> dict[str, Chair]:
        """Who sits on which seat."""
        return {chair.seat: chair for chair in (self.opened.chairs if self.opened else [])}

    def chair_of(self, person: str) -> Chair | None:
        """Where somebody sits."""
        return next((chair for chair in self.chairs().values() if chair.person == person), None)

    def joined(self) -> list[Chair]:
        """Who is in."""
        return [chair for seat, chair in self.chairs().items() if self.places[seat].standing is Standing.IN]

    def role_of(self, person: str) -> CallRole:
        """What a person who proved who it is may be here."""
        if (chair := self.chair_of(person)) is not None:
            return chair.role
        watches = self.opened is not None and person in self.opened.watchers
        return CallRole.AUDITOR if watches else CallRole.OBSERVER
