"""What custodians of an expert draw and a site's gate type, as processes of their own against a server."""

from pathlib import Path

import msgspec
import pytest

from remote_bid.evaluation.statements import GateDevice
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import unb64
from remote_bid.seal.statements import said
from remote_bid.tender.statements import CustodianKey
from tests.gateway.house import HALL, house
from tests.journeys.shell import Shell

pytestmark = pytest.mark.slow


async def test_a_draws_key_is_made_once_and_offered_signed(tmp_path: Path) -> None:
    async with house(tmp_path / "house") as found:
        shell = Shell(found, "custodian-01", tmp_path / "custodian")
        await shell.joined()
        code, _, complaint = await shell.types("evaluation", "draw-publish")
        assert (code, "no key for the draw" in complaint) == (2, True)
        offers = [msgspec.json.decode(await shell.does("evaluation", "draw-offer", "1"), type=Signed) for _ in range(2)]
        told = [said(offer.statement, CustodianKey) for offer in offers]
        assert told[0] == told[1]
        assert (told[0].session, told[0].lot, told[0].part) == (HALL, "1", "draw")


async def test_a_gates_key_stays_and_the_server_answers_what_it_tells(tmp_path: Path) -> None:
    async with house(tmp_path / "house") as found:
        await found.schedule()
        shell = Shell(found, "site-01", tmp_path / "site")
        await shell.joined()
        offers = [msgspec.json.decode(await shell.does("evaluation", "gate-offer", "g1", "north")) for _ in range(2)]
        assert offers[0] == offers[1]
        assert unb64(msgspec.convert(offers[0], type=GateDevice).key)
        code, _, complaint = await shell.types("evaluation", "gate", "g1", "north", "expert-01")
        assert (code, "no such evaluation" in complaint) == (3, True), complaint
