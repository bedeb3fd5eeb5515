"""An agency's draft: imported from a public standard, checked before anybody signs it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from remote_bid.tender.standards.by_hand import EXAMPLE
from tests.gateway.house import House, house
from tests.gateway.refusals import assert_refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")

OCDS = {
    "ocid": "ocds-213czf-1",
    "tender": {"id": "1", "title": "Road", "value": {"amount": 1000, "currency": "CNY"}},
    "bids": {"details": [{"id": "b", "status": "valid", "value": {"amount": 900, "currency": "CNY"}}]},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("house")) as found:
        yield found


async def asked(hall: House, path: str, body: Any) -> tuple[int, Any]:
    return await hall.post(f"/api/tenders/{path}", body, await hall.sign_in("host-01"))


async def test_a_public_document_becomes_a_draft_and_says_what_it_leaves_open(hall: House) -> None:
    status, answer = await asked(hall, "read", OCDS)
    assert status == 200
    assert (answer["tender"]["title"], answer["tender"]["lots"][0]["ceiling_price"]) == ("Road", "1000.00")
    assert [point["path"] for point in answer["open"]] == ["trading_center", "tenderer", "lots", "form", "bids"]
    assert all(point["zh"] and point["en"] for point in answer["open"])


async def test_a_tender_written_by_hand_leaves_nothing_open(hall: House) -> None:
    status, answer = await asked(hall, "read", EXAMPLE)
    assert (status, answer["open"]) == (200, [])


@pytest.mark.parametrize("body", [b"", b"<xml>", b"[]", b"{}", b'{"ocid":1,"tender":{}}', b'{"lots":[],"tenderer":""}'])
async def test_what_is_no_tender_is_refused_with_a_sentence(hall: House, body: bytes) -> None:
    status, refusal = await asked(hall, "read", body)
    assert status == 409
    assert_refusal(refusal, "not_a_tender")


async def test_a_draft_is_told_all_its_flaws_by_their_places(hall: House) -> None:
    status, answer = await asked(hall, "check", {"code": "", "lots": [{"lot": "1", "title": "x"}]})
    assert status == 200
    places = [flaw["path"] for flaw in answer["flaws"]]
    assert places == ["code", "title", "trading_center", "tenderer", "lots[0].ceiling_price"]
    assert (await asked(hall, "check", EXAMPLE))[1] == {"flaws": []}
