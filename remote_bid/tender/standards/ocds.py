"""Tenders in OCDS 1.1: a release, a release package, a record package; bids by the bids extension."""

from typing import Any

from remote_bid.tender.standards.found import Found, FoundBid, NotATender, amount_in, name_of, objects_in, text_in
from remote_bid.tender.terms import Lot, Tender

_MINIMUM = 3
_WHOLE = "1"


def speaks(document: dict[str, Any]) -> bool:
    """Whether the document is of this standard."""
    return "releases" in document or "records" in document or ("ocid" in document and "tender" in document)


def tender_in(document: dict[str, Any]) -> Found:
    """The latest release that tells of a tender."""
    release = next((r for r in reversed(_releases(document)) if isinstance(r.get("tender"), dict)), None)
    if release is None:
        raise NotATender("no release in the document tells of a tender")
    tender = release["tender"]
    whole = amount_in(tender.get("value"))
    described = objects_in(tender.get("lots")) or [{"id": _WHOLE, "title": tender.get("title")}]
    lots = [lot for item in described if (lot := _lot(item, whole)) is not None]
    if not lots:
        raise NotATender("the tender tells no value, so there is no ceiling price")
    code = text_in(release.get("ocid"), tender.get("id"), default="tender")
    buyer = tender.get("procuringEntity") or release.get("buyer")
    tenderer = text_in(buyer.get("name") if isinstance(buyer, dict) else None, default=code)
    found = Tender(
        code=code,
        title=text_in(tender.get("title"), tender.get("description"), default=code),
        trading_center=tenderer,
        tenderer=tenderer,
        lots=lots,
    )
    return Found(tender=found, bids=_bids(release.get("bids"), [lot.lot for lot in lots]))


def _releases(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Releases, oldest first; a record's compiled release after its own."""
    if "records" in document:
        return [release for record in objects_in(document["records"]) for release in _of_record(record)]
    return objects_in(document["releases"]) if "releases" in document else [document]


def _of_record(record: dict[str, Any]) -> list[dict[str, Any]]:
    compiled = record.get("compiledRelease")
    return objects_in(record.get("releases")) + ([compiled] if isinstance(compiled, dict) else [])


def _lot(item: dict[str, Any], whole: tuple[str, str] | None) -> Lot | None:
    value = amount_in(item.get("value")) or whole
    name = str(item.get("id") or "")
    if value is None or not 0 < len(name) <= 64:
        return None
    title = text_in(item.get("title"), default=name)
    return Lot(lot=name, title=title, ceiling_price=value[0], currency=value[1], minimum=_MINIMUM)


def _bids(bids: Any, lots: list[str]) -> list[FoundBid]:
    found = []
    details = objects_in(bids.get("details")) if isinstance(bids, dict) else []
    for number, bid in enumerate(details, start=1):
        if bid.get("status") == "draft":
            continue
        amount = amount_in(bid.get("value"))
        related = [lot for lot in bid.get("relatedLots") or lots if lot in lots]
        for lot in related:
            found.append(
                FoundBid(
                    bidder=text_in(bid.get("id"), default=f"bid-{number}"),
                    name=name_of(bid.get("tenderers"), default=f"bidder {number}"),
                    lot=lot,
                    amount=amount[0] if amount else None,
                )
            )
    return found
