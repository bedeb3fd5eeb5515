"""Cases in few words: ask(mean(), SLOPE, "7000", "7300") tells benchmark and scores."""

from typing import Any

import msgspec

from remote_bid.evaluation.price import Formula, PriceCase, PricedBid, PriceScores, price_scores
from remote_bid.evaluation.price.exact import Mode
from remote_bid.evaluation.price.terms import Mean, Quantity, Rounding, Slope

NAMES = "甲乙丙丁戊己庚辛壬癸"
SLOPE = Slope(points="35", above="2", below="1")
BARE = Formula(benchmark=Mean(), score=SLOPE)


def bids(*prices: str, **fields: Any) -> list[PricedBid]:
    return [PricedBid(bidder=name, price=price, **fields) for name, price in zip(NAMES, prices, strict=False)]


def case(*prices: str, formula: Formula = BARE, **fields: Any) -> PriceCase:
    return PriceCase(formula=formula, bids=bids(*prices), **fields)


def formula(**fields: Any) -> Formula:
    return msgspec.structs.replace(BARE, **fields)


def ask(*prices: str, formula: Formula = BARE, **fields: Any) -> PriceScores:
    return price_scores(case(*prices, formula=formula, **fields))


def scores(*prices: str, formula: Formula = BARE, **fields: Any) -> list[str]:
    return list(ask(*prices, formula=formula, **fields).scores.values())


def step(of: str, places: int, mode: str = "half_up") -> Rounding:
    return Rounding(of=Quantity(of), places=places, mode=Mode(mode))
