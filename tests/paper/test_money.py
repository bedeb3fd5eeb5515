"""Amounts in figures and in capital numerals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from remote_bid.paper.money import capitals, figures

DIGITS = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
STEPS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "CNY", "¥1,234.50"),
        ("0.05", "EUR", "€0.05"),
        ("999999999999999.99", "CNY", "¥999,999,999,999,999.99"),
        ("7", "CHF", "CHF 7.00"),
    ],
)
def test_an_amount_has_its_currency_and_cents(amount: str, currency: str, shown: str) -> None:
    assert figures(amount, currency) == shown


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("9812345.67", "玖佰捌拾壹万贰仟叁佰肆拾伍元陆角柒分"),
        ("1000000", "壹佰万元整"),
        ("10.05", "壹拾元零伍分"),
        ("20.50", "贰拾元伍角整"),
    ],
)
def test_yuan_are_written_in_capitals(amount: str, words: str) -> None:
    assert capitals(amount, "CNY") == words


def test_other_currencies_are_not() -> None:
    assert capitals("10", "EUR") == ""


@given(some.integers(min_value=1, max_value=10**17 - 1))
def test_capitals_say_the_amount_and_nothing_else(cents: int) -> None:
    assert read(capitals(str(Decimal(cents) / 100), "CNY")) == cents


def read(words: str) -> int:
    """The cents that capital numerals say: sections of 亿 and 万, then 元, 角, 分."""
    whole, has_yuan, rest = words.rpartition("元")
    total = section(whole, ("亿", "万")) * 100 if has_yuan else 0
    pending = 0
    for sign in rest if has_yuan else words:
        if sign in DIGITS:
            pending = DIGITS[sign]
        elif sign in "角分":
            total, pending = total + pending * {"角": 10, "分": 1}[sign], 0
    return total


def section(words: str, units: tuple[str, ...]) -> int:
    """亿 may itself count in 万: 玖佰玖拾玖万亿."""
    if not units:
        return thousands(words)
    head, found, tail = words.rpartition(units[0])
    factor = {"亿": 10**8, "万": 10**4}[units[0]]
    return (section(head, units[1:]) * factor if found else 0) + section(tail, units[1:])


def thousands(words: str) -> int:
    total, pending = 0, 0
    for sign in words:
        if sign in DIGITS:
            pending = DIGITS[sign]
        else:
            total, pending = total + pending * STEPS[sign], 0
    return total + pending
