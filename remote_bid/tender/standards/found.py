"""What a document of a public standard tells of a tender, in our words."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec

from remote_bid.tender.terms import UNPLAIN, Lot, Tender

_UNPLAIN = re.compile(UNPLAIN)
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 15
MOST_LOTS = 100
"""That one session opens."""


class NotATender(ValueError):
    """The document holds no tender that could be opened; the sentence says why, `zh` in Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class FoundBid(msgspec.Struct, frozen=True, kw_only=True):
    """A bid in the document: its bidder's id there and name, its lot; amount and currency if they are told."""

    bidder: str
    name: str
    lot: str
    amount: str | None
    currency: str | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A tender and the bids that its document knows of."""

    tender: Tender
    bids: list[FoundBid]


class Money(NamedTuple):
    """An amount with two decimals, and its currency where one is told."""

    amount: str
    currency: str | None


def money_in(value: Any) -> Money | None:
    """The money of an OCDS or openprocurement `value`; None unless it is a positive amount."""
    if not isinstance(value, dict):
        return None
    try:
        amount = Decimal(str(value.get("amount"))).quantize(_CENT, ROUND_HALF_UP)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 < amount < _MOST:
        return None
    currency = value.get("currency")
    known = isinstance(currency, str) and len(currency) == 3 and currency.isascii() and currency.isalpha()
    return Money(str(amount), str(currency).upper() if known else None)


def bid_of(bidder: str, name: str, lot: str, value: Any) -> FoundBid:
    """A bid on a lot, its amount by the document's `value`."""
    money = money_in(value) or Money("", None)
    return FoundBid(bidder=bidder, name=name, lot=lot, amount=money.amount or None, currency=money.currency)


def lots_in(described: list[dict[str, Any]], whole: Any, minimum: int) -> list[Lot]:
    """The lots that have a value, their own or that of the `whole` tender; NotATender if there is none, or too many."""
    fallback = money_in(whole) or Money("", None)
    lots: dict[str, Lot] = {}
    for item in described:
        name, money = id_in(item.get("id")), money_in(item.get("value")) or fallback
        currency = money.currency or fallback.currency
        if money.amount and currency and 0 < len(name) <= 64 and name not in lots:
            title = text_in(item.get("title"), default=name)
            lots[name] = Lot(
                lot=name,
                title=title,
                ceiling_price=money.amount,
                currency=currency,
                minimum=minimum,
                bid_deposit=_deposit(item.get("guarantee"), currency),
            )
    if not lots:
        raise NotATender(
            "the tender tells no value, so there is no ceiling price", "文件没有写明金额，无法得出最高投标限价"
        )
    if len(lots) > MOST_LOTS:
        raise NotATender(
            f"the tender has {len(lots)} lots; a session opens {MOST_LOTS} at most",
            f"项目有 {len(lots)} 个标段，一场开标至多 {MOST_LOTS} 个",
        )
    return list(lots.values())


def _deposit(guarantee: Any, currency: str) -> str | None:
    """The deposit that a lot asks for, where it is told in the lot's own currency."""
    money = money_in(guarantee)
    return money.amount if money and money.currency in (None, currency) else None


def id_in(value: Any) -> str:
    """An id as text: some publishers write numbers."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


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
