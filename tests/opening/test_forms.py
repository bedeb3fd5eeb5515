"""Readout forms: what can be read out is opened, what cannot is the bidder's fault, and no form stops the others."""

from functools import partial
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from remote_bid.opening.events import BidSettled
from remote_bid.opening.terms import Cause, Outcome
from remote_bid.tender.terms import USUAL_FORM, FieldKind, FormField, InvalidForm
from remote_bid.tender.terms import readout_form as readout_form_of
from tests.given import given
from tests.opening.actors import ALPHA, BETA, GAMMA
from tests.opening.acts import SETTLE, submit
from tests.opening.day import CONVENED, LOBBY, OPENS_LOBBY, UNSEAL, between, opening
from tests.opening.judged import revoked, settled
from tests.opening.preparing import schedule
from tests.opening.sealed import form_of
from tests.opening.tender import TENDER


def form(**changes: Any) -> bytes:
    own = msgspec.to_builtins(form_of(ALPHA))
    own["fields"] |= {name: changes.pop(name) for name in own["fields"] if name in changes}
    return msgspec.json.encode(own | changes)


readout_form = partial(readout_form_of, declared=USUAL_FORM)


UNREADABLE = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "no fields": b"{}",
    "no text": b"\xff\xfe",
    "nested a hundred thousand times": b"[" * 100_000,
    "cut short": form()[:-1],
    "more than one": form() + b"{}",
    "a field too many": form(discount="1%"),
    "a field too few": form().replace(b'"quality"', b'"quantity"'),
    "a price that is a number": form(price=9812345.67),
    "no price": form(price=None),
    "an empty price": form(price=""),
    "a price with commas": form(price="9,812,345.67"),
    "a price with its currency": form(price="¥9812345.67"),
    "a price in sixteens": form(price="0x10"),
    "a duration that is text": form(duration_days="300"),
    "half a day": form(duration_days=1.5),
    "half a character": form().replace(b"CNY", b"\\ud800"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_no_form(what: str) -> None:
    with pytest.raises(InvalidForm, match=r"cannot be read|the field \w+ is"):
        readout_form(UNREADABLE[what])


@pytest.mark.parametrize("price", ["0", "0.00"])
def test_nobody_builds_for_nothing(price: str) -> None:
    with pytest.raises(InvalidForm, match="not positive"):
        readout_form(form(price=price))


@pytest.mark.parametrize(
    "price",
    [
        "-1.00",
        "1.001",
        "NaN",
        "Infinity",
        "1E+10",
        "1E+999999999",
        "1_000",
        "１２",
        " 12 ",
        "+5",
        "5.",
        ".5",
        "005",
        "1" * 16,
    ],
)
def test_an_amount_has_one_spelling(price: str) -> None:
    with pytest.raises(InvalidForm):
        readout_form(form(price=price))


@pytest.mark.parametrize("price", ["0.01", "1", "9812345.6", "9812345.67", "10000000.01", "999999999999999.99"])
def test_any_amount_in_cents_is_a_price_even_above_the_ceiling(price: str) -> None:
    assert readout_form(form(price=price)).price == price


@pytest.mark.parametrize("days", [-1, 36_501, 2**53, 2**63 - 1, 2**64])
def test_a_duration_is_between_nothing_and_a_century(days: int) -> None:
    assert readout_form(form(duration_days=0)).fields["duration_days"] == 0
    with pytest.raises(InvalidForm):
        readout_form(form(duration_days=days))


@pytest.mark.parametrize("text", ["", "好" * 201])
def test_a_line_is_a_line(text: str) -> None:
    for field in ("quality", "project_manager"):
        with pytest.raises(InvalidForm):
            readout_form(form(**{field: text}))


@pytest.mark.parametrize("field", ["price", "currency", "quality"])
def test_a_line_has_no_line_end_and_no_control_character(field: str) -> None:
    own = {**msgspec.to_builtins(form_of(ALPHA)), **form_of(ALPHA).fields}[field]
    for text in (f"{own}\n", f"\u202e{own}", f"{own}\0"):
        with pytest.raises(InvalidForm):
            readout_form(form(**{field: text}))


def test_a_sealed_form_is_opened_word_for_word() -> None:
    event = settled(raw=form(price="9000000.1", quality="合格 A&B <b>"))
    assert event.outcome is Outcome.OPENED
    assert (event.form.price, event.form.fields["quality"]) == ("9000000.1", "合格 A&B <b>")


def test_whoever_sealed_no_form_has_revoked_and_stops_nobody() -> None:
    """Among them one that could not be hashed: it would stop the settlement of all."""
    for raw in (b"%PDF-1.7", form(price="-1"), form(duration_days=2**53)):
        revoked(settled(raw=raw), Cause.INVALID_FORM, "the readout form cannot be read")
    revoked(settled(raw=form(quality="")), Cause.INVALID_FORM, "the field quality is not as declared")
    revoked(settled(raw=form(price="0")), Cause.INVALID_FORM, "the price is not positive")


BRAND = FormField(field="brand", kind=FieldKind.TEXT, zh="品牌", en="Brand")
GRADE = FormField(field="grade", kind=FieldKind.CHOICE, zh="等级", en="Grade", choices=["一级", "二级"])


@pytest.mark.parametrize(
    "declared",
    [[BRAND, BRAND], [replace(BRAND, choices=["甲"])], [replace(GRADE, choices=[])]],
    ids=["one name twice", "choices for a line", "nothing to choose from"],
)
def test_a_tender_declares_its_fields_without_contradiction(declared: list[FormField]) -> None:
    given(opening).when(schedule(tender=replace(TENDER, form=declared))).then_refused("bad_form")


def test_what_is_read_out_is_what_the_tender_declares() -> None:
    """The same bytes are a form of one tender and none of another."""
    past = (schedule(tender=replace(TENDER, form=[BRAND, GRADE])), *CONVENED[1:])
    forms = {ALPHA: {"brand": "长城", "grade": "一级"}, BETA: {"brand": "长城", "grade": "三级"}}
    raw = {who: msgspec.json.encode({"price": "1", "currency": "CNY", "fields": told}) for who, told in forms.items()}
    bids = (submit(ALPHA, raw=raw[ALPHA]), submit(BETA, raw=raw[BETA]), submit(GAMMA))
    events = given(opening, past, *bids, OPENS_LOBBY, *between(LOBBY, UNSEAL)).when(SETTLE).happened()
    found = {event.bidder: event for event in events if isinstance(event, BidSettled)}
    read = found[ALPHA.person].form
    assert read is not None
    assert read.fields == forms[ALPHA]
    revoked(found[BETA.person], Cause.INVALID_FORM, "the field grade is not one of the choices")
    revoked(found[GAMMA.person], Cause.INVALID_FORM, "the field brand is missing")
