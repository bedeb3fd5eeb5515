"""From sheets to places: means and drops, weights, rounding, ties, and what is refused."""

from typing import Any

import msgspec
import pytest

from remote_bid.evaluation.ranking import (
    Aggregation,
    By,
    Decided,
    Item,
    RankingRule,
    Sheet,
    Tie,
    check_rule,
    derivation,
    rank,
)
from remote_bid.timeline.context import Refused
from tests.evaluation.ranking.scored import prices, rule, sheets, step, told

PRICES = prices(a="7000 30", b="7200 28")


def test_means_and_price_scores_make_the_total() -> None:
    given = sheets(a=("8 9 7", "6 6 6"), b=("10 10 10", "7 8 9"))
    assert told(rank(rule("plan", "team"), given, PRICES)) == [(1, "b", "46.00"), (2, "a", "44.00")]


def test_items_and_price_scores_are_weighted() -> None:
    weighted = rule(Item(item="plan", weight="0.7"), Item(item="team", weight="2"), price_weight="0.5")
    given = sheets(a=("8 9 7", "6 6 6.5"), b=("10 10 10", "1 1 1"))
    ranking = rank(weighted, given, PRICES)
    assert [ranked.technical for ranked in ranking.ranked] == ["17.9333333333", "9"]
    assert told(ranking) == [(1, "a", "32.93"), (2, "b", "23.00")]


def test_highest_and_lowest_are_dropped_item_by_item() -> None:
    """(8 + 9) ÷ 2 + (5 + 6) ÷ 2."""
    dropping = rule("plan", "team", aggregation=Aggregation(highest=1, lowest=1))
    ranking = rank(dropping, sheets(a=("8 1 9 10", "6 0 10 5")), prices(a="1 0"))
    assert told(ranking) == [(1, "a", "14.00")]
    [plan, team] = ranking.ranked[0].means
    assert plan.counted == ["8", "9"]
    assert plan.dropped == ["1", "10"]
    assert team.dropped == ["0", "10"]


def test_or_the_experts_with_the_highest_and_lowest_totals_for_the_bid() -> None:
    """Totals 14, 1, 19, 15: (14 + 15) ÷ 2."""
    dropping = rule("plan", "team", aggregation=Aggregation(by=By.BID, highest=1, lowest=1))
    ranking = rank(dropping, sheets(a=("8 1 9 10", "6 0 10 5")), prices(a="1 0"))
    assert told(ranking) == [(1, "a", "14.50")]
    [mean] = ranking.ranked[0].means
    assert (mean.counted, mean.dropped) == (["14", "15"], ["1", "19"])


def test_with_few_experts_none_is_dropped() -> None:
    dropping = rule("plan", aggregation=Aggregation(highest=1, lowest=1, at_least=4))
    assert told(rank(dropping, sheets(a=("8 1 9",)), prices(a="1 0"))) == [(1, "a", "6.00")]


@pytest.mark.parametrize(
    ("rounding", "total"),
    [
        ([], "6.67"),
        ([step("item", 2)], "6.66"),
        ([step("technical", 1)], "6.70"),
        ([step("total", 1)], "6.7"),
        ([step("item", 1), step("total", 3)], "6.600"),
        ([step("item", 2), step("item", 1), step("total", 1, "up")], "6.6"),
    ],
)
def test_only_what_is_declared_is_rounded(rounding: list[Any], total: str) -> None:
    """10 ÷ 3 twice."""
    given = sheets(a=("3 3 4", "3 3 4"))
    assert told(rank(rule("plan", "team", rounding=rounding), given, prices(a="1 0"))) == [(1, "a", total)]


def test_an_experts_total_may_be_rounded() -> None:
    """3.25 and 3.35, to one place 3.3 and 3.4."""
    by_bid = rule("plan", aggregation=Aggregation(by=By.BID), rounding=[step("expert", 1)])
    assert told(rank(by_bid, sheets(a=("3.25 3.35",)), prices(a="1 0"))) == [(1, "a", "3.35")]
    half_even = rule("plan", aggregation=Aggregation(by=By.BID), rounding=[step("expert", 1, "half_even")])
    assert told(rank(half_even, sheets(a=("3.25 3.35",)), prices(a="1 0"))) == [(1, "a", "3.30")]


# Ties


def equal(**fields: Any) -> RankingRule:
    return rule("plan", rounding=[step("total", 2)], **fields)


def decided(ranking: Any) -> list[tuple[int, str, Decided]]:
    return [(ranked.place, ranked.bid, ranked.decided) for ranked in ranking.ranked]


def test_of_equal_totals_the_lower_price_is_first_then_the_better_technical_score() -> None:
    given = sheets(a=("8",), b=("8",), c=("9",), d=("9.001",))
    priced = prices(a="7200 30", b="7000 30", c="7200 29", d="7200 29")
    ranking = rank(equal(), given, priced)
    assert decided(ranking) == [
        (1, "b", Decided.TOTAL),
        (2, "d", Decided.LOWER_PRICE),
        (3, "c", Decided.TECHNICAL),
        (4, "a", Decided.TECHNICAL),
    ]
    assert ranking.tied == []


def test_the_tender_may_declare_another_order_of_ties() -> None:
    given, priced = sheets(a=("8",), b=("9",)), prices(a="7000 30", b="7200 29")
    assert [bid for _, bid, _ in decided(rank(equal(), given, priced))] == ["a", "b"]
    assert [bid for _, bid, _ in decided(rank(equal(ties=[Tie.TECHNICAL]), given, priced))] == ["b", "a"]


def test_what_nothing_parts_is_drawn_by_lot_and_shares_a_place_until_then() -> None:
    given = sheets(a=("8",), b=("8",), c=("8",), d=("1",))
    priced = prices(a="7000 30", b="7000 30", c="7000 30", d="7000 30")
    waiting = rank(equal(), given, priced)
    assert decided(waiting) == [
        (1, "a", Decided.TOTAL),
        (1, "b", Decided.TIED),
        (1, "c", Decided.TIED),
        (4, "d", Decided.TOTAL),
    ]
    assert waiting.tied == [["a", "b", "c"]]
    assert rank(equal(), given, priced, draw=["c", "a"]).tied == [["a", "b", "c"]]
    drawn = rank(equal(), given, priced, draw=["d", "c", "a", "b"])
    assert decided(drawn) == [
        (1, "c", Decided.TOTAL),
        (2, "a", Decided.DRAW),
        (3, "b", Decided.DRAW),
        (4, "d", Decided.TOTAL),
    ]
    assert drawn.tied == []


def test_totals_that_are_equal_only_when_rounded_are_equal() -> None:
    given, priced = sheets(a=("8.001",), b=("8",)), prices(a="7100 30", b="7000 30")
    assert [bid for _, bid, _ in decided(rank(equal(), given, priced))] == ["b", "a"]
    finer = rule("plan", rounding=[step("total", 3)])
    assert [bid for _, bid, _ in decided(rank(finer, given, priced))] == ["a", "b"]


# Refusals


@pytest.mark.parametrize(
    ("code", "given", "asked"),
    [
        ("incomplete_sheet", sheets(a=("8", "6")), {}),
        ("incomplete_sheet", [Sheet(expert="e", bid="a", scores={})], {}),
        ("sheet_twice", sheets(a=("8",)) * 2, {}),
        ("sheet_twice", sheets(a=("8",)) + sheets(a=("9",)), {}),
        ("no_sheet", [*sheets(a=("8 9",)), *sheets(b=("8",))], {}),
        ("no_score", sheets(a=("8",)), {"prices": prices(a="1 1", b="1 1")}),
        ("no_score", sheets(a=("8",), b=("8",)), {}),
        ("none_counts", sheets(a=("8 9 9",)), {"rule": rule(aggregation=Aggregation(highest=5))}),
        ("none_counts", sheets(a=("8 9",)), {"rule": rule(aggregation=Aggregation(highest=1, lowest=1))}),
        ("drawn_twice", sheets(a=("8",)), {"draw": ["a", "a"]}),
    ],
)
def test_what_cannot_be_ranked_is_refused(code: str, given: list[Sheet], asked: dict[str, Any]) -> None:
    told_of = asked.get("prices", prices(a="1 1"))
    with pytest.raises(Refused) as refused:
        rank(asked.get("rule", rule()), given, told_of, asked.get("draw", ()))
    assert refused.value.code == code
    assert refused.value.zh


@pytest.mark.parametrize(
    ("code", "bad"),
    [
        ("item_twice", rule("plan", "plan")),
        ("tie_twice", rule(ties=[Tie.TECHNICAL, Tie.TECHNICAL])),
        ("rounding_order", rule(rounding=[step("total", 2), step("item", 2)])),
        ("nothing_to_round", rule(rounding=[step("expert", 2)])),
        ("nothing_to_round", rule(rounding=[step("item", 2)], aggregation=Aggregation(by=By.BID))),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(code: str, bad: RankingRule) -> None:
    with pytest.raises(Refused) as refused:
        check_rule(bad)
    assert refused.value.code == code
    with pytest.raises(Refused):
        rank(bad, sheets(a=("8",)), prices(a="1 1"))


# Lines


def test_every_figure_has_its_line() -> None:
    declared = rule(
        Item(item="plan", weight="0.7"),
        aggregation=Aggregation(highest=1),
        rounding=[step("item", 2), step("total", 1)],
    )
    ranking = rank(declared, sheets(a=("8 9 7 7",), b=("1 1 1 1",)), PRICES)
    assert list(derivation(declared, ranking)) == [
        "a　plan：(7 + 7 + 8) ÷ 3 = 22/3 → 7.33，去掉 9",
        "a　技术得分 technical：7.33 × 0.7 → 5.131",
        "a　总分 total：5.131 + 30 → 35.1",
        "a　第 1 名（总分）/ rank 1 (total)",
        "b　plan：(1 + 1 + 1) ÷ 3 = 1 → 1.00，去掉 1",
        "b　技术得分 technical：1.00 × 0.7 → 0.7",
        "b　总分 total：0.7 + 28 → 28.7",
        "b　第 2 名（总分）/ rank 2 (total)",
    ]


def test_an_experts_total_has_its_line() -> None:
    declared = rule(
        Item(item="plan", weight="0.7"),
        "team",
        aggregation=Aggregation(by=By.BID, lowest=1),
        rounding=[step("expert", 1)],
    )
    ranking = rank(declared, sheets(a=("8 9 7", "1.55 2 3")), prices(a="1 30"))
    assert list(derivation(declared, ranking)) == [
        "a　e0 的总分：8 × 0.7 + 1.55 = 7.15 → 7.2",
        "a　e1 的总分：9 × 0.7 + 2 = 8.3",
        "a　e2 的总分：7 × 0.7 + 3 = 7.9",
        "a　各专家总分的平均：(7.9 + 8.3) ÷ 2 = 8.1，去掉 7.2",
        "a　技术得分 technical：8.1",
        "a　总分 total：8.1 + 30 → 38.10",
        "a　第 1 名（总分）/ rank 1 (total)",
    ]


def test_a_ranking_is_json_and_back() -> None:
    ranking = rank(rule(), sheets(a=("8 9",), b=("7 7",)), PRICES)
    assert msgspec.json.decode(msgspec.json.encode(ranking), type=type(ranking)) == ranking
