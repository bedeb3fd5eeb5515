"""A custodian loses its key days before: a drill finds it, it is struck, every bid is dealt again, by real clients."""

from pathlib import Path

import pytest

from remote_bid.participant.client import ServerRefused
from remote_bid.participant.passphrase import CannotRead
from remote_bid.seal.envelope import BadEnvelope
from remote_bid.tender.statements import StrikeCause
from remote_bid.tender.terms import READOUT_FORM
from tests.gateway.house import BIDDERS, HALL, House, house
from tests.journeys.morning import CUSTODIANS, LOT, Pace, form, morning

ANN, BOB = BIDDERS
LOSER = CUSTODIANS[1]
PACE = Pace(lobby_s=60, deadline_s=120, tick_s=60)


def only(found: House, person: str, pattern: str) -> Path:
    [path] = found.home(person).glob(pattern)
    return path


@pytest.mark.timeout(90)
async def test_a_lost_key_is_found_by_a_drill_and_dealt_around(tmp_path: Path) -> None:
    async with house(tmp_path / "house") as found, morning(found, PACE) as day:
        await day.prepare()
        await day.begin()
        ann, loser = await day.bidder(ANN), day.custodians[LOSER]
        bid = await ann.submit(LOT, form())
        await loser.drill(LOT, READOUT_FORM)
        only(found, LOSER, "*.seed").unlink()
        with pytest.raises(ServerRefused, match="not_your_key"):
            await loser.drill(LOT, READOUT_FORM)
        await loser.offer_key(LOT, READOUT_FORM)
        await loser.drill(LOT, READOUT_FORM)
        await day.tenderer.strike(LOT, READOUT_FORM, LOSER, StrikeCause.KEY_LOST, [LOSER])
        await day.supervisor.countersign_strike()
        client = next(client for client in day.clients if client.copy.view.me.person == ANN)
        await client.until(lambda view: view.me.ask == "deal_again")
        await ann.deal_again(bid)
        await client.until(lambda view: view.me.ask != "deal_again")
        assert await (await day.bidder(BOB)).submit(LOT, form())


@pytest.mark.timeout(90)
async def test_a_bidder_finds_out_in_time_that_its_file_is_lost_or_anothers(tmp_path: Path) -> None:
    async with house(tmp_path / "house") as found, morning(found, PACE) as day:
        await day.prepare()
        await day.begin()
        ann, bob = await day.bidder(ANN), await day.bidder(BOB)
        anns, bobs = await ann.submit(LOT, form()), await bob.submit(LOT, form())
        await ann.drill(anns)
        client = next(client for client in day.clients if client.copy.view.me.person == ANN)
        await client.until(lambda view: bool((view.me.bids or {})[anns].drilled))
        file = only(found, ANN, "*.release")
        kept = file.read_bytes()
        file.unlink()
        with pytest.raises(CannotRead):
            await ann.drill(anns)
        file.write_bytes(only(found, BOB, "*.release").read_bytes().replace(bobs.encode(), anns.encode()))
        with pytest.raises((CannotRead, BadEnvelope)):
            await ann.drill(anns)
        file.write_bytes(kept)
        await ann.drill(anns)
        assert client.copy.session == HALL
