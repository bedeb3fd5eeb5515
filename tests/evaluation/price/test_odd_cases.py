"""Degenerate input: each a right answer, or a refusal that says why."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from remote_bid.evaluation.price import Formula, PriceCase, PricedBid, check_formula, price_scores
from remote_bid.evaluation.price.case import Corrected, Rejected, Units
from remote_bid.evaluation.price.terms import (
    Adjustment,
    Band,
    Bands,
    Benchmark,
    Bonus,
    Cause,
    Counts,
    Deduction,
    Drop,
    DropRow,
    Lowest,
    LowestEvaluatedPrice,
    Mean,
    Ratio,
    Slope,
    Source,
    Within,
)
from remote_bid.timeline.context import Refused
from tests.evaluation.price.asked import SLOPE, ask, bids, formula, scores, step


def refusal(*prices: str, formula: Formula, **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        ask(*prices, formula=formula, **fields)
    assert refused.value.zh
    assert str(refused.value)
    return refused.value.code


def test_one_bid_is_its_own_mean() -> None:
    assert ask("7000").scores == {"甲": "35.00"}


def test_equal_prices_get_equal_full_points() -> None:
    assert scores("7000", "7000.00", "7000") == ["35.00"] * 3


def test_a_price_of_forty_digits_is_as_exact_as_any() -> None:
    assert scores("1" + "0" * 30, "11" + "0" * 29) == ["30.24", "25.48"]
    fine = "1." + "0" * 39 + "1"
    assert ask(fine, fine).benchmark == fine
    assert scores(fine, fine) == ["35.00"] * 2


def test_prices_below_one_are_prices() -> None:
    assert ask("0.1", "0.3").scores == {"甲": "0.00", "乙": "0.00"}
    assert ask("0.1", "0.1", ceiling_price="0.5").benchmark == "0.1"


def test_a_price_of_nothing_is_refused_even_if_an_adjustment_would_make_it_more() -> None:
    dearer = formula(adjustments=[Adjustment(rule="week", amount="10")])
    told = [PricedBid(bidder="甲", price="0", adjustments=[Units(rule="week")])]
    free = PriceCase(formula=dearer, bids=told)
    mended = [msgspec.structs.replace(told[0], price="1")]
    corrected = PriceCase(formula=dearer, bids=mended, happened=[Corrected(bidder="甲", price="0")])
    for case in (free, corrected):
        with pytest.raises(Refused) as refused:
            price_scores(case)
        assert refused.value.code == "price_not_positive"


@pytest.mark.parametrize("price", ["0", "0.00"])
def test_a_price_of_nothing_is_refused(price: str) -> None:
    assert refusal("7000", price, formula=formula()) == "price_not_positive"
    happened = [Corrected(bidder="甲", price=price)]
    assert refusal("7000", formula=formula(), happened=happened) == "price_not_positive"
    assert refusal("7000", formula=formula(), ceiling_price=price) == "ceiling_not_positive"


def test_a_price_above_the_ceiling_has_to_be_rejected_first() -> None:
    assert refusal("7000", "7100.01", formula=formula(), ceiling_price="7100") == "above_ceiling"
    happened = [Rejected(bidder="乙")]
    assert scores("7000", "7100.01", ceiling_price="7100", happened=happened) == ["35.00"]
    assert scores("7000", "7100", ceiling_price="7100") == ["34.29", "33.58"]


def test_a_bidder_bids_once() -> None:
    with pytest.raises(Refused, match="a bidder is given twice: 甲"):
        price_scores(PriceCase(formula=formula(), bids=[*bids("1"), *bids("2")]))


def test_somebody_must_be_left_to_be_scored() -> None:
    assert refusal("7000", formula=formula(), happened=[Rejected(bidder="甲")]) == "none_to_score"
    nobody = PriceCase(formula=formula(), bids=bids("7000", passed=False))
    with pytest.raises(Refused) as refused:
        price_scores(nobody)
    assert refused.value.code == "none_to_score"


def test_only_bidders_can_be_rejected_or_corrected() -> None:
    assert refusal("7000", formula=formula(), happened=[Rejected(bidder="乙")]) == "no_such_bidder"


def test_nothing_can_happen_to_a_bid_that_is_rejected_already() -> None:
    again = [Rejected(bidder="乙"), Corrected(bidder="乙", price="1"), Rejected(bidder="乙")]
    assert scores("7000", "8000", happened=again, formula=formula(recompute=list(Cause))) == ["35.00"]


def test_dropping_them_all_is_refused() -> None:
    all_of_two = Drop(table=[DropRow(at_least=1, highest_percent="50", lowest_percent="49")])
    assert refusal("1", "2", formula=formula(benchmark=Mean(select=[all_of_two]))) == "none_counts"


def test_a_price_that_a_deduction_or_adjustment_brings_to_nothing_is_refused() -> None:
    gift = formula(adjustments=[Adjustment(rule="gift", amount="-10")])
    told = [PricedBid(bidder="甲", price="10", adjustments=[Units(rule="gift")])]
    with pytest.raises(Refused) as refused:
        price_scores(PriceCase(formula=gift, bids=told))
    assert refused.value.code == "price_not_positive"


@pytest.mark.parametrize(
    ("units", "code"),
    [(["gift"], "no_such_adjustment"), (["week", "week"], "adjustment_twice")],
)
def test_adjustments_are_declared_ones_and_once(units: Sequence[str], code: str) -> None:
    rules = formula(adjustments=[Adjustment(rule="week", amount="10")])
    told = [PricedBid(bidder="甲", price="10", adjustments=[Units(rule=rule) for rule in units])]
    with pytest.raises(Refused) as refused:
        price_scores(PriceCase(formula=rules, bids=told))
    assert refused.value.code == code


def dropped(*rows: DropRow) -> Benchmark:
    return Mean(select=[Drop(table=list(rows))])


def sloped(*beyond: str) -> Slope:
    return Slope(points="1", above=Bands(bands=[Band(beyond=at, points="1") for at in beyond]), below="0")


@pytest.mark.parametrize(
    ("code", "bad"),
    [
        ("no_benchmark", formula(benchmark=None)),
        ("no_points_here", formula(score=LowestEvaluatedPrice())),
        ("no_points_here", Formula(score=LowestEvaluatedPrice(), bonuses=[Bonus(flag="x", percent="1")])),
        ("floor_above_cap", formula(score=Slope(points="30", above="1", below="1", floor="31"))),
        ("floor_above_cap", formula(score=Ratio(points="30", cap="20", floor="21"))),
        ("bad_bands", formula(score=sloped("3", "3"))),
        ("bad_bands", formula(score=sloped("3", "1"))),
        ("bad_bands", formula(score=sloped("-1"))),
        ("rounding_order", formula(rounding=[step("score", 2), step("deviation", 2)])),
        ("nothing_to_round", formula(rounding=[step("ratio", 2)])),
        ("nothing_to_round", formula(score=Ratio(points="30"), rounding=[step("deviation", 2)])),
        ("nothing_to_round", Formula(score=LowestEvaluatedPrice(), rounding=[step("score", 2)])),
        ("rule_twice", formula(deductions=[Deduction(flag="x", percent="1")] * 2)),
        ("rule_twice", formula(adjustments=[Adjustment(rule="x")] * 2)),
        ("bad_percent", formula(deductions=[Deduction(flag="x", percent="100")])),
        ("bad_percent", formula(bonuses=[Bonus(flag="x", percent="-1")])),
        ("bad_drop", formula(benchmark=dropped(DropRow(at_least=2, highest=1, lowest=1)))),
        ("bad_drop", formula(benchmark=dropped(DropRow(at_least=2, highest_percent="50", lowest_percent="50")))),
        ("bad_drop", formula(benchmark=dropped(DropRow(at_least=2), DropRow(at_least=2)))),
        ("bad_drop", formula(benchmark=dropped(DropRow(at_least=2, lowest_percent="-1")))),
        ("bad_interval", formula(benchmark=Lowest(select=[Within(around=Source.MEAN)]))),
        ("contradiction", formula(counts=Counts.OPENED, recompute=[Cause.REJECTION])),
    ],
)
def test_a_formula_that_contradicts_itself_is_refused_before_anybody_bids(code: str, bad: Formula) -> None:
    with pytest.raises(Refused) as refused:
        check_formula(bad)
    assert refused.value.code == code
    assert refusal("1", "2", "3", formula=bad) == code


def test_a_good_formula_is_not_refused() -> None:
    check_formula(formula(score=Slope(points="30", above="1", below="1", floor="30")))
    check_formula(formula(score=sloped("0", "3"), benchmark=dropped(DropRow(at_least=3, highest=1, lowest=1))))
    check_formula(formula(deductions=[Deduction(flag="x", percent="0")], bonuses=[Bonus(flag="x", percent="99.9")]))
    check_formula(formula(score=SLOPE, rounding=[step("mean", 2), step("benchmark", 0), step("points_off", 3)]))
