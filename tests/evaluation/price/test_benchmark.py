"""Which prices make the benchmark: drops, intervals, draws, weights, and what happens afterwards."""

from typing import Any

import msgspec
import pytest

from remote_bid.evaluation.price import Formula, PriceCase, price_scores
from remote_bid.evaluation.price.case import Corrected, Rejected
from remote_bid.evaluation.price.terms import (
    Cause,
    Composite,
    Counts,
    Drawn,
    Drop,
    DropRow,
    IfNone,
    Lowest,
    Mean,
    Outside,
    Part,
    Source,
    Unit,
    Weighted,
    Within,
)
from remote_bid.timeline.context import Refused
from tests.evaluation.price.asked import ask, bids, formula, step

DROP = Drop(table=[DropRow(at_least=10, highest=2, lowest=1), DropRow(at_least=4, highest=1, lowest=1)])


def benchmark(*prices: str, formula: Formula, **fields: Any) -> str:
    return ask(*prices, formula=formula, **fields).benchmark


@pytest.mark.parametrize(
    ("count", "mean"),
    [(1, "10"), (3, "20"), (4, "25"), (9, "50"), (10, "50")],
)
def test_the_row_that_the_number_of_bids_reaches_counts(count: int, mean: str) -> None:
    """Prices 10, 20, …: of 10 the mean of 20 to 80 remains."""
    prices = [str(10 * number) for number in range(1, count + 1)]
    assert benchmark(*prices, formula=formula(benchmark=Mean(select=[DROP]))) == mean


def test_of_equal_prices_as_many_are_dropped_as_of_others() -> None:
    assert benchmark("10", "10", "10", "40", formula=formula(benchmark=Mean(select=[DROP]))) == "10"


@pytest.mark.parametrize(("mode", "mean"), [("half_up", "15"), ("down", "20")])
def test_a_share_of_the_bids_is_rounded_to_whole_ones(mode: str, mean: str) -> None:
    """40 % of four are 1.6."""
    row = DropRow(at_least=1, highest_percent="40", mode=step("score", 0, mode).mode)
    assert benchmark("10", "20", "30", "30", formula=formula(benchmark=Mean(select=[Drop(table=[row])]))) == mean


def test_half_of_four_are_two_exactly() -> None:
    row = DropRow(at_least=1, highest_percent="50", mode=step("score", 0, "down").mode)
    assert benchmark("10", "20", "30", "30", formula=formula(benchmark=Mean(select=[Drop(table=[row])]))) == "15"


def test_more_dropped_than_there_are_leaves_none() -> None:
    row = DropRow(at_least=3, highest=2, highest_percent="90")
    with pytest.raises(Refused) as refusal:
        ask("10", "20", "30", formula=formula(benchmark=Mean(select=[Drop(table=[row])])))
    assert refusal.value.code == "none_counts"


def test_steps_of_selection_are_taken_in_their_order() -> None:
    prices, inside = ("10", "100", "102", "104", "190"), Within(around=Source.MEAN, low="0.9", high="1.1")
    dropped = Mean(select=[DROP, inside])
    assert benchmark(*prices, formula=formula(benchmark=dropped)) == "102"
    narrow = Drop(table=[DropRow(at_least=3, highest=1)])
    assert benchmark(*prices, formula=formula(benchmark=Mean(select=[inside, narrow]))) == "101"


@pytest.mark.parametrize(
    ("outside", "scores"),
    [
        (Outside.SCORED, {"甲": "35.00", "乙": "35.00", "丙": "15.00"}),
        (Outside.FLOOR, {"甲": "35.00", "乙": "35.00", "丙": "0.00"}),
        (Outside.EXCLUDED, {"甲": "35.00", "乙": "35.00"}),
    ],
)
def test_a_price_outside_the_interval_fares_as_declared(outside: Outside, scores: dict[str, str]) -> None:
    within = Within(around=Source.CEILING_PRICE, low="0.85", outside=outside)
    found = ask("100", "100", "80", formula=formula(benchmark=Mean(select=[within])), ceiling_price="100")
    assert (found.benchmark, found.scores) == ("100", scores)


def test_the_ends_of_an_interval_are_inside() -> None:
    within = Within(around=Source.CEILING_PRICE, low="0.8", high="0.9")
    among = formula(benchmark=Mean(select=[within]))
    assert benchmark("80", "90", "79.99", "90.01", formula=among, ceiling_price="100") == "85"


def test_an_interval_that_holds_nothing_is_refused_or_void() -> None:
    within = Within(around=Source.CEILING_PRICE, low="0.9")
    with pytest.raises(Refused) as refusal:
        ask("10", "20", formula=formula(benchmark=Mean(select=[within])), ceiling_price="100")
    assert refusal.value.code == "none_counts"
    kept = msgspec.structs.replace(within, if_none=IfNone.KEEP_ALL)
    assert benchmark("10", "20", formula=formula(benchmark=Mean(select=[kept])), ceiling_price="100") == "15"


def test_an_interval_may_lie_around_a_weighted_sum() -> None:
    around = Weighted(parts=[Part(of=Source.CEILING_PRICE, weight="0.5"), Part(of=Source.MEAN, weight="0.5")])
    among = formula(benchmark=Mean(select=[Within(around=around, low="0.9")]))
    assert benchmark("100", "60", formula=among, ceiling_price="100") == "100"


@pytest.mark.parametrize(
    ("unit", "drawn", "found"),
    [
        (Unit.FACTOR, "0.97", "97"),
        (Unit.REST, "0.03", "97"),
        (Unit.PERCENT, "97", "97"),
        (Unit.PERCENT_OFF, "3", "97"),
    ],
)
def test_a_drawn_number_is_read_by_its_unit(unit: Unit, drawn: str, found: str) -> None:
    coefficient = formula(benchmark=Mean(coefficient=Drawn(drawn="K", unit=unit)))
    assert benchmark("90", "110", formula=coefficient, drawn={"K": drawn}) == found
    with pytest.raises(Refused) as refusal:
        benchmark("90", "110", formula=coefficient)
    assert refusal.value.code == "not_drawn"


def test_the_ceiling_price_weighs_in() -> None:
    parts = [Part(of=Source.MEAN, weight="0.6"), Part(of=Source.CEILING_PRICE, weight="0.4", factor="0.9")]
    weighted = formula(benchmark=Composite(parts=parts, coefficient="0.5"))
    assert benchmark("90", "110", formula=weighted, ceiling_price="200") == "66"
    with pytest.raises(Refused) as refusal:
        benchmark("90", "110", formula=weighted)
    assert refusal.value.code == "no_ceiling_price"


def test_weights_make_one() -> None:
    parts = [Part(of=Source.MEAN, weight="0.6"), Part(of=Source.LOWEST, weight="0.5")]
    with pytest.raises(Refused) as refusal:
        benchmark("90", "110", formula=formula(benchmark=Composite(parts=parts)))
    assert refusal.value.code == "weights_not_one"


def test_where_no_price_lies_below_the_mean_it_is_the_second_mean() -> None:
    second = Composite(parts=[Part(of=Source.MEAN_BELOW)])
    assert benchmark("100", "100", formula=formula(benchmark=second)) == "100"
    assert benchmark("80", "90", "130", formula=formula(benchmark=second)) == "85"


def test_a_rank_that_nobody_has_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        ask("10", formula=formula(benchmark=Lowest(rank=2)))
    assert refusal.value.code == "too_few_prices"


def test_a_benchmark_of_nothing_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        ask("10", formula=formula(benchmark=Mean(coefficient="0")))
    assert refusal.value.code == "benchmark_not_positive"


def test_an_endless_benchmark_is_shown_to_ten_places_or_as_it_is_rounded() -> None:
    assert ask("10", "10", "11").benchmark == "10.3333333333"
    assert benchmark("10", "10", "11", formula=formula(rounding=[step("benchmark", 2)])) == "10.33"


# What counts, and what happens afterwards


def failed(counts: Counts) -> PriceCase:
    told = bids("100", "110", "150")
    told[2] = msgspec.structs.replace(told[2], passed=False)
    return PriceCase(formula=formula(counts=counts), bids=told)


def test_bids_that_did_not_pass_count_where_opened_ones_do_and_are_never_scored() -> None:
    assert price_scores(failed(Counts.PASSED)).benchmark == "105"
    opened = price_scores(failed(Counts.OPENED))
    assert (opened.benchmark, list(opened.scores)) == ("120", ["甲", "乙"])


def test_what_is_above_the_ceiling_price_never_counts() -> None:
    above = msgspec.structs.replace(failed(Counts.OPENED), ceiling_price="120")
    assert price_scores(above).benchmark == "105"


@pytest.mark.parametrize(
    ("recompute", "mean", "scores"),
    [
        ([], "130", {"甲": "11.92", "乙": "19.62"}),
        ([Cause.ARITHMETIC_ERROR], "140", {"甲": "6.43", "乙": "35.00"}),
        ([Cause.REJECTION], "105", {"甲": "30.24", "乙": "0.00"}),
        ([Cause.ARITHMETIC_ERROR, Cause.REJECTION], "120", {"甲": "18.33", "乙": "1.67"}),
    ],
)
def test_the_benchmark_is_recomputed_only_after_what_is_declared(
    recompute: list[Cause], mean: str, scores: dict[str, str]
) -> None:
    """100, 110, 180: the second turns out to be 140, which is what it is scored by; the third is rejected."""
    happened: list[Corrected | Rejected] = [Corrected(bidder="乙", price="140"), Rejected(bidder="丙")]
    found = ask("100", "110", "180", formula=formula(recompute=recompute), happened=happened)
    assert (found.benchmark, found.scores) == (mean, scores)
