"""The price by which a bid is scored: its own, with declared adjustments and policy deductions (价格扣除)."""

from collections.abc import Sequence
from fractions import Fraction

from remote_bid.evaluation.price.case import PricedBid
from remote_bid.evaluation.price.exact import shown
from remote_bid.evaluation.price.sources import Offer
from remote_bid.evaluation.price.terms import Bonus, Combine, Deduction, Formula, Quantity
from remote_bid.evaluation.price.working import Working
from remote_bid.timeline.context import Refused


def offer_of(formula: Formula, bid: PricedBid, working: Working) -> Offer:
    """The bid with the price used for scoring; that is written down where it is not the bid's own. Refused if it is
    not more than nothing.
    """
    own = Fraction(bid.price)
    price, terms = own, [shown(own)]
    for rule, units in _adjusted(formula, bid):
        price += rule * units
        terms.append(f"+ {shown(rule)} × {shown(units)}" if units != 1 else f"+ {shown(rule)}")
    if percent := flagged(formula.deductions, bid.flags, formula.combine):
        price -= own * percent / 100
        terms.append(f"− {shown(own)} × {shown(percent)}%")
    if len(terms) > 1 or working.rounds(Quantity.PRICE):
        price = working.figure(Quantity.PRICE, price, " ".join(terms), bid.bidder)
    if price <= 0:
        raise Refused(
            "price_not_positive",
            f"{bid.bidder}：评分用价格应大于零，现为 {shown(price)}",
            f"{bid.bidder}: the price used for scoring must be more than nothing, it is {shown(price)}",
        )
    return Offer(bid.bidder, price)


def flagged(rules: Sequence[Deduction | Bonus], flags: Sequence[str], combine: Combine) -> Fraction:
    """The percentage that a bid with these flags gets."""
    found = [Fraction(rule.percent) for rule in rules if rule.flag in flags]
    return sum(found, Fraction(0)) if combine is Combine.SUM else max(found, default=Fraction(0))


def _adjusted(formula: Formula, bid: PricedBid) -> list[tuple[Fraction, Fraction]]:
    """What one unit adds to this bid's price, and how many units it gets."""
    rules = {rule.rule: rule for rule in formula.adjustments}
    added = []
    for told in bid.adjustments:
        rule = rules[told.rule]
        added.append((Fraction(rule.amount) + Fraction(bid.price) * Fraction(rule.percent) / 100, Fraction(told.units)))
    return added
