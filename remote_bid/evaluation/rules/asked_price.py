"""What an order's formula is asked."""

from collections.abc import Collection
from decimal import Decimal

from remote_bid.evaluation.price.case import PriceCase, PricedBid
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import OpenedBid


def price_case_of(order: EvaluationOrder, valid: Collection[str]) -> PriceCase:
    """The order's formula over its bids, of which these are valid; bids go by their ids."""
    bids = [
        PricedBid(bidder=bid.bid, price=bid.form.price, passed=bid.bid in valid, flags=bid.flags) for bid in order.bids
    ]
    drawn = {drawn.coefficient: drawn.value for drawn in order.drawn}
    return PriceCase(formula=order.formula, bids=bids, ceiling_price=order.ceiling_price, drawn=drawn)


def above_ceiling(order: EvaluationOrder, bid: OpenedBid) -> bool:
    """Whether the price that was read out is more than the ceiling price allows."""
    return Decimal(bid.form.price) > Decimal(order.ceiling_price)
