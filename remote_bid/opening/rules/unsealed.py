"""How release, custody, remedy and settling change the state."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.opening.events import (
    BidSettled,
    CustodyClosed,
    CustodyOpened,
    EscrowSharePublished,
    KeyEntrusted,
    KeyLodged,
    KeyPublished,
    KeyReleased,
    LodgingFailed,
    LodgingSeedPublished,
    PartReleased,
    ReleaseHindered,
    ReleaseOpened,
    RemedyRequested,
    WindowClosed,
    WrongKeyTried,
)
from remote_bid.opening.rules.bid import Hindrance
from remote_bid.opening.rules.course import enter
from remote_bid.opening.rules.remedy import remedy_decided
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import enough_keys_everywhere
from remote_bid.opening.statements import Custody, EscrowShare, LodgingReceipt, Release
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import Phase, Settlement
from remote_bid.seal.statements import said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened

replace = msgspec.structs.replace


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


UNSEALED: dict[type[Event], Callable[[Opening, Any, Happened], Opening]] = {
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
    WindowClosed: _window_closed,
    CustodyOpened: _custody,
    KeyPublished: _key_published,
    KeyEntrusted: _key_entrusted,
    BidSettled: _settled,
}
