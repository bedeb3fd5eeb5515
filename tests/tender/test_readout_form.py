"""The readout form: what may be sealed, and what whoever opens it must not stumble over."""

from functools import partial

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.tender.terms import USUAL_FORM, FieldKind, FormField, InvalidForm, ReadoutForm
from remote_bid.tender.terms import readout_form as readout_form_of

some = settings(deadline=None, max_examples=150)

FORM = {
    "price": "11786240.00",
    "currency": "CNY",
    "duration_days": 192,
    "quality": "合格",
    "project_manager": "陈立",
}


def sealed(**other: object) -> bytes:
    """The bytes of a form with some fields otherwise; None leaves one out."""
    told = {name: value for name, value in (FORM | other).items() if value is not None}
    always = {name: told.pop(name) for name in ("price", "currency") if name in told}
    return msgspec.json.encode(always | {"fields": told})


readout_form = partial(readout_form_of, declared=USUAL_FORM)


def test_a_form_is_read_as_it_was_sealed() -> None:
    fields: dict[str, str | int | bool] = {"duration_days": 192, "quality": "合格", "project_manager": "陈立"}
    assert readout_form(sealed()) == ReadoutForm(price="11786240.00", currency="CNY", fields=fields)


@pytest.mark.parametrize("price", ["1", "0.01", "0.1", "1.5", "9.99", "100", "12800000.00", "999999999999.99"])
def test_a_plain_amount_is_a_price(price: str) -> None:
    assert readout_form(sealed(price=price)).price == price


NO_PRICES = [
    "",
    " ",
    "0",
    "0.00",
    "-0",
    "-1",
    "-0.01",
    "1.000",
    "0.001",
    "0.005",
    "NaN",
    "nan",
    "sNaN",
    "NaN123",
    "Infinity",
    "-Infinity",
    "inf",
    "1e-3",
    "1,000.00",
    "1.000,00",
    "1 000",
    "0x10",
    "¥100",
    "100 元",
    "一百",
    "½",
    "1..0",
    "1.0.0",
    "--1",
    "True",
    "null",
]


@pytest.mark.parametrize("price", NO_PRICES, ids=repr)
def test_what_is_no_amount_of_money_is_no_form(price: str) -> None:
    with pytest.raises(InvalidForm):
        readout_form(sealed(price=price))


ODD_PRICES = [
    "1e9",
    "1E+9",
    "1e-2",
    "1e999999999",
    "1e999999999999999999",
    "0e5",
    "+5",
    " 5",
    "5 ",
    "\u00a05",
    "1_000",
    "1__0",
    "１２３",
    "٣",
    "१.५",
    "007",
    "00.10",
    ".5",
    "5.",
    "9" * 40,
    "9" * 100_000,
]


@pytest.mark.parametrize(
    "price", [price for price in ODD_PRICES if price != "0e5"], ids=lambda price: repr(price[:24]) + str(len(price))
)
def test_an_odd_spelling_of_an_amount_is_no_form(price: str) -> None:
    """Each of these shows, sorts or sums otherwise in a page, a spreadsheet or another program; 1e999999999 fills the
    memory of whoever writes it out in full.
    """
    with pytest.raises(InvalidForm):
        readout_form(sealed(price=price))


@pytest.mark.parametrize("other", [{"price": "5\n"}, {"price": "5.25\n"}, {"currency": "CNY\n"}], ids=repr)
def test_a_line_end_behind_an_amount_or_currency_is_no_form(other: dict[str, str]) -> None:
    with pytest.raises(InvalidForm):
        readout_form(sealed(**other))


SPOILED = {
    "nothing": b"",
    "no JSON": b"price: 1",
    "no object": b"[]",
    "null": b"null",
    "a number": b"1",
    "cut short": sealed()[:-1],
    "more behind it": sealed() + b"{}",
    "a price that is a number": sealed(price=1.5),
    "a price that is null": sealed().replace(b'"11786240.00"', b"null"),
    "a price that is a list": sealed(price=["1"]),
    "days that are text": sealed(duration_days="192"),
    "days that are a fraction": sealed(duration_days=1.5),
    "days that are true": sealed(duration_days=True),
    "negative days": sealed(duration_days=-1),
    "days beyond all integers": sealed(duration_days=1).replace(b":1,", b":1e400,"),
    "a field more": sealed(discount="1"),
    "no price": sealed(price=None),
    "no currency": sealed(currency=None),
    "no days": sealed(duration_days=None),
    "no quality": sealed(quality=None),
    "no manager": sealed(project_manager=None),
    "no UTF-8": sealed(quality="x").replace(b'"x"', b'"\xff"'),
    "half a character": sealed(quality="x").replace(b'"x"', b'"\\ud800"'),
    "a byte order mark": b"\xef\xbb\xbf" + sealed(),
    "UTF-16": sealed().decode().encode("utf-16"),
    "zeros": bytes(1000),
    "brackets without end": b"[" * 1_000_000,
    "objects without end": b'{"price":' * 100_000,
    "ten megabytes of blanks": b" " * 10_000_000,
    "a comment": b"/* */" + sealed(),
    "NaN": sealed().replace(b"192", b"NaN"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_spoiled_bytes_are_no_form(how: str) -> None:
    with pytest.raises(InvalidForm):
        readout_form(SPOILED[how])


@some
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_bytes_bring_anything_but_a_form_or_a_refusal(raw: bytes) -> None:
    with pytest.raises(InvalidForm):
        readout_form(raw)


def test_a_form_with_two_prices_is_no_form() -> None:
    twice = sealed().replace(b'"price":', b'"price":"1.00","price":')
    with pytest.raises(InvalidForm):
        readout_form(twice)


@pytest.mark.parametrize("days", [2**53, 2**60, 2**64, 10**30, 10**3000], ids=lambda days: f"{len(str(days))} digits")
def test_a_form_that_is_taken_can_be_written_into_the_timeline(days: int) -> None:
    """One bidder must not be able to stop the opening of all."""
    with pytest.raises(InvalidForm):
        readout_form(sealed().replace(b"192", str(days).encode()))


LONG = ["quality", "project_manager", "currency"]


@pytest.mark.parametrize("name", LONG)
def test_a_form_with_a_megabyte_of_text_is_no_form(name: str) -> None:
    with pytest.raises(InvalidForm):
        readout_form(sealed(**{name: "x" * 1_000_000}))


@pytest.mark.parametrize("currency", ["", "cny", "CN", "CNYX", "￥", "USDT", "C Y"])
def test_a_currency_has_three_capitals(currency: str) -> None:
    with pytest.raises(InvalidForm):
        readout_form(sealed(currency=currency))


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\0", "\n", "\u2028", "\x1b", " "], ids=ascii)
def test_a_text_of_signs_that_nobody_sees_is_no_form(sign: str) -> None:
    with pytest.raises(InvalidForm):
        readout_form(sealed(project_manager=sign))


def field(name: str, kind: FieldKind, required: bool = True, choices: list[str] | None = None) -> FormField:
    return FormField(field=name, kind=kind, zh=name, en=name, required=required, choices=choices or [])


DECLARED = [
    field("provisional_sum", FieldKind.AMOUNT),
    field("delivery", FieldKind.DAYS),
    field("brand", FieldKind.TEXT, required=False),
    field("grade", FieldKind.CHOICE, choices=["合格", "优良"]),
    field("deposit_paid", FieldKind.BOOLEAN),
]
TOLD: dict[str, object] = {
    "provisional_sum": "1.50",
    "delivery": 30,
    "brand": "长城",
    "grade": "优良",
    "deposit_paid": True,
}


def told(**other: object) -> bytes:
    """A form of the tender that declares these fields."""
    return msgspec.json.encode({"price": "1", "currency": "CNY", "fields": TOLD | other})


def test_a_tender_declares_what_is_read_out() -> None:
    assert readout_form_of(told(), DECLARED).fields == TOLD


def test_a_field_may_be_left_out_only_where_the_tender_allows_it() -> None:
    without = {name: value for name, value in TOLD.items() if name != "brand"}
    raw = msgspec.json.encode({"price": "1", "currency": "CNY", "fields": without})
    assert readout_form_of(raw, DECLARED).fields == without
    with pytest.raises(InvalidForm, match="the field brand is missing"):
        readout_form_of(raw, [*DECLARED[:2], field("brand", FieldKind.TEXT), *DECLARED[3:]])


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"provisional_sum": 1}, "provisional_sum is not as declared"),
        ({"provisional_sum": "-1"}, "provisional_sum is not as declared"),
        ({"provisional_sum": True}, "provisional_sum is not as declared"),
        ({"delivery": "30"}, "delivery is not as declared"),
        ({"delivery": True}, "delivery is not as declared"),
        ({"delivery": 36_501}, "delivery is not as declared"),
        ({"brand": ""}, "brand is not as declared"),
        ({"brand": 7}, "brand is not as declared"),
        ({"grade": "一般"}, "grade is not one of the choices"),
        ({"grade": False}, "grade is not as declared"),
        ({"deposit_paid": "true"}, "deposit_paid is not as declared"),
        ({"deposit_paid": 1}, "deposit_paid is not as declared"),
        ({"discount": "1%"}, "does not declare"),
        ({"delivery": 30.0}, "cannot be read"),
        ({"delivery": None}, "cannot be read"),
        ({"delivery": ["30"]}, "cannot be read"),
    ],
    ids=str,
)
def test_a_field_is_of_the_kind_that_was_declared(other: dict[str, object], fault: str) -> None:
    with pytest.raises(InvalidForm, match=fault):
        readout_form_of(told(**other), DECLARED)
