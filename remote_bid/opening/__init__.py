"""The bid opening: sealed bids are submitted, the deadline closes, halves and keys are released, bids are unsealed,
read out and recorded, and everybody sees the same timeline.
"""

from remote_bid.opening.commands import OpeningCommand, SettleBids
from remote_bid.opening.events import (
    BidsClosed,
    ConfirmationOpened,
    CountCheckOpened,
    CustodyOpened,
    DrawOpened,
    LobbyOpened,
    ObjectionsOpened,
    OpeningAborted,
    OpeningClosed,
    OpeningEvent,
    OpeningHeld,
    OpeningResumed,
    OpeningScheduled,
    OpeningSuspended,
    ReadoutOpened,
    RecordPrepared,
    ReleaseOpened,
    RosterPublished,
    TimetableSigned,
    WindowClosed,
    WindowExtended,
)
from remote_bid.opening.rules import Opening, begin, decide, due, evolve
from remote_bid.opening.terms import Role
from remote_bid.opening.view import VEILED, OpeningView, curtain, see, show
from remote_bid.timeline.context import Context, Event
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import LogKeyRotated, Ticked

COSIGNED = (
    OpeningScheduled,
    TimetableSigned,
    LobbyOpened,
    Ticked,
    BidsClosed,
    OpeningHeld,
    CountCheckOpened,
    RosterPublished,
    OpeningAborted,
    ReleaseOpened,
    WindowExtended,
    WindowClosed,
    OpeningSuspended,
    OpeningResumed,
    CustodyOpened,
    DrawOpened,
    ReadoutOpened,
    ConfirmationOpened,
    ObjectionsOpened,
    RecordPrepared,
    OpeningClosed,
    LogKeyRotated,
)
"""Ticks, phase changes and whatever moves the clocks are cosigned."""


def _standing(opening: Opening, person: str) -> str:
    return opening.role_of(person).value


def _audience(who: Who) -> str:
    return f"{who.role}/{who.person}"


def _overlooks(who: Who) -> bool:
    return who.role in (Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.TENDERER)


def _checkpoints(event: Event) -> bool:
    return isinstance(event, COSIGNED)


def _considers(opening: Opening, command: OpeningCommand) -> object:
    """What settlements are made of: were it another meanwhile, they would be made again."""
    return (opening.bids, opening.keys, opening.crls) if isinstance(command, SettleBids) else None


opening: Context[Opening, OpeningView] = Context(
    name="opening",
    command=OpeningCommand,
    event=OpeningEvent,
    view=OpeningView,
    begin=begin,
    decide=decide,
    evolve=evolve,
    due=due,
    see=see,
    show=show,
    overlooks=_overlooks,
    curtain=curtain,
    veiled=VEILED,
    standing=_standing,
    audience=_audience,
    checkpoints=_checkpoints,
    considers=_considers,
)
