"""Price scores (报价得分): formulas as data, exact arithmetic, every rounding step declared and written down.

A `PriceCase` is a formula and the bids it is asked about; `price_scores` answers it, or says why it cannot. Nothing
here does I/O, and no number is ever a float.
"""

from remote_bid.evaluation.price.case import PriceCase, PricedBid
from remote_bid.evaluation.price.checking import check_case, check_formula
from remote_bid.evaluation.price.scores import PriceScores, price_scores
from remote_bid.evaluation.price.terms import Formula
from remote_bid.evaluation.price.working import Line, rendered

__all__ = [
    "Formula",
    "Line",
    "PriceCase",
    "PriceScores",
    "PricedBid",
    "check_case",
    "check_formula",
    "price_scores",
    "rendered",
]
