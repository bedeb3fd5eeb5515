"""The words of a tender, as values. Money is a decimal string in the currency's major unit."""

from decimal import Decimal, InvalidOperation

import msgspec

READOUT_FORM = "readout_form"
"""The part of every bid that is read out."""


class Lot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One lot: its ceiling price, and how many bids it needs to be opened."""

    lot: str
    title: str
    ceiling_price: str
    currency: str = "CNY"
    minimum: int = 3


class Tender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is tendered, by whom, in which trading centre."""

    code: str
    title: str
    trading_center: str
    tenderer: str
    lots: list[Lot]


class ReadoutForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The readout form (开标一览表): what the host reads out of one bid."""

    price: str
    currency: str
    duration_days: int
    quality: str
    project_manager: str


class InvalidForm(ValueError):
    """The sealed bytes are no readout form."""


def readout_form(raw: bytes) -> ReadoutForm:
    """The form that was sealed: JSON with exactly its fields and a positive price in cents, or InvalidForm."""
    try:
        form = msgspec.json.decode(raw, type=ReadoutForm)
        price = Decimal(form.price)
    except (msgspec.MsgspecError, InvalidOperation, UnicodeDecodeError) as error:
        raise InvalidForm("the readout form cannot be read") from error
    exponent = price.as_tuple().exponent
    if not price.is_finite() or price <= 0 or not isinstance(exponent, int) or exponent < -2:
        raise InvalidForm("the price is not an amount of money")
    if form.duration_days < 0:
        raise InvalidForm("the duration is negative")
    return form
