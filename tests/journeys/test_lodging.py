"""A bad day that ends well: one bidder cannot hand its half in and lodges it, another has lost its half and is helped.

Server, cosigner, both bidders and the escrow holders are programs of their own, as people start them.
"""

import asyncio
import io
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest

from remote_bid.opening.events import BidReadOut
from remote_bid.opening.terms import Cause, Member, Outcome, Role
from remote_bid.seal.canonical import parse_jcs
from remote_bid.tender.statements import Windows
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.verify import container
from tests.gateway.house import BIDDERS, HALL, House, premises
from tests.journeys.morning import LOT, Morning, Pace, form, morning
from tests.journeys.shell import SECRET, Shell
from tests.played import environment

ANN, BOB = BIDDERS
CID = "91330000000000003C"
HOLDERS = [
    Member(person=f"holder-{side}", name=f"Holder {side}", role=Role.CUSTODIAN, side=side)
    for side in ("notary", "authority", "bank")
]
PRICES = {ANN: "786240.00", BOB: "780000.00", CID: "777000.00"}
PACE = Pace(
    lobby_s=1,
    deadline_s=30,
    tick_s=2,
    windows=Windows(release_ms=20_000, custody_ms=90_000, confirm_ms=500, objection_ms=500, record_ms=60_000),
)


async def started(*words: str) -> Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "remote_bid", *words, env=environment())


@asynccontextmanager
async def programs(found: House) -> AsyncIterator[None]:
    """Cosigner and server, each a program, where the house expects them."""
    cosigner, folder = found.neighbour, found.folder / "cosigner"
    await cosigner.stop()
    folder.mkdir()
    (folder / "key").write_bytes(cosigner.key.private_bytes_raw())
    (trust := found.folder / "trust.json").write_bytes(msgspec.json.encode(found.trust))
    (settings := found.folder / "settings.json").write_bytes(msgspec.json.encode(found.settings))
    keeping = ("--trust", str(trust), "--data", str(folder), "--port", str(cosigner.port))
    running = [
        await started("cosign", cosigner.name, *keeping),
        await started("serve", str(settings), "--data", str(found.server_folder)),
    ]
    try:
        await answering(found, running)
        yield
    finally:
        for process in running:
            process.terminate()
        assert [await process.wait() for process in running] == [0, 0]


async def answering(found: House, running: list[Process]) -> None:
    """The server serves, which it does only with its cosigner."""
    while [process.returncode for process in running] == [None, None]:
        try:
            async with found.http.get(f"{found.url}/healthz") as answer:
                assert (await answer.json())["status"] == "ok"
            return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    pytest.fail("a program has ended")


async def read_out_and_closed(day: Morning) -> None:
    await day.host.read_out()
    await day.host.close()
    await day.host.client.until(lambda view: view.phase == "CLOSED")
    await day.quiet()


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_lodged_half_counts_and_a_lost_one_is_remedied(tmp_path: Path) -> None:
    async with premises(tmp_path / "house") as found, programs(found), morning(found, PACE) as day:
        people = [*BIDDERS, CID, *(holder.person for holder in HOLDERS)]
        shells = {person: Shell(found, person, tmp_path / person) for person in people}
        await asyncio.gather(*(shells[person].joined() for person in people if person != CID))
        await day.prepare({holder: shells[holder.person].folder for holder in HOLDERS})
        await day.begin()
        sealing = {person: await day.bidder(person, shells[person].folder, SECRET) for person in PRICES}
        bids = {person: await bidder.submit(LOT, form(PRICES[person])) for person, bidder in sealing.items()}
        (shells[BOB].folder / f"{bids[BOB]}.release").unlink()

        cosigner = found.settings.cosigners[0]
        acting = asyncio.gather(
            shells[ANN].does("lodge", LOT, "--cosigner", f"{cosigner.name}={cosigner.url}"),
            shells[BOB].does("ask-remedy", LOT),
            *(shells[holder.person].does("custodian", "publish-share", LOT) for holder in HOLDERS[:2]),
        )
        await day.host.open_release()
        await sealing[CID].release(bids[CID])
        await asyncio.gather(*(custodian.publish(LOT, READOUT_FORM) for custodian in day.custodians.values()))
        await acting
        await read_out_and_closed(day)

        read = {event.bid: event for _, event in day.host.client.copy.events(BidReadOut)}
        became = {person: (read[bid].outcome, read[bid].cause) for person, bid in bids.items()}
        assert became == {
            ANN: (Outcome.OPENED, Cause.OPENED),
            BOB: (Outcome.REMEDIED, Cause.REMEDIED),
            CID: (Outcome.OPENED, Cause.OPENED),
        }
        assert {person: read[bid].form for person, bid in bids.items()} == {p: form(PRICES[p]) for p in PRICES}

        (bundle := tmp_path / "bundle.zip").write_bytes(await day.host.client.download())
        happened = [entry["event"]["type"] for entry in parse_jcs(members(bundle)["lines.json"]) if entry["event"]]
        assert [happened.count(kind) for kind in ("KeyReleased", "KeyLodged", "RemedyRequested")] == [1, 1, 1]
        [lodged] = shells[ANN].folder.glob(f"{bids[ANN]}.lodged.*.json")
        trust = str(shells[ANN].folder / "trust.json")
        told = await shells[ANN].does("verify", str(bundle), "--trust", trust, "--receipt", str(lodged))
        assert HALL in told


def members(bundle: Path) -> dict[str, bytes]:
    return container.read(io.BytesIO(bundle.read_bytes()))[0]
