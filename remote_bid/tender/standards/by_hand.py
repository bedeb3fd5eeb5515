"""A tender that an agency writes itself: the fields of `Tender` as JSON, with an example and a JSON Schema.

Every flaw is told at once, by its place, in Chinese and English.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from remote_bid.tender.sound import unsound
from remote_bid.tender.standards.found import MOST_LOTS, Found, NotATender
from remote_bid.tender.terms import Lot, Tender

EXAMPLE = Tender(
    code="QXZB-2026-0107",
    title="青溪县河道综合整治工程施工",
    trading_center="青溪县公共资源交易中心",
    tenderer="青溪县水利局",
    lots=[Lot(lot="1", title="施工一标段", ceiling_price="12800000.00", bid_deposit="250000.00")],
)


class Flaw(NamedTuple):
    """What is wrong at one place of the document."""

    path: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.path}: {self.zh} / {self.en}" if self.path else f"{self.zh} / {self.en}"


_HEADING = ("应为 1 至 300 字的一行文字", "a line of 1 to 300 characters is expected")
_EXPECTED = {
    "code": _HEADING,
    "title": _HEADING,
    "trading_center": _HEADING,
    "tenderer": _HEADING,
    "lots": ("应为 1 至 100 个标段的列表", "a list of 1 to 100 lots is expected"),
    "lot": ("标段编号应为 1 至 64 字的文字", "the lot's number is expected: a text of 1 to 64 characters"),
    "ceiling_price": (
        '最高投标限价应写成带引号的数，如 "12800000.00"，至多两位小数',
        'the ceiling price is expected in quotation marks, such as "12800000.00", with at most two decimals',
    ),
    "currency": ("币种应为三个大写字母，如 CNY", "the currency is expected as three capital letters, such as CNY"),
    "bid_deposit": (
        '投标保证金应写成带引号的数，如 "250000.00"；不要求的写 null',
        'the bid deposit is expected in quotation marks, such as "250000.00", or null where none is asked for',
    ),
    "minimum": (
        "最少投标人数应为 0 至 1000 的整数",
        "the least number of bids is expected as a whole number from 0 to 1000",
    ),
}


def speaks(document: dict[str, Any]) -> bool:
    """Whether the document means to be such a tender."""
    return "lots" in document and ("trading_center" in document or "tenderer" in document)


def tender_in(document: dict[str, Any]) -> Found:
    """The tender, without bids; NotATender names every flaw."""
    if found := flaws(document):
        raise NotATender("; ".join(map(str, found)), "；".join(f"{flaw.path}：{flaw.zh}" for flaw in found))
    return Found(tender=msgspec.convert(_told(document), type=Tender), bids=[])


def flaws(document: Any) -> list[Flaw]:
    """Everything that is wrong with a document; nothing, if it is a tender."""
    if not isinstance(document, dict):
        return [Flaw("", "应为一个 JSON 对象", "a JSON object is expected")]
    told = _told(document)
    if found := list(_in_struct(told, Tender, "")):
        return found
    return [Flaw(wrong.path, wrong.zh, wrong.en) for wrong in unsound(msgspec.convert(told, type=Tender))]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of such a document, for editors."""
    [schema], components = msgspec.json.schema_components([Tender], ref_template="#/$defs/{name}")
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": components}
    return json.loads(json.dumps(whole).replace(r"\\Z", "$"))  # type: ignore[no-any-return]  # editors end a text by $


def _told(document: dict[str, Any]) -> dict[str, Any]:
    """What the document says, without the name of its schema, which editors write there."""
    return {name: value for name, value in document.items() if name != "$schema"}


def _in_struct(value: dict[str, Any], kind: type[msgspec.Struct], path: str) -> Iterator[Flaw]:
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for name in sorted(value.keys() - fields.keys()):
        yield Flaw(path + name, "没有这个字段", "there is no such field")
    for name, field in fields.items():
        if name not in value:
            if field.required:
                yield Flaw(path + name, "缺少此字段", "this field is missing")
        elif name == "lots":
            yield from _in_lots(value[name], path + name)
        else:
            yield from _in_field(value[name], field.type, path, name)


def _in_lots(lots: Any, path: str) -> Iterator[Flaw]:
    if not isinstance(lots, list) or not 1 <= len(lots) <= MOST_LOTS or not all(isinstance(lot, dict) for lot in lots):
        yield Flaw(path, *_EXPECTED["lots"])
        return
    for number, lot in enumerate(lots):
        yield from _in_struct(lot, Lot, f"{path}[{number}].")
    names = [str(lot.get("lot")) for lot in lots]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Flaw(f"{path}[{number}].lot", "标段编号重复", "another lot has this number")


def _in_field(value: Any, kind: Any, path: str, name: str) -> Iterator[Flaw]:
    try:
        msgspec.convert(value, type=kind)
    except msgspec.ValidationError as error:
        yield Flaw(path + name, *_EXPECTED.get(name, ("内容格式有误", str(error))))
    else:
        if name == "ceiling_price" and Decimal(value) <= 0:
            yield Flaw(path + name, "最高投标限价应大于零", "the ceiling price must be more than nothing")
