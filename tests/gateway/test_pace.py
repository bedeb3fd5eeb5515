"""Floods: whoever comes too often is refused for a while, and nobody else is."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from aiohttp import ClientTimeout
from socketio.exceptions import ConnectionError as Turned

from remote_bid.config import BadSettings, read_settings
from remote_bid.gateway import doors
from remote_bid.gateway.pace import Limits, Pace, TooMany
from remote_bid.people.sign_in import SignIn
from tests.gateway import tus
from tests.gateway.house import BIDDERS, HALL, House, bearer, house
from tests.gateway.refusals import assert_refusal

ANN, BOB = BIDDERS
PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


# Counting


async def test_whoever_has_had_its_share_waits() -> None:
    pace = Pace(Limits(commands="3/hour"), [])
    for _ in range(3):
        await pace.spend("commands", "ann")
    with pytest.raises(TooMany) as refusal:
        await pace.spend("commands", "ann")
    assert 0 < refusal.value.retry_s <= 3600
    assert str(refusal.value.retry_s) in refusal.value.zh
    assert str(refusal.value.retry_s) in refusal.value.en


async def test_nobody_spends_what_is_anothers() -> None:
    pace = Pace(Limits(commands="1/hour", nonces="1/hour"), [])
    for what, whose in (("commands", "ann"), ("commands", "bob"), ("nonces", "ann")):
        await pace.spend(what, whose)


async def test_a_share_comes_back() -> None:
    pace = Pace(Limits(commands="1000/second"), [])
    for _ in range(1000):
        await pace.spend("commands", "ann")
    await asyncio.sleep(1.1)
    await pace.spend("commands", "ann")


def test_lines_are_counted_while_they_are_open() -> None:
    pace = Pace(Limits(sockets=2), [])
    with pace.line("here"):
        with pace.line("here"), pytest.raises(TooMany), pace.line("here"):
            pass
        with pace.line("here"), pace.line("there"):
            pass


ADDRESSES = [
    ("192.0.2.1", "", "192.0.2.1"),
    ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
    ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
    ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
    ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.2.3.4", "198.51.100.7"),
    ("10.0.0.1", "", "10.0.0.1"),
    ("10.0.0.1", "nonsense", "unknown"),
    ("::ffff:192.0.2.1", "", "192.0.2.1"),
    ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
    ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
    ("fd00::1", "2001:db8::1", "2001:db8::/64"),
    (None, "", "unknown"),
]


@pytest.mark.parametrize(("peer", "forwarded", "address"), ADDRESSES)
def test_from_where_somebody_comes_is_what_our_own_proxies_saw(peer: str | None, forwarded: str, address: str) -> None:
    assert Pace(Limits(), PROXIES).address(peer, forwarded) == address


# At the front door


@pytest_asyncio.fixture(loop_scope="function")
async def strict(tmp_path: Path) -> AsyncIterator[House]:
    """A house that takes almost nothing at a time."""
    limits = Limits(
        nonces="6/hour",
        sign_ins="6/hour",
        account_sign_ins="2/hour",
        uploads="2/hour",
        commands="3/hour",
        joins="4/hour",
    )
    async with house(tmp_path, limits=limits) as found:
        await found.schedule()
        yield found


async def refused_as_too_many(answer: Any) -> None:
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert "Content-Security-Policy" in answer.headers
    assert_refusal(await answer.json(), "too_many_requests")


async def test_nonces_run_out_for_an_address(strict: House) -> None:
    for _ in range(5):
        await strict.nonce()
    async with strict.http.post(f"{strict.url}/api/challenge") as answer:
        await refused_as_too_many(answer)
    async with strict.http.get(f"{strict.url}/api/time") as answer:
        assert answer.status == 200


async def test_tries_to_sign_in_run_out_also_when_they_are_nonsense(strict: House) -> None:
    for _ in range(5):
        assert (await strict.post("/api/sign-in", b"{}"))[0] == 400
    async with strict.http.post(f"{strict.url}/api/sign-in", data=b"{}") as answer:
        await refused_as_too_many(answer)


async def test_an_account_signs_in_so_often_and_keeps_its_tokens(strict: House) -> None:
    tokens = [await strict.sign_in(ANN) for _ in range(2)]
    signed = strict.person(ANN).sign(SignIn(origin=strict.url, nonce=await strict.nonce()))
    assert (await strict.post("/api/sign-in", signed))[0] == 429
    for token in tokens:
        async with strict.http.get(f"{strict.url}/api/me", headers=bearer(token)) as answer:
            assert (await answer.json())["person"] == ANN
    assert await strict.sign_in(BOB)


async def test_uploads_run_out_for_an_account(strict: House) -> None:
    token, url = await strict.sign_in(ANN), f"{strict.url}/api/sessions/{HALL}/uploads"
    for name in ("a", "b"):
        async with strict.http.post(url, headers=bearer(token) | tus.creation(name, 9000)) as answer:
            assert answer.status == 201
    async with strict.http.post(url, headers=bearer(token) | tus.creation("c", 9000)) as answer:
        await refused_as_too_many(answer)


async def test_commands_run_out_for_an_account_and_the_line_is_kept(strict: House) -> None:
    line = await strict.line(await strict.sign_in(ANN))
    release = {"session": HALL, "command": {"type": "OpenRelease"}}
    codes = [(await line.call("command", release))["code"] for _ in range(5)]
    assert codes == ["not_allowed"] * 3 + ["too_many_requests"] * 2
    assert (await line.call("join", {"session": HALL}))["ok"]


async def test_joins_run_out_for_an_address(strict: House) -> None:
    line = await strict.line()
    answers = [await line.call("join", {"session": HALL}) for _ in range(5)]
    assert [answer["ok"] for answer in answers] == [True] * 4 + [False]
    assert_refusal(answers[-1], "too_many_requests")


async def test_sockets_are_opened_so_often(tmp_path: Path) -> None:
    async with house(tmp_path, limits=Limits(connects="2/hour")) as found:
        await found.line()
        await found.line()
        with pytest.raises(Turned):
            await found.line()
        async with found.http.get(f"{found.url}/socket.io/?EIO=4&transport=websocket") as answer:
            await refused_as_too_many(answer)


async def test_so_many_sockets_are_open_and_a_closed_one_makes_room(tmp_path: Path) -> None:
    async with house(tmp_path, limits=Limits(sockets=2)) as found:
        first, _ = await found.line(), await found.line()
        with pytest.raises(Turned):
            await found.line()
        await first.disconnect()
        await eventually(found, "")


async def test_so_many_sockets_of_one_person_are_open(tmp_path: Path) -> None:
    async with house(tmp_path, limits=Limits(account_sockets=2)) as found:
        token = await found.sign_in(ANN)
        first, _ = await found.line(token), await found.line(token)
        with pytest.raises(Turned):
            await found.line(token)
        assert await found.line(await found.sign_in(BOB))
        await first.disconnect()
        await eventually(found, token)


async def eventually(found: House, token: str) -> None:
    """A line, as soon as the server has noticed that another is closed."""
    for _ in range(100):
        try:
            assert await found.line(token)
            return
        except Turned:
            await asyncio.sleep(0.02)
    raise AssertionError("no room was made")


async def test_a_body_that_does_not_come_is_waited_for_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "BODY_S", 0.2)
    async with house(tmp_path) as found:

        async def dribble() -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.05)

        url = f"{found.url}/api/sign-in"
        async with found.http.post(url, data=dribble(), timeout=ClientTimeout(total=5)) as answer:
            assert answer.status == 408
            assert_refusal(await answer.json(), "too_slow")


# Settings


@pytest.mark.parametrize(
    "wrong",
    [{"limits": {"commands": "often"}}, {"limits": {"commands": "0/minute"}}, {"limits": {"x": "1/minute"}}]
    + [{"proxies": [proxy]} for proxy in ("", "proxy", "10.0.0.1/8", "10.0.0.0/33")],
    ids=repr,
)
async def test_settings_that_limit_nothing_sensible_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    async with house(tmp_path) as found:
        good = msgspec.to_builtins(found.settings)
    path = tmp_path / "settings.json"
    path.write_bytes(msgspec.json.encode(good))
    assert read_settings(path).limits == found.settings.limits
    path.write_bytes(msgspec.json.encode(good | wrong))
    with pytest.raises(BadSettings):
        read_settings(path)
