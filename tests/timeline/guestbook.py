"""A tiny room for tests of desk, clock and frames: guests write on the main line, whisper in side lines, claim a prize,
and the clock shuts the book. What one guest wrote shows only its author until the book is shut. A warden sees how many
whispers there are.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519
from msgspec import UNSET, UnsetType

from remote_bid.seal.signing import KeySigner
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Aside, Command, Context, Due, Event, Happened, Refused, Turn
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import MAIN, Fields, Who
from remote_bid.timeline.log import Log
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, RecordCheckpoint, Tick, Ticked, cosigned
from remote_bid.timeline.marks import disclose as disclosed
from remote_bid.timeline.marks import tick as ticked

SLOTS = 8
ANN, BOB, EVE = (Who(person=person, role="guest") for person in ("ann", "bob", "eve"))
WARDEN = Who(person="wes", role="warden")
PUBLIC = Who(person="", role="public")

OFFICE = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LINE_SECRET = bytes(32)


class Write(Command, frozen=True):
    text: str


class Whisper(Command, frozen=True):
    text: str


class Claim(Command, frozen=True):
    prize: str


class Plan(Command, frozen=True):
    """Shut the book so many milliseconds from now."""

    in_ms: int


class Shut(Command, frozen=True):
    """The clock's."""


class Disclose(Command, frozen=True):
    """Tick and disclose."""


class Written(Event, frozen=True):
    text: str


class Whispered(Event, frozen=True):
    """(side line)"""

    text: str


class Claimed(Event, frozen=True):
    prize: str


class Planned(Event, frozen=True):
    in_ms: int


class BookShut(Event, frozen=True):
    pass


GuestbookCommand = Write | Whisper | Claim | Plan | Shut | Disclose | Tick | RecordCheckpoint
GuestbookEvent = Written | Whispered | Claimed | Planned | BookShut | Disclosed | Ticked | CheckpointCosigned


class Guestbook(msgspec.Struct, frozen=True, kw_only=True):
    session: str
    pages: tuple[tuple[str, str], ...] = ()
    whispers: tuple[tuple[str, str], ...] = ()
    prizes: dict[str, str] = {}
    planned_at: datetime | None = None
    in_ms: int = 0
    shut: bool = False
    disclosed: bool = False
    covered: tuple[int, ...] = ()


class GuestbookView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    session: str
    shut: bool
    pages: dict[str, str]
    whispers: list[str] | UnsetType = UNSET
    whispered: int | UnsetType = UNSET
    prizes: dict[str, str] | UnsetType = UNSET


def decide(book: Guestbook, command: Any, turn: Turn) -> Sequence[Event | Aside]:
    match command:
        case Write(text=text):
            if book.shut:
                raise Refused("shut", "签名册已合上。", "The book is shut.")
            return [] if (turn.by.person, text) in book.pages else [Written(text=text)]
        case Whisper(text=text):
            if turn.lines.full(turn.line_of(turn.by.person), SLOTS):
                raise Refused("line_full", "请稍后再试。", "Too many whispers.")
            return [Aside(turn.by.person, Whispered(text=text))]
        case Claim(prize=prize):
            if prize in book.prizes:
                raise Refused("taken", "奖品已被领走。", "Somebody was first.")
            return [Claimed(prize=prize)]
        case _:
            return _decide_times(book, command, turn)


def _decide_times(book: Guestbook, command: Any, turn: Turn) -> Sequence[Event | Aside]:
    match command:
        case Plan(in_ms=in_ms):
            return [Planned(in_ms=in_ms)]
        case Shut():
            if book.shut:
                return []
            at = shuts_at(book)
            if turn.by != CLOCK or at is None or turn.at < at:
                raise Refused("not_yet", "时间未到。", "It is not time yet.")
            return [BookShut()]
        case Disclose():
            mark = ticked(turn, SLOTS)
            return [mark] if turn.lines.pending else [mark, *disclosed(turn, SLOTS, before=1)]
        case Tick():
            return [ticked(turn, SLOTS)]
        case RecordCheckpoint(covers=covers):
            return [] if covers in book.covered else [cosigned(command)]
        case _:
            raise TypeError(type(command).__name__)


def evolve(book: Guestbook, happened: Happened) -> Guestbook:
    replace, who = msgspec.structs.replace, happened.by.person
    match happened.event:
        case Written(text=text):
            return replace(book, pages=(*book.pages, (who, text)))
        case Whispered(text=text):
            return replace(book, whispers=(*book.whispers, (who, text)))
        case Claimed(prize=prize):
            return replace(book, prizes=book.prizes | {prize: who})
        case Planned(in_ms=in_ms):
            return replace(book, planned_at=happened.at, in_ms=in_ms)
        case BookShut():
            return replace(book, shut=True)
        case Disclosed():
            return replace(book, disclosed=True)
        case CheckpointCosigned(covers=covers):
            return replace(book, covered=(*book.covered, covers))
        case _:
            return book


def shuts_at(book: Guestbook) -> datetime | None:
    return instant.later(book.planned_at, book.in_ms) if book.planned_at else None


def due(book: Guestbook) -> Sequence[Due]:
    at = shuts_at(book)
    return [] if at is None or book.shut else [Due(at, Shut())]


def see(book: Guestbook, who: Who) -> GuestbookView:
    readable = {str(n): text for n, (author, text) in enumerate(book.pages) if book.shut or author == who.person}
    return GuestbookView(
        session=book.session,
        shut=book.shut,
        pages=readable,
        whispers=[text for author, text in book.whispers if author == who.person] or UNSET,
        whispered=len(book.whispers) if who.role == WARDEN.role else UNSET,
        prizes=book.prizes or UNSET,
    )


def show(book: Guestbook, line: str, fields: Fields, who: Who, own: bool) -> Collection[str] | None:
    if line != MAIN:
        return None if own else ("type",) if book.disclosed else ()
    match fields["type"]:
        case "Ticked":
            return None if book.disclosed else ("type", "at", "by", "slots", "root")
        case "Written":
            return None if book.shut or fields["by"]["person"] == who.person else ("type", "at")
        case _:
            return None


guestbook: Context[Guestbook, GuestbookView] = Context(
    name="guestbook",
    command=GuestbookCommand,
    event=GuestbookEvent,
    view=GuestbookView,
    begin=lambda session: Guestbook(session=session),
    decide=decide,
    evolve=evolve,
    due=due,
    see=see,
    show=show,
    overlooks=lambda who: who.role == WARDEN.role,
    curtain=lambda book: (book.shut, book.disclosed),
    veiled=frozenset({"Ticked", "Written"}),
    standing=lambda book, person: WARDEN.role if person == WARDEN.person else "guest",
    audience=lambda who: f"{who.role}/{who.person}",
    checkpoints=lambda event: isinstance(event, Written | Whispered | BookShut),
    considers=lambda book, command: book.pages,
)


async def nothing_to_look_up(state: Any, command: Any, by: Who) -> None:
    """The room's facts: none."""


def desk_over(log: Log) -> Desk:
    """A desk for guestbooks."""
    return Desk(log, OFFICE, LINE_SECRET, {guestbook.name: (guestbook, nothing_to_look_up)})
