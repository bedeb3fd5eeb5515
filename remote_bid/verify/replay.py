"""Step 6: the events folded again by the same rules, through the phases in their order, each by whom it must be."""

from collections.abc import Callable
from typing import Any

from remote_bid.opening.events import (
    BidderCheckedIn,
    BidReadOut,
    BidsClosed,
    BidSettled,
    BidSubmitted,
    BidWithdrawn,
    CustodianDrilled,
    CustodianKeyOffered,
    CustodianStruck,
    CustodyOpened,
    DealtAgain,
    DrillDealt,
    DrillPassed,
    KeyEntrusted,
    KeyPublished,
    KeyReleased,
    LobbyOpened,
    LotAborted,
    MemberCheckedIn,
    OpeningAborted,
    OpeningClosed,
    OpeningHeld,
    OpeningScheduled,
    PartReleased,
    PolicyPublished,
    ReadoutOpened,
    RecordPrepared,
    RecordSigned,
    ReleaseOpened,
    RosterPublished,
    StrikeProposed,
    TimetableProposed,
    TimetableSigned,
    WindowClosed,
    WrongKeyTried,
)
from remote_bid.opening.rules import evolve
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import CLOCK, LOG, Event
from remote_bid.timeline.entry import MAIN, Shown, Who
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, Ticked
from remote_bid.verify.case import Case, Failed, entry_name, happening, whole

_AUTHORS: dict[type[Event], tuple[str, ...]] = {
    OpeningScheduled: (Role.HOST,),
    CustodianKeyOffered: (Role.CUSTODIAN,),
    PolicyPublished: (Role.TENDERER,),
    TimetableProposed: (Role.TENDERER,),
    TimetableSigned: (Role.SUPERVISOR,),
    BidSubmitted: (Role.BIDDER,),
    BidWithdrawn: (Role.BIDDER,),
    DrillPassed: (Role.BIDDER,),
    DealtAgain: (Role.BIDDER,),
    StrikeProposed: (Role.TENDERER,),
    CustodianStruck: (Role.SUPERVISOR,),
    DrillDealt: (Role.CUSTODIAN,),
    CustodianDrilled: (Role.CUSTODIAN,),
    BidderCheckedIn: (Role.BIDDER,),
    MemberCheckedIn: (Role.HOST, Role.SUPERVISOR, Role.TENDERER, Role.CUSTODIAN),
    LobbyOpened: (CLOCK.role,),
    Ticked: (CLOCK.role,),
    BidsClosed: (CLOCK.role,),
    OpeningHeld: (CLOCK.role, LOG.role),
    CheckpointCosigned: (LOG.role,),
    RosterPublished: (LOG.role,),
    LotAborted: (LOG.role, CLOCK.role),
    OpeningAborted: (LOG.role,),
    ReleaseOpened: (Role.HOST,),
    KeyReleased: (Role.BIDDER,),
    PartReleased: (Role.BIDDER,),
    WrongKeyTried: (Role.BIDDER,),
    WindowClosed: (CLOCK.role,),
    CustodyOpened: (LOG.role,),
    KeyPublished: (Role.CUSTODIAN,),
    KeyEntrusted: (Role.CUSTODIAN,),
    BidSettled: (CLOCK.role,),
    Disclosed: (CLOCK.role, LOG.role),
    ReadoutOpened: (CLOCK.role,),
    BidReadOut: (Role.HOST,),
    RecordPrepared: (Role.HOST,),
    RecordSigned: (Role.HOST, Role.SUPERVISOR, Role.BIDDER),
    OpeningClosed: (Role.HOST, CLOCK.role),
}
"""Whose act each event is."""

_STEPS = {
    (Phase.SCHEDULED, Phase.LOBBY),
    (Phase.LOBBY, Phase.CLOSED_FOR_BIDS),
    (Phase.CLOSED_FOR_BIDS, Phase.HELD),
    (Phase.HELD, Phase.SCHEDULED),
    (Phase.CLOSED_FOR_BIDS, Phase.ROSTER),
    (Phase.CLOSED_FOR_BIDS, Phase.ABORTED),
    (Phase.ROSTER, Phase.RELEASE),
    (Phase.RELEASE, Phase.CUSTODY),
    (Phase.CUSTODY, Phase.UNSEAL),
    (Phase.UNSEAL, Phase.READOUT),
    (Phase.READOUT, Phase.RECORD),
    (Phase.RECORD, Phase.CLOSED),
}
"""From which phase to which: none may be left out."""


def replay(case: Case) -> None:
    """Step 6: the events, folded by the same rules, lead through the phases in their order."""
    state, seen, owners = Opening(session=case.session), set[object](), dict[str, str]()
    for shown in in_order(case):
        event = whole(shown)
        if event is None:
            continue
        happened = happening(shown, event)
        _once(shown, event, seen)
        _in_its_line(shown, event, happened.by, owners)
        before, state = state.phase, evolve(state, happened)
        if isinstance(event, LobbyOpened) and before is Phase.LOBBY:
            raise Failed(entry_name(shown), "LobbyOpened has happened already")
        if state.phase is not before and (before, state.phase) not in _STEPS:
            raise Failed(entry_name(shown), f"the session went from {before} to {state.phase}")
        _author(shown, event, happened.by, state)
    if state.phase not in (Phase.CLOSED, Phase.ABORTED):
        raise Failed("timeline.json", f"the session is not over: {state.phase}")
    case.state = state
    case.report.holds(6, "phases", state.phase)


_ONCE = (
    OpeningScheduled,
    RosterPublished,
    ReleaseOpened,
    WindowClosed,
    CustodyOpened,
    Disclosed,
    ReadoutOpened,
    RecordPrepared,
    OpeningClosed,
    OpeningAborted,
)


_ONCE_FOR: dict[type[Event], Callable[[Any], str]] = {
    BidSettled: lambda event: event.bid,
    BidReadOut: lambda event: event.bid,
    RecordSigned: lambda event: event.person,
    MemberCheckedIn: lambda event: event.person,
    BidderCheckedIn: lambda event: event.person,
    LotAborted: lambda event: event.lot,
    PartReleased: lambda event: event.submission,
    KeyEntrusted: lambda event: event.kid,
    KeyPublished: lambda event: statement_id(event.signed.statement),
    CustodianStruck: lambda event: statement_id(event.signed.statement),
    PolicyPublished: lambda event: statement_id(event.signed.statement),
}


def _once(shown: Shown, event: Event, seen: set[object]) -> None:
    """What happens once, or once for each bid, person, key or lot, does not happen again."""
    kind = type(event)
    if kind not in _ONCE and kind not in _ONCE_FOR:
        return
    what = (kind, _ONCE_FOR[kind](event) if kind in _ONCE_FOR else "")
    if what in seen:
        raise Failed(entry_name(shown), f"{kind.__name__} has happened already")
    seen.add(what)


_SIDE = (BidSubmitted, BidWithdrawn, BidderCheckedIn, DealtAgain, DrillPassed, KeyReleased, PartReleased, WrongKeyTried)


def _in_its_line(shown: Shown, event: Event, by: Who, owners: dict[str, str]) -> None:
    """Bidders' acts lie in side lines, each in its author's own; everything else lies on the main line."""
    if (shown.line != MAIN) is not isinstance(event, _SIDE):
        raise Failed(entry_name(shown), f"{type(event).__name__} does not belong in this line")
    if shown.line == MAIN:
        return
    known = owners.setdefault(shown.line, by.person)
    if known != by.person or sum(person == by.person for person in owners.values()) != 1:
        raise Failed(entry_name(shown), "the entry lies in somebody else's side line")


def _author(shown: Shown, event: Event, by: Who, state: Opening) -> None:
    """That the entry is by somebody of whom such an event can come."""
    if by.role not in _AUTHORS[type(event)]:
        raise Failed(entry_name(shown), f"{type(event).__name__} is not brought about by a {by.role}")
    if by not in (CLOCK, LOG) and state.role_of(by.person) != by.role:
        raise Failed(entry_name(shown), f"{by.person} is no {by.role} of this session")


def in_order(case: Case) -> list[Shown]:
    """Main line, with each side-line entry just before the tick that holds it."""
    disclosed = case.happened(Disclosed)
    held = {tick.tick: tick.entries for _, event in disclosed for tick in event.ticks}
    side = {(shown.line, shown.seq): shown for shown in case.lines}
    ordered: list[Shown] = []
    for shown in case.main:
        if isinstance(whole(shown), Ticked):
            ordered += [side[entry.line, entry.seq] for entry in held.get(shown.seq, [])]
        ordered.append(shown)
    return ordered
