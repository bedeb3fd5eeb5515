"""Tenders written in public standards: OCDS 1.1 (release, release package, record package) and openprocurement."""

import json
from typing import Any

from remote_bid.tender.standards import ocds, openprocurement
from remote_bid.tender.standards.found import Found, FoundBid, NotATender

__all__ = ["Found", "FoundBid", "NotATender", "read_tender"]


def read_tender(raw: bytes) -> Found:
    """The tender in a JSON document of either standard; NotATender says in a sentence why there is none."""
    try:
        document: Any = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotATender("the file is not JSON") from error
    if not isinstance(document, dict):
        raise NotATender("the file is no tender: a JSON object is expected")
    if openprocurement.speaks(document):
        return openprocurement.tender_in(document)
    if ocds.speaks(document):
        return ocds.tender_in(document)
    raise NotATender("the file is no tender: neither OCDS 1.1 nor openprocurement")
