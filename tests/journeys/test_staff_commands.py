"""Host, supervisor, tenderer and witness who trust no page: their day typed, each command a process of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from remote_bid.opening.events import CustodianStruck
from remote_bid.opening.terms import Member, Role
from remote_bid.opening.view import OpeningView
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.client import Client
from remote_bid.participant.custodian import Custodian
from remote_bid.tender.terms import READOUT_FORM
from tests.gateway.house import HALL, MEMBERS, TENDER, House, house
from tests.journeys.morning import CUSTODIANS, LOT, PASSPHRASE, form
from tests.journeys.shell import Shell

DEPUTY, SPARE = "host-02", "custodian-03"
PEOPLE = [
    *MEMBERS,
    Member(person=DEPUTY, name="Deputy", role=Role.HOST, deputy_of="host-01"),
    Member(person="witness-01", name="Witness", role=Role.WITNESS),
    Member(person=SPARE, name="Custodian 3", role=Role.CUSTODIAN, side="notary"),
]
BIDDERS = [f"9133000000000000{number}X" for number in range(3)]
TICKS = {"every_ms": 5_000, "slots": 256}
DAY_MS = 86_400_000

pytestmark = pytest.mark.slow


@dataclass
class Office:
    """A session, run by typing; custodians, bidders and an onlooker have clients in this process."""

    house: House
    folder: Path
    lines: AsyncExitStack
    onlooker: Client

    async def shell(self, person: str) -> Shell:
        made = Shell(self.house, person, self.folder / person)
        await made.joined()
        return made

    async def line(self, person: str) -> Client:
        client = Client(self.house.url, HALL, self.house.person(person))
        return await self.lines.enter_async_context(client.connected())

    async def custodian(self, person: str) -> Custodian:
        home = self.house.home(person)
        return Custodian(await self.line(person), self.house.person(person), self.house.trust, home)

    async def bidder(self, person: str) -> Bidder:
        home, trust = self.house.home(person), self.house.trust
        return Bidder(await self.line(person), self.house.person(person), person, trust, home, PASSPHRASE)

    async def prepared(self, host: Shell, tenderer: Shell) -> None:
        """From nothing to a published policy, all of it typed but the custodians' keys."""
        await host.does("host", "schedule", host.file("tender.json", TENDER), host.file("members.json", PEOPLE))
        for name in (*CUSTODIANS, SPARE):
            await (await self.custodian(name)).offer_key(LOT, READOUT_FORM)
        await tenderer.does("tenderer", "policy", LOT, "--k", "2")

    async def quiet(self) -> None:
        """Wait until the last entry is a cosigned checkpoint: then the bundle is there."""

        def covered() -> bool:
            return (self.onlooker.copy.main[-1].event or {}).get("type") == "CheckpointCosigned"

        await self.onlooker.until(lambda view: covered())

    def view(self) -> OpeningView:
        return self.onlooker.copy.view


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Office]:
    async with house(folder / "house") as found, AsyncExitStack() as lines:
        onlooker = await lines.enter_async_context(Client(found.url, HALL, None).connected())
        yield Office(found, folder, lines, onlooker)


def deadline(in_s: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=in_s)).strftime("%Y-%m-%dT%H:%M:%S%z")


def pace(**windows: int) -> dict[str, object]:
    return {"windows": windows, "ticks": TICKS, "lobby_ticks": TICKS, "lobby_ms": DAY_MS}


@pytest.mark.timeout(240)
async def test_a_session_is_prepared_postponed_and_handed_over_by_typing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        people = ("host-01", "tenderer-01", "supervisor-01", DEPUTY)
        host, tenderer, supervisor, deputy = await asyncio.gather(*(here.shell(person) for person in people))
        await here.prepared(host, tenderer)
        usual = tenderer.file("pace.json", pace())

        over = await tenderer.types("tenderer", "timetable", deadline(-60), "--windows", usual, "--yes")
        assert (over[0], "is over by our own clock" in over[2]) == (4, True), over
        unsure = await tenderer.types("tenderer", "timetable", deadline(3600), "--windows", usual)
        assert (unsure[0], "Not signed" in unsure[2]) == (2, True), unsure
        await tenderer.does("tenderer", "timetable", deadline(3600), "--windows", usual, "--yes")
        assert not here.view().timetable
        signed = await supervisor.does("supervisor", "countersign-timetable", "--yes")
        assert '"deadline"' in signed
        await here.onlooker.until(lambda view: bool(view.timetable))

        later = deadline(7200)
        await tenderer.does("tenderer", "timetable", later, "--windows", usual, "--yes")
        await supervisor.does("supervisor", "countersign-timetable", "--yes")
        moved = datetime.strptime(later, "%Y-%m-%dT%H:%M:%S%z").strftime("%Y-%m-%dT%H:%M:%S.000Z")
        await here.onlooker.until(lambda view: view.deadline == moved)

        await tenderer.does("tenderer", "strike", LOT, SPARE, "absent")
        listed = await supervisor.does("supervisor", "countersign-strike", "--yes")
        assert f"{LOT} {READOUT_FORM}: {', '.join(CUSTODIANS)}\n" in listed
        await here.onlooker.until(lambda view: here.onlooker.copy.last(CustodianStruck) is not None)

        nobody = await host.types("hand-over", "witness-01")
        assert (nobody[0], "no deputy" in nobody[2]) == (2, True), nobody
        await host.does("hand-over", DEPUTY)
        await here.onlooker.until(lambda view: (view.in_office or {}).get(Role.HOST) == DEPUTY)
        await deputy.does("check-in")
        await here.onlooker.until(lambda view: DEPUTY in (view.present or []))


@pytest.mark.timeout(240)
async def test_what_is_not_ones_own_to_do_is_said_with_its_exit_code(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        host, tenderer = await asyncio.gather(*(here.shell(person) for person in ("host-01", "tenderer-01")))
        await here.prepared(host, tenderer)
        tried = {
            ("supervisor", "abort"): (2, "you are its host"),
            ("tenderer", "seal-draw", LOT): (2, "you are its host"),
            ("host", "resume"): (2, "not suspended"),
            ("host", "decline"): (2, "Nothing awaits"),
            ("host", "suspend", "emergency"): (3, "wrong_phase"),
            ("host", "suspend", "outage"): (3, "wrong_phase"),
            ("host", "suspend", "boredom"): (2, "boredom"),
            ("host", "extend", "5", "emergency"): (4, "the close was not shown"),
            ("host", "schedule", "/nowhere.json", "/nowhere.json"): (2, "No such file"),
            ("host", "schedule", host.file("a.json", {}), host.file("b.json", [])): (2, "A file cannot be used"),
            ("host", "open-release", "--wait", "1"): (5, "not done in time"),
            ("confirm", LOT, host.form("1.00"), "--wait", "1"): (5, "not done in time"),
        }
        answers = await asyncio.gather(*(host.types(*words) for words in tried))
        for (words, (code, said)), (found, _, complaint) in zip(tried.items(), answers, strict=True):
            assert (found, said in complaint) == (code, True), (words, found, complaint)


@pytest.mark.timeout(300)
async def test_the_whole_day_of_the_opening_is_run_by_typing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        people = ("host-01", "tenderer-01", "supervisor-01", "witness-01")
        host, tenderer, supervisor, witness = await asyncio.gather(*(here.shell(person) for person in people))
        await here.prepared(host, tenderer)
        windows = pace(release_ms=DAY_MS, custody_ms=DAY_MS, confirm_ms=DAY_MS, objection_ms=20_000, record_ms=DAY_MS)
        table = ("--windows", tenderer.file("pace.json", windows), "--yes")
        await tenderer.does("tenderer", "timetable", deadline(30), *table)
        await supervisor.does("supervisor", "countersign-timetable", "--yes")
        bidders = [await here.bidder(person) for person in BIDDERS]
        bids = [await bidder.submit(LOT, form(f"{number + 1}00000.00")) for number, bidder in enumerate(bidders)]
        await asyncio.gather(host.does("check-in"), supervisor.does("check-in"), witness.does("check-in"))

        await host.does("host", "open-release")
        await witness.does("say", "见证人员已到场。")
        await host.does("host", "suspend", "network_fault")
        await supervisor.does("supervisor", "countersign-suspension", "--yes")
        await host.does("host", "resume")
        resumed = await supervisor.does("supervisor", "countersign", "--yes")
        assert '"number":1' in resumed
        await here.onlooker.until(lambda view: not view.suspended and len(view.pauses or []) == 1)
        await supervisor.does("supervisor", "extend", "1", "network_fault")
        await host.does("host", "decline")
        await supervisor.does("supervisor", "extend", "2", "network_fault")
        await host.does("host", "countersign", "--yes")
        await here.onlooker.until(lambda view: view.extensions == 1)

        await asyncio.gather(*(bidder.release(bid) for bidder, bid in zip(bidders, bids, strict=True)))
        for name in CUSTODIANS:
            await (await here.custodian(name)).publish(LOT, READOUT_FORM)
        assert "3" in await host.does("host", "read-out")

        ann = await here.shell(BIDDERS[0])
        other = await ann.types("confirm", LOT, ann.form("99.00"))
        assert (other[0], "read out otherwise" in other[2]) == (2, True), other
        await ann.does("confirm", LOT, ann.form("100000.00"))
        bob = await here.shell(BIDDERS[1])
        await bob.does("dispute", LOT, "项目经理姓名有误。")
        cid = await here.shell(BIDDERS[2])
        await cid.does("confirm", LOT, cid.form("300000.00"))
        await asyncio.gather(
            cid.does("object", "请说明处理依据。"),
            host.does("host", "answer", "1", "以开标一览表为准。"),
            host.does("host", "answer", "2", "依据招标文件第二章。"),
        )
        await asyncio.gather(*(who.does("sign-record") for who in (host, supervisor, ann, cid)))
        await bob.does("refuse-record", "不同意唱标内容。")
        await witness.does("sign-record")
        await host.does("host", "close")

        view = await here.onlooker.until(lambda view: view.phase == "CLOSED")
        signed = {"host-01", "supervisor-01", "witness-01", BIDDERS[0], BIDDERS[2]}
        assert (set(view.signed_by or []), view.refused_by) == (signed, [BIDDERS[1]])
        assert [row.answer for row in (view.objections or {}).values()] == [
            "以开标一览表为准。",
            "依据招标文件第二章。",
        ]
        bundle = tmp_path / "bundle.zip"
        await here.quiet()
        bundle.write_bytes(await here.onlooker.download())
        trust = host.folder / "trust.json"
        assert "VERIFIED" in (await host.does("verify", str(bundle), "--trust", str(trust))).upper()
