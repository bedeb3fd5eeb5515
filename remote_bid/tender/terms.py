"""The words of a tender, as values. Money is a decimal string in the currency's major unit."""

import json
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from remote_bid.seal.canonical import jcs

READOUT_FORM = "readout_form"
"""The part of every bid that is read out."""

DRAW = "draw"
"""The part for which custodians hold the seeds of a draw, not of a bid."""


Amount = Annotated[str, msgspec.Meta(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?\Z")]
"""Money: ASCII digits, at most two decimals, below 10^15."""

_ODD = r"\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff"
UNPLAIN = f"[{_ODD}]"
"""A sign that ends, turns or hides the text around it."""

_PLAIN = rf"^(?=.*\S)[^{_ODD}]*\Z"

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_PLAIN)]
"""A line of text on a form."""

Heading = Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=_PLAIN)]
"""A name or title."""


Words = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=_PLAIN)]
"""What somebody states for the record: an objection, an answer, a reason."""

Remark = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=_PLAIN)]
"""What somebody says in the hall."""

Factor = Annotated[str, msgspec.Meta(pattern=r"^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?\Z")]
"""A value that a coefficient may take."""


class Coefficient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number that the tender leaves to a draw at the opening; every listed value is as likely as any other."""

    name: Heading
    values: Annotated[list[Factor], msgspec.Meta(min_length=1, max_length=1000)]


class Draw(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is drawn for a lot once its bids are opened (系数抽取)."""

    coefficients: Annotated[list[Coefficient], msgspec.Meta(min_length=1, max_length=20)]


class Lot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One lot: its ceiling price, how many bids it needs to be opened, what is drawn for it."""

    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    title: Heading
    ceiling_price: Amount
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")] = "CNY"
    minimum: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 3
    draw: Draw | None = None


class Tender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is tendered, by whom, in which trading centre."""

    code: Heading
    title: Heading
    trading_center: Heading
    tenderer: Heading
    lots: Annotated[list[Lot], msgspec.Meta(min_length=1, max_length=100)]


class ReadoutForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The readout form (开标一览表): what the host reads out of one bid."""

    price: Amount
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
    duration_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)]
    quality: Line
    project_manager: Line


class InvalidForm(ValueError):
    """The sealed bytes are no readout form."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are distinct: two readers of one form must not read two prices."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def readout_form(raw: bytes) -> ReadoutForm:
    """The form that was sealed: JSON with exactly its fields and a positive price in cents, or InvalidForm."""
    try:
        form = msgspec.convert(json.loads(raw.decode(), object_pairs_hook=_once), type=ReadoutForm)
        jcs(form)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InvalidForm("the readout form cannot be read") from error
    if Decimal(form.price) <= 0:
        raise InvalidForm("the price is not positive")
    return form
