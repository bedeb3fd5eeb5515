"""What a formula is asked about: bids, the ceiling price, drawn numbers, and what happened since."""

from typing import Annotated

import msgspec

from remote_bid.evaluation.price.exact import Number, Price
from remote_bid.evaluation.price.terms import Formula
from remote_bid.tender.terms import Heading


class Units(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many units of a rule's adjustment a bid gets."""

    rule: Heading
    units: Number = "1"


class PricedBid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An opened bid, with what the formula's rules know it by."""

    bidder: Heading
    price: Price
    passed: bool = True
    flags: list[Heading] = []
    adjustments: Annotated[list[Units], msgspec.Meta(max_length=50)] = []


class Corrected(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="arithmetic_error", tag_field="what"
):
    """After the benchmark was calculated an arithmetic error was mended: this is the price now."""

    bidder: Heading
    price: Price


class Rejected(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="rejection", tag_field="what"
):
    """After the benchmark was calculated the bid was rejected."""

    bidder: Heading


Happening = Corrected | Rejected


class PriceCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A formula, the bids, and what it needs besides: the ceiling price, drawn numbers by name, what happened since."""

    formula: Formula
    bids: Annotated[list[PricedBid], msgspec.Meta(min_length=1, max_length=10_000)]
    ceiling_price: Price | None = None
    drawn: dict[str, Number] = {}
    happened: list[Happening] = []
