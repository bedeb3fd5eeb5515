"""Tenders as documents: OCDS 1.1 (release, release package, record package), openprocurement, or written by hand."""

import json
from typing import Any

from remote_bid.tender.standards import by_hand, ocds, openprocurement
from remote_bid.tender.standards.found import Found, FoundBid, NotATender

__all__ = ["Found", "FoundBid", "NotATender", "read_tender"]


def read_tender(raw: bytes) -> Found:
    """The tender in a JSON document; NotATender says in a sentence why there is none."""
    try:
        document: Any = json.loads(raw)
        return _found(document)
    except RecursionError as error:
        raise NotATender("the file is no tender: it is nested too deeply", "文件嵌套过深，不是招标项目") from error
    except NotATender:
        raise
    except ValueError as error:
        raise NotATender("the file is not JSON", "文件不是 JSON 格式") from error


def _found(document: Any) -> Found:
    if not isinstance(document, dict):
        raise NotATender("the file is no tender: a JSON object is expected", "文件不是招标项目：应为一个 JSON 对象")
    if openprocurement.speaks(document):
        return openprocurement.tender_in(document)
    if ocds.speaks(document):
        return ocds.tender_in(document)
    if by_hand.speaks(document):
        return by_hand.tender_in(document)
    raise NotATender(
        "the file is no tender: neither OCDS 1.1 nor openprocurement nor one written by hand",
        "文件不是招标项目：既不是 OCDS 1.1，也不是 openprocurement，也不是按本系统格式写的",
    )
