"""From deviation to points: slopes, bands, floor, cap, ratio, and the policy rules."""

import msgspec
import pytest

from remote_bid.evaluation.price import PriceCase, PricedBid, price_scores
from remote_bid.evaluation.price.case import Units
from remote_bid.evaluation.price.terms import (
    Adjustment,
    Band,
    Bands,
    Bonus,
    Combine,
    Deduction,
    Formula,
    Lowest,
    LowestEvaluatedPrice,
    Mean,
    Ratio,
    Slope,
)
from tests.evaluation.price.asked import ask, formula, scores, step


def test_never_less_than_the_floor_nor_more_than_the_cap() -> None:
    steep = Slope(points="30", above="5", below="-2", cap="40", floor="10")
    found = ask("80", "100", "120", formula=formula(score=steep))
    assert list(found.scores.values()) == ["40.00", "30.00", "10.00"]
    assert [line.expression for line in found.derivation if line.of == "score"] == [
        "min(40, 30 − (-40))",
        "30 − 0",
        "max(10, 30 − 100)",
    ]


def test_a_ratio_is_capped_at_full_points() -> None:
    """Benchmark 100: 80 would have 37.5."""
    assert scores("80", "120", formula=formula(score=Ratio(points="30"))) == ["30.00", "25.00"]
    assert scores("80", "120", formula=formula(score=Ratio(points="30", cap="99"))) == ["37.50", "25.00"]


def test_a_ratio_may_be_rounded_on_its_way() -> None:
    rough = formula(benchmark=Lowest(), score=Ratio(points="30"), rounding=[step("ratio", 2), step("score", 2)])
    assert scores("50", "60", formula=rough) == ["30.00", "24.90"]


@pytest.mark.parametrize(
    ("price", "score"), [("1030", "40.00"), ("1040", "39.00"), ("1080", "35.00"), ("1100", "31.00")]
)
def test_bands_cost_by_the_part_of_the_deviation_within_them(price: str, score: str) -> None:
    above = Bands(bands=[Band(beyond="3", points="1"), Band(beyond="8", points="2")])
    rule = formula(benchmark=Lowest(), score=Slope(points="40", above=above, below="0"))
    assert scores("1000", price, formula=rule) == ["40.00", score]


def flagged(rules: Formula, *flags: str) -> dict[str, str]:
    told = [PricedBid(bidder="甲", price="1000", flags=list(flags)), PricedBid(bidder="乙", price="900")]
    return price_scores(PriceCase(formula=rules, bids=told)).scores


DEDUCTED = Formula(
    benchmark=Lowest(),
    score=Ratio(points="30"),
    deductions=[Deduction(flag="small", percent="10"), Deduction(flag="green", percent="5")],
)


def test_a_flagged_bid_is_scored_with_its_price_reduced() -> None:
    assert flagged(DEDUCTED) == {"甲": "27.00", "乙": "30.00"}
    assert flagged(DEDUCTED, "small") == {"甲": "30.00", "乙": "30.00"}
    assert flagged(DEDUCTED, "unknown") == flagged(DEDUCTED)


def test_of_several_flags_the_largest_counts_or_all() -> None:
    assert flagged(DEDUCTED, "small", "green")["乙"] == "30.00"
    summed = msgspec.structs.replace(DEDUCTED, combine=Combine.SUM)
    assert flagged(summed, "small", "green") == {"甲": "30.00", "乙": "28.33"}


def test_a_bonus_goes_beyond_the_cap() -> None:
    bonus = formula(bonuses=[Bonus(flag="small", percent="2")], benchmark=Mean())
    told = [PricedBid(bidder="甲", price="100", flags=["small"]), PricedBid(bidder="乙", price="100")]
    assert price_scores(PriceCase(formula=bonus, bids=told)).scores == {"甲": "35.70", "乙": "35.00"}


def test_adjustments_make_the_evaluated_price() -> None:
    rules = Formula(
        score=LowestEvaluatedPrice(),
        adjustments=[Adjustment(rule="week", percent="0.5", amount="10"), Adjustment(rule="gift", amount="-100")],
    )
    told = [
        PricedBid(bidder="甲", price="1000", adjustments=[Units(rule="week", units="2")]),
        PricedBid(bidder="乙", price="1130", adjustments=[Units(rule="gift")]),
        PricedBid(bidder="丙", price="1030"),
        PricedBid(bidder="丁", price="1031"),
    ]
    found = price_scores(PriceCase(formula=rules, bids=told))
    assert found.evaluated == {"甲": "1030", "乙": "1030", "丙": "1030", "丁": "1031"}
    assert found.ranking == [["甲", "乙", "丙"], ["丁"]]
    assert found.derivation[-1].zh == "第 4 名：丁，1031"


def test_an_evaluated_price_may_be_what_points_are_given_for() -> None:
    rules = Formula(benchmark=Lowest(), score=Ratio(points="30"), adjustments=[Adjustment(rule="week", percent="20")])
    told = [PricedBid(bidder="甲", price="50", adjustments=[Units(rule="week")]), PricedBid(bidder="乙", price="50")]
    assert price_scores(PriceCase(formula=rules, bids=told)).scores == {"甲": "25.00", "乙": "30.00"}
