"""The order of the bids: total, then what the tender declares, then lots."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from remote_bid.evaluation.ranking.aggregating import Technical, technical_scores
from remote_bid.evaluation.ranking.scaled import Quotient, steps_for
from remote_bid.evaluation.ranking.terms import (
    TOTAL_TO_CENTS,
    Decided,
    Figure,
    Priced,
    Ranked,
    Ranking,
    RankingRule,
    Sheet,
    Tie,
)
from remote_bid.timeline.context import Refused


def rank(rule: RankingRule, sheets: Sequence[Sheet], prices: Mapping[str, Priced], draw: Sequence[str] = ()) -> Ranking:
    """Every bid by place. `draw`: bids in the order in which lots were drawn; it counts only between bids that nothing
    else parts, and only if it names all of them. Refused unless sheets and prices are of the same bids, and every
    sheet is there.
    """
    if len(set(draw)) != len(draw):
        raise Refused("drawn_twice", "抽签结果中有重复的投标", "a bid is drawn twice")
    technical = technical_scores(rule, sheets)
    for bid in sorted(technical.keys() ^ prices.keys()):
        raise Refused("no_score", f"{bid} 缺少评分表或报价得分", f"{bid} has no sheets or no price score")
    standings = [_standing(rule, bid, technical[bid], prices[bid]) for bid in technical]
    places = list(_placed(rule, standings, {bid: number for number, bid in enumerate(draw)}))
    tied = [[place.standing.bid for place in group] for group in _shared(places)]
    return Ranking(ranked=[_told(place, technical, prices) for place in places], tied=tied)


class _Standing(NamedTuple):
    """A bid, its total as it is written, and by what it is sorted: smaller is better."""

    bid: str
    total: str
    keys: tuple[Fraction, ...]


class _Place(NamedTuple):
    number: int
    standing: _Standing
    decided: Decided


def _standing(rule: RankingRule, bid: str, technical: Technical, priced: Priced) -> _Standing:
    steps = steps_for(Figure.TOTAL, rule.rounding) or [TOTAL_TO_CENTS]
    exact = technical.score + Fraction(priced.score) * Fraction(rule.price_weight)
    total = Quotient(exact.numerator, exact.denominator).rounded(steps)
    keys = {Tie.LOWER_PRICE: Fraction(priced.price), Tie.TECHNICAL: -technical.score}
    return _Standing(bid, total.written(steps), (-Fraction(*total), *(keys[tie] for tie in rule.ties)))


def _placed(rule: RankingRule, standings: Sequence[_Standing], drawn: Mapping[str, int]) -> Iterator[_Place]:
    number = 1
    before: tuple[Fraction, ...] | None = None
    names = [Decided.TOTAL, *(Decided(tie.value) for tie in rule.ties)]
    for keys, group in groupby(sorted(standings, key=lambda standing: (standing.keys, standing.bid)), _keys):
        equal = list(group)
        parted = all(standing.bid in drawn for standing in equal)
        if parted:
            equal.sort(key=lambda standing: drawn[standing.bid])
        first = names[0] if before is None else _difference(names, keys, before)
        yield _Place(number, equal[0], first)
        for behind, standing in enumerate(equal[1:], 1):
            yield _Place(number + behind, standing, Decided.DRAW) if parted else _Place(number, standing, Decided.TIED)
        number, before = number + len(equal), keys


def _difference(names: Sequence[Decided], keys: Sequence[Fraction], before: Sequence[Fraction]) -> Decided:
    """The first key that tells two groups apart."""
    return next(name for name, key, other in zip(names, keys, before, strict=True) if key != other)


def _keys(standing: _Standing) -> tuple[Fraction, ...]:
    return standing.keys


def _shared(places: Sequence[_Place]) -> list[list[_Place]]:
    groups = (list(group) for _, group in groupby(places, lambda place: place.number))
    return [group for group in groups if len(group) > 1]


def _told(place: _Place, technical: Mapping[str, Technical], prices: Mapping[str, Priced]) -> Ranked:
    bid = place.standing.bid
    return Ranked(
        place=place.number,
        bid=bid,
        total=place.standing.total,
        technical=technical[bid].written,
        price_score=prices[bid].score,
        price=prices[bid].price,
        decided=place.decided,
        means=technical[bid].means,
        totals=technical[bid].totals,
    )
