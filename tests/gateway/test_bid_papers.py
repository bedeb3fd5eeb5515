"""Bids' documents over HTTP: ranges of what was opened, for who may read it, and nothing that names a bidder."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from msgspec.structs import replace

from remote_bid.evaluation.terms import OpeningHead
from remote_bid.gateway.bid_papers import BidPapers
from remote_bid.gateway.doors import CALLER, Caller
from remote_bid.gateway.http import guard, headers_for
from remote_bid.gateway.volumes import Sealed, Volumes
from remote_bid.handover import opened_bids
from remote_bid.people.certificates import Certified
from remote_bid.seal.canonical import b64
from tests.evaluation.actors import ORDER
from tests.evaluation.actors import SESSION as EVALUATION
from tests.evaluation.day import DETAILED, MEMBERS, evaluation
from tests.given import given
from tests.opening.actors import BIDDERS
from tests.opening.day import TECHNICAL, opening
from tests.opening.sealed import SAFE, document_of
from tests.opening.tender import LOT
from tests.opening.test_parts import PARTS_CLOSED

OPENING = given(opening, PARTS_CLOSED).story.state
WORKING = given(evaluation, DETAILED).story.state
ME, RIVAL = MEMBERS["E01"], BIDDERS[0].person
ORIGIN = "https://house.example"

pytestmark = pytest.mark.asyncio


class Desk:
    """Two sessions: the closed opening, and an evaluation of what it has opened."""

    def __init__(self, state: Any) -> None:
        self._sessions = {
            OPENING.session: SimpleNamespace(session=SimpleNamespace(room="opening"), head=b"x", state=OPENING),
            EVALUATION: SimpleNamespace(
                session=SimpleNamespace(room="evaluation"), head=b"x", state=state, context=evaluation.context
            ),
        }

    async def look(self, session: str) -> Any:
        return self._sessions[session]


class Reader:
    """Somebody who asks for documents."""

    def __init__(self, client: TestClient[Any, Any], codes: dict[str, str]) -> None:
        self._client, self.codes = client, codes

    async def get(self, target: str, volume: str = TECHNICAL, person: str = ME, **headers: str) -> Any:
        path = f"/api/evaluations/{EVALUATION}/papers/{target}/{volume}"
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._client.request(told.pop("method", "GET"), path, headers={"As": person} | told)


@pytest_asyncio.fixture
async def reader() -> AsyncIterator[Reader]:
    volumes = Volumes(SAFE.open)
    documents, sealed = await volumes.measured(OPENING, LOT)
    assert sealed == []
    bids = opened_bids(OPENING, LOT, documents)
    codes = {f"T-{place}": bid for place, bid in enumerate(bid.bid for bid in bids)}
    head = OpeningHead(session=OPENING.session, seq=1, leaf=b64(bytes(32)))
    state = replace(
        WORKING,
        order=replace(ORDER, bids=bids, opening=head),
        codes={TECHNICAL: list(codes)},
        coded={(bid, TECHNICAL): code for code, bid in codes.items()},
    )

    @web.middleware
    async def known(request: web.Request, handler: Any) -> web.StreamResponse:
        person = Certified(person=request.headers["As"], name="", keyid="", spki=b"")
        request[CALLER] = Caller(person)
        answer: web.StreamResponse = await handler(request)
        return answer

    app = web.Application(middlewares=[guard(headers_for(ORIGIN)), known])
    app.add_routes(BidPapers(Desk(state), volumes).routes())  # type: ignore[arg-type]  # all that is asked of it
    async with TestClient(TestServer(app)) as client:
        yield Reader(client, codes)


async def test_a_member_reads_a_blind_volume_under_its_code(reader: Reader) -> None:
    for code, bid in reader.codes.items():
        answer = await reader.get(code)
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        bidder = next(who for who in BIDDERS if OPENING.bids[bid].bidder == who.person)
        assert await answer.read() == document_of(bidder, TECHNICAL)


async def test_no_header_tells_whose_it_is(reader: Reader) -> None:
    for code, bid in reader.codes.items():
        headers = str((await reader.get(code)).headers)
        of = OPENING.bids[bid]
        assert not any(name in headers for name in (bid, of.bidder, of.name, of.readout_part().upload))
        assert f'filename="{code}.pdf"' in headers
        assert "no-store" in headers
        assert "Last-Modified" not in headers


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [("bytes=0-3", 0, 4), ("bytes=5-", 5, None), ("bytes=-4", -4, None), ("bytes=0-999999", 0, None)],
)
async def test_a_range_is_that_range(reader: Reader, asked: str, first: int, end: int | None) -> None:
    whole = await (await reader.get("T-0")).read()
    answer = await reader.get("T-0", Range=asked)
    told = range(len(whole))[first:end]
    assert (answer.status, await answer.read()) == (206, whole[first:end])
    assert answer.headers["Content-Range"] == f"bytes {told[0]}-{told[-1]}/{len(whole)}"
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=x-", "lines=1-2", "bytes=9-3"])
async def test_a_range_that_is_not_understood_is_the_whole(reader: Reader, asked: str) -> None:
    answer = await reader.get("T-0", Range=asked)
    assert (answer.status, len(await answer.read())) == (200, int(answer.headers["Content-Length"]))


async def test_a_range_beyond_the_end_is_refused_with_the_size(reader: Reader) -> None:
    size = (await reader.get("T-0")).headers["Content-Length"]
    answer = await reader.get("T-0", Range=f"bytes={size}-")
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{size}")


async def test_a_range_of_another_version_is_the_whole_of_this_one(reader: Reader) -> None:
    tag = (await reader.get("T-0")).headers["ETag"]
    assert (await reader.get("T-0", Range="bytes=0-3", If_Range=tag)).status == 206
    assert (await reader.get("T-0", Range="bytes=0-3", If_Range='"other"')).status == 200
    assert tag != (await reader.get("T-1")).headers["ETag"]


async def test_a_head_tells_the_size_and_opens_nothing(reader: Reader) -> None:
    answer = await reader.get("T-0", method="HEAD")
    assert (answer.status, await answer.read()) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


async def test_what_somebody_may_not_read_is_as_unknown_as_what_there_is_not(reader: Reader) -> None:
    """A bidder of its own, an agency, a member by the bid's id instead of the code: one answer."""
    bid = reader.codes["T-0"]
    asked = [("T-9", ME), (bid, ME), ("T-0", RIVAL), ("T-0", "agency"), ("T-0", "supervisor"), (bid, RIVAL)]
    told = [await reader.get(target, person=person) for target, person in asked]
    assert {answer.status for answer in told} == {404}
    assert len({(await answer.json())["code"] for answer in told}) == 1


async def test_the_answer_keeps_the_safety_headers(reader: Reader) -> None:
    answer = await reader.get("T-0")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_part_that_does_not_open_is_told_with_its_cause() -> None:
    withheld = replace(OPENING, bids={bid: replace(of, others={}) for bid, of in OPENING.bids.items()})
    _, sealed = await Volumes(SAFE.open).measured(withheld, LOT)
    assert sealed == [Sealed(bid, TECHNICAL, "not_released") for bid in OPENING.bids]
    _, sealed = await Volumes(SAFE.open).measured(replace(OPENING, entrusted={}), LOT)
    assert {told.cause for told in sealed} == {"keys_missing"}
    _, sealed = await Volumes(_nothing_there).measured(OPENING, LOT)
    assert {told.cause for told in sealed} == {"not_there"}


def _nothing_there(session: str, person: str, upload: str) -> Any:
    raise KeyError(upload)
