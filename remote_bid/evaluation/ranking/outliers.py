"""Scores further from the committee's mean than the tender allows: they go back to their authors."""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import floor

import msgspec

from remote_bid.evaluation.price.exact import Number
from remote_bid.evaluation.ranking.checking import complete
from remote_bid.evaluation.ranking.scaled import all_scaled
from remote_bid.evaluation.ranking.terms import Item, RankingRule, Sheet
from remote_bid.timeline.context import Refused


class LimitOf(StrEnum):
    """What the limit is a number of: points, per cent of the committee's mean, per cent of the item's full points."""

    POINTS = "points"
    PERCENT_OF_MEAN = "percent_of_mean"
    PERCENT_OF_FULL = "percent_of_full"


class OutlierLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far from the mean of all experts' scores, its own included, a score may lie; exactly so far is inside."""

    limit: Number
    of: LimitOf = LimitOf.PERCENT_OF_MEAN


class Outlier(msgspec.Struct, frozen=True, kw_only=True):
    """One score that its expert is to confirm or correct."""

    expert: str
    bid: str
    item: str


def outliers(rule: RankingRule, sheets: Sequence[Sheet], limit: OutlierLimit) -> list[Outlier]:
    """Every outlier, by item, bid and expert. Refused unless every sheet is there."""
    by_bid = complete(rule, sheets)
    scores, units = all_scaled(sheets)
    found = []
    for item in rule.items:
        fixed, share = _allowed(item, limit, 10**units)
        for bid, of_bid in sorted(by_bid.items()):
            given = [scores[sheet.scores[item.item]] for sheet in of_bid]
            count, total = len(given), sum(given)
            # In whole units, times the number of experts: more than the limit is more than its whole part.
            most = floor(fixed * count + share * abs(total))
            found += [
                Outlier(expert=sheet.expert, bid=bid, item=item.item)
                for sheet, score in zip(of_bid, given, strict=True)
                if abs(count * score - total) > most
            ]
    return found


def _allowed(item: Item, limit: OutlierLimit, unit: int) -> tuple[Fraction, Fraction]:
    """How far a score may lie from the mean: so many units, and such a share of the mean."""
    value = Fraction(limit.limit)
    if limit.of is LimitOf.POINTS:
        return value * unit, Fraction(0)
    if limit.of is LimitOf.PERCENT_OF_MEAN:
        return Fraction(0), value / 100
    if item.full is None:
        raise Refused("no_full_points", f"评分项 {item.item} 没有满分值", f"the item {item.item} has no full points")
    return value * Fraction(item.full) * unit / 100, Fraction(0)
