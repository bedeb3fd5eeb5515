"""Step 6: the events folded again by the same rules, through the phases in their order, each by whom it must be."""

from collections.abc import Callable
from typing import Any

from remote_bid.opening.events import (
    AbortOrdered,
    BidderCheckedIn,
    BidReadOut,
    BidsClosed,
    BidSettled,
    BidSubmitted,
    BidWithdrawn,
    CoefficientDrawn,
    ConfirmationOpened,
    ConsortiumDeclared,
    CountCheckOpened,
    CustodianDrilled,
    CustodianKeyOffered,
    CustodianKeysDestroyed,
    CustodianStruck,
    CustodyClosed,
    CustodyOpened,
    DealtAgain,
    DepositNoted,
    DrawOpened,
    DrawSealed,
    DrillDealt,
    DrillPassed,
    EscrowSharePublished,
    KeyEntrusted,
    KeyLodged,
    KeyPublished,
    KeyReleased,
    LineConfirmed,
    LineDisputed,
    LobbyOpened,
    LodgingFailed,
    LodgingSeedPublished,
    LotAborted,
    LotContinued,
    LotteryCalled,
    MemberCheckedIn,
    ObjectionAnswered,
    ObjectionRaised,
    ObjectionsOpened,
    OpeningAborted,
    OpeningClosed,
    OpeningHeld,
    OpeningResumed,
    OpeningScheduled,
    OpeningSuspended,
    PartReleased,
    PolicyPublished,
    ReadoutOpened,
    RecordPrepared,
    RecordRefused,
    RecordSigned,
    ReleaseHindered,
    ReleaseOpened,
    ReleaseRefused,
    RemedyRequested,
    RequestRefused,
    RoleHandedOver,
    RosterPublished,
    Said,
    SignatureAwaited,
    StampTaken,
    StrikeProposed,
    SubmissionRefused,
    SuspensionCountersigned,
    TimetableProposed,
    TimetableSigned,
    WindowClosed,
    WindowExtended,
    WrongKeyTried,
)
from remote_bid.opening.rules import evolve
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import ABORTABLE, OFFICES, Phase, Role
from remote_bid.people.noting import CrlNotedDown
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import CLOCK, LOG, Event
from remote_bid.timeline.entry import MAIN, Shown, Who
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked
from remote_bid.verify.case import Case, Failed, about, entry_name
from remote_bid.verify.course import course
from remote_bid.verify.order import in_place
from remote_bid.verify.punctual import Punctual

_TWO = (Role.HOST, Role.SUPERVISOR)

_AUTHORS: dict[type[Event], tuple[str, ...]] = {
    OpeningScheduled: (Role.HOST,),
    CustodianKeyOffered: (Role.CUSTODIAN,),
    PolicyPublished: (Role.TENDERER,),
    TimetableProposed: (Role.TENDERER,),
    TimetableSigned: (Role.SUPERVISOR,),
    BidSubmitted: (Role.BIDDER,),
    BidWithdrawn: (Role.BIDDER,),
    DrillPassed: (Role.BIDDER,),
    ConsortiumDeclared: (Role.BIDDER,),
    DealtAgain: (Role.BIDDER,),
    StrikeProposed: (Role.TENDERER,),
    CustodianStruck: (Role.SUPERVISOR,),
    DrillDealt: (Role.CUSTODIAN,),
    CustodianDrilled: (Role.CUSTODIAN,),
    BidderCheckedIn: (Role.BIDDER,),
    MemberCheckedIn: (Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.TENDERER, Role.CUSTODIAN),
    LobbyOpened: (CLOCK.role,),
    Ticked: (CLOCK.role,),
    BidsClosed: (CLOCK.role,),
    OpeningHeld: (CLOCK.role, LOG.role),
    CheckpointCosigned: (LOG.role,),
    RosterPublished: (LOG.role, CLOCK.role, *_TWO),
    LotAborted: (LOG.role, CLOCK.role),
    OpeningAborted: (LOG.role, CLOCK.role),
    ReleaseOpened: _TWO,
    KeyReleased: (Role.BIDDER,),
    PartReleased: (Role.BIDDER,),
    ReleaseHindered: (Role.BIDDER,),
    WrongKeyTried: (Role.BIDDER,),
    KeyLodged: (CLOCK.role,),
    LodgingFailed: (CLOCK.role,),
    LodgingSeedPublished: (CLOCK.role,),
    RemedyRequested: (Role.BIDDER,),
    EscrowSharePublished: (Role.CUSTODIAN,),
    CustodyClosed: (CLOCK.role,),
    SubmissionRefused: (Role.BIDDER,),
    ReleaseRefused: (Role.BIDDER,),
    WindowClosed: (CLOCK.role,),
    CustodyOpened: (LOG.role,),
    KeyPublished: (Role.CUSTODIAN,),
    KeyEntrusted: (Role.CUSTODIAN,),
    BidSettled: (CLOCK.role,),
    Disclosed: (CLOCK.role, LOG.role, Role.SUPERVISOR),
    DrawSealed: (Role.TENDERER, Role.SUPERVISOR),
    DrawOpened: (CLOCK.role,),
    CoefficientDrawn: (CLOCK.role, Role.SUPERVISOR),
    LotteryCalled: (CLOCK.role,),
    ReadoutOpened: (CLOCK.role, Role.SUPERVISOR),
    DepositNoted: (Role.HOST, Role.TENDERER),
    BidReadOut: _TWO,
    ConfirmationOpened: _TWO,
    LineConfirmed: (Role.BIDDER,),
    LineDisputed: (Role.BIDDER,),
    ObjectionsOpened: (CLOCK.role,),
    Said: (Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.TENDERER, Role.CUSTODIAN, Role.BIDDER),
    ObjectionRaised: (Role.BIDDER,),
    ObjectionAnswered: (Role.HOST,),
    RecordPrepared: (CLOCK.role,),
    RecordSigned: (Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.BIDDER),
    RecordRefused: (Role.HOST, Role.SUPERVISOR, Role.WITNESS, Role.BIDDER),
    OpeningClosed: (*_TWO, CLOCK.role),
    CrlNotedDown: (LOG.role, Role.HOST),
    SignatureAwaited: _TWO,
    RequestRefused: (*_TWO, CLOCK.role),
    WindowExtended: _TWO,
    OpeningSuspended: (*_TWO, CLOCK.role),
    SuspensionCountersigned: _TWO,
    OpeningResumed: (*_TWO, CLOCK.role),
    AbortOrdered: (Role.SUPERVISOR, CLOCK.role),
    RoleHandedOver: OFFICES,
    CountCheckOpened: (LOG.role,),
    LotContinued: _TWO,
    CustodianKeysDestroyed: (Role.CUSTODIAN,),
    StampTaken: (LOG.role,),
    LogKeyRotated: (LOG.role, Role.HOST),
}
"""Whose act each event is."""

_STEPS = {
    (Phase.SCHEDULED, Phase.LOBBY),
    (Phase.LOBBY, Phase.CLOSED_FOR_BIDS),
    (Phase.SCHEDULED, Phase.HELD),
    (Phase.LOBBY, Phase.HELD),
    (Phase.CLOSED_FOR_BIDS, Phase.HELD),
    (Phase.HELD, Phase.SCHEDULED),
    (Phase.CLOSED_FOR_BIDS, Phase.ROSTER),
    (Phase.CLOSED_FOR_BIDS, Phase.ABORTED),
    (Phase.CLOSED_FOR_BIDS, Phase.COUNT_CHECK),
    (Phase.COUNT_CHECK, Phase.ROSTER),
    *((phase, Phase.ABORTED) for phase in ABORTABLE),
    (Phase.ROSTER, Phase.RELEASE),
    (Phase.RELEASE, Phase.CUSTODY),
    (Phase.CUSTODY, Phase.UNSEAL),
    (Phase.UNSEAL, Phase.READOUT),
    (Phase.UNSEAL, Phase.DRAW),
    (Phase.DRAW, Phase.READOUT),
    (Phase.READOUT, Phase.CONFIRM),
    (Phase.CONFIRM, Phase.OBJECTION),
    (Phase.OBJECTION, Phase.RECORD),
    (Phase.RECORD, Phase.CLOSED),
}
"""From which phase to which: none may be left out."""


def replay(case: Case) -> None:
    """Step 6: the events, folded by the same rules, lead through the phases in their order."""
    state, seen, owners = Opening(session=case.session), set[object](), dict[str, str]()
    punctual = Punctual()
    for shown in in_order(case):
        event = case.whole(shown)
        if event is None:
            continue
        happened = case.happening(shown, event)
        _once(shown, event, seen)
        _in_its_line(shown, event, happened.by, owners)
        punctual.see(case, shown, happened, state)
        with about(entry_name(shown)):
            in_place(shown, happened, state)
            course(shown, state, happened)
        if shown.line == MAIN:
            case.before[shown.seq] = state
        before = state.phase
        with about(entry_name(shown)):
            state = evolve(state, happened)
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
    CustodyClosed,
    Disclosed,
    DrawOpened,
    ReadoutOpened,
    ConfirmationOpened,
    ObjectionsOpened,
    RecordPrepared,
    OpeningClosed,
    OpeningAborted,
    CountCheckOpened,
    AbortOrdered,
)


_ONCE_FOR: dict[type[Event], Callable[[Any], object]] = {
    BidSettled: lambda event: ("settled", event.bid),
    BidReadOut: lambda event: ("read", event.bid),
    LineConfirmed: lambda event: ("line", event.bid),
    LineDisputed: lambda event: ("line", event.bid),
    MemberCheckedIn: lambda event: ("present", event.person),
    BidderCheckedIn: lambda event: ("present", event.person),
    RecordSigned: lambda event: ("record", event.person),
    RecordRefused: lambda event: ("record", event.person),
    LotAborted: lambda event: ("aborted", event.lot),
    LotContinued: lambda event: ("continued", event.lot),
    CustodianKeysDestroyed: lambda event: ("destroyed", event.person),
    LotteryCalled: lambda event: ("lottery", event.lot),
    CoefficientDrawn: lambda event: ("drawn", event.lot, event.coefficient),
    ObjectionAnswered: lambda event: ("answer", event.number),
    PartReleased: lambda event: ("released", event.submission),
    KeyEntrusted: lambda event: ("entrusted", event.kid),
    DrawSealed: lambda event: ("paper", statement_id(event.signed.statement)),
    KeyPublished: lambda event: ("paper", statement_id(event.signed.statement)),
    CustodianStruck: lambda event: ("paper", statement_id(event.signed.statement)),
    PolicyPublished: lambda event: ("paper", statement_id(event.signed.statement)),
    EscrowSharePublished: lambda event: ("paper", statement_id(event.signed.statement)),
    KeyLodged: lambda event: ("lodged", event.bid),
    RemedyRequested: lambda event: ("remedy", event.bid),
    LodgingSeedPublished: lambda event: ("seed of lodgings", event.policy),
    StampTaken: lambda event: ("stamp", event.covers),
    **{kind: type for kind in _ONCE},
}
"""What happens once, or once for each bid, line, person, key or lot: what must not come a second time."""


def _once(shown: Shown, event: Event, seen: set[object]) -> None:
    """What happens once does not happen again."""
    name = _ONCE_FOR.get(type(event))
    if name is None:
        return
    what = name(event)
    if what in seen:
        raise Failed(entry_name(shown), f"{type(event).__name__} has happened already")
    seen.add(what)


_LODGED = (KeyLodged, LodgingFailed)
"""The server's, in the line of the bidder who left it with a cosigner."""

_REFUSED = (SubmissionRefused, ReleaseRefused)
_RELEASES = (KeyReleased, PartReleased, ReleaseHindered, WrongKeyTried, RemedyRequested)
_SIDE = (
    ConsortiumDeclared,
    BidSubmitted,
    BidWithdrawn,
    BidderCheckedIn,
    DealtAgain,
    DrillPassed,
    *_RELEASES,
    *_LODGED,
    *_REFUSED,
)


def _in_its_line(shown: Shown, event: Event, by: Who, owners: dict[str, str]) -> None:
    """Bidders' acts lie in side lines, each in its author's own; everything else lies on the main line."""
    if (shown.line != MAIN) is not isinstance(event, _SIDE):
        raise Failed(entry_name(shown), f"{type(event).__name__} does not belong in this line")
    if shown.line == MAIN:
        return
    author = event.bidder if isinstance(event, _LODGED) else by.person
    known = owners.setdefault(shown.line, author)
    if known != author or sum(person == author for person in owners.values()) != 1:
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
        if isinstance(case.whole(shown), Ticked):
            ordered += [side[entry.line, entry.seq] for entry in held.get(shown.seq, [])]
        ordered.append(shown)
    return ordered
