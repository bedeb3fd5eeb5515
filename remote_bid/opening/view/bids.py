"""The bids on a page: the roster's rows, and the reader's own."""

from collections.abc import Iterable
from functools import lru_cache

import msgspec
from msgspec import UNSET

from remote_bid.opening.rules.acting import bids_twice, consortium_of, people_of, present_since
from remote_bid.opening.rules.bid import WRONG_TRIES, Bid
from remote_bid.opening.rules.depositing import deposit_of
from remote_bid.opening.rules.order import in_order
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import wants_deal
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.opening.view.names import after_window, names_shown
from remote_bid.opening.view.page import BidRow, OwnBid, SetProof
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import said
from remote_bid.seal.tree import inclusion_path, leaf_hash
from remote_bid.tender.statements import Deal
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who
from remote_bid.timeline.of_state import of_state


def rows(opening: Opening, who: Who) -> dict[str, BidRow]:
    """The roster, numbered from 1 in each lot: made once for all to whom the same of it is shown."""
    watches = who.role in (Role.SUPERVISOR, Role.WITNESS) or after_window(opening)
    return _rows(opening, names_shown(opening, who), watches)


@of_state
def _rows(opening: Opening, named: bool, watches: bool) -> dict[str, BidRow]:
    numbers: dict[str, int] = {}
    rows = {}
    for bid in in_order(opening):
        numbers[bid.lot] = numbers.get(bid.lot, 0) + 1
        rows[bid.bid] = _row(opening, numbers[bid.lot], bid, named, watches)
    return rows


def _row(opening: Opening, number: int, bid: Bid, named: bool, watches: bool) -> BidRow:
    row = BidRow(number=number, lot=bid.lot)
    if not named:
        return row
    row = msgspec.structs.replace(
        row,
        name=bid.name,
        consortium=consortium_of(opening, bid) or UNSET,
        bids_twice=bids_twice(opening, bid) or UNSET,
    )
    if not watches:
        return row
    checked_in = present_since(opening, bid)
    row = msgspec.structs.replace(
        row,
        checked_in_at=instant.text(checked_in) if checked_in else UNSET,
        late=True if checked_in and opening.late(checked_in) else UNSET,
        released=bool(bid.release),
        deposit=(deposit_of(opening, bid) or UNSET) if after_window(opening) else UNSET,
        deposit_note=bid.deposit_note or UNSET,
        signed_record=True if bid.bidder in opening.signatures else UNSET,
        answer=opening.line_answers.get(bid.bid, UNSET),
    )
    if bid.settlement is None or not bid.read_out:
        return row
    return msgspec.structs.replace(
        row, outcome=bid.settlement.outcome, cause=bid.settlement.cause, form=bid.settlement.form or UNSET
    )


def own_bids(opening: Opening, who: Who) -> dict[str, OwnBid]:
    """The live bids of a bidder, and those that were returned to it."""
    bids = [*opening.bids.values(), *opening.returned.values()]
    return {bid.bid: _own(opening, bid, who) for bid in seen_as_own(opening, bids, who)}


def seen_as_own(opening: Opening, bids: Iterable[Bid], who: Who) -> list[Bid]:
    """Those of which this is the bidder or, from the roster on, another party of the consortium: before, not even the
    parties learn who has bid.
    """
    if opening.consortia and reached(opening.phase, Phase.ROSTER):
        return [bid for bid in bids if who.person in people_of(opening, bid)]
    return [bid for bid in bids if bid.bidder == who.person]


def _own(opening: Opening, bid: Bid, who: Who) -> OwnBid:
    settlement = bid.settlement if bid.read_out else None
    return OwnBid(
        lot=bid.lot,
        version=bid.version,
        submitted_at=instant.text(bid.submitted_at),
        receipts=bid.receipts,
        drilled=bid.drilled or UNSET,
        deal_again=to_deal_again(opening, bid) or UNSET,
        proofs=_set_proofs(opening, bid) if _counted(opening, bid) else UNSET,
        released_at=instant.text(bid.released_at) if bid.released_at else UNSET,
        tries_left=WRONG_TRIES - len(bid.wrong) if bid.wrong else UNSET,
        hindered=True if bid.hindered and not bid.release else UNSET,
        parts=bid.parts if bid.bidder != who.person else UNSET,
        outcome=settlement.outcome if settlement else UNSET,
        cause=settlement.cause if settlement else UNSET,
    )


def _counted(opening: Opening, bid: Bid) -> bool:
    return reached(opening.phase, Phase.ROSTER) and bid.bid in opening.bids


def to_deal_again(opening: Opening, bid: Bid) -> bool:
    """Whether strikes have left a part of it with too few custodians, while there is time to deal it again."""
    if not opening.revisions or opening.phase not in (Phase.SCHEDULED, Phase.LOBBY):
        return False
    deals = [said(part.deal, Deal) for part in bid.parts]
    return any(wants_deal(opening, deal.policy, deal.shares) for deal in deals)


def _set_proofs(opening: Opening, bid: Bid) -> dict[str, SetProof]:
    """For each of a bid's submissions."""
    ids = _sorted(tuple(name for other in in_order(opening) if other.lot == bid.lot for name in other.submissions))
    return {name: _place_in(ids, ids.index(name)) for name in bid.submissions}


@lru_cache(maxsize=64)
def _sorted(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=unb64))


@lru_cache(maxsize=4096)
def _place_in(ids: tuple[str, ...], index: int) -> SetProof:
    path = inclusion_path(_leaves(ids), index)
    return SetProof(index=index, size=len(ids), path=[b64(node) for node in path])


@lru_cache(maxsize=64)
def _leaves(ids: tuple[str, ...]) -> list[bytes]:
    return [leaf_hash(unb64(name)) for name in ids]
