"""The derivation: every figure with how it came about and how it was rounded, for a clerk with a calculator."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from remote_bid.evaluation.price.exact import Mode, digits, rounded, shown, written
from remote_bid.evaluation.price.terms import Quantity, Rounding


class Named(NamedTuple):
    """What a figure is called."""

    zh: str
    en: str


NAMES = {
    Quantity.PRICE: Named("评分用价格", "price used for scoring"),
    Quantity.MEAN: Named("算术平均值", "mean"),
    Quantity.BENCHMARK: Named("评标基准价", "benchmark price"),
    Quantity.DEVIATION: Named("偏差率", "deviation rate"),
    Quantity.RATIO: Named("基准价÷报价", "benchmark ÷ price"),
    Quantity.POINTS_OFF: Named("扣分", "points off"),
    Quantity.SCORE: Named("报价得分", "price score"),
}

_MODES = {
    Mode.HALF_UP: Named("四舍五入", "half up"),
    Mode.HALF_EVEN: Named("四舍六入五成双", "half even"),
    Mode.HALF_DOWN: Named("五舍六入", "half down"),
    Mode.UP: Named("进一", "up, away from zero"),
    Mode.DOWN: Named("截尾", "down, towards zero"),
    Mode.CEILING: Named("向上取整", "ceiling"),
    Mode.FLOOR: Named("向下取整", "floor"),
}


class Rounded(msgspec.Struct, frozen=True, kw_only=True):
    """One step of rounding, and what it gave."""

    places: int
    mode: Mode
    value: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a derivation: a figure, or, without `of`, a remark. A figure is `expression` = `exact`, rounded step
    by step; the last step's value is used from there on. `exact` is a decimal, or numerator/denominator where the
    decimals never end; `about` shows it cut off. Of a deviation all values are per cent.
    """

    zh: str
    en: str
    of: Quantity | None = None
    bidder: str = ""
    expression: str = ""
    exact: str = ""
    about: str = ""
    rounding: list[Rounded] = []

    @property
    def value(self) -> str:
        """The figure as it is used from there on."""
        return self.rounding[-1].value if self.rounding else self.exact


def rendered(line: Line) -> str:
    """The line as text, Chinese first."""
    bidder = f"{line.bidder}　" if line.bidder else ""
    if line.of is None:
        return f"{bidder}{line.zh} / {line.en}"
    percent = "%" if line.of is Quantity.DEVIATION else ""
    fraction = f"（{line.exact}）" if "/" in line.exact else ""
    steps = "".join(
        f"；{_MODES[step.mode].zh}取 {step.places} 位小数 ({_MODES[step.mode].en}, {step.places} places) "
        f"→ {step.value}{percent}"
        for step in line.rounding
    )
    told = "" if line.expression == line.about else f"{line.expression} = "
    return f"{bidder}{line.zh} {line.en}：{told}{line.about}{percent}{fraction}{steps}"


class Working:
    """Where the lines are written down, and figures are rounded as declared."""

    def __init__(self, steps: Sequence[Rounding]) -> None:
        self._steps = steps
        self.lines: list[Line] = []

    def figure(
        self, of: Quantity, value: Fraction, expression: str, bidder: str = "", named: Named | None = None
    ) -> Fraction:
        """Write a figure down; what comes back is rounded by every step that is declared for it, in their order."""
        name, exact, steps = named or NAMES[of], value, []
        for step in self._steps:
            if step.of is of:
                value = rounded(value, step.places, step.mode)
                steps.append(Rounded(places=step.places, mode=step.mode, value=digits(value, step.places)))
        self.lines.append(
            Line(
                zh=name.zh,
                en=name.en,
                of=of,
                bidder=bidder,
                expression=expression,
                exact=written(exact),
                about=shown(exact),
                rounding=steps,
            )
        )
        return value

    def remark(self, zh: str, en: str, bidder: str = "") -> None:
        """Write down what is no figure."""
        self.lines.append(Line(zh=zh, en=en, bidder=bidder))

    def rounds(self, of: Quantity) -> bool:
        """Whether a step is declared for it."""
        return any(step.of is of for step in self._steps)
