"""The worked examples, digit by digit, both orders of rounding, and the lines that lead there."""

import pytest

from remote_bid.evaluation.price import rendered
from remote_bid.evaluation.price.terms import Lowest, Ratio
from tests.evaluation.price.asked import SLOPE, ask, formula, scores, step

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
    rate = formula(score=SLOPE.__class__(points="35", above="1.127", below="1"), rounding=[step("score", 2, mode)])
    assert scores("95", "105", formula=rate)[1] == score


def test_steps_for_one_figure_are_taken_in_their_order() -> None:
    """29.3645 → 29.365 → 29.37, where one step would have given 29.36."""
    rate = SLOPE.__class__(points="35", above="1.1271", below="1")
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
