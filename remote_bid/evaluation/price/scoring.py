"""From a price and the benchmark to points."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from remote_bid.evaluation.price.exact import shown
from remote_bid.evaluation.price.terms import Band, Quantity, Rate, Ratio, Slope
from remote_bid.evaluation.price.working import Working

PointsRule = Slope | Ratio
"""How points are given, where any are."""


def points_for(
    rule: PointsRule, price: Fraction, benchmark: Fraction, working: Working, bidder: str = ""
) -> tuple[Fraction, str]:
    """Points between floor and cap, the score's own rounding still to come, and how they are written."""
    if isinstance(rule, Ratio):
        ratio = working.figure(Quantity.RATIO, benchmark / price, f"{shown(benchmark)} ÷ {shown(price)}", bidder)
        return _limited(rule, ratio * Fraction(rule.points), f"{shown(ratio)} × {rule.points}")
    told = f"({shown(price)} − {shown(benchmark)}) ÷ {shown(benchmark)} × 100%"
    deviation = working.figure(Quantity.DEVIATION, (price - benchmark) / benchmark * 100, told, bidder)
    off, told = points_off(rule.above if deviation > 0 else rule.below, abs(deviation))
    off = working.figure(Quantity.POINTS_OFF, off, told, bidder)
    return _limited(rule, Fraction(rule.points) - off, f"{rule.points} − {_bracketed(off)}")


def least(rule: PointsRule) -> tuple[Fraction, str]:
    """The points of a price that is outside a fence which costs all but the least."""
    return Fraction(rule.floor), rule.floor


def points_off(rate: Rate, deviation: Fraction) -> tuple[Fraction, str]:
    """What a deviation (in per cent, without its sign) costs, and how it is written."""
    if isinstance(rate, str):
        return deviation * Fraction(rate), f"{shown(deviation)} × {rate}"
    off, told = Fraction(0), []
    for begin, end, points in _stretches(rate.bands):
        if deviation > begin:
            upto = deviation if end is None else min(deviation, end)
            off += (upto - begin) * points
            told.append(f"({shown(upto)} − {shown(begin)}) × {shown(points)}")
    return off, " + ".join(told) or "0"


def _stretches(bands: Sequence[Band]) -> Iterator[tuple[Fraction, Fraction | None, Fraction]]:
    begins = [*(Fraction(band.beyond) for band in bands), None]
    for band, (begin, end) in zip(bands, pairwise(begins), strict=True):
        if begin is not None:
            yield begin, end, Fraction(band.points)


def _limited(rule: PointsRule, points: Fraction, told: str) -> tuple[Fraction, str]:
    floor, cap = rule.floor, rule.cap if rule.cap is not None else rule.points
    if points < Fraction(floor):
        return Fraction(floor), f"max({floor}, {told})"
    if points > Fraction(cap):
        return Fraction(cap), f"min({cap}, {told})"
    return points, told


def _bracketed(value: Fraction) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)
