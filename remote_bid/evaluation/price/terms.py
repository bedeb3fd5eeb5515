"""A price formula as data. Every struct decodes from JSON; docs/price.md explains each field. What types cannot say,
`checking.py` says.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from remote_bid.evaluation.price.exact import Mode, Number
from remote_bid.tender.terms import Heading


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a formula or of what it is asked about."""


# Numbers that are drawn


class Unit(StrEnum):
    """How a drawn number v is read: v, 1 − v, v ÷ 100 or 1 − v ÷ 100."""

    FACTOR = "factor"
    REST = "rest"
    PERCENT = "percent"
    PERCENT_OFF = "percent_off"


class Drawn(Term, frozen=True):
    """A number that is drawn at the opening, under this name (系数抽取)."""

    drawn: Heading
    unit: Unit = Unit.FACTOR


Parameter = Number | Drawn
"""A number of the tender document, or one that is drawn."""


# Rounding


class Quantity(StrEnum):
    """What is rounded, in the order in which it is calculated."""

    PRICE = "price"
    MEAN = "mean"
    BENCHMARK = "benchmark"
    DEVIATION = "deviation"
    RATIO = "ratio"
    POINTS_OFF = "points_off"
    SCORE = "score"


Places = Annotated[int, msgspec.Meta(ge=0, le=20)]


class Rounding(Term, frozen=True):
    """One declared step of rounding. Places of a deviation are those of its percentage: 2 makes 2.82 %."""

    of: Quantity
    places: Places
    mode: Mode = Mode.HALF_UP


TO_CENTS = Rounding(of=Quantity.SCORE, places=2)
"""How a score is rounded, if the formula declares nothing for it."""


# Which prices count


class Source(StrEnum):
    """A number that the prices or the tender give. Mean_below: the mean of the counted prices that lie below the mean
    (of all, if none does), as the second mean (二次平均) needs it.
    """

    MEAN = "mean"
    LOWEST = "lowest"
    MEAN_BELOW = "mean_below"
    CEILING_PRICE = "ceiling_price"


class Part(Term, frozen=True):
    """A summand: weight × factor × what `of` gives."""

    of: Source
    weight: Parameter = "1"
    factor: Parameter = "1"


Count = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class DropRow(Term, frozen=True):
    """With at least so many prices, so many of the highest and of the lowest are left out; or so many per cent of
    their number, which is rounded by `mode`.
    """

    at_least: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    highest: Count = 0
    lowest: Count = 0
    highest_percent: Number = "0"
    lowest_percent: Number = "0"
    mode: Mode = Mode.HALF_UP


class Drop(Term, frozen=True, tag="drop", tag_field="step"):
    """Highest and lowest prices are left out of the benchmark. The row with the largest `at_least` that is reached
    counts; below all rows nothing is left out.
    """

    table: Annotated[list[DropRow], msgspec.Meta(min_length=1, max_length=50)]


class Outside(StrEnum):
    """A price outside the interval is scored all the same, gets the least points, or gets no score at all."""

    SCORED = "scored"
    FLOOR = "floor"
    EXCLUDED = "excluded"


class IfNone(StrEnum):
    """When no price is inside: nothing can be calculated, or all count."""

    REFUSE = "refuse"
    KEEP_ALL = "keep_all"


class Weighted(Term, frozen=True):
    """A weighted sum. The weights make 1."""

    parts: Annotated[list[Part], msgspec.Meta(min_length=1, max_length=10)]


class Within(Term, frozen=True, tag="within", tag_field="step"):
    """Only prices from low × around to high × around count (合理区间), both ends included."""

    around: Source | Weighted
    low: Parameter | None = None
    high: Parameter | None = None
    outside: Outside = Outside.SCORED
    if_none: IfNone = IfNone.REFUSE


Selection = Annotated[list[Drop | Within], msgspec.Meta(max_length=10)]
"""Steps that leave prices out, one after the other."""


# The benchmark


class Mean(Term, frozen=True, tag="mean", tag_field="family"):
    """The mean of the prices that count, times the coefficient."""

    select: Selection = []
    coefficient: Parameter = "1"


class Lowest(Term, frozen=True, tag="lowest", tag_field="family"):
    """The lowest price that counts, or that of another rank (2: 次低价), times the coefficient."""

    rank: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    select: Selection = []
    coefficient: Parameter = "1"


class Composite(Term, frozen=True, tag="composite", tag_field="family"):
    """A weighted sum (复合标底), times the coefficient. The weights make 1."""

    parts: Annotated[list[Part], msgspec.Meta(min_length=1, max_length=10)]
    select: Selection = []
    coefficient: Parameter = "1"


Benchmark = Mean | Lowest | Composite


# The score


class Band(Term, frozen=True):
    """So many points off for each per cent of deviation beyond this one, up to where the next band begins."""

    beyond: Number
    points: Number


class Bands(Term, frozen=True):
    """Bands in ascending order; before the first one nothing is taken off."""

    bands: Annotated[list[Band], msgspec.Meta(min_length=1, max_length=20)]


# A struct around the list, here and in Within: msgspec 0.22 crashes at exit on unions of a patterned text with a list.
Rate = Number | Bands
"""Points off for each per cent: the same everywhere, or in bands."""


class Slope(Term, frozen=True, tag="slope", tag_field="family"):
    """`points` at the benchmark, less `above` or `below` for each per cent of deviation; never more than `cap` (which
    is `points` unless given) nor less than `floor`.
    """

    points: Number
    above: Rate
    below: Rate
    cap: Number | None = None
    floor: Number = "0"


class Ratio(Term, frozen=True, tag="ratio", tag_field="family"):
    """Benchmark ÷ price × `points`; never more than `cap` (which is `points` unless given) nor less than `floor`."""

    points: Number
    cap: Number | None = None
    floor: Number = "0"


class LowestEvaluatedPrice(Term, frozen=True, tag="lowest_evaluated_price", tag_field="family"):
    """No points: the lowest evaluated price ranks first (经评审的最低投标价法)."""


Scoring = Slope | Ratio | LowestEvaluatedPrice


# The formula


class Counts(StrEnum):
    """Whose price may count for the benchmark: every opened bid's, or those that passed the preliminary review."""

    OPENED = "opened"
    PASSED = "passed"


class Cause(StrEnum):
    """After what a benchmark is calculated anew."""

    ARITHMETIC_ERROR = "arithmetic_error"
    REJECTION = "rejection"


class Deduction(Term, frozen=True):
    """Bids with this flag are scored with so many per cent off their price (价格扣除)."""

    flag: Heading
    percent: Number


class Bonus(Term, frozen=True):
    """Bids with this flag get so many per cent on top of their price score, beyond the cap too."""

    flag: Heading
    percent: Number


class Combine(StrEnum):
    """A bid with several flags gets the largest of their percentages, or their sum."""

    LARGEST = "largest"
    SUM = "sum"


class Adjustment(Term, frozen=True):
    """What one unit of something adds to the evaluated price: an amount, per cent of the bid's price, or both."""

    rule: Heading
    amount: Number = "0"
    percent: Number = "0"


class Formula(Term, frozen=True):
    """How prices become scores. All percentages of deductions and adjustments are of the bid's own price."""

    score: Scoring
    benchmark: Benchmark | None = None
    counts: Counts = Counts.PASSED
    recompute: list[Cause] = []
    deductions: Annotated[list[Deduction], msgspec.Meta(max_length=50)] = []
    bonuses: Annotated[list[Bonus], msgspec.Meta(max_length=50)] = []
    combine: Combine = Combine.LARGEST
    adjustments: Annotated[list[Adjustment], msgspec.Meta(max_length=50)] = []
    rounding: Annotated[list[Rounding], msgspec.Meta(max_length=20)] = []
