"""The worked examples, digit by digit, both orders of rounding, and the lines that lead there."""

import pytest

from remote_bid.evaluation.price import price_scores, rendered
from remote_bid.evaluation.price.catalogue import METHODS
from remote_bid.evaluation.price.terms import Lowest, Ratio, Slope
from tests.evaluation.price.asked import ask, formula, scores, step

FOUR = ("7000", "7300", "7200", "6900")


def test_four_bids_against_their_mean() -> None:
    found = ask(*FOUR)
    assert found.benchmark == "7100"
    assert found.scores == {"甲": "33.59", "乙": "29.37", "丙": "32.18", "丁": "32.18"}


def test_a_deviation_that_is_rounded_first_makes_another_score() -> None:
    first = formula(rounding=[step("deviation", 2), step("score", 2)])
    assert scores(*FOUR, formula=first) == ["33.59", "29.36", "32.18", "32.18"]


def test_a_score_without_a_declared_step_is_rounded_to_cents() -> None:
    assert scores(*FOUR, formula=formula(rounding=[step("deviation", 2)])) == ["33.59", "29.36", "32.18", "32.18"]
    assert scores(*FOUR, formula=formula(rounding=[step("benchmark", 0)])) == ["33.59", "29.37", "32.18", "32.18"]


def test_the_lowest_price_by_the_price() -> None:
    found = ask("50", "60", formula=formula(benchmark=Lowest(), score=Ratio(points="30")))
    assert (found.benchmark, found.scores) == ("50", {"甲": "30.00", "乙": "25.00"})


@pytest.mark.parametrize(
    ("mode", "score"),
    [
        ("half_up", "29.37"),
        ("half_even", "29.36"),
        ("half_down", "29.36"),
        ("up", "29.37"),
        ("down", "29.36"),
        ("ceiling", "29.37"),
        ("floor", "29.36"),
    ],
)
def test_a_half_goes_where_the_mode_says(mode: str, score: str) -> None:
    """Off by 5 % × 1.127 = 5.635 from 35: 29.365."""
    rate = formula(score=Slope(points="35", above="1.127", below="1"), rounding=[step("score", 2, mode)])
    assert scores("95", "105", formula=rate)[1] == score


def test_steps_for_one_figure_are_taken_in_their_order() -> None:
    """29.3645 → 29.365 → 29.37, where one step would have given 29.36."""
    rate = Slope(points="35", above="1.1271", below="1")
    assert scores("95", "105", formula=formula(score=rate))[1] == "29.36"
    twice = formula(score=rate, rounding=[step("score", 3), step("score", 2)])
    assert scores("95", "105", formula=twice)[1] == "29.37"


def test_every_step_has_its_line() -> None:
    first = formula(rounding=[step("deviation", 2), step("score", 2)])
    assert [rendered(line) for line in ask("7000", "7300", formula=first).derivation] == [
        "计入评标基准价的报价 2 家：甲 7000、乙 7300 / 2 prices count",
        "算术平均值 mean：(7000 + 7300) ÷ 2 = 7150",
        "评标基准价 benchmark price：7150",
        "甲　偏差率 deviation rate：(7000 − 7150) ÷ 7150 × 100% = -2.0979020979…%（-300/143）；"
        "四舍五入取 2 位小数 (half up, 2 places) → -2.10%",
        "甲　扣分 points off：2.1 × 1 = 2.1",
        "甲　报价得分 price score：35 − 2.1 = 32.9；四舍五入取 2 位小数 (half up, 2 places) → 32.90",
        "乙　偏差率 deviation rate：(7300 − 7150) ÷ 7150 × 100% = 2.0979020979…%（300/143）；"
        "四舍五入取 2 位小数 (half up, 2 places) → 2.10%",
        "乙　扣分 points off：2.1 × 2 = 4.2",
        "乙　报价得分 price score：35 − 4.2 = 30.8；四舍五入取 2 位小数 (half up, 2 places) → 30.80",
    ]


def test_draws_intervals_and_weights_have_their_lines_too() -> None:
    lines = [rendered(line) for line in price_scores(METHODS["composite-ceiling"].example).derivation]
    assert lines[:15] == [
        "抽取的下浮系数：1，取 0.99 / drawn 下浮系数: 1, taken as 0.99",
        "算术平均值 mean：(7500000 + 9000000 + 9200000 + 9400000) ÷ 4 = 8775000",
        "合理区间：(10000000 × 0.5 × 0.99 + 8775000 × 0.5 = 9337500) 的 0.85 至 … 倍，即 7936875 至 … "
        "/ interval: 7936875 to …",
        "区间外不计入：丁 7500000 / outside, left out: 1",
        "合理区间：10000000 的 … 至 0.99 倍，即 … 至 9900000 / interval: … to 9900000",
        "3 家，不去掉最高价和最低价 / 3 prices: none is dropped",
        "计入评标基准价的报价 3 家：甲 9000000、乙 9200000、丙 9400000 / 3 prices count",
        "抽取的加权系数：0.4，取 0.4 / drawn 加权系数: 0.4, taken as 0.4",
        "抽取的加权系数：0.4，取 0.6 / drawn 加权系数: 0.4, taken as 0.6",
        "算术平均值 mean：(9000000 + 9200000 + 9400000) ÷ 3 = 9200000",
        "抽取的K：0.98，取 0.98 / drawn K: 0.98, taken as 0.98",
        "评标基准价 benchmark price：(10000000 × 0.4 × 0.99 + 9200000 × 0.6) × 0.98 = 9290400",
        "甲　偏差率 deviation rate：(9000000 − 9290400) ÷ 9290400 × 100% = -3.1258072849…%（-12100/3871）；"
        "四舍五入取 2 位小数 (half up, 2 places) → -3.13%",
        "甲　扣分 points off：3.13 × 1 = 3.13",
        "甲　报价得分 price score：100 − 3.13 = 96.87；四舍五入取 3 位小数 (half up, 3 places) → 96.870",
    ]
    assert lines[-1] == "丁　报价在合理区间之外，不评分 / outside the interval, not scored"


def test_drops_and_coefficients_have_their_lines_too() -> None:
    lines = [rendered(line) for line in price_scores(METHODS["mean-trimmed-k"].example).derivation]
    assert lines[:2] == ["去掉最高：庚 12000000 / highest dropped: 1", "去掉最低：甲 9000000 / lowest dropped: 1"]
    assert lines[5] == "评标基准价 benchmark price：10000000 × 0.95 = 9500000"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("lowest-price-small-enterprise", "甲　评分用价格 price used for scoring：1000000 − 1000000 × 10% = 900000"),
        ("mean-free-band", "戊　扣分 points off：(8 − 3) × 1 + (10 − 8) × 2 = 9"),
        ("mean-free-band", "乙　扣分 points off：0"),
        ("mean-works-bonus", "甲　报价得分 price score：(50 − 0.5) × (1 + 2%) = 50.49；"),
        ("second-mean", "低于平均值的报价的平均值 mean of the prices below the mean：(900000) ÷ 1 = 900000"),
        ("lowest-evaluated-price", "甲　评分用价格 price used for scoring：9500000 + 47500 × 4 = 9690000；"),
        ("lowest-evaluated-price", "第 2 名：丙，9610000 / rank 2"),
    ],
)
def test_what_a_method_does_is_written_down(name: str, line: str) -> None:
    lines = [rendered(line) for line in price_scores(METHODS[name].example).derivation]
    assert [told for told in lines if told.startswith(line)]
