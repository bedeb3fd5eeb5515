"""The socket at the front door: who gets in, and who does not."""

from typing import Any

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as Turned

from tests.gateway.house import BIDDERS, House
from tests.gateway.lines import SOCKET, joins

pytestmark = pytest.mark.asyncio(loop_scope="module")


ANN, BOB = BIDDERS


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
