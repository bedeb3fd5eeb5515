"""What an opening's end starts: once it is closed, its opened bids may be evaluated, as they were read out."""

from typing import NoReturn

import msgspec

from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import DrawnCoefficient, OpenedBid, OpeningHead
from remote_bid.opening.rules import Opening
from remote_bid.opening.rules.acting import parties_of
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.terms import Outcome, Phase
from remote_bid.seal.canonical import b64
from remote_bid.timeline.context import Refused

OPENED = (Outcome.OPENED, Outcome.REMEDIED)


class HandedOver(msgspec.Struct, frozen=True, kw_only=True):
    """What a closed opening hands over of one lot: where it ended, its opened bids, the coefficients that it drew."""

    opening: OpeningHead
    bids: list[OpenedBid]
    drawn: list[DrawnCoefficient]


def handed_over(opening: Opening, seq: int, leaf: bytes, lot: str) -> HandedOver:
    """All of it; refused as long as the opening goes on. `seq` and `leaf` are the entry's by which it was closed."""
    if opening.phase is not Phase.CLOSED:
        _refuse("not_closed", "开标尚未结束，不能开始评标。", "The opening is not closed yet.")
    drawn = [
        DrawnCoefficient(coefficient=coefficient, value=line.value)
        for (of, coefficient), line in opening.drawn.items()
        if of == lot
    ]
    return HandedOver(opening=head_of(opening, seq, leaf), bids=opened_bids(opening, lot), drawn=drawn)


def opened_bids(opening: Opening, lot: str) -> list[OpenedBid]:
    """What a closed opening hands over of one lot: every opened bid, as it was read out. Its documents are named by
    the agency, from the parts that were opened for the evaluation.
    """
    return [_handed(opening, bid) for bid in opening.bids.values() if bid.lot == lot and _opened(bid)]


def _opened(bid: Bid) -> bool:
    return bid.settlement is not None and bid.settlement.outcome in OPENED and bid.settlement.form is not None


def _handed(opening: Opening, bid: Bid) -> OpenedBid:
    form = bid.settlement.form if bid.settlement else None
    if form is None:
        raise ValueError("the bid was not opened")
    parties = [party.person for party in parties_of(opening, bid)]
    return OpenedBid(bid=bid.bid, bidder=bid.bidder, name=bid.name, parties=parties, form=form)


def head_of(opening: Opening, seq: int, leaf: bytes) -> OpeningHead:
    """Where the bids come from: the entry by which the opening was closed."""
    return OpeningHead(session=opening.session, seq=seq, leaf=b64(leaf))


def require_handed_over(opening: Opening, seq: int, leaf: bytes, order: EvaluationOrder) -> None:
    """Refused unless an order is about exactly what this opening has come to."""
    handed, lot = handed_over(opening, seq, leaf, order.lot), opening.lot(order.lot)
    if lot is None or (order.ceiling_price, order.currency) != (lot.ceiling_price, lot.currency):
        _refuse("other_lot", "评标安排与开标的标段不符。", "The order is not about this opening's lot.")
    if order.opening != handed.opening:
        _refuse("other_opening", "评标安排所指的不是开标的最终结果。", "The order does not name the opening's end.")
    if [_as_read(bid) for bid in order.bids] != [_as_read(bid) for bid in handed.bids]:
        _refuse("other_bids", "评标安排中的投标与开标结果不符。", "The order's bids are not those that were opened.")
    if order.drawn != handed.drawn:
        _refuse("other_draw", "评标安排中的系数与开标抽取结果不符。", "Other coefficients were drawn.")


def _as_read(bid: OpenedBid) -> tuple[object, ...]:
    """What the opening says of a bid; documents and flags are the agency's to add."""
    return (bid.bid, bid.bidder, bid.name, bid.parties, bid.form)


def _refuse(code: str, zh: str, en: str) -> NoReturn:
    raise Refused(code, zh, en)
