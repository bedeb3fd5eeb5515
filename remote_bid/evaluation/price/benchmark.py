"""The benchmark price (评标基准价) of a family, from the prices that count."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from remote_bid.evaluation.price.exact import amount, shown
from remote_bid.evaluation.price.selection import Fence, select
from remote_bid.evaluation.price.sources import Offer, Sources, product
from remote_bid.evaluation.price.terms import Benchmark, Composite, Lowest, Quantity, Source
from remote_bid.timeline.context import Refused


class Found(NamedTuple):
    """The benchmark, how it is written, and the intervals by which prices were judged."""

    price: Fraction
    written: str
    fences: list[Fence]


def benchmark_of(declared: Benchmark, offers: Sequence[Offer], sources: Sources) -> Found:
    """The benchmark as declared; Refused where it cannot be calculated or is not more than nothing."""
    counted, fences = select(declared.select, offers, sources)
    listed = "、".join(f"{offer.bidder} {shown(offer.price)}" for offer in counted)
    sources.working.remark(f"计入评标基准价的报价 {len(counted)} 家：{listed}", f"{len(counted)} prices count")
    base, told = _base(declared, counted, sources)
    coefficient = sources.number(declared.coefficient)
    if coefficient != 1:
        told = f"({told}) × {shown(coefficient)}" if " " in told else product(base, coefficient)
    price = sources.working.figure(Quantity.BENCHMARK, base * coefficient, told)
    if price <= 0:
        raise Refused(
            "benchmark_not_positive",
            f"评标基准价应大于零，现为 {shown(price)}",
            f"the benchmark must be more than nothing, it is {shown(price)}",
        )
    line = sources.working.lines[-1]
    return Found(price, line.value if line.rounding else amount(price), fences)


def _base(declared: Benchmark, counted: Sequence[Offer], sources: Sources) -> tuple[Fraction, str]:
    """What the coefficient is applied to, and how it is written."""
    if isinstance(declared, Composite):
        return sources.weighted(declared.parts, counted)
    value = _ranked(declared, counted) if isinstance(declared, Lowest) else sources.taken(Source.MEAN, counted)
    return value, shown(value)


def _ranked(declared: Lowest, counted: Sequence[Offer]) -> Fraction:
    if declared.rank > len(counted):
        raise Refused(
            "too_few_prices",
            f"公式取第 {declared.rank} 低的报价，但只有 {len(counted)} 家计入",
            f"the formula takes the price of rank {declared.rank}, but only {len(counted)} count",
        )
    return sorted(offer.price for offer in counted)[declared.rank - 1]
