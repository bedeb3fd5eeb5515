"""Files that people write: what is plain is read, what is not is refused with one sentence in both languages."""

import copy
import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from remote_bid.evaluation.price.answering import answer
from remote_bid.evaluation.price.reading import read_case
from remote_bid.timeline.context import Refused

GOOD: dict[str, Any] = {
    "formula": {"benchmark": {"family": "mean"}, "score": {"family": "slope", "points": 35, "above": 2, "below": "1"}},
    "bids": [{"bidder": "甲", "price": "7000"}, {"bidder": "乙", "price": 7300}],
}


def but(*path: Any, to: Any = None) -> dict[str, Any]:
    """The good file with one thing changed, or taken away."""
    whole = copy.deepcopy(GOOD)
    place: Any = whole
    for name in path[:-1]:
        place = place[name]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return whole


def wrong(document: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        answer(document if isinstance(document, bytes) else json.dumps(document).encode())
    return refused.value


@pytest.mark.parametrize("price", [b"7300", b"7300.0", b'"7300"', b"7.3e3", b'"7300.00"'])
def test_a_price_is_a_number_or_its_digits(price: bytes) -> None:
    written = json.dumps(GOOD).encode().replace(b"7300", price)
    assert answer(written)["scores"] == {"甲": "32.90", "乙": "30.80"}


def test_no_number_passes_through_a_float() -> None:
    exact = b"1000000000000000000000000000000.0000000001"
    assert read_case(json.dumps(GOOD).encode().replace(b"7300", exact)).bids[1].price == exact.decode()
    assert answer(json.dumps(GOOD).encode().replace(b"7300", b"1e30"))["scores"] == {"甲": "0.00", "乙": "0.00"}


@pytest.mark.parametrize("mode", ["half_up", "ROUND_HALF_UP", "Half_Up"])
def test_a_mode_may_have_its_python_name(mode: str) -> None:
    steps = [{"of": "score", "places": "1", "mode": mode}]
    assert answer(json.dumps(but("formula", "rounding", to=steps)).encode())["scores"]["甲"] == "32.9"


@pytest.mark.parametrize("word", ["never", "rejection", ["rejection", "arithmetic_error"], []])
def test_recompute_is_a_word_or_a_list(word: Any) -> None:
    assert answer(json.dumps(but("formula", "recompute", to=word)).encode())


def test_a_byte_order_mark_does_no_harm() -> None:
    assert answer(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "this is not JSON"),
        (b"{", "this is not JSON"),
        (b"[]", "a JSON object {…} is expected"),
        (b"7", "a JSON object {…} is expected"),
        (b"\xff", "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"bids": [], "bids": []}', "bids: this field is given twice"),
        (json.dumps(but("formula", "\ud800", to=1)).encode(), "half a character"),
        (json.dumps(but("formula", "counts", to="\udfff")).encode(), "half a character"),
        (b'{"bids": NaN}', "NaN is not a finite number"),
        (b'{"bids": -Infinity}', "-Infinity is not a finite number"),
        (but("formula"), "the field formula is missing"),
        (but("bids"), "the field bids is missing"),
        (but("bids", to=[]), "bids: a list […] is expected, of at least 1"),
        (but("bids", 0, "bidder"), "bids[0]: the field bidder is missing"),
        (but("bids", 0, "bidder", to=""), "bids[0].bidder: a text"),
        (but("bids", 0, "bidder", to="a\nb"), "bids[0].bidder: a line of text is expected"),
        (but("bids", 0, "price"), "bids[0]: the field price is missing"),
        (but("bids", 1, "bidder", to="甲"), "a bidder is given twice: 甲"),
        (but("ceiling_price", to="7000"), "the price of 乙 is above the ceiling price"),
        (but("drawn", to={"K": "x"}), "a number is expected"),
        (but("x", to=1), "there is no field x here"),
        (but("formula", "slope", to=1), "formula: there is no field slope here"),
        (but("formula", to="mean"), "formula: an object {…} is expected"),
        (but("formula", "benchmark"), 'the formula has no "benchmark"'),
        (but("formula", "benchmark", "family"), "family is missing; it may be mean, lowest, composite"),
        (but("formula", "benchmark", "family", to="median"), "'median' is unknown; it may be mean, lowest, composite"),
        (but("formula", "score", "family", to="x"), "'x' is unknown; it may be slope, ratio, lowest_evaluated_price"),
        (but("formula", "score", "above", to="2%"), "formula.score.above: a number is expected"),
        (but("formula", "counts", to="all"), "'all' is unknown; it may be opened, passed"),
        (but("formula", "recompute", to="always"), "'always' is unknown; it may be arithmetic_error, rejection"),
        (but("formula", "benchmark", "select", to={"step": "drop"}), "a list […] is expected"),
        (but("formula", "benchmark", "select", to=[{"step": "cut"}]), "'cut' is unknown; it may be drop, within"),
        (but("formula", "rounding", to=[{"of": "score", "places": 2, "mode": "bankers"}]), "'bankers' is unknown"),
        (but("formula", "rounding", to=[{"of": "total", "places": 2}]), "'total' is unknown; it may be price, mean"),
        (but("formula", "rounding", to=[{"of": "score", "places": 2.5}]), "places: a whole number is expected"),
        (but("formula", "rounding", to=[{"of": "score", "places": 99}]), "places: a whole number is expected, of at"),
        (but("method", to="mean"), "either a formula or a method"),
        (but("formula") | {"method": "magic"}, "there is no such method; there are mean"),
        (but("formula") | {"method": []}, "there is no such method; there are mean"),
        (but("happened", to=[{"what": "fire", "bidder": "甲"}]), "'fire' is unknown; it may be arithmetic_error"),
    ],
)
def test_what_cannot_be_read_is_told_in_both_languages(document: Any, said: str) -> None:
    refusal = wrong(document)
    assert said in str(refusal)
    assert re.search("[一-鿿]", refusal.zh)
    assert "\n" not in refusal.zh + str(refusal)


@pytest.mark.parametrize(
    "price",
    ["7,000", "7000元", "90%", "x", "", "07", ".5", "5.", "-5", "１", "1_000", "1e9", " 7", "1" * 41, 1e300, 1e-50],
)
def test_a_price_is_digits_and_nothing_else(price: Any) -> None:
    assert str(wrong(but("bids", 0, "price", to=price))).startswith("bids[0].price: a number is expected")


@pytest.mark.parametrize("price", [True, [], {}])
def test_a_price_is_no_other_kind_of_thing(price: Any) -> None:
    assert "bids[0].price: a text or number is expected" in str(wrong(but("bids", 0, "price", to=price)))


def test_a_message_holds_nothing_that_a_terminal_obeys() -> None:
    refusal = wrong(but("bids", 0, "\x1b[31m\u202e" + "x" * 500, to=1))
    assert (refusal.zh + str(refusal)).isprintable()
    assert len(str(refusal)) < 200


patient = settings(deadline=None)

values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
places = some.sampled_from(
    [
        ("bids", 0, "price"),
        ("bids", 0, "flags"),
        ("bids", 0),
        ("formula", "score", "above"),
        ("formula", "benchmark", "select"),
        ("formula", "benchmark", "coefficient"),
        ("formula", "rounding"),
        ("formula", "recompute"),
        ("formula",),
        ("drawn",),
        ("happened",),
        ("ceiling_price",),
    ]
)


@patient
@given(places, values)
def test_whatever_stands_in_a_field_is_answered_or_refused(path: tuple[Any, ...], value: Any) -> None:
    document = but(*path, to={}) if value is None else but(*path, to=value)
    with suppress(Refused):
        assert answer(json.dumps(document).encode())["scores"] is not None


@patient
@given(some.binary(max_size=30))
def test_any_bytes_are_answered_or_refused(written: bytes) -> None:
    assert wrong(written).zh
