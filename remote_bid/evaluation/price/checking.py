"""What types cannot say of a formula and a case: each flaw is a refusal with a sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NoReturn

from remote_bid.evaluation.price.case import Corrected, PriceCase
from remote_bid.evaluation.price.terms import (
    Bonus,
    Cause,
    Counts,
    Deduction,
    Drop,
    Formula,
    LowestEvaluatedPrice,
    Quantity,
    Rate,
    Ratio,
    Slope,
    Within,
)
from remote_bid.timeline.context import Refused

_ORDER = list(Quantity)
_OF_POINTS = {Quantity.BENCHMARK, Quantity.MEAN, Quantity.SCORE}
_ROUNDED = {
    Slope: _OF_POINTS | {Quantity.PRICE, Quantity.DEVIATION, Quantity.POINTS_OFF},
    Ratio: _OF_POINTS | {Quantity.PRICE, Quantity.RATIO},
    LowestEvaluatedPrice: {Quantity.PRICE},
}


def check_formula(formula: Formula) -> None:
    """Refused where a formula contradicts itself; to be asked before it is published."""
    _check_scoring(formula)
    _check_rounding(formula)
    _check_rules(formula)
    for step in formula.benchmark.select if formula.benchmark else []:
        _check_drop(step) if isinstance(step, Drop) else _check_within(step)
    if formula.counts is Counts.OPENED and Cause.REJECTION in formula.recompute:
        _refuse(
            "contradiction",
            "counts 为 opened 时被否决的投标仍计入，不能再因否决而重新计算基准价",
            'with "counts": "opened" rejected bids count too, so a rejection cannot recompute the benchmark',
        )


def check_case(case: PriceCase) -> None:
    """Refused where the formula or what it is asked about makes no sense."""
    check_formula(case.formula)
    _require_distinct("bidder_twice", "投标人重复", "a bidder is given twice", (bid.bidder for bid in case.bids))
    rules = {rule.rule for rule in case.formula.adjustments}
    for bid in case.bids:
        _require_positive(bid.bidder, bid.price)
        _require_distinct(
            "adjustment_twice",
            f"{bid.bidder} 的价格调整项重复",
            f"an adjustment of {bid.bidder} is given twice",
            (told.rule for told in bid.adjustments),
        )
        for told in bid.adjustments:
            if told.rule not in rules:
                _refuse(
                    "no_such_adjustment",
                    f"{bid.bidder}：公式没有声明价格调整项 {told.rule}",
                    f"{bid.bidder}: the formula declares no adjustment {told.rule}",
                )
    if case.ceiling_price is not None and Fraction(case.ceiling_price) <= 0:
        _refuse("ceiling_not_positive", "最高投标限价应大于零", "the ceiling price must be more than nothing")
    _check_happened(case)


def _check_happened(case: PriceCase) -> None:
    known = {bid.bidder for bid in case.bids}
    for happening in case.happened:
        if happening.bidder not in known:
            _refuse(
                "no_such_bidder",
                f"happened 中的 {happening.bidder} 不是投标人",
                f'{happening.bidder} in "happened" is none of the bidders',
            )
        if isinstance(happening, Corrected):
            _require_positive(happening.bidder, happening.price)


def _require_positive(bidder: str, price: str) -> None:
    if Fraction(price) <= 0:
        _refuse("price_not_positive", f"{bidder}：报价应大于零", f"{bidder}: the price must be more than nothing")


def _check_scoring(formula: Formula) -> None:
    scoring = formula.score
    if isinstance(scoring, LowestEvaluatedPrice):
        if formula.benchmark is not None or formula.bonuses:
            _refuse(
                "no_points_here",
                "经评审的最低投标价法不打分，不能有 benchmark 和 bonuses",
                "lowest_evaluated_price gives no points: it takes neither benchmark nor bonuses",
            )
        return
    if formula.benchmark is None:
        _refuse("no_benchmark", "公式缺少 benchmark", 'the formula has no "benchmark"')
    cap = scoring.points if scoring.cap is None else scoring.cap
    if Fraction(scoring.floor) > Fraction(cap):
        _refuse("floor_above_cap", "最低分 floor 高于最高分", "the floor is above the cap")
    if isinstance(scoring, Slope):
        _check_rate(scoring.above)
        _check_rate(scoring.below)


def _check_rate(rate: Rate) -> None:
    begins = [] if isinstance(rate, str) else [Fraction(band.beyond) for band in rate.bands]
    if sorted(set(begins)) != begins or any(begin < 0 for begin in begins):
        _refuse(
            "bad_bands",
            "分段扣分的 beyond 应从小到大、不重复、不为负",
            'the "beyond" of bands must ascend, without repetition, from 0 or more',
        )


def _check_rounding(formula: Formula) -> None:
    steps = [step.of for step in formula.rounding]
    if [_ORDER.index(of) for of in steps] != sorted(_ORDER.index(of) for of in steps):
        _refuse(
            "rounding_order",
            f"取整步骤应按计算顺序排列：{'、'.join(_ORDER)}",
            f"the steps of rounding must stand in the order of calculation: {', '.join(_ORDER)}",
        )
    for of in steps:
        if of not in _ROUNDED[type(formula.score)]:
            _refuse(
                "nothing_to_round",
                f"这种评分方法不计算 {of}，不能声明它的取整",
                f"this way of scoring has no {of} that could be rounded",
            )


def _check_rules(formula: Formula) -> None:
    lists: list[Sequence[Deduction | Bonus]] = [formula.deductions, formula.bonuses]
    for rules in lists:
        _require_distinct("rule_twice", "扣除或加分规则重复", "a rule is given twice", (rule.flag for rule in rules))
        if any(not 0 <= Fraction(rule.percent) < 100 for rule in rules):
            _refuse(
                "bad_percent",
                "扣除或加分的比例应不小于 0、小于 100",
                "the percentage of a deduction or bonus must be from 0 to below 100",
            )
    names = (rule.rule for rule in formula.adjustments)
    _require_distinct("rule_twice", "价格调整项重复", "an adjustment is declared twice", names)


def _check_drop(step: Drop) -> None:
    _require_distinct(
        "bad_drop", "drop 的 at_least 重复", "an at_least is given twice", (r.at_least for r in step.table)
    )
    for row in step.table:
        shares = (Fraction(row.highest_percent), Fraction(row.lowest_percent))
        if row.highest + row.lowest >= row.at_least or min(shares) < 0 or sum(shares) >= 100:
            _refuse(
                "bad_drop",
                f"{row.at_least} 家时会把报价全部去掉",
                f"with {row.at_least} prices this would drop them all",
            )


def _check_within(step: Within) -> None:
    if step.low is None and step.high is None:
        _refuse("bad_interval", "合理区间至少要有 low 或 high", 'an interval needs "low" or "high"')


def _require_distinct(code: str, zh: str, en: str, names: Iterable[str | int]) -> None:
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        _refuse(code, f"{zh}：{twice}", f"{en}: {twice}")


def _refuse(code: str, zh: str, en: str) -> NoReturn:
    raise Refused(code, zh, en)
