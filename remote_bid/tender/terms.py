"""The words of a tender, as values. Money is a decimal string in the currency's major unit."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NoReturn

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


class FieldKind(StrEnum):
    """What may stand in a field of the readout form: money, whole days, a line, one of several lines, yes or no."""

    AMOUNT = "amount"
    DAYS = "days"
    TEXT = "text"
    CHOICE = "choice"
    BOOLEAN = "boolean"


class FormField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field that the tender wants read out beside the price. A choice has `choices`, no other kind has."""

    field: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}\Z")]
    kind: FieldKind
    zh: Line
    en: Line
    required: bool = True
    choices: Annotated[list[Line], msgspec.Meta(max_length=50)] = []


USUAL_FORM = (
    FormField(field="duration_days", kind=FieldKind.DAYS, zh="工期（日历天）", en="Duration in days"),
    FormField(field="quality", kind=FieldKind.TEXT, zh="质量目标", en="Quality"),
    FormField(field="project_manager", kind=FieldKind.TEXT, zh="项目经理", en="Project manager"),
)
"""What a tender for works has read out, if it declares nothing else."""


class LotPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of every bid on a lot, an envelope of its own. Parts not `opened_here` stay sealed for the evaluation."""

    part: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}\Z")]
    opened_here: bool = False


class Lot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One lot: its ceiling price, how many bids it needs to be opened, the bid deposit that it asks for, whether
    consortia may bid on it, what is drawn for it, and the parts of a bid on it.
    """

    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    title: Heading
    ceiling_price: Amount
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")] = "CNY"
    minimum: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 3
    bid_deposit: Amount | None = None
    consortia: bool = False
    draw: Draw | None = None
    parts: Annotated[list[LotPart], msgspec.Meta(min_length=1, max_length=20)] = msgspec.field(
        default_factory=lambda: [LotPart(part=READOUT_FORM, opened_here=True)]
    )


class Tender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is tendered, by whom, in which trading centre."""

    code: Heading
    title: Heading
    trading_center: Heading
    tenderer: Heading
    lots: Annotated[list[Lot], msgspec.Meta(min_length=1, max_length=100)]
    form: Annotated[list[FormField], msgspec.Meta(max_length=40)] = msgspec.field(default_factory=lambda: [*USUAL_FORM])
    """What is read out of every bid beside its price, in this order."""


class ReadoutForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The readout form (开标一览表) of one bid: its price, and the fields that the tender declares."""

    price: Amount
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
    fields: dict[str, str | int | bool]


class SuspensionCause(StrEnum):
    """Why the clocks stand still; the last two are the server's own."""

    TECHNICAL_FAULT = "technical_fault"
    NETWORK_FAULT = "network_fault"
    CERTIFICATE_SERVICE = "certificate_service"
    EMERGENCY = "emergency"
    COMPLAINT = "complaint"
    CUSTODIANS_ABSENT = "custodians_absent"
    OUTAGE = "outage"


class Pause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A suspension that is over: from when to when, and why."""

    since: str
    until: str
    cause: SuspensionCause


class InvalidForm(ValueError):
    """The sealed bytes are no readout form of this tender."""


def readout_form(raw: bytes, declared: Sequence[FormField]) -> ReadoutForm:
    """The form that was sealed: JSON with a positive price in cents and exactly the declared fields, or InvalidForm."""
    try:
        read = json.loads(raw.decode(), object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number)
        form = msgspec.convert(read, type=ReadoutForm)
        jcs(form)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InvalidForm("the readout form cannot be read") from error
    if Decimal(form.price) <= 0:
        raise InvalidForm("the price is not positive")
    _require_declared(form.fields, declared)
    return form


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are distinct: two readers of one form must not read two prices."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def _no_number(_written: str) -> NoReturn:
    raise ValueError("only whole numbers are numbers here")


_KINDS: Mapping[FieldKind, Any] = {
    FieldKind.AMOUNT: Amount,
    FieldKind.DAYS: Annotated[int, msgspec.Meta(ge=0, le=36_500)],
    FieldKind.TEXT: Line,
    FieldKind.CHOICE: Line,
    FieldKind.BOOLEAN: bool,
}


def _require_declared(fields: Mapping[str, str | int | bool], declared: Sequence[FormField]) -> None:
    for field in declared:
        if field.field in fields:
            _require_kind(fields[field.field], field)
        elif field.required:
            raise InvalidForm(f"the field {field.field} is missing")
    if fields.keys() - {field.field for field in declared}:
        raise InvalidForm("there is a field that the tender does not declare")


def _require_kind(value: str | int | bool, field: FormField) -> None:
    try:
        msgspec.convert(value, type=_KINDS[field.kind])
    except msgspec.ValidationError as error:
        raise InvalidForm(f"the field {field.field} is not as declared") from error
    if field.kind is FieldKind.CHOICE and value not in field.choices:
        raise InvalidForm(f"the field {field.field} is not one of the choices")
