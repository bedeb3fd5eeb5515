"""What holds of every ranking, and that a large one is right."""

import random
from fractions import Fraction
from math import floor
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as some

from remote_bid.evaluation.ranking import (
    Aggregation,
    By,
    Item,
    LimitOf,
    OutlierLimit,
    Priced,
    RankingRule,
    Sheet,
    outliers,
    rank,
)
from tests.evaluation.ranking.scored import step

patient = settings(deadline=None)

ITEMS = ["plan", "team", "safety"]
scores = some.sampled_from(["0", "1.5", "2", "2.25", "3", "4", "4.75", "5"])


@some.composite
def evaluations(draw: some.DrawFn) -> tuple[list[Sheet], dict[str, Priced]]:
    experts, bids = draw(some.integers(3, 6)), draw(some.integers(1, 5))
    sheets = [
        Sheet(expert=f"e{expert}", bid=f"b{bid}", scores={item: draw(scores) for item in ITEMS})
        for bid in range(bids)
        for expert in range(experts)
    ]
    prices = {f"b{bid}": Priced(price=draw(some.sampled_from(["70", "80"])), score=draw(scores)) for bid in range(bids)}
    return sheets, prices


rounded = some.sampled_from([[], [step("total", 2)], [step("technical", 1), step("total", 1, "half_even")]])
rules = some.builds(
    RankingRule,
    items=some.just([Item(item="plan", weight="0.5"), Item(item="team", weight="1.25"), Item(item="safety")]),
    aggregation=some.builds(
        Aggregation, by=some.sampled_from(By), highest=some.integers(0, 1), lowest=some.integers(0, 1)
    ),
    rounding=rounded,
)


@patient
@given(rules, evaluations(), some.randoms())
def test_neither_the_order_of_experts_nor_of_bids_matters(
    rule: RankingRule, evaluation: tuple[list[Sheet], dict[str, Priced]], dice: Random
) -> None:
    sheets, prices = evaluation
    shuffled, backwards = list(sheets), dict(reversed(prices.items()))
    dice.shuffle(shuffled)
    assert rank(rule, shuffled, backwards) == rank(rule, sheets, prices)
    limit = OutlierLimit(limit="40")
    assert outliers(rule, shuffled, limit) == outliers(rule, sheets, limit)


@patient
@given(rules, evaluations())
def test_places_follow_totals_and_lots_part_the_rest(
    rule: RankingRule, evaluation: tuple[list[Sheet], dict[str, Priced]]
) -> None:
    sheets, prices = evaluation
    ranking = rank(rule, sheets, prices)
    totals = [Fraction(ranked.total) for ranked in ranking.ranked]
    assert totals == sorted(totals, reverse=True)
    drawn = rank(rule, sheets, prices, draw=sorted(prices, reverse=True))
    assert [ranked.place for ranked in drawn.ranked] == list(range(1, len(prices) + 1))
    assert drawn.tied == []
    assert {bid for group in ranking.tied for bid in group} == {
        ranked.bid for ranked in ranking.ranked if sum(ranked.place == other.place for other in ranking.ranked) > 1
    }


@patient
@given(evaluations(), some.sampled_from(LimitOf), some.sampled_from(["0", "0.5", "30", "50"]))
def test_outliers_are_those_further_from_the_mean_than_the_limit(
    evaluation: tuple[list[Sheet], dict[str, Priced]], of: LimitOf, limit: str
) -> None:
    sheets, _ = evaluation
    rule = RankingRule(items=[Item(item=item, full="5") for item in ITEMS])
    found = {(one.expert, one.bid, one.item) for one in outliers(rule, sheets, OutlierLimit(limit=limit, of=of))}
    for sheet in sheets:
        for item in ITEMS:
            given = [Fraction(other.scores[item]) for other in sheets if other.bid == sheet.bid]
            mean = sum(given, Fraction(0)) / len(given)
            allowed = {
                LimitOf.POINTS: Fraction(limit),
                LimitOf.PERCENT_OF_MEAN: Fraction(limit) / 100 * mean,
                LimitOf.PERCENT_OF_FULL: Fraction(limit) / 100 * 5,
            }[of]
            far = abs(Fraction(sheet.scores[item]) - mean) > allowed
            assert ((sheet.expert, sheet.bid, item) in found) == far


def rounded_to_cents(value: Fraction) -> Fraction:
    """Half up: nothing here is negative."""
    return Fraction(floor(value * 100 + Fraction(1, 2)), 100)


def test_a_hundred_bids_nine_experts_and_forty_items_are_ranked_as_fractions_rank_them() -> None:
    dice = random.Random(7)  # noqa: S311 - nothing secret
    items = [Item(item=f"i{number}", weight=f"0.{number + 10}") for number in range(40)]
    rule = RankingRule(items=items, aggregation=Aggregation(highest=1, lowest=1))
    sheets = [
        Sheet(expert=f"e{expert}", bid=f"b{bid}", scores={item.item: f"{dice.randrange(500) / 100}" for item in items})
        for bid in range(100)
        for expert in range(9)
    ]
    prices = {
        f"b{bid}": Priced(price=str(dice.randrange(7000, 7100)), score=f"{dice.randrange(30)}.5") for bid in range(100)
    }
    expected: dict[str, Fraction] = {}
    for bid, priced in prices.items():
        mine = [sheet for sheet in sheets if sheet.bid == bid]
        means = [
            sum(sorted(Fraction(sheet.scores[item.item]) for sheet in mine)[1:-1], Fraction(0))
            / 7
            * Fraction(item.weight)
            for item in items
        ]
        expected[bid] = rounded_to_cents(sum(means, Fraction(0)) + Fraction(priced.score))
    ranking = rank(rule, sheets, prices)
    assert {ranked.bid: Fraction(ranked.total) for ranked in ranking.ranked} == expected
    assert [ranked.bid for ranked in ranking.ranked] == sorted(
        expected, key=lambda bid: (-expected[bid], int(prices[bid].price), bid)
    )
