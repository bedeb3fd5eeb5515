"""From the experts' sheets to one technical score for each bid."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

from remote_bid.evaluation.price.exact import amount, written
from remote_bid.evaluation.ranking.checking import complete
from remote_bid.evaluation.ranking.scaled import Quotient, all_scaled, places_of, scaled, steps_for, weighted
from remote_bid.evaluation.ranking.terms import Aggregation, Averaged, By, ExpertTotal, Figure, RankingRule, Sheet
from remote_bid.timeline.context import Refused

_Vote = TypeVar("_Vote")


class Technical(NamedTuple):
    """A bid's technical score, how it is written, and what it is made of."""

    score: Fraction
    written: str
    means: list[Averaged]
    totals: list[ExpertTotal]


def technical_scores(rule: RankingRule, sheets: Sequence[Sheet]) -> dict[str, Technical]:
    """By bid. Refused unless every expert has scored every item of every bid once."""
    by_bid = complete(rule, sheets)
    scores, units = all_scaled(sheets)
    weight_units = places_of(item.weight for item in rule.items)
    weights = [scaled(item.weight, weight_units) for item in rule.items]
    scales = _Scales(scores, units, weight_units, weights)
    average = _by_item if rule.aggregation.by is By.ITEM else _by_expert
    return {bid: average(rule, of_bid, scales) for bid, of_bid in by_bid.items()}


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
        votes = sorted([sheet.scores[item.item] for sheet in sheets], key=scales.scores.__getitem__)
        kept, dropped = _drop(rule.aggregation, votes)
        exact = Quotient(sum([scales.scores[vote] for vote in kept]), len(kept) * unit)
        mean = exact.rounded(steps)
        total, below = total + mean.above * weight, mean.below
        told = exact.written()
        value = mean.written(steps) if steps else told
        means.append(Averaged(item.item, kept, dropped, item.weight, told, value))
    return _technical(rule, Quotient(total, below * 10**scales.weight_units), means, [])


def _by_expert(rule: RankingRule, sheets: Sequence[Sheet], scales: _Scales) -> Technical:
    steps, unit = steps_for(Figure.EXPERT, rule.rounding), 10 ** (scales.units + scales.weight_units)
    votes: list[tuple[Fraction, str, str]] = []
    totals = []
    for sheet in sheets:
        points = (scales.scores[sheet.scores[item.item]] for item in rule.items)
        exact = Quotient(sum(score * weight for score, weight in zip(points, scales.weights, strict=True)), unit)
        total = exact.rounded(steps)
        votes.append((Fraction(*total), sheet.expert, total.written(steps)))
        sums = [weighted(sheet.scores[item.item], item.weight) for item in rule.items]
        totals.append(ExpertTotal(expert=sheet.expert, sums=sums, exact=exact.written(), value=votes[-1][2]))
    kept, dropped = _drop(rule.aggregation, sorted(votes))
    mean = sum((total for total, _, _ in kept), Fraction(0)) / len(kept)
    told = written(mean)
    counted, left_out = ([text for _, _, text in votes] for votes in (kept, dropped))
    means = [Averaged("", counted, left_out, "1", told, told)]
    return _technical(rule, Quotient(mean.numerator, mean.denominator), means, totals)


def _technical(rule: RankingRule, exact: Quotient, means: list[Averaged], totals: list[ExpertTotal]) -> Technical:
    steps = steps_for(Figure.TECHNICAL, rule.rounding)
    score = exact.rounded(steps)
    exactly = Fraction(*score)
    return Technical(exactly, score.written(steps) if steps else amount(exactly), means, totals)


def _drop(aggregation: Aggregation, votes: list[_Vote]) -> tuple[list[_Vote], list[_Vote]]:
    """What counts and what is left out; sorted votes are taken."""
    if len(votes) < aggregation.at_least:
        return votes, []
    if aggregation.lowest + aggregation.highest >= len(votes):
        raise Refused(
            "none_counts", "去掉最高分和最低分后没有剩余评分", "after dropping highest and lowest no score is left"
        )
    highest = len(votes) - aggregation.highest
    return votes[aggregation.lowest : highest], votes[: aggregation.lowest] + votes[highest:]
