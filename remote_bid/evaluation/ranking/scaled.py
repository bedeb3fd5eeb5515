"""Scores as whole numbers of their smallest unit: exact, and fast enough for a hundred bids at once."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from remote_bid.evaluation.price.exact import pointed, rounded_quotient, written
from remote_bid.evaluation.ranking.terms import Figure, FigureRounding, Sheet


class Quotient(NamedTuple):
    """An exact number; `below` is positive."""

    above: int
    below: int

    def rounded(self, steps: Sequence[FigureRounding]) -> "Quotient":
        """By every step, one after the other."""
        found = self
        for step in steps:
            unit: int = 10**step.places
            found = Quotient(rounded_quotient(found.above * unit, found.below, step.mode), unit)
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


def all_scaled(sheets: Sequence[Sheet]) -> tuple[dict[str, int], int]:
    """Every score that is given, scaled, by how it is written; and the decimals of their unit."""
    told: set[str] = set().union(*(sheet.scores.values() for sheet in sheets))
    units = places_of(told)
    return {score: scaled(score, units) for score in told}, units


def steps_for(figure: Figure, declared: Sequence[FigureRounding]) -> list[FigureRounding]:
    """The declared steps of one figure."""
    return [step for step in declared if step.of is figure]


def weighted(text: str, weight: str) -> str:
    """How a weighted number is written; a weight of 1 is not."""
    return text if weight == "1" else f"{text} × {weight}"
