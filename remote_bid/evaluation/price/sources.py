"""What a benchmark is made of: drawn numbers, the ceiling price, means and sums of the prices that count."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from remote_bid.evaluation.price.exact import shown
from remote_bid.evaluation.price.terms import Drawn, Parameter, Part, Quantity, Source, Unit
from remote_bid.evaluation.price.working import Named, Working
from remote_bid.timeline.context import Refused


class Offer(NamedTuple):
    """A bidder's price as it counts."""

    bidder: str
    price: Fraction


_MEAN_BELOW = Named("低于平均值的报价的平均值", "mean of the prices below the mean")


class Sources:
    """Ceiling price and drawn numbers of one case; what is taken from them is written down."""

    def __init__(self, ceiling_price: str | None, drawn: Mapping[str, str], working: Working) -> None:
        self._ceiling = None if ceiling_price is None else Fraction(ceiling_price)
        self._drawn = drawn
        self._told: set[Drawn] = set()
        self.working = working

    def number(self, parameter: Parameter) -> Fraction:
        """The parameter's value; Refused where it is still to be drawn."""
        if not isinstance(parameter, Drawn):
            return Fraction(parameter)
        if parameter.drawn not in self._drawn:
            raise Refused(
                "not_drawn",
                f"缺少抽取的系数：{parameter.drawn}（写在 drawn 中）",
                f'the drawn number {parameter.drawn} is missing; it goes into "drawn"',
            )
        written = self._drawn[parameter.drawn]
        value = _read(Fraction(written), parameter.unit)
        if parameter not in self._told:
            self._told.add(parameter)
            self.working.remark(
                f"抽取的{parameter.drawn}：{written}，取 {shown(value)}",
                f"drawn {parameter.drawn}: {written}, taken as {shown(value)}",
            )
        return value

    def taken(self, source: Source, offers: Sequence[Offer]) -> Fraction:
        """What a source gives for these offers."""
        if source is Source.CEILING_PRICE:
            return self._ceiling_price()
        if source is Source.LOWEST:
            return min(offer.price for offer in offers)
        mean = self._mean(offers)
        if source is Source.MEAN:
            return mean
        below = [offer for offer in offers if offer.price < mean] or offers
        return self._mean(below, _MEAN_BELOW)

    def weighted(self, parts: Sequence[Part], offers: Sequence[Offer]) -> tuple[Fraction, str]:
        """The weighted sum of parts, and how it is written; Refused unless the weights make 1."""
        weights = [self.number(part.weight) for part in parts]
        if sum(weights) != 1:
            told = " + ".join(map(shown, weights))
            raise Refused(
                "weights_not_one", f"各项权重之和应为 1，现为 {told}", f"the weights must make 1, they are {told}"
            )
        found: dict[Source, Fraction] = {}
        total, terms = Fraction(0), []
        for part, weight in zip(parts, weights, strict=True):
            if part.of not in found:
                found[part.of] = self.taken(part.of, offers)
            factor = self.number(part.factor)
            total += found[part.of] * weight * factor
            terms.append(product(found[part.of], weight, factor))
        return total, " + ".join(terms)

    def _mean(self, offers: Sequence[Offer], named: Named | None = None) -> Fraction:
        summed = " + ".join(shown(offer.price) for offer in offers)
        value = sum((offer.price for offer in offers), Fraction(0)) / len(offers)
        return self.working.figure(Quantity.MEAN, value, f"({summed}) ÷ {len(offers)}", named=named)

    def _ceiling_price(self) -> Fraction:
        if self._ceiling is None:
            raise Refused(
                "no_ceiling_price",
                "公式用到最高投标限价，但没有给出 ceiling_price",
                'the formula needs the ceiling price, but "ceiling_price" is not given',
            )
        return self._ceiling


def product(*factors: Fraction) -> str:
    """How a product is written; factors of 1 are not, except the first."""
    return " × ".join([shown(factors[0]), *(shown(factor) for factor in factors[1:] if factor != 1)])


def _read(value: Fraction, unit: Unit) -> Fraction:
    share = value / 100 if unit in (Unit.PERCENT, Unit.PERCENT_OFF) else value
    return 1 - share if unit in (Unit.REST, Unit.PERCENT_OFF) else share
