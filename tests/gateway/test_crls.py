"""Authorities that are down, slow or lying: what the centre does, and what its sessions note."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from cryptography import x509

from remote_bid.app import serving
from remote_bid.demo.authority import Authority
from remote_bid.gateway.crls import CrlAt
from remote_bid.opening.terms import Role
from remote_bid.participant.presence import presence
from remote_bid.people.certificates import fingerprint
from remote_bid.people.issuing import Revoked
from remote_bid.seal.canonical import unb64
from tests.gateway.house import BIDDERS, HALL, House, premises

ANN, _ = BIDDERS


class Away:
    """An authority's server that can be up, down or lying."""

    def __init__(self, authority: Authority) -> None:
        self.authority, self.asked = authority, 0
        self.revoked: list[Revoked] = []
        self.says: Callable[[], web.Response] = self.honest

    def honest(self) -> web.Response:
        return web.Response(body=self.authority.issuer.crl(1, self.revoked, datetime.now(UTC)))

    def down(self) -> web.Response:
        return web.Response(status=503)

    def lying(self) -> web.Response:
        other = Authority("Authority of the tests")
        return web.Response(body=other.issuer.crl(2, [], datetime.now(UTC)))

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        return self.says()

    def revoke(self, certificate: str) -> None:
        serial = x509.load_der_x509_certificate(unb64(certificate)).serial_number
        self.revoked.append(Revoked(serial=f"{serial:x}", since=datetime.now(UTC) - timedelta(seconds=2)))


class Place:
    """A house whose authority is asked again every second."""

    def __init__(self, house: House, away: Away) -> None:
        self.house, self.away = house, away

    async def asked_again(self) -> None:
        """Wait until the authority was asked, and what came of it is done."""
        until = self.away.asked + 2
        while self.away.asked < until:  # noqa: ASYNC110 - the authority does not know who waits
            await asyncio.sleep(0.05)

    async def noted(self) -> list[dict[str, Any]]:
        line = await self.house.line()
        entries = (await line.call("join", {"session": HALL}))["joined"]["entries"]
        return [entry["event"] for entry in entries if entry["event"]["type"] == "CrlNotedDown"]

    async def checks_in(self, line: Any) -> str:
        signed = self.house.person(ANN).sign(presence(HALL, ANN, Role.BIDDER))
        command = {"type": "CheckIn", "signed": msgspec.to_builtins(signed)}
        return str((await line.call("command", {"session": HALL, "command": command}))["code"])


@pytest_asyncio.fixture(loop_scope="function")
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    authority = Authority("Authority of the tests")
    away = Away(authority)
    app = web.Application()
    app.router.add_get("/crl", away.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    at = CrlAt(authority=fingerprint(authority.root), at=f"http://127.0.0.1:{runner.addresses[0][1]}/crl")
    async with (
        premises(tmp_path, authority, crls=[at], crl_every_s=1) as house,
        serving(house.settings, house.server_folder),
    ):
        await house.schedule()
        yield Place(house, away)
        await house.hang_up()
    await runner.cleanup()


async def test_a_session_notes_the_list_and_again_only_when_it_changes(place: Place) -> None:
    fixed = place.away.honest()
    place.away.says = lambda: web.Response(body=fixed.body)
    await place.asked_again()
    await place.asked_again()
    noted = await place.noted()
    assert len({event["crl"]["hash"] for event in noted}) == len(noted)
    assert {event["crl"]["authority"] for event in noted} == {fingerprint(place.away.authority.root)}


async def test_whose_certificate_is_revoked_is_hung_up_and_turned_away(place: Place) -> None:
    line, lost = await place.house.line(await place.house.sign_in(ANN)), asyncio.Event()
    line.on("disconnect", lambda *_reason: lost.set())
    assert await place.checks_in(line) == "wrong_phase"
    place.away.revoke(place.house.person(ANN).certificate)
    await asyncio.wait_for(lost.wait(), 10)
    with pytest.raises(AssertionError, match="not_trusted"):
        await place.house.sign_in(ANN)


@pytest.mark.parametrize("how", ["down", "lying"])
async def test_an_authority_that_is_down_or_lying_changes_nothing(place: Place, how: str) -> None:
    await place.asked_again()
    place.away.says = getattr(place.away, how)
    await place.asked_again()
    before = await place.noted()
    await place.asked_again()
    assert await place.noted() == before
    assert await place.house.sign_in(ANN)


async def test_the_last_list_is_remembered_while_the_authority_is_down(tmp_path: Path) -> None:
    authority = Authority("Authority of the tests")
    file = tmp_path / "list.crl"
    at = CrlAt(authority=fingerprint(authority.root), at=str(file))
    async with premises(tmp_path, authority, crls=[at], crl_every_s=1) as house:
        away = Away(authority)
        away.revoke(house.person(ANN).certificate)
        file.write_bytes(authority.issuer.crl(1, away.revoked, datetime.now(UTC)))
        async with serving(house.settings, house.server_folder):
            while not list((house.server_folder / "crls").glob("*.crl")):  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.05)
        file.unlink()
        async with serving(house.settings, house.server_folder):
            with pytest.raises(AssertionError, match="not_trusted"):
                await house.sign_in(ANN)
