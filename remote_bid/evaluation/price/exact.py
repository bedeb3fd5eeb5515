"""Exact numbers: from text to fractions, rounded in declared ways, and back to digits. No float anywhere."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated

import msgspec

Number = Annotated[str, msgspec.Meta(pattern=r"^-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?\Z")]
"""A number as its digits: at most 40 before and 40 after the point."""

Price = Annotated[str, msgspec.Meta(pattern=r"^(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?\Z")]
"""An amount of money; that it is more than nothing is checked where it is used."""

_SHOWN = 10
"""How many decimals of an endless number are shown."""


class Mode(StrEnum):
    """How a number is rounded: the names of Python's decimal module without their ROUND_."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    HALF_DOWN = "half_down"
    UP = "up"
    DOWN = "down"
    CEILING = "ceiling"
    FLOOR = "floor"


def rounded(value: Fraction, places: int, mode: Mode) -> Fraction:
    """The nearest number with so many decimals; halves of a negative number go where those of a positive one go."""
    numerator, denominator = value.numerator * 10**places, value.denominator
    return Fraction(rounded_quotient(numerator, denominator, mode), 10**places)


def rounded_quotient(numerator: int, denominator: int, mode: Mode) -> int:
    """numerator / denominator as a whole number; the denominator is positive."""
    whole, rest = divmod(abs(numerator), denominator)
    away = whole + _away(mode, whole, rest, denominator, numerator < 0)
    return -away if numerator < 0 else away


def _away(mode: Mode, whole: int, rest: int, denominator: int, negative: bool) -> bool:
    """Whether the magnitude grows."""
    if mode is Mode.HALF_UP:
        return 2 * rest >= denominator
    if mode is Mode.HALF_DOWN:
        return 2 * rest > denominator
    if mode is Mode.HALF_EVEN:
        return 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    outwards = {Mode.UP: True, Mode.DOWN: False, Mode.CEILING: not negative, Mode.FLOOR: negative}
    return rest > 0 and outwards[mode]


def digits(value: Fraction, places: int) -> str:
    """The number with exactly so many decimals, cut off behind them."""
    scaled = abs(value.numerator) * 10**places // value.denominator
    return pointed(-scaled if value < 0 else scaled, places)


def pointed(scaled: int, places: int) -> str:
    """scaled ÷ 10^places, with exactly so many decimals."""
    text = str(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{text[:-places]}.{text[-places:]}" if places else sign + text


def decimals(value: Fraction) -> int | None:
    """How many decimals the number has; None if they never end."""
    rest, counts = value.denominator, {2: 0, 5: 0}
    for prime in counts:
        while rest % prime == 0:
            rest, counts[prime] = rest // prime, counts[prime] + 1
    return max(counts.values()) if rest == 1 else None


def written(value: Fraction) -> str:
    """The number exactly: its digits, or numerator/denominator where they never end."""
    places = decimals(value)
    return str(value) if places is None else digits(value, places)


def shown(value: Fraction) -> str:
    """The number for a reader: its digits, cut off with … where they never end."""
    places = decimals(value)
    return digits(value, _SHOWN) + "…" if places is None or places > 4 * _SHOWN else digits(value, places)


def amount(value: Fraction) -> str:
    """The number as a decimal whatever it is: where its digits never end, rounded to ten of them."""
    places = decimals(value)
    if places is None:
        return digits(rounded(value, _SHOWN, Mode.HALF_UP), _SHOWN)
    return digits(value, places)
