"""What a document of a public standard tells of a tender, in our words."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import msgspec

from remote_bid.tender.terms import UNPLAIN, Tender

_UNPLAIN = re.compile(UNPLAIN)
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 15


class NotATender(ValueError):
    """The document holds no tender that could be opened; the sentence says why."""


class FoundBid(msgspec.Struct, frozen=True, kw_only=True):
    """A bid in the document: its bidder's id there and name, its lot, its amount if it is told."""

    bidder: str
    name: str
    lot: str
    amount: str | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A tender and the bids that its document knows of."""

    tender: Tender
    bids: list[FoundBid]


def amount_in(value: Any) -> tuple[str, str] | None:
    """Amount (two decimals) and currency of an OCDS or openprocurement `value`; None unless it is positive money."""
    if not isinstance(value, dict):
        return None
    try:
        amount = Decimal(str(value.get("amount"))).quantize(_CENT, ROUND_HALF_UP)
    except InvalidOperation:
        return None
    currency = value.get("currency")
    known = isinstance(currency, str) and len(currency) == 3 and currency.isascii() and currency.isupper()
    return (str(amount), str(currency)) if known and 0 < amount < _MOST else None


def text_in(*candidates: Any, default: str) -> str:
    """The first text that says something, without signs that turn or hide text, shortened to what fits a heading."""
    texts = (" ".join(_UNPLAIN.sub(" ", text).split()) for text in candidates if isinstance(text, str))
    return next((text for text in texts if text), default)[:200]


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; whatever else it holds is passed over."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def name_of(parties: Any, default: str) -> str:
    """The name of the first party."""
    found = objects_in(parties)
    return text_in(*(party.get("name") for party in found), default=default)
