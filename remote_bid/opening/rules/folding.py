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
    ConfirmationOpened,
    ConsortiumDeclared,
    CrlNotedDown,
    CustodianDrilled,
    CustodianKeyOffered,
    CustodianStruck,
    CustodyClosed,
    CustodyOpened,
    DealtAgain,
    DrawOpened,
    DrillDealt,
    DrillPassed,
    EscrowSharePublished,
    KeyEntrusted,
    KeyLodged,
    KeyPublished,
    KeyReleased,
    LobbyOpened,
    LodgingFailed,
    LodgingSeedPublished,
    LotAborted,
    MemberCheckedIn,
    ObjectionsOpened,
    OpeningAborted,
    OpeningClosed,
    OpeningHeld,
    OpeningScheduled,
    PartReleased,
    PolicyPublished,
    ReadoutOpened,
    RecordPrepared,
    RecordSigned,
    ReleaseHindered,
    ReleaseOpened,
    ReleaseRefused,
    RemedyRequested,
    RosterPublished,
    StrikeProposed,
    SubmissionRefused,
    TimetableProposed,
    TimetableSigned,
    WindowClosed,
    WrongKeyTried,
)
from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.course import COURSE, cosigned, enter
from remote_bid.opening.rules.heard import HEARD
from remote_bid.opening.rules.remedy import remedy_decided
from remote_bid.opening.rules.stamping import STAMPING, wanted
from remote_bid.opening.rules.state import Bid, CheckpointSeen, Declared, Hindrance, Opening, Revision
from remote_bid.opening.rules.unsealing import enough_keys_everywhere
from remote_bid.opening.statements import Close, Custody, EscrowShare, LodgingReceipt, Release
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import AbortCause, Cause, Outcome, Phase, Settlement
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Consortium, CustodianKey, Deal, DrillAnswer, Policy, Strike, Timetable
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked

replace = msgspec.structs.replace


def evolve(opening: Opening, happened: Happened) -> Opening:
    """The state after one more event."""
    fold: Callable[[Opening, Any, Happened], Opening] = FOLDS[type(happened.event)]
    return fold(opening, happened.event, happened)


def _scheduled(opening: Opening, event: OpeningScheduled, happened: Happened) -> Opening:
    members = {member.person: member for member in event.members}
    return replace(enter(opening, Phase.SCHEDULED, happened), tender=event.tender, members=members)


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
    reopened = enter(opening, Phase.SCHEDULED, happened)
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
        certificates=event.certificates,
    )
    return replace(opening, bids=bids | {bid.bid: bid}, versions=opening.versions | {place: event.version})


def _consortium(opening: Opening, event: ConsortiumDeclared, happened: Happened) -> Opening:
    told = said(event.signed.statement, Consortium)
    declared = Declared(statement=statement_id(event.signed.statement), parties=told.parties)
    return replace(opening, consortia=opening.consortia | {(event.lot, event.bidder): declared})


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
    return enter(opening, Phase.LOBBY, happened, deadline)


def _ticked(opening: Opening, event: Ticked, happened: Happened) -> Opening:
    uncosigned = opening.uncosigned | {happened.seq: happened.at}
    opening = replace(opening, last_tick=happened.seq, last_tick_leaf=b64(happened.leaf))
    return replace(opening, last_tick_at=happened.at, uncosigned=uncosigned)


def _closed_for_bids(opening: Opening, event: BidsClosed, happened: Happened) -> Opening:
    close = said(event.close, Close)
    opening = replace(enter(opening, Phase.CLOSED_FOR_BIDS, happened), stamps=wanted(opening, happened))
    bids = dict(sorted(opening.bids.items(), key=lambda item: unb64(item[0])))
    return replace(opening, bids=bids, proposed=None, close=close, close_statement=event.close, close_seq=happened.seq)


def _held(opening: Opening, event: OpeningHeld, happened: Happened) -> Opening:
    return enter(opening, Phase.HELD, happened)


def _checkpoint(opening: Opening, event: CheckpointCosigned, happened: Happened) -> Opening:
    opening = cosigned(replace(opening, cosigned=opening.cosigned | {event.covers}), event.covers)
    phase = opening.marks.get(event.covers)
    if phase is None:
        return opening
    marks = {seq: mark for seq, mark in opening.marks.items() if seq > event.covers}
    seen = CheckpointSeen(covers=event.covers, note=event.note, phase=phase)
    return replace(opening, marks=marks, checkpoint=seen)


def _roster(opening: Opening, event: RosterPublished, happened: Happened) -> Opening:
    return enter(opening, Phase.ROSTER, happened)


def _lot_aborted(opening: Opening, event: LotAborted, happened: Happened) -> Opening:
    opening = replace(opening, aborted=opening.aborted | {event.lot: event.cause})
    if event.cause is AbortCause.NONE_OPENED:
        return opening
    gone = {name: bid for name, bid in opening.bids.items() if bid.lot == event.lot}
    bids = {name: bid for name, bid in opening.bids.items() if name not in gone}
    if event.cause is not AbortCause.TOO_FEW_BIDS:
        gone = {name: replace(bid, settlement=_WITHDRAWN, read_out=True) for name, bid in gone.items()}
    questioned = [lot for lot in opening.questioned if lot != event.lot]
    return replace(opening, bids=bids, returned=opening.returned | gone, questioned=questioned)


_WITHDRAWN = Settlement(outcome=Outcome.DEEMED_WITHDRAWN, cause=Cause.ABORTED)
"""The cause lies elsewhere than with any bidder."""


def _aborted(opening: Opening, event: OpeningAborted, happened: Happened) -> Opening:
    return replace(enter(opening, Phase.ABORTED, happened), suspension=None)


def _release_opened(opening: Opening, event: ReleaseOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.RELEASE, happened, event.ends_at)


def _released(opening: Opening, event: KeyReleased, happened: Happened) -> Opening:
    bid = opening.bids[event.bid]
    bid = replace(
        bid,
        release=statement_id(event.signed.statement),
        s_b=event.s_b,
        released_at=happened.at,
        receipts=[*bid.receipts, event.receipt],
    )
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _part_released(opening: Opening, event: PartReleased, happened: Happened) -> Opening:
    """Where the half is withheld, that it was released is known all the same."""
    bid = opening.bids[event.bid]
    release = statement_id(event.signed.statement)
    half = replace(bid.half_of(event.submission), release=release, s_b=event.s_b or "")
    bid = replace(bid, others=bid.others | {event.submission: half}, receipts=[*bid.receipts, event.receipt])
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _key_lodged(opening: Opening, event: KeyLodged, happened: Happened) -> Opening:
    """It was released when the cosigner took it."""
    bid = replace(
        opening.bids[event.bid],
        release=statement_id(event.signed.statement),
        s_b=event.s_b,
        released_at=instant.when(said(event.receipt, LodgingReceipt).at),
    )
    return replace(opening, bids=opening.bids | {bid.bid: bid}, lodged=True)


def _lodging_failed(opening: Opening, event: LodgingFailed, happened: Happened) -> Opening:
    bid = opening.bids[event.bid]
    own = event.why if event.why != "not_by_the_bidder" else ""
    failed = (*bid.failed_lodgings, statement_id(event.signed.statement))
    bid = replace(bid, failed_lodgings=failed, bad_lodging=bid.bad_lodging or own)
    return replace(opening, bids=opening.bids | {bid.bid: bid}, lodged=True)


def _seed_published(opening: Opening, event: LodgingSeedPublished, happened: Happened) -> Opening:
    return replace(opening, lodging_seeds=opening.lodging_seeds | {event.policy: event.seed})


def _refused(opening: Opening, event: SubmissionRefused | ReleaseRefused, happened: Happened) -> Opening:
    told = [*opening.denials.get(event.person, []), event.refusal]
    return replace(opening, denials=opening.denials | {event.person: told})


def _hindered(opening: Opening, event: ReleaseHindered, happened: Happened) -> Opening:
    told = [*opening.denials.get(happened.by.person, []), event.refusal]
    opening = replace(opening, denials=opening.denials | {happened.by.person: told})
    if event.submission != event.bid:
        return opening
    found = Hindrance(certificate=event.signed.certificates[0], authority=event.authority, crl=event.crl)
    bid = opening.bids[event.bid]
    bid = replace(bid, hindered=(*bid.hindered, found))
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _wrong_key(opening: Opening, event: WrongKeyTried, happened: Happened) -> Opening:
    bid, tried = opening.bids[event.bid], said(event.signed.statement, Release)
    wrong = (*bid.half_of(event.submission).wrong, tried.c)
    if event.submission == bid.bid:
        bid = replace(bid, wrong=wrong)
    else:
        half = replace(bid.half_of(event.submission), wrong=wrong)
        bid = replace(bid, others=bid.others | {event.submission: half})
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _window_closed(opening: Opening, event: WindowClosed, happened: Happened) -> Opening:
    opening = replace(opening, window_closed=said(event.window_closed, WindowClosedStatement))
    return replace(opening, window_closed_seq=happened.seq, release_ended_at=opening.ends_at, ends_at=None)


def _custody(opening: Opening, event: CustodyOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.CUSTODY, happened, event.ends_at)


def _key_published(opening: Opening, event: KeyPublished, happened: Happened) -> Opening:
    custody = said(event.signed.statement, Custody)
    keys = opening.keys | {custody.kid: custody.seed}
    opening = replace(opening, keys=keys, keys_by=[*opening.keys_by, event.person])
    return _unseal(opening, happened)


def _unseal(opening: Opening, happened: Happened) -> Opening:
    """As soon as every key is here, and every remedy that was asked for is decided."""
    done = enough_keys_everywhere(opening) and all(remedy_decided(opening, bid) for bid in opening.asking())
    return enter(opening, Phase.UNSEAL, happened) if done else opening


def _remedy_requested(opening: Opening, event: RemedyRequested, happened: Happened) -> Opening:
    bid = opening.bids[event.bid]
    bid = replace(bid, remedy=event.signed, receipts=[*bid.receipts, event.receipt])
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _share_published(opening: Opening, event: EscrowSharePublished, happened: Happened) -> Opening:
    told, bid = said(event.signed.statement, EscrowShare), opening.bids[event.bid]
    bid = replace(bid, shares=bid.shares | {told.kid: told.share})
    return _unseal(replace(opening, bids=opening.bids | {bid.bid: bid}), happened)


def _custody_closed(opening: Opening, event: CustodyClosed, happened: Happened) -> Opening:
    return enter(opening, Phase.UNSEAL, happened)


def _key_entrusted(opening: Opening, event: KeyEntrusted, happened: Happened) -> Opening:
    seed = said(event.signed.statement, Custody).seed if event.signed else ""
    return replace(opening, entrusted=opening.entrusted | {event.kid: seed})


def _settled(opening: Opening, event: BidSettled, happened: Happened) -> Opening:
    settlement = Settlement(outcome=event.outcome, cause=event.cause, detail=event.detail, form=event.form)
    bid = replace(opening.bids[event.bid], settlement=settlement)
    return replace(opening, bids=opening.bids | {bid.bid: bid})


def _disclosed(opening: Opening, event: Disclosed, happened: Happened) -> Opening:
    return replace(opening, disclosed=True)


def _draw_opened(opening: Opening, event: DrawOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.DRAW, happened)


def _confirmation(opening: Opening, event: ConfirmationOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.CONFIRM, happened, event.ends_at)


def _objections(opening: Opening, event: ObjectionsOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.OBJECTION, happened, event.ends_at)


def _readout(opening: Opening, event: ReadoutOpened, happened: Happened) -> Opening:
    return enter(opening, Phase.READOUT, happened)


def _read_out(opening: Opening, event: BidReadOut, happened: Happened) -> Opening:
    bid = replace(opening.bids[event.bid], read_out=True)
    return replace(opening, bids=opening.bids | {bid.bid: bid}, waiting_since=happened.at)


def _prepared(opening: Opening, event: RecordPrepared, happened: Happened) -> Opening:
    opening = enter(opening, Phase.RECORD, happened, event.ends_at)
    return replace(opening, record=event.record, record_hash=event.hash)


def _record_signed(opening: Opening, event: RecordSigned, happened: Happened) -> Opening:
    bidder = bidder_behind(opening, event.person, event.signed)
    signatures = opening.signatures | {bidder: statement_id(event.signed.statement)}
    return replace(opening, signatures=signatures)


def _closed(opening: Opening, event: OpeningClosed, happened: Happened) -> Opening:
    return enter(opening, Phase.CLOSED, happened)


def _crl(opening: Opening, event: CrlNotedDown, happened: Happened) -> Opening:
    return replace(opening, crls=opening.crls | {event.crl.authority: event.crl})


def _rotated(opening: Opening, event: LogKeyRotated, happened: Happened) -> Opening:
    return replace(opening, rotations=(*opening.rotations, statement_id(event.statement)))


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
    ConsortiumDeclared: _consortium,
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
    ReleaseHindered: _hindered,
    WrongKeyTried: _wrong_key,
    KeyLodged: _key_lodged,
    LodgingFailed: _lodging_failed,
    LodgingSeedPublished: _seed_published,
    RemedyRequested: _remedy_requested,
    EscrowSharePublished: _share_published,
    CustodyClosed: _custody_closed,
    SubmissionRefused: _refused,
    ReleaseRefused: _refused,
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
    DrawOpened: _draw_opened,
    ConfirmationOpened: _confirmation,
    ObjectionsOpened: _objections,
    **HEARD,
    CrlNotedDown: _crl,
    **COURSE,
    **STAMPING,
    LogKeyRotated: _rotated,
}
"""One fold for every event of the room."""
