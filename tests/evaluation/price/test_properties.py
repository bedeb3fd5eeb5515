"""What holds of every formula: scale, order, sides, bounds, and the derivation that ends in the score."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    localcontext,
)
from fractions import Fraction
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as some

from remote_bid.evaluation.price import Formula, PriceCase, PricedBid, price_scores
from remote_bid.evaluation.price.exact import Mode, decimals, digits, rounded, shown, written
from remote_bid.evaluation.price.scoring import PointsRule, points_for
from remote_bid.evaluation.price.terms import (
    Band,
    Bands,
    Benchmark,
    Composite,
    Deduction,
    Drop,
    DropRow,
    IfNone,
    Lowest,
    Mean,
    Part,
    Quantity,
    Ratio,
    Rounding,
    Slope,
    Source,
    Within,
)
from remote_bid.evaluation.price.working import Working

DECIMAL_MODES = {
    Mode.HALF_UP: ROUND_HALF_UP,
    Mode.HALF_EVEN: ROUND_HALF_EVEN,
    Mode.HALF_DOWN: ROUND_HALF_DOWN,
    Mode.UP: ROUND_UP,
    Mode.DOWN: ROUND_DOWN,
    Mode.CEILING: ROUND_CEILING,
    Mode.FLOOR: ROUND_FLOOR,
}

patient = settings(deadline=None)

cents = some.integers(1, 10**15).map(lambda count: digits(Fraction(count, 100), 2))
near = some.integers(50_000, 150_000).map(lambda count: digits(Fraction(count, 100), 2))
"""Prices as they come together in one tender."""

rates = some.integers(0, 500).map(lambda count: digits(Fraction(count, 100), 2))
modes = some.sampled_from(Mode)
drops = some.builds(
    lambda at_least, highest, lowest: Drop(table=[DropRow(at_least=at_least, highest=highest, lowest=lowest)]),
    some.integers(5, 8),
    some.integers(0, 2),
    some.integers(0, 2),
)
intervals = some.builds(
    lambda low, high: Within(around=Source.MEAN, low=low, high=high, if_none=IfNone.KEEP_ALL),
    some.sampled_from(["0.8", "0.95"]),
    some.sampled_from(["1.05", "1.2"]),
)
selections = some.lists(drops | intervals, max_size=2)
coefficients = some.sampled_from(["1", "0.97", "0.985"])
parts = some.sampled_from(
    [
        [Part(of=Source.MEAN, weight="0.5"), Part(of=Source.MEAN_BELOW, weight="0.5")],
        [Part(of=Source.LOWEST, weight="0.3", factor="1.1"), Part(of=Source.MEAN, weight="0.7")],
    ]
)
benchmarks: some.SearchStrategy[Benchmark] = some.one_of(
    some.builds(Mean, select=selections, coefficient=coefficients),
    some.builds(Lowest, select=selections, coefficient=coefficients),
    some.builds(Composite, parts=parts, select=selections, coefficient=coefficients),
)
bands = some.builds(
    lambda rates: Bands(bands=[Band(beyond=str(3 * at), points=rate) for at, rate in enumerate(rates, 1)]),
    some.lists(rates, min_size=1, max_size=3),
)
scorings: some.SearchStrategy[PointsRule] = some.one_of(
    some.builds(Slope, points=some.just("60"), above=rates | bands, below=rates | bands, floor=some.just("10")),
    some.builds(Ratio, points=some.just("60"), floor=some.just("10")),
)


@some.composite
def formulas(draw: some.DrawFn) -> Formula:
    """Formulas whose rounding does not depend on how large the prices are."""
    scoring = draw(scorings)
    steps = [Quantity.DEVIATION, Quantity.POINTS_OFF] if isinstance(scoring, Slope) else [Quantity.RATIO]
    chosen = [of for of in [*steps, Quantity.SCORE] if draw(some.booleans())]
    rounding = [Rounding(of=of, places=draw(some.integers(0, 4)), mode=draw(modes)) for of in chosen]
    deductions = [Deduction(flag="small", percent="10")]
    return Formula(benchmark=draw(benchmarks), score=scoring, rounding=rounding, deductions=deductions)


flags = some.sampled_from([[], ["small"]])
offers = some.lists(some.tuples(near, flags), min_size=1, max_size=12)


def case(formula: Formula, told: list[tuple[str, list[str]]]) -> PriceCase:
    bids = [PricedBid(bidder=f"b{number}", price=price, flags=has) for number, (price, has) in enumerate(told)]
    return PriceCase(formula=formula, bids=bids)


@patient
@given(formulas(), offers, some.sampled_from(["1000", "0.01", "7", "1.3"]))
def test_prices_in_another_unit_get_the_same_scores(
    formula: Formula, told: list[tuple[str, list[str]]], factor: str
) -> None:
    scaled = [(str(Decimal(price) * Decimal(factor)), has) for price, has in told]
    assert price_scores(case(formula, scaled)).scores == price_scores(case(formula, told)).scores


@patient
@given(formulas(), offers, some.randoms())
def test_the_order_of_the_bids_changes_nothing(
    formula: Formula, told: list[tuple[str, list[str]]], dice: Random
) -> None:
    asked = case(formula, told)
    shuffled = list(asked.bids)
    dice.shuffle(shuffled)
    found, again = price_scores(asked), price_scores(msgspec.structs.replace(asked, bids=shuffled))
    assert (found.benchmark, found.scores) == (again.benchmark, again.scores)


@patient
@given(formulas(), offers)
def test_a_score_lies_between_floor_and_points(formula: Formula, told: list[tuple[str, list[str]]]) -> None:
    for score in price_scores(case(formula, told)).scores.values():
        assert 10 <= Decimal(score) <= 60


@patient
@given(formulas(), offers)
def test_each_derivation_ends_in_the_score(formula: Formula, told: list[tuple[str, list[str]]]) -> None:
    found = price_scores(case(formula, told))
    last = {line.bidder: line for line in found.derivation if line.bidder}
    assert {bidder: line.value for bidder, line in last.items()} == found.scores
    assert all(line.of is Quantity.SCORE for line in last.values())


@patient
@given(formulas(), offers)
def test_a_bid_is_scored_by_its_price_and_the_benchmark_only(
    formula: Formula, told: list[tuple[str, list[str]]]
) -> None:
    found = price_scores(case(formula, told))
    for (price, has), score in zip(told, found.scores.values(), strict=True):
        for (other, its), its_score in zip(told, found.scores.values(), strict=True):
            if (Decimal(price), has) == (Decimal(other), its):
                assert score == its_score


@patient
@given(scorings, near, near, near)
def test_further_from_the_benchmark_is_never_better(rule: PointsRule, benchmark: str, one: str, other: str) -> None:
    def points(price: str) -> Fraction:
        return points_for(rule, Fraction(price), Fraction(benchmark), Working([]))[0]

    if (Decimal(one) > Decimal(benchmark)) == (Decimal(other) > Decimal(benchmark)):
        nearer, further = sorted([one, other], key=lambda price: abs(Decimal(price) - Decimal(benchmark)))
        if isinstance(rule, Slope) or Decimal(nearer) > Decimal(benchmark):
            assert points(nearer) >= points(further)


@patient
@given(some.lists(near, min_size=1, max_size=12), rates, rates)
def test_scores_are_what_long_decimals_make_them(prices: list[str], above: str, below: str) -> None:
    """The simplest formula, worked out a second time with another arithmetic."""
    formula = Formula(benchmark=Mean(), score=Slope(points="60", above=above, below=below))
    found = price_scores(case(formula, [(price, []) for price in prices]))
    with localcontext() as context:
        context.prec = 100
        mean = sum(map(Decimal, prices), Decimal(0)) / len(prices)
        for price, score in zip(prices, found.scores.values(), strict=True):
            deviation = (Decimal(price) / mean - 1) * 100
            off = abs(deviation) * Decimal(above if deviation > 0 else below)
            close = (60 - off).quantize(Decimal("1e-80"))
            assert score == str(max(Decimal(0), close).quantize(Decimal("0.01"), ROUND_HALF_UP))


# Numbers

fractions = some.fractions(max_denominator=10**12)
decimal_texts = some.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9)


@patient
@given(decimal_texts, some.integers(0, 8), modes)
def test_rounding_is_what_decimal_does(value: Decimal, places: int, mode: Mode) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), DECIMAL_MODES[mode])
    assert rounded(Fraction(value), places, mode) == Fraction(expected)
    assert Decimal(digits(rounded(Fraction(value), places, mode), places)) == expected


@patient
@given(fractions, some.integers(0, 8), modes)
def test_rounding_a_fraction_is_rounding_its_decimals(value: Fraction, places: int, mode: Mode) -> None:
    """Enough decimals cut off, and a last digit that tells whether there were more."""
    with localcontext() as context:
        context.prec = 60
        whole, rest = divmod(abs(value.numerator) * 10**30, value.denominator)
        sticky = Decimal(whole * 10 + (rest > 0)).scaleb(-31).copy_sign(value.numerator)
        expected = sticky.quantize(Decimal(1).scaleb(-places), DECIMAL_MODES[mode])
    assert rounded(value, places, mode) == Fraction(expected)


@patient
@given(fractions)
def test_a_number_is_written_exactly(value: Fraction) -> None:
    assert Fraction(written(value)) == value
    places = decimals(value)
    if places is not None and places <= 40:
        assert Fraction(shown(value)) == value
    else:
        assert shown(value).endswith("…")
        assert abs(Fraction(shown(value)[:-1]) - value) < Fraction(1, 10**10)
