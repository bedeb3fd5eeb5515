"""Step 6, beside the phases: each act has its time of the day, and follows what came before it."""

from remote_bid.opening.events import (
    BidReadOut,
    BidSettled,
    BidSubmitted,
    BidWithdrawn,
    CoefficientDrawn,
    CustodianKeyOffered,
    CustodyOpened,
    DealtAgain,
    DepositNoted,
    DrawSealed,
    DrillPassed,
    KeyPublished,
    KeyReleased,
    LineConfirmed,
    LineDisputed,
    LotteryCalled,
    ObjectionAnswered,
    ObjectionRaised,
    OpeningClosed,
    PartReleased,
    PolicyPublished,
    RecordRefused,
    RecordSigned,
    RosterPublished,
    Said,
)
from remote_bid.opening.rules import Opening
from remote_bid.opening.rules.depositing import NOTING, deposit_of, sound
from remote_bid.opening.rules.speaking import HEARING, SPEAKING
from remote_bid.opening.statements import DepositNote
from remote_bid.opening.terms import Phase, Role
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Deal, Policy, Submission
from remote_bid.timeline.context import CLOCK, Event, Happened
from remote_bid.timeline.entry import Shown
from remote_bid.verify.case import Failed, entry_name

_PHASES: dict[type[Event], tuple[Phase, ...]] = {
    CustodianKeyOffered: (Phase.SCHEDULED,),
    PolicyPublished: (Phase.SCHEDULED,),
    BidSubmitted: (Phase.SCHEDULED, Phase.LOBBY),
    BidWithdrawn: (Phase.SCHEDULED, Phase.LOBBY),
    DealtAgain: (Phase.SCHEDULED, Phase.LOBBY),
    DrillPassed: (Phase.SCHEDULED, Phase.LOBBY),
    KeyReleased: (Phase.RELEASE,),
    PartReleased: (Phase.RELEASE,),
    KeyPublished: (Phase.CUSTODY,),
    BidSettled: (Phase.UNSEAL,),
    DepositNoted: NOTING,
    BidReadOut: (Phase.READOUT,),
    RecordSigned: (Phase.RECORD,),
    DrawSealed: (Phase.SCHEDULED, Phase.LOBBY),
    CoefficientDrawn: (Phase.DRAW,),
    LotteryCalled: (Phase.DRAW,),
    LineConfirmed: (Phase.CONFIRM,),
    LineDisputed: (Phase.CONFIRM,),
    Said: SPEAKING,
    ObjectionRaised: HEARING,
    ObjectionAnswered: HEARING,
    RecordRefused: (Phase.RECORD,),
}
"""When each act is possible, as the rules have it."""


def in_place(shown: Shown, happened: Happened, opening: Opening) -> None:
    """That the rules could have taken this act from the state that it met."""
    event = happened.event
    phases = _PHASES.get(type(event))
    if phases is not None and opening.phase not in phases:
        raise Failed(entry_name(shown), f"{type(event).__name__} does not belong in {opening.phase}")
    if not _follows(event, happened, opening):
        raise Failed(entry_name(shown), f"{type(event).__name__} does not follow from what came before it")


def _follows(event: Event, happened: Happened, opening: Opening) -> bool:
    match event:
        case BidSubmitted():
            return _next_version(event, opening)
        case PolicyPublished():
            policy = said(event.signed.statement, Policy)
            return opening.timetable is None and opening.policy_of(policy.lot, policy.part) is None
        case RosterPublished():
            return opening.close_seq in opening.cosigned
        case CustodyOpened():
            return opening.window_closed_seq in opening.cosigned
        case DepositNoted():
            return _deposit(event, happened, opening)
        case RecordSigned() if happened.by.role == Role.BIDDER:
            return happened.by.person in {bid.bidder for bid in opening.bids.values()}
        case OpeningClosed() if happened.by == CLOCK:
            return opening.over(happened.at)
        case _:
            return True


def _deposit(event: DepositNoted, happened: Happened, opening: Opening) -> bool:
    """Noted once names are shown and before the bid is read out, as signed, after the note before it."""
    told, bid = said(event.signed.statement, DepositNote), opening.bids.get(event.bid)
    if bid is None or bid.read_out or opening.window_closed is None or deposit_of(opening, bid) is None:
        return False
    stated = (told.session, told.bid, told.deposit) == (opening.session, event.bid, event.deposit)
    return stated and told.prev == (bid.deposit_note or None) and sound(told.deposit, happened.at)


def _next_version(event: BidSubmitted, opening: Opening) -> bool:
    """An old version that is handed in again does not follow the one that is live."""
    if event.version != opening.versions.get((event.lot, event.bidder), 0) + 1:
        return False
    live = opening.bid_of(event.bidder, event.lot)
    parts = live.parts if live else []
    before = {part.part: (statement_id(part.submission), statement_id(part.deal)) for part in parts}
    named = {part.part: (said(part.submission, Submission).prev, said(part.deal, Deal).prev) for part in event.parts}
    return all(prev == before.get(part, (None, None)) for part, prev in named.items())
