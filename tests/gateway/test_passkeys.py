"""Passkeys over HTTP: kept across a restart, refused where browsers have none."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from remote_bid.app import serving
from remote_bid.people.passkeys import PasskeyAdded
from tests.gateway.house import BIDDERS, House, bearer, house, premises
from tests.people.device import Device

ANN, BOB = BIDDERS


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[House]:
    async with premises(tmp_path, name="localhost") as found:
        yield found


async def added(hall: House, device: Device, person: str = ANN) -> tuple[int, Any]:
    """Status and answer when this person adds the device."""
    nonce = await hall.nonce()
    told = PasskeyAdded(origin=hall.url, nonce=nonce, credential=device.credential, name="Phone")
    body = {"signed": hall.person(person).sign(told), "answer": device.created(nonce)}
    return await hall.post("/api/passkeys", body, await hall.sign_in(person))


async def entered(hall: House, device: Device) -> tuple[int, Any]:
    """Status and answer when the device signs in."""
    nonce = await hall.nonce()
    return await hall.post("/api/passkeys/sign-in", {"nonce": nonce, "answer": device.got(nonce)})


async def listed(hall: House, person: str) -> Any:
    headers = bearer(await hall.sign_in(person))
    async with hall.http.get(f"{hall.url}/api/passkeys", headers=headers) as answer:
        return await answer.json()


async def test_added_under_the_certificate_it_signs_in_also_after_a_restart(hall: House) -> None:
    device = Device("localhost", hall.url)
    async with serving(hall.settings, hall.server_folder):
        status, told = await added(hall, device)
        assert (status, told["allowed"], [one["name"] for one in told["passkeys"]]) == (200, True, ["Phone"])
        assert (await listed(hall, BOB))["passkeys"] == []
    async with serving(hall.settings, hall.server_folder):
        status, account = await entered(hall, device)
        assert (status, account["person"], bool(account["csrf"])) == (200, ANN, True)
        status, told = await hall.post(
            "/api/passkeys/remove", {"credential": device.credential}, await hall.sign_in(ANN)
        )
        assert (status, told["passkeys"]) == (200, [])
        status, refused = await entered(hall, device)
        assert (status, refused["code"]) == (409, "not_this_passkey")


async def test_why_it_is_refused_is_told_to_nobody(hall: House) -> None:
    async with serving(hall.settings, hall.server_folder):
        strange, unverified = Device("localhost", hall.url), Device("localhost", hall.url, verifies=False)
        _, unknown = await entered(hall, strange)
        _, careless = await added(hall, unverified)
        assert {unknown["code"], careless["code"]} == {"not_this_passkey"}
        assert unknown["zh"] == careless["zh"]


async def test_at_an_ip_address_there_are_none_and_it_says_so(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        device = Device("127.0.0.1", found.url)
        assert (await listed(found, ANN)) == {"allowed": False, "passkeys": []}
        for _, refused in (await added(found, device), await entered(found, device)):
            assert refused["code"] == "no_passkeys"
            assert "IP" in refused["zh"]
