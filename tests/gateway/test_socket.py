"""The socket at the front door: who gets in, and that whatever comes in is answered and ends no connection."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from socketio.exceptions import ConnectionError as Turned

from remote_bid.opening.terms import Role
from remote_bid.participant.presence import presence
from tests.gateway.house import BIDDERS, HALL, House
from tests.gateway.refusals import assert_refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN, BOB = BIDDERS
SOCKET = "/socket.io/?EIO=4&transport=websocket"
ANSWER_S = 5


@pytest_asyncio.fixture(loop_scope="module")
async def line(hall: House) -> AsyncIterator[Any]:
    """Ann's connection."""
    yield await hall.line(await hall.sign_in(ANN))
    await hall.hang_up()


async def joins(line: Any, session: str = HALL) -> Any:
    return await line.call("join", {"session": session}, timeout=ANSWER_S)


async def commands(line: Any, command: Any, session: Any = HALL) -> Any:
    return await line.call("command", {"session": session, "command": command}, timeout=ANSWER_S)


# Who gets in


async def test_a_browser_of_our_own_pages_may_watch(hall: House) -> None:
    answer = await joins(await hall.line())
    assert answer["joined"]["view"]["me"] == {"person": "", "role": "observer", "ask": "wait"}
    assert answer["joined"]["own_line"] == ""


async def test_who_is_signed_in_needs_no_origin(hall: House) -> None:
    answer = await joins(await hall.line(await hall.sign_in(ANN), origin=None))
    assert answer["joined"]["view"]["me"]["person"] == ANN
    assert len(answer["joined"]["own_line"]) == 22


@pytest.mark.parametrize("signed_in", [False, True], ids=["nobody", "signed in"])
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://{host}",
        "http://{host}.evil.example",
        "http://{host}/",
        "http://evil.example@{host}",
        "HTTP://{host}",
        "http://{host} http://evil.example",
        "http://{host}, http://evil.example",
        "file://",
        "*",
    ],
)
async def test_pages_of_any_other_origin_are_turned_away(hall: House, origin: str, signed_in: bool) -> None:
    token = await hall.sign_in(ANN) if signed_in else ""
    with pytest.raises(Turned):
        await hall.line(token, origin.format(host=hall.url.removeprefix("http://")))


async def test_nobody_without_origin_is_turned_away(hall: House) -> None:
    with pytest.raises(Turned):
        await hall.line(origin=None)


async def test_two_origins_are_not_better_than_one(hall: House) -> None:
    headers = [("Origin", hall.url), ("Origin", "https://evil.example")]
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await hall.http.ws_connect(hall.url + SOCKET, headers=headers)


@pytest.mark.parametrize("origin", ["own", None])
@pytest.mark.parametrize("token", ["forged", "A" * 43, "é", "x" * 10_000])
async def test_a_forged_token_is_turned_away_also_from_our_own_pages(hall: House, token: str, origin: str) -> None:
    with pytest.raises(Turned):
        await hall.line(token, origin)


@pytest.mark.parametrize(
    "auth", ['{"token":1}', '{"token":["x"]}', '{"token":{"x":1}}', '{"token":""}', '{"token":true}']
)
async def test_a_token_that_is_none_is_turned_away(hall: House, auth: str) -> None:
    async with hall.http.ws_connect(hall.url + SOCKET, headers={"Origin": hall.url}) as ws:
        await ws.receive_str()
        await ws.send_str(f"40{auth}")
        assert (await ws.receive_str()).startswith("44")


async def test_polling_is_refused(hall: House) -> None:
    url = f"{hall.url}/socket.io/?EIO=4&transport=polling"
    async with hall.http.get(url) as got, hall.http.post(url, data="40") as posted:
        assert (got.status, posted.status) == (400, 400)


@pytest.mark.parametrize("transport", ["polling", "websocket", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_sid_of_another_is_worth_nothing(hall: House, line: Any, method: str, transport: str) -> None:
    query = f"EIO=4&sid={line.eio.sid}" + (f"&transport={transport}" if transport else "")
    async with hall.http.request(method, f"{hall.url}/socket.io/?{query}", data=b"42" * (method == "POST")) as got:
        assert got.status == 400
        assert "socketio" not in (await got.text()).lower()
    assert (await joins(line))["ok"]


# What comes in

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


# Who may do what

CLOCKS = ["Tick", "OpenLobby", "CloseBids", "HoldOpening", "CloseWindow", "SettleBids"]


@pytest.mark.parametrize("kind", ["OpenRelease", "CloseOpening", *CLOCKS])
async def test_an_observer_may_watch_but_not_command(hall: House, kind: str) -> None:
    observer = await hall.line()
    assert (await joins(observer))["ok"]
    assert_refusal(await commands(observer, {"type": kind}), "not_signed_in")


@pytest.mark.parametrize("person", [ANN, "host-01", "supervisor-01", "clock", "log"])
@pytest.mark.parametrize("kind", CLOCKS)
async def test_nobody_does_what_is_the_clocks_whatever_its_name(hall: House, kind: str, person: str) -> None:
    somebody = await hall.line(await hall.sign_in(person))
    assert_refusal(await commands(somebody, {"type": kind}), "not_allowed")
    await hall.hang_up()


@pytest.mark.parametrize("person", [ANN, "host-01", "log"])
async def test_nobody_but_the_log_hands_in_checkpoints(hall: House, person: str) -> None:
    somebody = await hall.line(await hall.sign_in(person))
    record = {"type": "RecordCheckpoint", "covers": 1, "head": "", "note": "", "index": 0, "path": []}
    assert_refusal(await commands(somebody, record), "not_allowed")
    await hall.hang_up()


async def test_a_bidder_does_nothing_that_is_the_hosts(line: Any) -> None:
    assert_refusal(await commands(line, {"type": "OpenRelease"}), "not_allowed")
    assert_refusal(await commands(line, {"type": "ReadOut", "bid": "b"}), "not_allowed")


async def test_nobody_acts_with_what_another_signed(hall: House, line: Any) -> None:
    """Bob's own check-in, brought in by Ann."""
    stolen = hall.person(BOB).sign(presence(HALL, BOB, Role.BIDDER))
    answer = await commands(line, {"type": "CheckIn", "signed": msgspec.to_builtins(stolen)})
    assert_refusal(answer, "not_signed_by_you", "wrong_phase")
    taken = hall.person(BOB).sign(presence(HALL, ANN, Role.BIDDER))
    offered = {"type": "OfferCustodianKey", "signed": msgspec.to_builtins(taken)}
    assert_refusal(await commands(line, offered), "not_allowed")


async def test_a_custodian_cannot_offer_a_key_that_another_signed(hall: House) -> None:
    custodian = await hall.line(await hall.sign_in("custodian-01"))
    other = hall.person("custodian-02").sign(presence(HALL, "custodian-01", Role.CUSTODIAN))
    answer = await commands(custodian, {"type": "OfferCustodianKey", "signed": msgspec.to_builtins(other)})
    assert_refusal(answer, "not_signed_by_you")
    await hall.hang_up()


async def test_refusals_leave_nothing_in_the_session(line: Any) -> None:
    before = (await joins(line))["joined"]
    await commands(line, {"type": "OpenRelease"})
    await commands(line, {"type": "Tick"})
    after = (await joins(line))["joined"]
    assert (after["head"], after["n"]) == (before["head"], before["n"])
