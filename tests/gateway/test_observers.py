"""The snapshot for everybody: what an observer gets on joining, whoever asks, made once and kept by caches."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import pytest

from remote_bid.gateway.fanout import Line, Ready
from remote_bid.gateway.hub import Hub
from remote_bid.gateway.observers import FRESH_S
from remote_bid.participant.client import Client
from remote_bid.seal.canonical import b64
from remote_bid.seal.xwing import public_key
from remote_bid.tender.statements import CustodianKey
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline.desk import Folded
from remote_bid.timeline.entry import Who
from remote_bid.timeline.frame import Joined
from tests.gateway.house import BIDDERS, HALL, House, bearer
from tests.gateway.lines import commands, joins

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = f"/api/sessions/{HALL}/snapshot"


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


async def asked(hall: House, path: str = PATH, headers: Mapping[str, str] = {}) -> Answer:
    async with hall.http.get(hall.url + path, headers=headers) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


async def test_it_is_what_an_observer_gets_on_joining(hall: House) -> None:
    answer = await asked(hall)
    joined = (await joins(await hall.line()))["joined"]
    assert msgspec.json.decode(answer.body) == joined | {"n": 0}
    assert msgspec.json.decode(answer.body, type=Joined).own_line == ""
    await hall.hang_up()


@pytest.mark.parametrize("person", [*BIDDERS, "host-01", "supervisor-01"])
async def test_whoever_asks_gets_the_same(hall: House, person: str) -> None:
    answer = await asked(hall, headers=bearer(await hall.sign_in(person)))
    assert answer.body == (await asked(hall)).body


async def test_caches_may_keep_it_and_ask_whether_it_still_holds(hall: House) -> None:
    answer = await asked(hall)
    assert answer.headers["Cache-Control"] == f"public, max-age={FRESH_S}"
    tag = answer.headers["ETag"]
    again = await asked(hall, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert (await asked(hall, headers={"If-None-Match": '"other"'})).status == 200


async def test_with_the_next_entry_it_is_another_one(hall: House) -> None:
    before = await asked(hall)
    line = await hall.line(await hall.sign_in("custodian-01"))
    key = CustodianKey(session=HALL, lot="1", part=READOUT_FORM, public_key=b64(public_key(bytes(32))))
    signed = msgspec.to_builtins(hall.person("custodian-01").sign(key))
    answer = await commands(line, {"type": "OfferCustodianKey", "signed": signed})
    assert answer["ok"], answer
    after = await asked(hall, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status == 200
    assert msgspec.json.decode(after.body)["head"] > msgspec.json.decode(before.body)["head"]
    await hall.hang_up()


async def test_an_observer_begins_with_it_and_asks_the_socket_for_the_rest(
    hall: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[int] = []
    follow = Hub.follow

    def noted(hub: Hub, folded: Folded, who: Who, since: int, line: Line) -> Ready:
        asked_for.append(since)
        return follow(hub, folded, who, since, line)

    monkeypatch.setattr(Hub, "follow", noted)
    head = msgspec.json.decode((await asked(hall)).body)["head"]
    async with Client(hall.url, HALL, None).connected() as client:
        await client.until(lambda view: bool(asked_for))
        assert client.copy.head >= head
    assert asked_for[0] >= head


@pytest.mark.parametrize("session", ["KB-nowhere", "%40registry", "%00"])
async def test_an_unknown_session_has_none(hall: House, session: str) -> None:
    assert (await asked(hall, f"/api/sessions/{session}/snapshot")).status == 404
