"""Price scores: from a case to benchmark, scores and derivation.

1. Who counts: opened bids or those that passed, never above the ceiling price; what happened since changes the
   benchmark only where the formula says so (`recompute`).
2. The price used for scoring: adjustments and deductions.
3. The benchmark.
4. Points of every bid that passed and is not rejected, at its price of today.
"""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from remote_bid.evaluation.price.benchmark import Found, benchmark_of
from remote_bid.evaluation.price.case import Corrected, PriceCase, PricedBid
from remote_bid.evaluation.price.checking import check_case
from remote_bid.evaluation.price.exact import amount, shown
from remote_bid.evaluation.price.pricing import flagged, offer_of
from remote_bid.evaluation.price.scoring import PointsRule, least, points_for
from remote_bid.evaluation.price.sources import Offer, Sources
from remote_bid.evaluation.price.terms import (
    TO_CENTS,
    Benchmark,
    Cause,
    Counts,
    Formula,
    LowestEvaluatedPrice,
    Outside,
    Quantity,
    Rounding,
)
from remote_bid.evaluation.price.working import Line, Working
from remote_bid.timeline.context import Refused


class PriceScores(msgspec.Struct, frozen=True, kw_only=True):
    """What a case comes to. `benchmark` is as the formula rounds it; endless decimals that it does not round are shown
    to ten. A bid without a score has none: rejected, not passed, or excluded by an interval. `ranking` and `evaluated`
    are of the lowest_evaluated_price_method only, which gives no scores: bidders by rank, equal ones together.
    """

    benchmark: str
    scores: dict[str, str]
    derivation: list[Line]
    ranking: list[list[str]] = []
    evaluated: dict[str, str] = {}


def price_scores(case: PriceCase) -> PriceScores:
    """Scores with their derivation; Refused where there is no right answer."""
    check_case(case)
    scored = _to_score(case)
    formula = case.formula
    if isinstance(formula.score, LowestEvaluatedPrice) or formula.benchmark is None:
        return _ranked_by_price(case, scored)
    return _scored(case, formula.benchmark, formula.score, scored)


def _scored(case: PriceCase, declared: Benchmark, rule: PointsRule, bids: Sequence[PricedBid]) -> PriceScores:
    formula = case.formula
    working = Working(_steps(formula))
    counting = _counting(case)
    basis = [offer_of(formula, bid, working) for bid in counting]
    found = benchmark_of(declared, basis, Sources(case.ceiling_price, case.drawn, working))
    today = {bid.bidder: bid for bid in bids}
    known = {bid.bidder: offer for bid, offer in zip(counting, basis, strict=True) if today.get(bid.bidder) == bid}
    scores = {}
    for bid in bids:
        offer = known.get(bid.bidder) or offer_of(formula, bid, working)
        bonus = flagged(formula.bonuses, bid.flags, formula.combine)
        if _score(rule, offer, found, bonus, working):
            scores[bid.bidder] = working.lines[-1].value
    return PriceScores(benchmark=found.written, scores=scores, derivation=working.lines)


def _score(rule: PointsRule, offer: Offer, found: Found, bonus: Fraction, working: Working) -> bool:
    """Write down an offer's score, if it gets one."""
    outside = {fence.outside for fence in found.fences if not fence.holds(offer.price)}
    if Outside.EXCLUDED in outside:
        working.remark("报价在合理区间之外，不评分", "outside the interval, not scored", offer.bidder)
        return False
    if Outside.FLOOR in outside:
        working.remark("报价在合理区间之外，得最低分", "outside the interval, the least points", offer.bidder)
        points, told = least(rule)
    else:
        points, told = points_for(rule, offer.price, found.price, working, offer.bidder)
    if bonus:
        points, told = points * (1 + bonus / 100), f"({told}) × (1 + {shown(bonus)}%)"
    working.figure(Quantity.SCORE, points, told, offer.bidder)
    return True


def _ranked_by_price(case: PriceCase, bids: Sequence[PricedBid]) -> PriceScores:
    working = Working(case.formula.rounding)
    offers = [offer_of(case.formula, bid, working) for bid in bids]
    prices = sorted({offer.price for offer in offers})
    ranking = [[offer.bidder for offer in offers if offer.price == price] for price in prices]
    for price, group in zip(prices, ranking, strict=True):
        place = 1 + sum(offer.price < price for offer in offers)
        working.remark(f"第 {place} 名：{'、'.join(group)}，{shown(price)}", f"rank {place}")
    return PriceScores(
        benchmark=amount(prices[0]),
        scores={},
        derivation=working.lines,
        ranking=ranking,
        evaluated={offer.bidder: amount(offer.price) for offer in offers},
    )


def _steps(formula: Formula) -> list[Rounding]:
    """The declared steps; a score for which none is declared is rounded to cents."""
    declared = formula.rounding
    return declared if any(step.of is Quantity.SCORE for step in declared) else [*declared, TO_CENTS]


def _counting(case: PriceCase) -> list[PricedBid]:
    """The bids whose prices count for the benchmark, as they were when it was last calculated."""
    bids = _after(case, case.formula.recompute)
    if case.formula.counts is Counts.PASSED:
        bids = [bid for bid in bids if bid.passed]
    return [bid for bid in bids if not _above_ceiling(case, bid)]


def _to_score(case: PriceCase) -> list[PricedBid]:
    """The bids that get a score, at their price of today; Refused if one of them is above the ceiling price."""
    bids = [bid for bid in _after(case, list(Cause)) if bid.passed]
    for bid in bids:
        if _above_ceiling(case, bid):
            raise Refused(
                "above_ceiling",
                f"{bid.bidder} 的报价高于最高投标限价，应先否决（passed 写 false）",
                f'the price of {bid.bidder} is above the ceiling price: reject it first ("passed": false)',
            )
    if not bids:
        raise Refused("none_to_score", "没有可以评分的投标", "there is no bid to be scored")
    return bids


def _after(case: PriceCase, causes: Sequence[Cause]) -> list[PricedBid]:
    """The bids, changed by what happened for these causes only."""
    bids = {bid.bidder: bid for bid in case.bids}
    for happening in case.happened:
        bid = bids.get(happening.bidder)
        if bid is None:
            continue
        if isinstance(happening, Corrected):
            if Cause.ARITHMETIC_ERROR in causes:
                bids[bid.bidder] = msgspec.structs.replace(bid, price=happening.price)
        elif Cause.REJECTION in causes:
            del bids[bid.bidder]
    return list(bids.values())


def _above_ceiling(case: PriceCase, bid: PricedBid) -> bool:
    return case.ceiling_price is not None and Fraction(bid.price) > Fraction(case.ceiling_price)
