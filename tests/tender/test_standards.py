"""Odd documents of public standards: what counts as a bid, a lot, an amount; and what is no tender."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from remote_bid.demo.programme import found_programme
from remote_bid.tender.standards import Found, NotATender, read_tender
from remote_bid.tender.terms import Tender

UAH = {"amount": 1000, "currency": "UAH"}


def openprocurement(bids: Any = None, config: Any = None, **data: Any) -> Any:
    whole = {"tenderID": "UA-1", "title": "Paper", "value": UAH, "bids": bids or []} | data
    return {"data": whole} | ({"config": config} if config is not None else {})


def release(**fields: Any) -> Any:
    tender = {"id": "t", "title": "Road", "value": {"amount": 1000, "currency": "EUR"}} | fields.pop("tender", {})
    return {"ocid": "ocds-1", "id": "r", "date": "2026-01-01T00:00:00Z", "tender": tender} | fields


def bids(*details: Any) -> Any:
    return {"details": list(details)}


def read(document: Any) -> Found:
    found = read_tender(json.dumps(document).encode())
    msgspec.convert(msgspec.to_builtins(found.tender), type=Tender)
    return found


def amounts(document: Any) -> list[str | None]:
    return [bid.amount for bid in read(document).bids]


# Which bids count


@pytest.mark.parametrize("status", ["active", "pending", "invalid", "unsuccessful", "withdrawn", "deleted", None, 7])
def test_every_bid_that_is_not_a_draft_counts(status: Any) -> None:
    both = [{"id": "a", "status": status, "value": UAH}, {"id": "b", "status": "draft", "value": UAH}]
    assert [bid.bidder for bid in read(openprocurement(both)).bids] == ["a"]
    assert [bid.bidder for bid in read(release(bids=bids(*both))).bids] == ["a"]


def test_a_bid_on_several_lots_counts_in_each() -> None:
    lots = [{"id": name, "value": UAH} for name in ("x", "y", "z")]
    offers = [{"relatedLot": "x", "value": UAH}, {"relatedLot": "z", "value": None}, {"relatedLot": "?", "value": UAH}]
    found = read(openprocurement([{"id": "a", "lotValues": offers}, {"id": "b", "value": UAH}], lots=lots)).bids
    assert [(bid.bidder, bid.lot, bid.amount) for bid in found] == [
        ("a", "x", "1000.00"),
        ("a", "z", None),
        *(("b", lot, "1000.00") for lot in ("x", "y", "z")),
    ]


@pytest.mark.parametrize(
    ("related", "counted"),
    [(["x"], ["x"]), (["y", "x"], ["y", "x"]), ([], ["x", "y"]), (None, ["x", "y"]), ("x", ["x", "y"]), (["?"], [])],
)
def test_an_ocds_bid_counts_in_its_related_lots(related: Any, counted: list[str]) -> None:
    tender = {"lots": [{"id": "x", "value": UAH}, {"id": "y", "value": UAH}]}
    document = release(tender=tender, bids=bids({"id": "a", "relatedLots": related, "value": UAH}))
    assert [bid.lot for bid in read(document).bids] == counted


def test_ids_may_be_numbers() -> None:
    tender = {"lots": [{"id": 1, "value": UAH}]}
    [bid] = read(release(tender=tender, bids=bids({"id": 5, "relatedLots": [1], "value": UAH}))).bids
    assert bid.lot == "1"


@pytest.mark.parametrize("odd", [None, [], "none", {"details": None}, {"details": ["x", 5, None]}])
def test_a_tender_without_bids_is_played_with_three_simulated_ones(odd: Any) -> None:
    found = read(release(bids=odd))
    assert found.bids == []
    prices = [Decimal(c.forms["1"].price) for c in found_programme(found, 1).contenders]
    assert len(prices) == 3
    assert all(900 <= price <= 1000 for price in prices)


# Amounts


@pytest.mark.parametrize(
    ("amount", "read_as"),
    [
        (500, "500.00"),
        ("600", "600.00"),
        ("500.5", "500.50"),
        (0.125, "0.13"),
        (500.004, "500.00"),
        (None, None),
        ("", None),
        ("1 234,50", None),
        (0, None),
        (-5, None),
        (0.001, None),
        (True, None),
        ([], None),
        (1e15, None),
        (float("nan"), None),
        (float("inf"), None),
        ("NaN", None),
        ("sNaN", None),
        ("1e999999", None),
    ],
    ids=repr,
)
def test_an_amount_is_positive_money_or_missing(amount: Any, read_as: str | None) -> None:
    bid = {"id": "a", "value": {"amount": amount, "currency": "UAH"}}
    assert amounts(openprocurement([bid])) == [read_as]
    assert amounts(release(bids=bids(bid))) == [read_as]


@pytest.mark.parametrize("value", [None, 5, "5", [], {}, {"currency": "UAH"}], ids=repr)
def test_missing_amounts_are_seeded_within_a_tenth_and_counted(value: Any) -> None:
    told = {"id": "told", "value": UAH}
    found = read(openprocurement([told, *({"id": f"b{n}", "value": value} for n in range(20))]))
    programme = found_programme(found, 1)
    prices = [Decimal(contender.forms["1"].price) for contender in programme.contenders]
    assert programme.seeded == 20
    assert prices[0] == 1000
    assert all(900 <= price <= 1100 for price in prices)
    assert len(set(prices)) > 15


@pytest.mark.parametrize(
    ("currency", "read_out"), [("EUR", "EUR"), ("uah", "UAH"), (None, "UAH"), ("€", "UAH"), (5, "UAH")]
)
def test_an_amount_that_is_told_keeps_its_currency(currency: Any, read_out: str) -> None:
    found = read(openprocurement([{"id": "a", "value": {"amount": 900, "currency": currency}}]))
    [contender] = found_programme(found, 1).contenders
    assert (contender.forms["1"].price, contender.forms["1"].currency) == ("900.00", read_out)


# The fewest bids


ODD_MINIMA: list[Any] = [-1, 1001, "2", 2.5, True, None, []]
ODD_CONFIGS: list[Any] = [*({"minBidsNumber": odd} for odd in ODD_MINIMA), None, {}, [], "x"]


@pytest.mark.parametrize(
    ("config", "minimum"),
    [({"minBidsNumber": n}, n) for n in (0, 1, 2, 7, 1000)] + [(odd, 3) for odd in ODD_CONFIGS],
)
def test_three_bids_are_needed_unless_the_document_says_otherwise(config: Any, minimum: int) -> None:
    [lot] = read(openprocurement(config=config)).tender.lots
    assert lot.minimum == minimum
    assert read(release()).tender.lots[0].minimum == 3


# Lots


def test_a_lot_without_a_value_has_that_of_the_whole() -> None:
    lots = [{"id": "x"}, {"id": "y", "value": {"amount": 7}}, {"id": "z", "value": {"amount": 8, "currency": "EUR"}}]
    for document in (openprocurement(lots=lots), release(tender={"lots": lots, "value": UAH})):
        found = [(lot.ceiling_price, lot.currency) for lot in read(document).tender.lots]
        assert found == [("1000.00", "UAH"), ("7.00", "UAH"), ("8.00", "EUR")]


def test_a_cancelled_lot_is_played_as_it_stands() -> None:
    lots = [{"id": "x", "status": "cancelled", "value": UAH}, {"id": "y", "value": UAH}]
    assert [lot.lot for lot in read(openprocurement(lots=lots)).tender.lots] == ["x", "y"]


def test_of_two_lots_of_one_name_the_first_counts() -> None:
    lots = [{"id": "x", "value": UAH}, {"id": "x", "value": {"amount": 5, "currency": "UAH"}}]
    assert [lot.ceiling_price for lot in read(openprocurement(lots=lots)).tender.lots] == ["1000.00"]


# Releases


@pytest.mark.parametrize("gone", [None, "cancelled", [], 7])
def test_a_tender_that_the_last_release_takes_back_is_none(gone: Any) -> None:
    first = release(date="2026-01-01T00:00:00Z")
    with pytest.raises(NotATender):
        read({"releases": [first, first | {"date": "2026-01-02T00:00:00Z", "tender": gone}]})


def test_amendments_are_merged_in_the_order_of_their_dates() -> None:
    old = release(tender={"lots": [{"id": "x", "title": "X"}, {"id": "y", "title": "Y"}]})
    new = {
        "ocid": "ocds-1",
        "date": "2026-02-01T00:00:00Z",
        "tender": {"title": "Road, wider", "lots": [{"id": "y", "value": {"amount": 5, "currency": "EUR"}}]},
    }
    for releases in ([old, new], [new, old]):
        tender = read({"releases": releases}).tender
        assert tender.title == "Road, wider"
        assert [(lot.title, lot.ceiling_price) for lot in tender.lots] == [("X", "1000.00"), ("Y", "5.00")]


def test_bids_may_come_in_a_later_release() -> None:
    later = {"ocid": "ocds-1", "date": "2026-03-01T00:00:00Z", "bids": bids({"id": "a", "value": UAH})}
    stranger = {"ocid": "ocds-2", "date": "2026-04-01T00:00:00Z", "bids": bids({"id": "b", "value": UAH})}
    assert [bid.bidder for bid in read({"releases": [release(), later, stranger]}).bids] == ["a"]


def test_what_null_takes_away_is_gone() -> None:
    amended = {"ocid": "ocds-1", "date": "2026-02-01T00:00:00Z", "tender": {"value": None}}
    with pytest.raises(NotATender, match="no value"):
        read({"releases": [release(), amended]})


def test_a_record_of_links_is_read_by_its_compiled_release() -> None:
    link = {"url": "https://example.org/r", "date": "2026-01-01T00:00:00Z", "tag": ["tender"]}
    record = {"ocid": "ocds-1", "releases": [link], "compiledRelease": release()}
    assert read({"records": [record]}).tender.title == "Road"
    with pytest.raises(NotATender, match="no release"):
        read({"records": [{"ocid": "ocds-1", "releases": [link]}]})


def test_openprocurement_may_come_without_its_wrapping() -> None:
    assert read(openprocurement()["data"]).tender == read(openprocurement()).tender


@pytest.mark.parametrize(
    "document",
    [
        openprocurement(value=None),
        openprocurement(value={"amount": 5}),
        openprocurement(value={"amount": 0, "currency": "UAH"}),
        openprocurement(lots=[{"id": f"{n}", "value": UAH} for n in range(101)]),
        release(tender={"value": None}),
        {"releases": []},
        {"releases": ["https://example.org"]},
        {"releases": None},
        {"records": {}},
        {"data": {}},
        {"data": None, "tenderID": "x"},
        {},
        [],
        "tender",
        5,
        None,
    ],
    ids=str,
)
def test_what_is_no_tender_is_said_in_a_sentence(document: Any) -> None:
    with pytest.raises(NotATender, match=r"\w+ \w+ \w+"):
        read(document)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"PK\3\4", b"[" * 100_000, b'{"data":' * 100_000], ids=len)
def test_what_is_no_json_is_said_in_a_sentence(raw: bytes) -> None:
    with pytest.raises(NotATender, match=r"\w+ \w+ \w+"):
        read_tender(raw)
