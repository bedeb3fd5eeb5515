"""Which prices count for the benchmark: the highest and lowest dropped, those outside an interval left out."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from remote_bid.evaluation.price.exact import rounded, shown
from remote_bid.evaluation.price.sources import Offer, Sources
from remote_bid.evaluation.price.terms import Drop, DropRow, IfNone, Outside, Parameter, Source, Within
from remote_bid.timeline.context import Refused


class Fence(NamedTuple):
    """An interval of prices, and what becomes of those outside it."""

    low: Fraction | None
    high: Fraction | None
    outside: Outside

    def holds(self, price: Fraction) -> bool:
        return (self.low is None or price >= self.low) and (self.high is None or price <= self.high)


class Selected(NamedTuple):
    """The offers that count, and the intervals that were drawn on the way."""

    offers: list[Offer]
    fences: list[Fence]


def select(steps: Sequence[Drop | Within], offers: Sequence[Offer], sources: Sources) -> Selected:
    """Take the steps in turn; Refused if none counts in the end."""
    chosen = Selected(sorted(offers, key=lambda offer: (offer.price, offer.bidder)), [])
    _require_some(chosen.offers)
    for step in steps:
        chosen = _dropped(step, chosen, sources) if isinstance(step, Drop) else _fenced(step, chosen, sources)
        _require_some(chosen.offers)
    return chosen


def _require_some(offers: Sequence[Offer]) -> None:
    if not offers:
        raise Refused("none_counts", "没有报价可以计入评标基准价", "no price is left to count for the benchmark")


def _dropped(step: Drop, chosen: Selected, sources: Sources) -> Selected:
    offers, count = chosen.offers, len(chosen.offers)
    reached = [row for row in step.table if row.at_least <= count]
    if not reached:
        sources.working.remark(f"{count} 家，不去掉最高价和最低价", f"{count} prices: none is dropped")
        return chosen
    row = max(reached, key=lambda row: row.at_least)
    lowest, highest = (
        _how_many(row, row.lowest, row.lowest_percent, count),
        _how_many(row, row.highest, row.highest_percent, count),
    )
    if lowest + highest >= count:
        return Selected([], chosen.fences)
    kept = offers[lowest : count - highest]
    _tell("去掉最高", "highest dropped", offers[count - highest :], sources)
    _tell("去掉最低", "lowest dropped", offers[:lowest], sources)
    return Selected(kept, chosen.fences)


def _how_many(row: DropRow, fixed: int, percent: str, count: int) -> int:
    return fixed + int(rounded(count * Fraction(percent) / 100, 0, row.mode))


def _fenced(step: Within, chosen: Selected, sources: Sources) -> Selected:
    centre, told = _centre(step, chosen.offers, sources)
    fence = Fence(_edge(step.low, centre, sources), _edge(step.high, centre, sources), step.outside)
    low, high = (shown(edge) if edge is not None else "…" for edge in (fence.low, fence.high))
    factors = f"{_told(step.low, sources)} 至 {_told(step.high, sources)}"
    sources.working.remark(
        f"合理区间：{told} 的 {factors} 倍，即 {low} 至 {high}",
        f"interval: {low} to {high}",
    )
    kept = [offer for offer in chosen.offers if fence.holds(offer.price)]
    left_out = [offer for offer in chosen.offers if not fence.holds(offer.price)]
    if not kept and step.if_none is IfNone.KEEP_ALL:
        sources.working.remark("区间内没有报价，全部保留", "no price is inside, all are kept")
        return Selected(chosen.offers, [*chosen.fences, fence])
    _tell("区间外不计入", "outside, left out", left_out, sources)
    return Selected(kept, [*chosen.fences, fence])


def _centre(step: Within, offers: Sequence[Offer], sources: Sources) -> tuple[Fraction, str]:
    if isinstance(step.around, Source):
        value = sources.taken(step.around, offers)
        return value, shown(value)
    value, told = sources.weighted(step.around.parts, offers)
    return value, f"({told} = {shown(value)})"


def _edge(factor: Parameter | None, centre: Fraction, sources: Sources) -> Fraction | None:
    return None if factor is None else sources.number(factor) * centre


def _told(factor: Parameter | None, sources: Sources) -> str:
    return "…" if factor is None else shown(sources.number(factor))


def _tell(zh: str, en: str, offers: Sequence[Offer], sources: Sources) -> None:
    if offers:
        listed = "、".join(f"{offer.bidder} {shown(offer.price)}" for offer in offers)
        sources.working.remark(f"{zh}：{listed}", f"{en}: {len(offers)}")
