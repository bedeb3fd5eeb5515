"""Whatever comes in by a socket is answered, and ends no connection but, at worst, its own."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.gateway.house import BIDDERS, HALL, House
from tests.gateway.lines import ANSWER_S, SOCKET, commands, joins
from tests.gateway.refusals import assert_refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANN, BOB = BIDDERS


UNKNOWN = ["nowhere", "", " ", "\0", "../etc", "KB-2026-0001 ", "kb-2026-0001", "é" * 500, "'; drop table session --"]


@pytest.mark.parametrize("session", UNKNOWN)
async def test_an_unknown_session_is_none(line: Any, session: str) -> None:
    assert_refusal(await joins(line, session), "no_such_session")
    assert_refusal(await commands(line, {"type": "OpenRelease"}, session), "no_such_session")


JOINS: list[Any] = [
    None,
    0,
    "KB-2026-0001",
    [],
    {},
    {"session": None},
    {"session": 1},
    {"session": ["KB-2026-0001"]},
    {"session": HALL, "since": "0"},
    {"session": HALL, "since": None},
    {"session": HALL, "since": 1.5},
    {"session": HALL, "since": True},
    {"session": HALL, "since": [1]},
    {"session": HALL, "person": BOB},
    {"session": HALL, "role": "supervisor"},
]


@pytest.mark.parametrize("body", JOINS, ids=repr)
async def test_a_malformed_join_is_refused_and_the_line_kept(line: Any, body: Any) -> None:
    assert_refusal(await line.call("join", body, timeout=ANSWER_S), "malformed")
    assert (await joins(line))["ok"]


@pytest.mark.parametrize("since", [-1, -(2**63), 1, 2, 2**31, 2**63, 10**30])
async def test_a_join_from_anywhere_brings_what_is_missing(line: Any, since: int) -> None:
    whole = (await joins(line))["joined"]["entries"]
    answer = await line.call("join", {"session": HALL, "since": since}, timeout=ANSWER_S)
    assert answer["joined"]["entries"] == whole[max(since, 0) :]


COMMANDS: list[Any] = [
    None,
    0,
    "OpenRelease",
    [],
    {},
    {"type": None},
    {"type": 1},
    {"type": "Nonsense"},
    {"type": "openrelease"},
    {"type": "Opening"},
    {"type": "OpenRelease", "by": {"person": "host-01", "role": "host"}},
    {"type": "OpenRelease", "person": "host-01"},
    {"type": "OpenRelease", "at": "2026-11-22T01:30:00.000Z"},
    {"type": "ReadOut"},
    {"type": "ReadOut", "bid": 1},
    {"type": "ReadOut", "bid": None},
    {"type": "CheckIn", "signed": {}},
    {"type": "CheckIn", "signed": {"statement": {}, "certificates": []}},
    {
        "type": "CheckIn",
        "signed": {"statement": {"payloadType": "", "payload": "", "signatures": 1}, "certificates": []},
    },
    {"type": "SubmitBid", "lot": "1", "parts": {}},
    {"type": "SubmitBid", "lot": "1", "parts": [None]},
    {"type": "RecordCheckpoint", "covers": "1", "head": "", "note": "", "index": 0, "path": []},
    {"type": "RecordCheckpoint", "covers": 1.5, "head": "", "note": "", "index": 0, "path": []},
]


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
async def test_a_malformed_command_is_refused_and_the_line_kept(line: Any, command: Any) -> None:
    assert_refusal(await commands(line, command), "malformed")
    assert (await joins(line))["ok"]


@pytest.mark.parametrize(
    "body", [None, 1, "x", [], {}, {"session": 1}, {"session": None}, {"command": {}}, {"session": HALL}]
)
async def test_a_malformed_call_is_refused_and_the_line_kept(line: Any, body: Any) -> None:
    assert_refusal(await line.call("command", body, timeout=ANSWER_S), "malformed")
    assert (await joins(line))["ok"]


SIGNED = [
    {"payloadType": "x", "payload": "", "signatures": []},
    {"payloadType": "x", "payload": "not base64!", "signatures": []},
    {"payloadType": "application/vnd.sbid.check_in+json", "payload": "e30", "signatures": []},
    {"payloadType": "application/vnd.sbid.check_in+json", "payload": "e30", "signatures": [{"keyid": "", "sig": ""}]},
]


@pytest.mark.parametrize("statement", SIGNED, ids=repr)
@pytest.mark.parametrize(
    "certificates", [[], [""], ["AAAA"], ["not base64!"], ["A" * 20_000]], ids=lambda c: str(c)[:12]
)
async def test_a_statement_that_nobody_signed_is_refused(line: Any, statement: Any, certificates: list[str]) -> None:
    signed = {"statement": statement, "certificates": certificates}
    assert_refusal(await commands(line, {"type": "CheckIn", "signed": signed}), "not_trusted")


async def test_a_message_just_below_the_limit_is_answered(line: Any) -> None:
    assert_refusal(await joins(line, "x" * 200_000), "no_such_session")


async def test_a_huge_message_ends_its_line_and_no_other(hall: House, line: Any) -> None:
    async with hall.http.ws_connect(hall.url + SOCKET, headers={"Origin": hall.url}) as ws:
        await ws.receive_str()
        await ws.send_str("40")
        await ws.receive_str()
        await ws.send_str('421["join",{"session":"' + "x" * 300_000 + '"}]')
        assert (await ws.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert ws.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    assert (await joins(line))["ok"]


class Raw:
    """A websocket on which anything can be said."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws, self._ids = ws, itertools.count(100)

    async def say(self, text: str | bytes) -> None:
        await (self._ws.send_bytes(text) if isinstance(text, bytes) else self._ws.send_str(text))

    async def is_heard(self) -> bool:
        """Whether a good join is answered."""
        number = next(self._ids)
        await self._ws.send_str(f'42{number}["join",{{"session":"{HALL}"}}]')
        said = ""
        while not said.startswith(f"43{number}"):
            try:
                said = await self._ws.receive_str(timeout=1)
            except (TimeoutError, aiohttp.WSMessageTypeError):
                return False
        return '"ok":true' in said

    @property
    def ended(self) -> bool:
        return self._ws.closed


@pytest_asyncio.fixture(loop_scope="module")
async def raw(hall: House) -> AsyncIterator[Raw]:
    async with hall.http.ws_connect(hall.url + SOCKET, headers={"Origin": hall.url}) as ws:
        await ws.receive_str()
        await ws.send_str("40")
        await ws.receive_str()
        yield Raw(ws)


NOISE: list[str | bytes] = [
    "42",
    "42[",
    "42[]",
    "421[]",
    "42{}",
    "42[1,2]",
    "42[null]",
    '421["join"',
    '42["join",1,2,3]',
    '42["join",' + "[" * 100_000,
    '42["join",' + '{"a":' * 50_000,
    '42["join","\\ud800"]',
    '42["join",1e999]',
    '42["join",NaN]',
    '42["nonsense",{}]',
    '42["frame",{"n":1}]',
    '42["emit","frame",{}]',
    '42["enter_room","x","y"]',
    '42["trigger_event","join"]',
    '42["disconnect"]',
    '42["__init__"]',
    f"42{'9' * 99}[]",
    f"42{'9' * 101}[]",
    '42/other,["join",{}]',
    "40/other,",
    "40",
    "43",
    "431[]",
    "43999[1]",
    "44",
    "4",
    "2",
    "3probe",
    "5",
    "6",
    "7",
    b"",
    b"\x00\xff",
]


@pytest.mark.parametrize("noise", NOISE, ids=lambda noise: f"{str(noise)[:24]} {len(noise)}")
async def test_noise_does_not_end_the_line(raw: Raw, noise: str | bytes) -> None:
    await raw.say(noise)
    assert await raw.is_heard()


@pytest.mark.parametrize("header", ['459999999999-["join"]', '451-["join",{"_placeholder":true,"num":7}]', "45", "46"])
async def test_a_client_cannot_make_the_server_keep_what_it_sends(raw: Raw, header: str) -> None:
    """An observer who announces ten digits of attachments of 256 KB each owns the server's memory."""
    await raw.say(header)
    for _ in range(20):
        await raw.say(bytes(10_000))
    assert await raw.is_heard() or raw.ended


async def test_nothing_is_compressed(hall: House) -> None:
    """Deflate costs 100 KB a connection, and lengths then tell of what else was sent."""
    async with hall.http.ws_connect(hall.url + SOCKET, headers={"Origin": hall.url}, compress=15) as ws:
        assert ws.compress == 0


@pytest.mark.parametrize("noise", ["", "zzz"])
async def test_an_impossible_packet_ends_the_line_in_order_if_at_all(hall: House, noise: str) -> None:
    async with hall.http.ws_connect(hall.url + SOCKET, headers={"Origin": hall.url}) as ws:
        await ws.receive_str()
        await ws.send_str(noise)
        assert (await ws.receive(timeout=1)).type is not aiohttp.WSMsgType.ERROR


async def test_nobody_changes_who_it_is_by_an_event_of_that_name(hall: House, line: Any) -> None:
    await line.emit("connect", ({"HTTP_ORIGIN": hall.url}, None))
    assert (await joins(line))["joined"]["view"]["me"]["person"] == ANN


@pytest.mark.parametrize("event", ["join", "command"])
async def test_a_call_with_too_many_arguments_is_answered(line: Any, event: str) -> None:
    assert_refusal(await line.call(event, ({"session": 1}, 1, 2), timeout=ANSWER_S), "malformed")
