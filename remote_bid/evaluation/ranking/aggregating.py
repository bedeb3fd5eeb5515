"""From the experts' sheets to one technical score for each bid."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

from remote_bid.evaluation.price.exact import amount, written
from remote_bid.evaluation.ranking.scaled import Ratio, places_of, scaled, steps_for
from remote_bid.evaluation.ranking.terms import Aggregation, Averaged, By, Figure, Item, RankingRule, Sheet
from remote_bid.timeline.context import Refused

Vote = TypeVar("Vote", tuple[int, str, str], tuple[Fraction, str, str])
"""A score or total, its expert, and how it is written: they sort by score, then by expert."""


class Technical(NamedTuple):
    """A bid's technical score, how it is written, and the means that it is made of."""

    score: Fraction
    written: str
    means: list[Averaged]


def technical_scores(rule: RankingRule, sheets: Sequence[Sheet]) -> dict[str, Technical]:
    """By bid. Refused unless every expert has scored every item of every bid once."""
    by_bid = complete(rule, sheets)
    told = {score for sheet in sheets for score in sheet.scores.values()}
    units = places_of(told)
    weight_units = places_of(item.weight for item in rule.items)
    weights = [scaled(item.weight, weight_units) for item in rule.items]
    scales = _Scales({score: scaled(score, units) for score in told}, units, weight_units, weights)
    average = _by_item if rule.aggregation.by is By.ITEM else _by_expert
    return {bid: average(rule, of_bid, scales) for bid, of_bid in by_bid.items()}


def complete(rule: RankingRule, sheets: Sequence[Sheet]) -> dict[str, list[Sheet]]:
    """The sheets by bid, each bid's by expert."""
    items = {item.item for item in rule.items}
    if len(items) != len(rule.items):
        raise Refused("item_twice", "评分项重复", "an item is declared twice")
    found: dict[str, dict[str, Sheet]] = {}
    for sheet in sheets:
        if sheet.scores.keys() != items:
            raise Refused(
                "incomplete_sheet",
                f"{sheet.expert} 对 {sheet.bid} 的评分项与评分表不符",
                f"the sheet of {sheet.expert} for {sheet.bid} does not have the declared items",
            )
        if found.setdefault(sheet.bid, {}).setdefault(sheet.expert, sheet) is not sheet:
            raise Refused(
                "sheet_twice",
                f"{sheet.expert} 对 {sheet.bid} 有两份评分表",
                f"there are two sheets of {sheet.expert} for {sheet.bid}",
            )
    experts = {sheet.expert for sheet in sheets}
    for bid, by_expert in found.items():
        for expert in sorted(experts - by_expert.keys()):
            raise Refused("no_sheet", f"缺少 {expert} 对 {bid} 的评分表", f"{expert} has no sheet for {bid}")
    return {bid: [by_expert[expert] for expert in sorted(by_expert)] for bid, by_expert in found.items()}


class _Scales(NamedTuple):
    """Scores scaled, by how they are written; the decimals of scores and of weights; the weights scaled, by item."""

    scores: dict[str, int]
    units: int
    weight_units: int
    weights: list[int]


def _by_item(rule: RankingRule, sheets: Sequence[Sheet], scales: _Scales) -> Technical:
    steps, unit = steps_for(Figure.ITEM, rule.rounding), 10**scales.units
    means, total, below = [], 0, 1
    for item, weight in zip(rule.items, scales.weights, strict=True):
        votes = _votes(item, sheets, scales.scores)
        kept, dropped = _drop(rule.aggregation, votes)
        exact = Ratio(sum(vote[0] for vote in kept), len(kept) * unit)
        mean = exact.rounded(steps)
        total, below = total + mean.above * weight, mean.below
        told = exact.written()
        means.append(_told(item.item, item.weight, kept, dropped, told, mean.written(steps) if steps else told))
    return _technical(rule, Ratio(total, below * 10**scales.weight_units), means)


def _by_expert(rule: RankingRule, sheets: Sequence[Sheet], scales: _Scales) -> Technical:
    steps, unit = steps_for(Figure.EXPERT, rule.rounding), 10 ** (scales.units + scales.weight_units)
    totals: list[tuple[Fraction, str, str]] = []
    for sheet in sheets:
        points = (scales.scores[sheet.scores[item.item]] for item in rule.items)
        exact = sum(score * weight for score, weight in zip(points, scales.weights, strict=True))
        total = Ratio(exact, unit).rounded(steps)
        totals.append((Fraction(*total), sheet.expert, total.written(steps)))
    kept, dropped = _drop(rule.aggregation, sorted(totals))
    mean = sum((total for total, _, _ in kept), Fraction(0)) / len(kept)
    told = written(mean)
    means = [_told("", "1", kept, dropped, told, told)]
    return _technical(rule, Ratio(mean.numerator, mean.denominator), means)


def _technical(rule: RankingRule, exact: Ratio, means: list[Averaged]) -> Technical:
    steps = steps_for(Figure.TECHNICAL, rule.rounding)
    score = exact.rounded(steps)
    exactly = Fraction(*score)
    return Technical(exactly, score.written(steps) if steps else amount(exactly), means)


def _votes(item: Item, sheets: Sequence[Sheet], scores: Mapping[str, int]) -> list[tuple[int, str, str]]:
    name = item.item
    return sorted([(scores[text := sheet.scores[name]], sheet.expert, text) for sheet in sheets])


def _drop(aggregation: Aggregation, votes: list[Vote]) -> tuple[list[Vote], list[Vote]]:
    """What counts and what is left out; sorted votes are taken."""
    if len(votes) < aggregation.at_least:
        return votes, []
    kept = votes[aggregation.lowest : len(votes) - aggregation.highest]
    if not kept:
        raise Refused(
            "none_counts", "去掉最高分和最低分后没有剩余评分", "after dropping highest and lowest no score is left"
        )
    return kept, votes[: aggregation.lowest] + votes[len(votes) - aggregation.highest :]


def _told(item: str, weight: str, kept: list[Vote], dropped: list[Vote], exact: str, value: str) -> Averaged:
    return Averaged(
        item=item,
        counted=[(expert, text) for _, expert, text in kept],
        dropped=[(expert, text) for _, expert, text in dropped],
        weight=weight,
        exact=exact,
        value=value,
    )
