"""How experts' scores become a ranking, as data; the sheets it is made from; and what comes out."""

from enum import StrEnum
from typing import Annotated

import msgspec

from remote_bid.evaluation.price.exact import Mode, Number, Price
from remote_bid.evaluation.price.terms import Places
from remote_bid.tender.terms import Heading


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the rule."""


class Item(Term, frozen=True):
    """An item of the score sheet. `full` is needed only where outliers are measured by it."""

    item: Heading
    weight: Number = "1"
    full: Number | None = None


class By(StrEnum):
    """Whether every item's scores are averaged over the experts, or every expert's total for the bid."""

    ITEM = "item"
    BID = "bid"


class Aggregation(Term, frozen=True):
    """The mean over the experts; with at least so many of them, so many of the highest and of the lowest scores (of
    an item, or totals for a bid) are left out. Of equal ones those of experts whose ids sort first count as lower.
    """

    by: By = By.ITEM
    highest: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    lowest: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    at_least: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class Figure(StrEnum):
    """What is rounded, in the order in which it is calculated: an expert's total for a bid (by bid), the mean of an
    item (by item), the bid's technical score, its total with the price score.
    """

    EXPERT = "expert"
    ITEM = "item"
    TECHNICAL = "technical"
    TOTAL = "total"


class FigureRounding(Term, frozen=True):
    """One declared step of rounding."""

    of: Figure
    places: Places
    mode: Mode = Mode.HALF_UP


TOTAL_TO_CENTS = FigureRounding(of=Figure.TOTAL, places=2)
"""How a total is rounded, if the rule declares nothing for it."""


class Tie(StrEnum):
    """What decides between equal totals, before lots are drawn."""

    LOWER_PRICE = "lower_price"
    TECHNICAL = "technical"


class RankingRule(Term, frozen=True):
    """How a tender ranks. Without a step for it, the total is rounded to cents, half up; no other figure is rounded."""

    items: Annotated[list[Item], msgspec.Meta(min_length=1, max_length=500)]
    aggregation: Aggregation = Aggregation()
    price_weight: Number = "1"
    rounding: Annotated[list[FigureRounding], msgspec.Meta(max_length=20)] = []
    ties: Annotated[list[Tie], msgspec.Meta(max_length=2)] = msgspec.field(
        default_factory=lambda: [Tie.LOWER_PRICE, Tie.TECHNICAL]
    )


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One expert's scores for one bid, by item."""

    expert: str
    bid: str
    scores: dict[str, Number]


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A bid's price, for ties, and its price score."""

    price: Price
    score: Number


# What comes out


class Averaged(msgspec.Struct, frozen=True):
    """The mean of one item's scores, or of the experts' totals (then `item` is empty): the scores that counted and
    those left out, the lowest first, without their experts; exactly, and by the declared steps.
    """

    item: str
    counted: list[str]
    dropped: list[str]
    weight: str
    exact: str
    value: str


class ExpertTotal(msgspec.Struct, frozen=True, kw_only=True):
    """One expert's total for a bid: its weighted scores by item, and their sum, exactly and rounded as declared."""

    expert: str
    sums: list[str]
    exact: str
    value: str


class Decided(StrEnum):
    """What set a bid behind the one before it."""

    TOTAL = "total"
    LOWER_PRICE = "lower_price"
    TECHNICAL = "technical"
    DRAW = "draw"
    TIED = "tied"


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """One bid's place and how it came about. Bids that only lots can part share a place. A technical score that is not
    rounded and never ends is shown to ten decimals. `totals` are there only where experts' totals are averaged.
    """

    place: int
    bid: str
    total: str
    technical: str
    price_score: str
    price: str
    decided: Decided
    means: list[Averaged]
    totals: list[ExpertTotal]


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """Every bid by place. `tied`: groups that only lots can part, and of which the draw handed in says nothing."""

    ranked: list[Ranked]
    tied: list[list[str]]
