"""Tenders as openprocurement.api returns them (Prozorro): {data, config}, bids with lotValues."""

from typing import Any

from remote_bid.tender.standards.found import Found, FoundBid, bid_of, id_in, lots_in, name_of, objects_in, text_in
from remote_bid.tender.terms import Tender

_WHOLE = "1"
"""The lot of a tender that is not divided."""


_MINIMUM, _MOST_MINIMUM = 3, 1000


def speaks(document: dict[str, Any]) -> bool:
    """Whether the document is of this standard."""
    data = _data(document)
    return isinstance(data, dict) and ("tenderID" in data or "procurementMethodType" in data)


def tender_in(document: dict[str, Any]) -> Found:
    """The tender with every bid that is not a draft."""
    data = _data(document)
    described = objects_in(data.get("lots")) or [
        {"id": _WHOLE, "title": data.get("title"), "guarantee": data.get("guarantee")}
    ]
    lots = lots_in(described, data.get("value"), _minimum(document.get("config")))
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
    return Found(tender=tender, bids=_bids(objects_in(data.get("bids")), [lot.lot for lot in lots]))


def _data(document: dict[str, Any]) -> Any:
    """What the interface wraps in `data`; dumps do not."""
    return document.get("data", document)


def _minimum(config: Any) -> int:
    fewest = config.get("minBidsNumber") if isinstance(config, dict) else None
    told = isinstance(fewest, int) and not isinstance(fewest, bool) and 0 <= fewest <= _MOST_MINIMUM
    return int(fewest) if told and fewest is not None else _MINIMUM


def _bids(bids: list[dict[str, Any]], lots: list[str]) -> list[FoundBid]:
    found = []
    for number, bid in enumerate(bids, start=1):
        if bid.get("status") == "draft":
            continue
        name = name_of(bid.get("tenderers"), default=f"bidder {number}")
        bidder = text_in(bid.get("id"), default=f"bid-{number}")
        offers = objects_in(bid.get("lotValues")) or [{"relatedLot": lot, "value": bid.get("value")} for lot in lots]
        for offer in offers:
            if (lot := id_in(offer.get("relatedLot"))) in lots:
                found.append(bid_of(bidder, name, lot, offer.get("value")))
    return found
