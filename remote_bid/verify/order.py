"""Step 6, beside the phases: each act has its time of the day, and follows what came before it."""

from collections.abc import Callable
from typing import Any

from remote_bid.opening.events import (
    BidReadOut,
    BidSettled,
    BidSubmitted,
    BidWithdrawn,
    CoefficientDrawn,
    ConsortiumDeclared,
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
    ReleaseHindered,
    RosterPublished,
    Said,
    WrongKeyTried,
)
from remote_bid.opening.rules import Opening
from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.bid import WRONG_TRIES
from remote_bid.opening.rules.consorting import sound
from remote_bid.opening.rules.depositing import NOTING, deposit_of
from remote_bid.opening.rules.depositing import sound as sound_note
from remote_bid.opening.rules.late import CERTIFICATE_REVOKED
from remote_bid.opening.rules.speaking import HEARING, SPEAKING
from remote_bid.opening.statements import DepositNote, Refusal, Release
from remote_bid.opening.terms import Phase, Role
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Consortium, Deal, Policy, Submission
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Event, Happened
from remote_bid.timeline.entry import Shown
from remote_bid.verify.case import Failed, entry_name

_PHASES: dict[type[Event], tuple[Phase, ...]] = {
    CustodianKeyOffered: (Phase.SCHEDULED,),
    PolicyPublished: (Phase.SCHEDULED,),
    BidSubmitted: (Phase.SCHEDULED, Phase.LOBBY),
    BidWithdrawn: (Phase.SCHEDULED, Phase.LOBBY),
    ConsortiumDeclared: (Phase.SCHEDULED, Phase.LOBBY),
    DealtAgain: (Phase.SCHEDULED, Phase.LOBBY),
    DrillPassed: (Phase.SCHEDULED, Phase.LOBBY),
    KeyReleased: (Phase.RELEASE,),
    PartReleased: (Phase.RELEASE,),
    WrongKeyTried: (Phase.RELEASE,),
    ReleaseHindered: (Phase.RELEASE,),
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
    holds = _CHECKS.get(type(event))
    return holds is None or holds(event, happened, opening)


def _policy(event: PolicyPublished, happened: Happened, opening: Opening) -> bool:
    policy = said(event.signed.statement, Policy)
    return opening.timetable is None and opening.policy_of(policy.lot, policy.part) is None


def _roster(event: RosterPublished, happened: Happened, opening: Opening) -> bool:
    return opening.close_seq in opening.cosigned


def _custody(event: CustodyOpened, happened: Happened, opening: Opening) -> bool:
    return opening.window_closed_seq in opening.cosigned


def _record_answered(event: RecordSigned | RecordRefused, happened: Happened, opening: Opening) -> bool:
    """A bidder of a live bid; of a consortium one for all."""
    if happened.by.role != Role.BIDDER:
        return True
    bidder = bidder_behind(opening, event.person, event.signed)
    answered = bidder in opening.signatures or bidder in opening.refusals
    return not answered and bidder in {bid.bidder for bid in opening.bids.values()}


def _closed(event: OpeningClosed, happened: Happened, opening: Opening) -> bool:
    return happened.by != CLOCK or opening.over(happened.at)


def _consortium(event: ConsortiumDeclared, happened: Happened, opening: Opening) -> bool:
    """Before the deadline, on a lot that takes consortia, by its lead, after the declaration before it."""
    told, before = said(event.signed.statement, Consortium), opening.consortia.get((event.lot, event.bidder))
    lot, table = opening.lot(event.lot), opening.timetable
    if lot is None or not lot.consortia or table is None or happened.at >= instant.when(table.deadline):
        return False
    stated = (told.session, told.lot, told.parties[0].person) == (opening.session, event.lot, event.bidder)
    return stated and sound(opening, told) and told.prev == (before.statement if before else None)


def _wrong(event: WrongKeyTried, happened: Happened, opening: Opening) -> bool:
    """One try more of a bid that is asked for this half, and there are so many left."""
    bid = opening.bids.get(event.bid)
    if bid is None or event.submission not in opening.opened_here(bid):
        return False
    half, tried = bid.half_of(event.submission), said(event.signed.statement, Release)
    left = WRONG_TRIES - len(half.wrong) - 1
    return not half.release and tried.c not in half.wrong and 0 <= left == event.left


def _hindered(event: ReleaseHindered, happened: Happened, opening: Opening) -> bool:
    """A half that is asked for and not here, refused for the certificate under the server's key."""
    bid, refusal = opening.bids.get(event.bid), said(event.refusal, Refusal)
    if bid is None or event.submission not in opening.opened_here(bid) or bid.half_of(event.submission).release:
        return False
    return (refusal.code, refusal.statements) == (CERTIFICATE_REVOKED, [statement_id(event.signed.statement)])


def _deposit(event: DepositNoted, happened: Happened, opening: Opening) -> bool:
    """Noted once names are shown and before the bid is read out, as signed, after the note before it."""
    told, bid = said(event.signed.statement, DepositNote), opening.bids.get(event.bid)
    if bid is None or bid.read_out or opening.window_closed is None or deposit_of(opening, bid) is None:
        return False
    stated = (told.session, told.bid, told.deposit) == (opening.session, event.bid, event.deposit)
    return stated and told.prev == (bid.deposit_note or None) and sound_note(told.deposit, happened.at)


def _next_version(event: BidSubmitted, happened: Happened, opening: Opening) -> bool:
    """An old version that is handed in again does not follow the one that is live."""
    if event.version != opening.versions.get((event.lot, event.bidder), 0) + 1:
        return False
    live = opening.bid_of(event.bidder, event.lot)
    parts = live.parts if live else []
    before = {part.part: (statement_id(part.submission), statement_id(part.deal)) for part in parts}
    named = {part.part: (said(part.submission, Submission).prev, said(part.deal, Deal).prev) for part in event.parts}
    return all(prev == before.get(part, (None, None)) for part, prev in named.items())


_CHECKS: dict[type[Event], Callable[[Any, Happened, Opening], bool]] = {
    BidSubmitted: _next_version,
    PolicyPublished: _policy,
    RosterPublished: _roster,
    CustodyOpened: _custody,
    WrongKeyTried: _wrong,
    ReleaseHindered: _hindered,
    DepositNoted: _deposit,
    ConsortiumDeclared: _consortium,
    RecordSigned: _record_answered,
    RecordRefused: _record_answered,
    OpeningClosed: _closed,
}
