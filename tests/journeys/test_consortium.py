"""Two bid as one over real sockets: the other party, with a copy of the release file, releases for its lead."""

from pathlib import Path

import pytest

from remote_bid.opening.commands import DeclareConsortium, OpenRelease
from remote_bid.opening.events import KeyReleased
from remote_bid.opening.terms import Phase, reached
from remote_bid.participant.identity import read_identity
from remote_bid.seal.canonical import b64
from remote_bid.tender.statements import Consortium, ConsortiumParty
from tests.gateway.house import BIDDERS, HALL, House, house
from tests.journeys.morning import LOT, Pace, form, morning

LEAD, PARTY = BIDDERS
PACE = Pace(lobby_s=1, deadline_s=12, tick_s=2)


@pytest.mark.slow
@pytest.mark.timeout(110)
async def test_a_party_releases_what_its_lead_has_sealed(tmp_path: Path) -> None:
    async with house(tmp_path / "house") as found, morning(found, PACE) as day:
        await day.prepare()
        await day.begin()
        lead, party = await day.bidder(LEAD), await day.bidder(PARTY)
        leads, partys = day.clients[-2:]
        await leads.hand_in(declaration(found))
        bid = await lead.submit(LOT, form())
        for person in ("bidder-03", "bidder-04"):
            await (await day.bidder(person)).submit(LOT, form())
        name = f"{bid}.release"
        (found.home(PARTY) / name).write_bytes((found.home(LEAD) / name).read_bytes())
        await day.host.client.until(lambda view: reached(view.phase, Phase.ROSTER))
        await day.host.client.hand_in(OpenRelease())
        await party.release(bid)
        await lead.release(bid)
        assert len(partys.copy.events(KeyReleased)) == 1
        assert not leads.copy.events(KeyReleased)


def declaration(found: House) -> DeclareConsortium:
    """Signed by both."""
    lead, party = read_identity(found.home(LEAD)), read_identity(found.home(PARTY))
    parties = [
        ConsortiumParty(person=LEAD, name=f"Name of {LEAD}", work="works", keys=[]),
        ConsortiumParty(person=PARTY, name=f"Name of {PARTY}", work="design", keys=[party.signer.keyid]),
    ]
    told = Consortium(session=HALL, lot=LOT, prev=None, agreement=b64(bytes(32)), parties=parties)
    return DeclareConsortium(signed=party.countersign(lead.sign(told)))
