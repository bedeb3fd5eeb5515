"""Tenders in OCDS 1.1: a release, a release package, a record package; bids by the bids extension."""

from typing import Any

from remote_bid.tender.standards.found import (
    Found,
    FoundBid,
    NotATender,
    bid_of,
    id_in,
    lots_in,
    name_of,
    objects_in,
    text_in,
)
from remote_bid.tender.terms import Tender

_MINIMUM = 3
_WHOLE = "1"


def speaks(document: dict[str, Any]) -> bool:
    """Whether the document is of this standard."""
    return "releases" in document or "records" in document or ("ocid" in document and "tender" in document)


def tender_in(document: dict[str, Any]) -> Found:
    """The tender as its last release leaves it, with the bids of the same process."""
    releases = _releases(document)
    last = next((release for release in reversed(releases) if isinstance(release.get("tender"), dict)), None)
    if last is None:
        raise NotATender("no release in the document tells of a tender", "文件中没有写明招标项目的发布内容")
    release: dict[str, Any] = {}
    for one in releases:
        if one.get("ocid") == last.get("ocid"):
            release = _merged(release, one)
    tender = release.get("tender")
    if not isinstance(tender, dict):
        raise NotATender("the last release takes the tender back", "最后一次发布撤回了招标项目")
    described = objects_in(tender.get("lots")) or [{"id": _WHOLE, "title": tender.get("title")}]
    lots = lots_in(described, tender.get("value"), _MINIMUM)
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
    """Releases, oldest first; a record's compiled release after its own. Links to releases elsewhere tell nothing."""
    if "records" in document:
        return [release for record in objects_in(document["records"]) for release in _of_record(record)]
    return _by_date(objects_in(document["releases"])) if "releases" in document else [document]


def _of_record(record: dict[str, Any]) -> list[dict[str, Any]]:
    compiled = record.get("compiledRelease")
    return _by_date(objects_in(record.get("releases"))) + ([compiled] if isinstance(compiled, dict) else [])


def _by_date(releases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(releases, key=lambda release: str(release.get("date") or ""))


def _merged(old: Any, new: Any) -> Any:
    """OCDS's merging in short: objects field by field, lists of things with ids thing by thing, null takes away."""
    if isinstance(old, dict) and isinstance(new, dict):
        both = {name: _merged(old.get(name), value) for name, value in new.items()}
        return {name: value for name, value in (old | both).items() if value is not None}
    if _things(old) and _things(new):
        things = {id_in(thing["id"]): thing for thing in old}
        for thing in new:
            things[id_in(thing["id"])] = _merged(things.get(id_in(thing["id"])), thing)
        return list(things.values())
    return new


def _things(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and id_in(item.get("id")) for item in value)


def _bids(bids: Any, lots: list[str]) -> list[FoundBid]:
    found = []
    details = objects_in(bids.get("details")) if isinstance(bids, dict) else []
    for number, bid in enumerate(details, start=1):
        if bid.get("status") == "draft":
            continue
        bidder = text_in(bid.get("id"), default=f"bid-{number}")
        name = name_of(bid.get("tenderers"), default=f"bidder {number}")
        related = bid.get("relatedLots")
        told = [id_in(lot) for lot in related] if isinstance(related, list) and related else lots
        found += [bid_of(bidder, name, lot, bid.get("value")) for lot in told if lot in lots]
    return found
