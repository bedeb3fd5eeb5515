"""Scores as whole numbers of their smallest unit: exact, and fast enough for a hundred bids at once."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from remote_bid.evaluation.price.exact import pointed, rounded_quotient, written
from remote_bid.evaluation.ranking.terms import Figure, FigureRounding


class Ratio(NamedTuple):
    """An exact number; `below` is positive."""

    above: int
    below: int

    def rounded(self, steps: Sequence[FigureRounding]) -> "Ratio":
        """By every step, one after the other."""
        found = self
        for step in steps:
            unit: int = 10**step.places
            found = Ratio(rounded_quotient(found.above * unit, found.below, step.mode), unit)
        return found

    def written(self, steps: Sequence[FigureRounding] = ()) -> str:
        """Exactly; with all its places if these steps have just rounded it."""
        return pointed(self.above, steps[-1].places) if steps else written(Fraction(self.above, self.below))


def places_of(texts: Iterable[str]) -> int:
    """The most decimals that any of the numbers has."""
    return max((len(text) - text.index(".") - 1 for text in texts if "." in text), default=0)


def scaled(text: str, places: int) -> int:
    """The number times 10^places; it has no more decimals than that."""
    whole, _, decimals = text.partition(".")
    return int(whole + decimals + "0" * (places - len(decimals)))


def steps_for(figure: Figure, declared: Sequence[FigureRounding]) -> list[FigureRounding]:
    """The declared steps of one figure."""
    return [step for step in declared if step.of is figure]
