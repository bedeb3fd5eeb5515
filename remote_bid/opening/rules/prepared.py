"""How what comes up to the deadline changes the state: keys, policies, timetables, strikes, bids."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.opening.events import (
    BidSubmitted,
    BidWithdrawn,
    ConsortiumDeclared,
    CustodianDrilled,
    CustodianKeyOffered,
    CustodianStruck,
    DealtAgain,
    DrillDealt,
    DrillPassed,
    OpeningScheduled,
    PolicyPublished,
    StrikeProposed,
    TimetableProposed,
    TimetableSigned,
)
from remote_bid.opening.rules.bid import Bid, Revision
from remote_bid.opening.rules.course import enter
from remote_bid.opening.rules.state import Declared, Opening
from remote_bid.opening.terms import Phase
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Consortium, CustodianKey, Deal, DrillAnswer, Policy, Strike, Timetable
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened

replace = msgspec.structs.replace


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


PREPARED: dict[type[Event], Callable[[Opening, Any, Happened], Opening]] = {
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
}
