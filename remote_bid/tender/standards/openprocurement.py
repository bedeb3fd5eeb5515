"""Tenders as openprocurement.api returns them (Prozorro): {data, config}, bids with lotValues."""

from typing import Any

from remote_bid.tender.standards.found import Found, FoundBid, NotATender, amount_in, name_of, objects_in, text_in
from remote_bid.tender.terms import Lot, Tender

_WHOLE = "1"
"""The lot of a tender that is not divided."""


def speaks(document: dict[str, Any]) -> bool:
    """Whether the document is of this standard."""
    data = document.get("data")
    return isinstance(data, dict) and ("tenderID" in data or "procurementMethodType" in data)


def tender_in(document: dict[str, Any]) -> Found:
    """The tender with every bid that is not a draft."""
    data = document["data"]
    whole = amount_in(data.get("value"))
    config = document.get("config")
    fewest = config.get("minBidsNumber") if isinstance(config, dict) else None
    minimum = fewest if isinstance(fewest, int) and not isinstance(fewest, bool) and fewest >= 0 else 3
    described = objects_in(data.get("lots")) or [{"id": _WHOLE, "title": data.get("title"), "value": data.get("value")}]
    lots = [lot for item in described if (lot := _lot(item, whole, minimum)) is not None]
    if not lots:
        raise NotATender("the tender tells no value, so there is no ceiling price")
    code = text_in(data.get("tenderID"), data.get("id"), default="tender")
    buyer = data.get("procuringEntity")
    tenderer = text_in(buyer.get("name") if isinstance(buyer, dict) else None, default=code)
    tender = Tender(
        code=code,
        title=text_in(data.get("title"), data.get("title_en"), default=code),
        trading_center=tenderer,
        tenderer=tenderer,
        lots=lots,
    )
    return Found(tender=tender, bids=_bids(objects_in(data.get("bids")), {lot.lot for lot in lots}))


def _lot(item: dict[str, Any], whole: tuple[str, str] | None, minimum: int) -> Lot | None:
    value = amount_in(item.get("value")) or whole
    name = item.get("id")
    if value is None or not isinstance(name, str) or not 0 < len(name) <= 64:
        return None
    title = text_in(item.get("title"), default=name)
    return Lot(lot=name, title=title, ceiling_price=value[0], currency=value[1], minimum=minimum)


def _bids(bids: list[dict[str, Any]], lots: set[str]) -> list[FoundBid]:
    found = []
    for number, bid in enumerate(bids, start=1):
        if bid.get("status") == "draft":
            continue
        name = name_of(bid.get("tenderers"), default=f"bidder {number}")
        bidder = text_in(bid.get("id"), default=f"bid-{number}")
        offers = objects_in(bid.get("lotValues")) or [{"relatedLot": lot, "value": bid.get("value")} for lot in lots]
        for offer in offers:
            if offer.get("relatedLot") in lots:
                amount = amount_in(offer.get("value"))
                lot = str(offer["relatedLot"])
                found.append(FoundBid(bidder=bidder, name=name, lot=lot, amount=amount[0] if amount else None))
    return found
