"""A bidder and a custodian who trust no page: their whole part of a session at the command line, each a process."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from remote_bid.opening.commands import OpenRelease
from remote_bid.opening.terms import Phase, reached
from tests.gateway.house import BIDDERS, house
from tests.journeys.morning import LOT, Morning, Pace, form, morning
from tests.journeys.shell import Shell

ANN, BOB = BIDDERS
SLOW = Pace(lobby_s=60, deadline_s=120, tick_s=60)


Test = Callable[[Morning, Shell], Awaitable[None]]


async def on_a_morning(folder: Path, pace: Pace, test: Test) -> None:
    async with house(folder / "house") as found, morning(found, pace) as day:
        await day.prepare()
        await day.begin()
        shell = Shell(found, ANN, folder / "ann")
        await shell.joined()
        await test(day, shell)


@pytest.mark.slow
@pytest.mark.timeout(110)
async def test_a_bid_is_sealed_submitted_drilled_replaced_and_withdrawn(tmp_path: Path) -> None:
    async def act(day: Morning, ann: Shell) -> None:
        assert "printed code" in await ann.does("seal", LOT, ann.form("786240.00"))
        assert "the receipt is checked" in await ann.does("submit", LOT)
        assert len(list(ann.folder.glob("*.receipt.json"))) == 1
        await ann.does("submit", LOT)
        await ann.does("drill", LOT)
        await ann.does("to-seal", LOT, str(ann.folder / "1.tender"))
        told = json.loads((ann.folder / "1.tender").read_bytes())
        assert (told["version"], told["lot"]["lot"], told["bidder"]) == (2, LOT, ANN)
        assert all(part["submission"] and part["deal"] for part in told["parts"])
        assert "version 2" in await ann.does("seal", LOT, ann.form("780000.00"))
        await ann.does("submit", LOT)
        assert len(list(ann.folder.glob("*.receipt.json"))) == 2
        await ann.does("withdraw", LOT)
        code, _, complaint = await ann.types("drill", LOT)
        assert (code, complaint.strip()) == (2, f"you have no bid on lot {LOT}")

    await on_a_morning(tmp_path, SLOW, act)


@pytest.mark.slow
@pytest.mark.timeout(110)
async def test_what_cannot_be_done_is_said_with_its_exit_code(tmp_path: Path) -> None:
    async def act(day: Morning, ann: Shell) -> None:
        (ann.folder / "bad.json").write_text(json.dumps({"price": "free"}))
        tried = {
            ("submit", LOT): (2, "nothing is sealed"),
            ("seal", LOT, str(ann.folder / "bad.json")): (2, "the readout form cannot be read"),
            ("seal", "9", ann.form("1.00")): (2, "there is no such lot"),
            ("custodian", "keygen", LOT): (3, "not_allowed"),
            ("check-in", "--wait", "1"): (5, "not done in time"),
            ("seal", LOT, "/nowhere.json"): (2, "No such file"),
        }
        for words, (code, said) in tried.items():
            found, _, complaint = await ann.types(*words)
            assert (found, said in complaint) == (code, True), (words, complaint)
        code, _, complaint = await ann.types("drill", LOT, secret="another")  # noqa: S106 - of no real file
        assert (code, "passphrase" in complaint) == (2, True)

    await on_a_morning(tmp_path, SLOW, act)


@pytest.mark.slow
@pytest.mark.timeout(110)
async def test_a_bid_is_released_from_its_file_and_another_from_paper(tmp_path: Path) -> None:
    pace = Pace(lobby_s=1, deadline_s=40, tick_s=2)

    async def act(day: Morning, ann: Shell) -> None:
        bob = Shell(day.house, BOB, tmp_path / "bob")
        await bob.joined()
        for who in (ann, bob):
            code = (await who.does("seal", LOT, who.form("786240.00"))).split()[-1]
            await who.does("submit", LOT)
        (file,) = bob.folder.glob("*.release")
        file.unlink()
        cid = await (await day.bidder("bidder-03")).submit(LOT, form())
        await day.host.client.until(lambda view: reached(view.phase, Phase.ROSTER))
        await day.host.client.hand_in(OpenRelease())
        assert "released: 1" in await ann.does("release")
        assert "released: 1" in await bob.does("release", "--code", code.lower())
        view = await day.host.client.until(lambda view: view.released == 2)
        assert cid in (view.bids or {})

    await on_a_morning(tmp_path, pace, act)


@pytest.mark.slow
@pytest.mark.timeout(110)
async def test_a_declaration_goes_from_hand_to_hand_and_is_receipted(tmp_path: Path) -> None:
    agreement, card, paper = (tmp_path / name for name in ("agreement.pdf", "bob.json", "consortium.json"))
    agreement.write_bytes(b"who does what")

    async def act(day: Morning, ann: Shell) -> None:
        bob = Shell(day.house, BOB, tmp_path / "bob")
        await bob.joined()
        await bob.does("consortium", "party", "design", str(card))
        await ann.does("consortium", "draft", LOT, "works", str(agreement), str(paper), str(card))
        code, _, complaint = await ann.types("consortium", "declare", str(paper))
        assert (code, "bad_consortium" in complaint) == (3, True)
        assert "works" in await bob.does("consortium", "sign", str(paper), str(agreement))
        assert "the receipt is checked" in await ann.does("consortium", "declare", str(paper))

    await on_a_morning(tmp_path, SLOW, act)
