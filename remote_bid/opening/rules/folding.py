"""How each event changes the state. Never refuses: what happened, happened."""

from collections.abc import Callable
from typing import Any

import msgspec

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
from remote_bid.opening.rules.state import Bid, CheckpointSeen, Opening, Revision
from remote_bid.opening.rules.unsealing import enough_keys, served
from remote_bid.opening.statements import Close, Custody, Release
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import AbortCause, Phase, Settlement
from remote_bid.seal.canonical import unb64
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import CustodianKey, Deal, DrillAnswer, Policy, Strike, Timetable
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, Ticked

replace = msgspec.structs.replace


def evolve(opening: Opening, happened: Happened) -> Opening:
    """The state after one more event."""
    fold: Callable[[Opening, Any, Happened], Opening] = FOLDS[type(happened.event)]
    return fold(opening, happened.event, happened)


def _enter(opening: Opening, phase: Phase, happened: Happened, ends_at: str | None = None) -> Opening:
    return replace(
        opening,
        phase=phase,
        phase_since=happened.at,
        ends_at=instant.when(ends_at) if ends_at else None,
        marks=opening.marks | {happened.seq: phase},
    )


def _scheduled(opening: Opening, event: OpeningScheduled, happened: Happened) -> Opening:
    members = {member.person: member for member in event.members}
    return replace(_enter(opening, Phase.SCHEDULED, happened), tender=event.tender, members=members)


def _key_offered(opening: Opening, event: CustodianKeyOffered, happened: Happened) -> Opening:
    offer = said(event.signed.statement, CustodianKey)
    return replace(opening, offers=opening.offers | {f"{event.person}/{offer.lot}/{offer.part}": event.signed})


def _policy(opening: Opening, event: PolicyPublished, happened: Happened) -> Opening:
    policy = said(event.signed.statement, Policy)
    return replace(opening, policies=opening.policies | {statement_id(event.signed.statement): policy})


def _strike_proposed(opening: Opening, event: StrikeProposed, happened: Happened) -> Opening:
    return replace(opening, proposed_strike=event.signed)


def _struck(opening: Opening, event: CustodianStruck, happened: Happened) -> Opening:
    strike = said(event.signed.statement, Strike)
    made = Revision(strike=statement_id(event.signed.statement), at=happened.at, custodians=strike.custodians)
    revisions = [*opening.revisions.get(strike.policy, []), made]
    return replace(opening, revisions=opening.revisions | {strike.policy: revisions}, proposed_strike=None)


def _dealt_again(opening: Opening, event: DealtAgain, happened: Happened) -> Opening:
    deals = {said(deal.statement, Deal).policy: deal.statement for deal in event.deals}
    bid = opening.bids[event.bid]
    parts = [replace(part, deal=deals.get(part.header.core.policy, part.deal)) for part in bid.parts]
    bid = replace(bid, parts=parts, receipts=[*bid.receipts, event.receipt])
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _proposed(opening: Opening, event: TimetableProposed, happened: Happened) -> Opening:
    return replace(opening, proposed=event.signed)


def _timetable(opening: Opening, event: TimetableSigned, happened: Happened) -> Opening:
    """A new timetable also ends HELD: the session goes back to waiting for its deadline, bids stand."""
    table = said(event.signed.statement, Timetable)
    opening = replace(
        opening,
        proposed=None,
        timetable=table,
        timetable_id=statement_id(event.signed.statement),
        last_tick_at=opening.last_tick_at or happened.at,
    )
    if opening.phase is Phase.LOBBY:
        return replace(opening, ends_at=instant.when(table.deadline))
    if opening.phase is not Phase.HELD:
        return opening
    reopened = _enter(opening, Phase.SCHEDULED, happened)
    return replace(reopened, close=None, close_statement=None, close_seq=0)


def _submitted(opening: Opening, event: BidSubmitted, happened: Happened) -> Opening:
    place = (event.lot, event.bidder)
    before = opening.bid_of(event.bidder, event.lot)
    bids = {name: bid for name, bid in opening.bids.items() if before is None or name != before.bid}
    bid = Bid(
        bid=event.bid,
        bidder=event.bidder,
        name=event.name,
        lot=event.lot,
        version=event.version,
        parts=event.parts,
        submissions=tuple(statement_id(part.submission) for part in event.parts),
        submitted_at=happened.at,
        receipts=[event.receipt],
    )
    return replace(opening, bids=bids | {bid.bid: bid}, versions=opening.versions | {place: event.version})


def _withdrawn(opening: Opening, event: BidWithdrawn, happened: Happened) -> Opening:
    gone = opening.bid_of(event.bidder, event.lot)
    withdrawals = opening.withdrawals | {statement_id(event.signed.statement)}
    bids = {name: bid for name, bid in opening.bids.items() if gone is None or name != gone.bid}
    return replace(opening, bids=bids, withdrawals=withdrawals)


def _drill_passed(opening: Opening, event: DrillPassed, happened: Happened) -> Opening:
    bid = replace(opening.bids[event.bid], drilled=True)
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _drill_dealt(opening: Opening, event: DrillDealt, happened: Happened) -> Opening:
    return replace(opening, dummies=opening.dummies | {(event.person, event.dummy.kid, event.dummy.c)})


def _custodian_drilled(opening: Opening, event: CustodianDrilled, happened: Happened) -> Opening:
    answer = said(event.signed.statement, DrillAnswer)
    return replace(opening, drilled=opening.drilled | {answer.kid: statement_id(event.signed.statement)})


def _checked_in(opening: Opening, event: BidderCheckedIn | MemberCheckedIn, happened: Happened) -> Opening:
    return replace(opening, present=opening.present | {event.person: happened.at})


def _lobby(opening: Opening, event: LobbyOpened, happened: Happened) -> Opening:
    deadline = opening.timetable.deadline if opening.timetable else None
    return _enter(opening, Phase.LOBBY, happened, deadline)


def _ticked(opening: Opening, event: Ticked, happened: Happened) -> Opening:
    return replace(opening, last_tick=happened.seq, last_tick_at=happened.at)


def _closed_for_bids(opening: Opening, event: BidsClosed, happened: Happened) -> Opening:
    close = said(event.close, Close)
    opening = _enter(opening, Phase.CLOSED_FOR_BIDS, happened)
    bids = dict(sorted(opening.bids.items(), key=lambda item: unb64(item[0])))
    return replace(opening, bids=bids, proposed=None, close=close, close_statement=event.close, close_seq=happened.seq)


def _held(opening: Opening, event: OpeningHeld, happened: Happened) -> Opening:
    return _enter(opening, Phase.HELD, happened)


def _checkpoint(opening: Opening, event: CheckpointCosigned, happened: Happened) -> Opening:
    opening = replace(opening, cosigned=opening.cosigned | {event.covers})
    phase = opening.marks.get(event.covers)
    if phase is None:
        return opening
    marks = {seq: mark for seq, mark in opening.marks.items() if seq > event.covers}
    seen = CheckpointSeen(covers=event.covers, note=event.note, phase=phase)
    return replace(opening, marks=marks, checkpoint=seen)


def _roster(opening: Opening, event: RosterPublished, happened: Happened) -> Opening:
    return _enter(opening, Phase.ROSTER, happened)


def _lot_aborted(opening: Opening, event: LotAborted, happened: Happened) -> Opening:
    opening = replace(opening, aborted=opening.aborted | {event.lot: event.cause})
    if event.cause is not AbortCause.TOO_FEW_BIDS:
        return opening
    gone = {name: bid for name, bid in opening.bids.items() if bid.lot == event.lot}
    bids = {name: bid for name, bid in opening.bids.items() if name not in gone}
    return replace(opening, bids=bids, returned=opening.returned | gone)


def _aborted(opening: Opening, event: OpeningAborted, happened: Happened) -> Opening:
    return _enter(opening, Phase.ABORTED, happened)


def _release_opened(opening: Opening, event: ReleaseOpened, happened: Happened) -> Opening:
    return _enter(opening, Phase.RELEASE, happened, event.ends_at)


def _released(opening: Opening, event: KeyReleased, happened: Happened) -> Opening:
    release, bid = said(event.signed.statement, Release), opening.bids[event.bid]
    bid = replace(
        bid,
        release=statement_id(event.signed.statement),
        s_b=release.s_b,
        released_at=happened.at,
        receipts=[*bid.receipts, event.receipt],
    )
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _part_released(opening: Opening, event: PartReleased, happened: Happened) -> Opening:
    """Where the half is withheld, that it was released is known all the same."""
    bid = opening.bids[event.bid]
    s_b = said(event.signed.statement, Release).s_b if event.signed else ""
    half = replace(bid.half_of(event.submission), release=event.release, s_b=s_b)
    bid = replace(bid, others=bid.others | {event.submission: half}, receipts=[*bid.receipts, event.receipt])
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _wrong_key(opening: Opening, event: WrongKeyTried, happened: Happened) -> Opening:
    bid = opening.bids[event.bid]
    wrong = (*bid.half_of(event.submission).wrong, event.tried)
    if event.submission == bid.bid:
        bid = replace(bid, wrong=wrong)
    else:
        half = replace(bid.half_of(event.submission), wrong=wrong)
        bid = replace(bid, others=bid.others | {event.submission: half})
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _window_closed(opening: Opening, event: WindowClosed, happened: Happened) -> Opening:
    opening = replace(opening, window_closed=said(event.window_closed, WindowClosedStatement))
    return replace(opening, window_closed_seq=happened.seq, ends_at=None)


def _custody(opening: Opening, event: CustodyOpened, happened: Happened) -> Opening:
    return _enter(opening, Phase.CUSTODY, happened, event.ends_at)


def _key_published(opening: Opening, event: KeyPublished, happened: Happened) -> Opening:
    custody = said(event.signed.statement, Custody)
    keys = opening.keys | {custody.kid: custody.seed}
    opening = replace(opening, keys=keys, keys_by=[*opening.keys_by, event.person])
    done = all(enough_keys(policy, keys) for policy in opening.running_policies()) and served(opening)
    return _enter(opening, Phase.UNSEAL, happened) if done else opening


def _key_entrusted(opening: Opening, event: KeyEntrusted, happened: Happened) -> Opening:
    seed = said(event.signed.statement, Custody).seed if event.signed else ""
    return replace(opening, entrusted=opening.entrusted | {event.kid: seed})


def _settled(opening: Opening, event: BidSettled, happened: Happened) -> Opening:
    settlement = Settlement(outcome=event.outcome, cause=event.cause, detail=event.detail, form=event.form)
    bid = replace(opening.bids[event.bid], settlement=settlement)
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _disclosed(opening: Opening, event: Disclosed, happened: Happened) -> Opening:
    return replace(opening, disclosed=True)


def _readout(opening: Opening, event: ReadoutOpened, happened: Happened) -> Opening:
    return _enter(opening, Phase.READOUT, happened)


def _read_out(opening: Opening, event: BidReadOut, happened: Happened) -> Opening:
    bid = replace(opening.bids[event.bid], read_out=True)
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _prepared(opening: Opening, event: RecordPrepared, happened: Happened) -> Opening:
    opening = _enter(opening, Phase.RECORD, happened, event.ends_at)
    return replace(opening, record=event.record, record_hash=event.hash)


def _record_signed(opening: Opening, event: RecordSigned, happened: Happened) -> Opening:
    signatures = opening.signatures | {event.person: statement_id(event.signed.statement)}
    return replace(opening, signatures=signatures)


def _closed(opening: Opening, event: OpeningClosed, happened: Happened) -> Opening:
    return _enter(opening, Phase.CLOSED, happened)


FOLDS: dict[type[Event], Callable[[Opening, Any, Happened], Opening]] = {
    OpeningScheduled: _scheduled,
    CustodianKeyOffered: _key_offered,
    PolicyPublished: _policy,
    TimetableProposed: _proposed,
    TimetableSigned: _timetable,
    BidSubmitted: _submitted,
    StrikeProposed: _strike_proposed,
    CustodianStruck: _struck,
    DealtAgain: _dealt_again,
    BidWithdrawn: _withdrawn,
    DrillPassed: _drill_passed,
    DrillDealt: _drill_dealt,
    CustodianDrilled: _custodian_drilled,
    BidderCheckedIn: _checked_in,
    MemberCheckedIn: _checked_in,
    LobbyOpened: _lobby,
    Ticked: _ticked,
    BidsClosed: _closed_for_bids,
    OpeningHeld: _held,
    CheckpointCosigned: _checkpoint,
    RosterPublished: _roster,
    LotAborted: _lot_aborted,
    OpeningAborted: _aborted,
    ReleaseOpened: _release_opened,
    KeyReleased: _released,
    PartReleased: _part_released,
    WrongKeyTried: _wrong_key,
    WindowClosed: _window_closed,
    CustodyOpened: _custody,
    KeyPublished: _key_published,
    KeyEntrusted: _key_entrusted,
    BidSettled: _settled,
    Disclosed: _disclosed,
    ReadoutOpened: _readout,
    BidReadOut: _read_out,
    RecordPrepared: _prepared,
    RecordSigned: _record_signed,
    OpeningClosed: _closed,
}
"""One fold for every event of the room."""
