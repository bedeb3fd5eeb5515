"""What a room gives the timeline: its rules, as plain functions over values."""

import hmac
import struct
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from remote_bid.seal.signing import Signer
from remote_bid.seal.statements import Statement
from remote_bid.timeline.entry import Fields, Who
from remote_bid.timeline.sideline import Lines, line_of

CLOCK = Who(person="clock", role="clock")
"""The clock is a participant: due deadlines arrive at the desk as its commands."""

LOG = Who(person="log", role="log")
"""Whoever collects cosignatures: hands in what the cosigners signed."""


class Refused(Exception):
    """A rule said no. `code` is stable, the sentence is for people; `zh` comes first, `en` second. `statement` says so
    under the server's key; `evidence` is committed before the sender is told.
    """

    def __init__(
        self, code: str, zh: str, en: str, statement: Statement | None = None, evidence: "Sequence[Event | Aside]" = ()
    ) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en
        self.statement, self.evidence = statement, evidence


class Command(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="type", forbid_unknown_fields=True):
    """What may be asked of a session: an imperative, tagged with its class's name."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="type", forbid_unknown_fields=True):
    """What has happened: past tense, tagged with its class's name. No field may be called type, at or by."""


class Aside(msgspec.Struct, frozen=True):
    """An event for the side line of `person`: nobody else may know that it exists until it is disclosed."""

    person: str
    event: Event


@dataclass(frozen=True)
class Happened:
    """An event with its place in the timeline."""

    event: Event
    line: str
    seq: int
    at: datetime
    by: Who
    leaf: bytes


@dataclass(frozen=True)
class Turn:
    """The moment at which a command is decided: who, when (the database's clock under the session's lock), and what the
    desk knows. `seed` is 32 fresh random bytes, so a decision is a pure function of its arguments.
    """

    session: str
    by: Who
    at: datetime
    head: int
    """Seq of the last main-line entry."""
    lines: Lines
    office: Signer
    """The server's own key; Ed25519 is deterministic, so signing keeps a decision pure."""
    line_secret: bytes
    seed: bytes
    known: Any = None
    """What the room's facts gathered for this command."""

    def entry_salt(self, number: int) -> bytes:
        """The salt of the turn's event `number`, from 0."""
        return hmac.digest(self.seed, b"entry" + struct.pack(">I", number), "sha256")

    def tick_seed(self) -> bytes:
        """The seed of a tick made in this turn."""
        return hmac.digest(self.seed, b"tick", "sha256")

    def line_of(self, person: str) -> str:
        """The side line of `person`."""
        return line_of(self.line_secret, self.session, person)


@dataclass(frozen=True)
class Due:
    """A deadline: the command that the clock hands in at `at`. If it `overtakes`, it goes before all others that are
    due by then.
    """

    at: datetime
    command: Command
    overtakes: bool = False


State = TypeVar("State")
View = TypeVar("View", bound=msgspec.Struct)


@dataclass(frozen=True)
class Context(Generic[State, View]):
    """A room as a value.

    `show` names the fields of an entry that an audience may read now (None: all of them); what it says can change only
    when `curtain` does, and only for side lines and the event types in `veiled`. `audience` groups people to whom
    exactly the same is shown; a side-line entry changes the page of its author and of those who `overlook` the session,
    nobody else's. `checkpoints` tells which events the cosigners sign.
    """

    name: str
    command: Any
    event: Any
    view: type[View]
    begin: Callable[[str], State]
    decide: Callable[[State, Any, Turn], Sequence[Event | Aside]]
    evolve: Callable[[State, Happened], State]
    due: Callable[[State], Sequence[Due]]
    see: Callable[[State, Who], View]
    show: Callable[[State, str, Fields, Who, bool], Collection[str] | None]
    overlooks: Callable[[Who], bool]
    curtain: Callable[[State], object]
    veiled: frozenset[str]
    standing: Callable[[State, str], str]
    audience: Callable[[Who], str]
    checkpoints: Callable[[Event], bool]
    considers: Callable[[State, Any], object] = lambda state, command: None
    """What of the state the room's facts for a command depend on: when it changed, they are gathered again."""


AnyContext = Context[Any, Any]

Facts = Callable[[Any, Any, Who], Awaitable[Any]]
"""A room's look-ups before a decision: (state, command, by) → what the decision needs to know."""


def event_of(context: AnyContext, fields: Fields) -> Event:
    """The event that an entry's fields tell of."""
    told = {name: value for name, value in fields.items() if name not in ("at", "by")}
    event: Event = msgspec.convert(told, type=context.event)
    return event
