"""A whole opening by people in browsers: host, supervisor, custodian, three bidders, the public.

Tenderer, witness and the other custodians are programs.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from remote_bid.demo import parts
from remote_bid.demo.cast import SESSION, Cast, Pace, assemble
from remote_bid.demo.day import Troupe, answering, enter_server, open_house, troupe
from remote_bid.demo.programme import own_programme
from remote_bid.opening.terms import Outcome, Role
from remote_bid.participant.client import Client
from remote_bid.participant.identity import read_identity
from remote_bid.participant.staff import Host
from remote_bid.tender.statements import Cadence, Windows
from remote_bid.verify import verify
from tests.web.agency import fair
from tests.web.hall import PHONE, a_browser, listed
from tests.web.people import STEP_MS, Person, hands_in, makes_keys, seated, watching
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

_SEED = 7
_PACE = Pace(
    until_deadline_ms=16_000,
    lobby_ms=12_000,
    ticks=Cadence(every_ms=2000, slots=256),
    windows=Windows(release_ms=60_000, custody_ms=180_000, confirm_ms=60_000, objection_ms=1000, record_ms=180_000),
    pause_s=0,
)
_PRICES = ("11234567.80", "11876543.20", "12100000.00")
_OBJECTION, _ANSWER = "请说明暂列金额的处理依据。", "按招标文件第三章处理。"


@dataclass(frozen=True)
class Day:
    """Who plays, and where the people sit."""

    cast: Cast
    players: Troupe
    server: BaseProcess
    host: Person
    supervisor: Person
    custodian: Person
    bidders: list[Person]
    observer: Person
    late: list[Person] = field(default_factory=list)
    """Who takes a program's chair during the day."""

    @property
    def people(self) -> list[Person]:
        """Everybody in a browser."""
        return [self.host, self.supervisor, self.custodian, *self.bidders, self.observer, *self.late]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


@pytest.fixture
async def day(tmp_path: Path, browser: Browser) -> AsyncIterator[Day]:
    cast = assemble(tmp_path, own_programme(3, _SEED), _PACE, playable=True)
    with troupe() as players:
        server = open_house(players, cast)
        await answering(cast.url, players)
        await _scheduled(cast)
        players.enter(parts.play_tenderer, cast)
        players.enter(parts.play_witness, cast)
        seated_one, *others = [member.person for member in cast.members if member.role is Role.CUSTODIAN]
        for number, person in enumerate(others):
            players.enter(parts.play_custodian, cast, person, number == 0)
        staff = [seated(browser, cast, person) for person in ("host-01", "supervisor-01", seated_one)]
        desk, phone, other = (one.person for one in cast.contenders)
        bidders = [seated(browser, cast, desk), seated(browser, cast, phone, PHONE), seated(browser, cast, other)]
        host, supervisor, custodian, *bidding = await asyncio.gather(*staff, *bidders)
        observer = await watching(browser, cast)
        yield Day(cast, players, server, host, supervisor, custodian, bidding, observer)
        assert not players.failed(), players.failed()


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """What the bidders hand in beside their forms."""
    path = tmp_path / "technical.pdf"
    path.write_bytes(b"%PDF " + bytes(100_000))
    return path


async def _scheduled(cast: Cast) -> None:
    """The agency's part, done before anybody sits down."""
    identity = read_identity(cast.home("host-01"))
    async with Client(cast.url, SESSION, identity).connected() as client:
        await Host(client, identity, "host-01", Role.HOST).schedule(cast.tender, cast.members)


async def bids_are_in(day: Day, papers: Path) -> None:
    """Keys, timetable, draw, bids; the supervisor signs every timetable that is proposed meanwhile."""
    await picture(day.custodian.page, "custodian-keys")
    await makes_keys(day.custodian, day.cast)
    await day.supervisor.act("签署时间表")
    await day.supervisor.act("封存抽取种子")
    postponing = asyncio.create_task(_keep_signing(day.supervisor))
    try:
        bids = zip(day.bidders, _PRICES, day.cast.contenders, strict=True)
        await asyncio.gather(*(_bids(day.cast, person, price, papers, one.person) for person, price, one in bids))
    finally:
        postponing.cancel()
        await asyncio.gather(postponing, return_exceptions=True)
    await picture(day.bidders[0].page, "bidder-receipt", from_the_top=True)


async def _bids(cast: Cast, person: Person, price: str, papers: Path, who: str) -> None:
    await hands_in(person, price, papers)
    (cast.home(who) / "browser.receipt.json").touch()  # what the tenderer of the play waits for


async def _keep_signing(supervisor: Person) -> None:
    while True:
        await supervisor.act("签署时间表")


async def everybody_is_present(day: Day) -> None:
    """Check-in, one of the bidders while its network fails."""
    *others, unlucky = day.bidders
    await asyncio.gather(*(person.press("签到") for person in (day.host, day.supervisor, *others)))
    await unlucky.context.set_offline(True)
    await unlucky.reads("没有任何记录丢失")


async def released(day: Day) -> None:
    """The host opens the window; the bidder without a line comes back to it in time."""
    *others, unlucky = day.bidders
    await day.host.act("开始解密")
    await expect(others[1].page.get_by_role("button", name="解密投标文件", exact=True)).to_be_visible(timeout=STEP_MS)
    await picture(others[0].page, "bidder-release", from_the_top=True)
    await picture(others[1].page, "bidder-release-phone")
    await asyncio.gather(*(bidder.act("解密投标文件") for bidder in others))
    await asyncio.gather(*(bidder.reads("解密完成") for bidder in others))
    await unlucky.context.set_offline(False)
    await unlucky.act("解密投标文件")
    await unlucky.reads("解密完成")


async def joined_by_witness_and_tenderer(day: Day, browser: Browser) -> None:
    """They take their chairs after their programs have checked in."""
    day.late.extend([await seated(browser, day.cast, person) for person in ("witness-01", "tenderer-01")])


async def fair_to_all(day: Day) -> None:
    """Nobody's hall breaks a rule of WCAG 2.1 AA in this phase, in either language; two bidders stand for three."""
    *_, third = day.bidders
    await asyncio.gather(*(fair(person.page) for person in day.people if person is not third))


async def opened_and_read_out(day: Day) -> None:
    await day.custodian.reads("全部成立，可以公布")
    await picture(day.custodian.page, "custodian-checks")
    await day.custodian.act("公布密钥")
    await day.custodian.reads("您不再需要做什么")
    for number in range(1, len(day.bidders) + 1):
        await day.host.press(f"唱第 {number} 号")


async def heard_and_signed(day: Day) -> None:
    """One objects and is answered, all confirm, all sign."""
    objector = day.bidders[0]
    await objector.page.locator("summary", has_text="提出异议").click()
    await objector.page.get_by_label("异议内容").fill(_OBJECTION)
    await objector.act("提出异议")
    await day.host.page.get_by_role("region", name="异议").get_by_label("答复").fill(_ANSWER)
    await day.host.act("答复")
    await objector.reads(_ANSWER)
    await picture(day.host.page, "host-readout", from_the_top=True)
    await picture(objector.page, "bidder-confirm", from_the_top=True)
    await asyncio.gather(*(bidder.act("确认唱标内容") for bidder in day.bidders))
    await asyncio.gather(*(person.act("签署开标记录表") for person in (day.host, day.supervisor, *day.bidders)))
    await asyncio.gather(*(bidder.reads("您已签署开标记录表") for bidder in day.bidders))
    await picture(day.supervisor.page, "supervisor-record", from_the_top=True)


async def closed(day: Day) -> None:
    await day.host.act("结束开标")


async def assert_all_on_record(day: Day) -> None:
    """As the public sees it, and as the bundle proves it without a server."""
    await expect(day.observer.page.locator(".now")).to_contain_text("本场开标已结束", timeout=STEP_MS)
    await picture(day.observer.page, "observer-hall")
    view = await listed(day.cast.url)
    rows = view["bids"].values()
    assert sorted(row["form"]["price"] for row in rows) == sorted(_PRICES)
    assert {row["outcome"] for row in rows} == {Outcome.OPENED}
    assert {row["answer"] for row in rows} == {"confirmed"}
    people = {"host-01", "supervisor-01", "witness-01", *(one.person for one in day.cast.contenders)}
    assert set(view["signed_by"]) == people
    async with day.observer.page.expect_download() as started:
        await day.observer.page.get_by_role("link", name="下载公开档案").click()
    with (await (await started.value).path()).open("rb") as bundle:
        assert verify(bundle, day.cast.trust).verified


async def test_people_open_bids_from_their_browsers(day: Day, papers: Path, browser: Browser) -> None:
    await bids_are_in(day, papers)
    await everybody_is_present(day)
    await released(day)
    await joined_by_witness_and_tenderer(day, browser)
    await fair_to_all(day)
    await opened_and_read_out(day)
    await heard_and_signed(day)
    witness, _ = day.late
    await witness.act("签署开标记录表")
    await fair_to_all(day)
    await closed(day)
    await assert_all_on_record(day)
    ours = (day.cast.url, day.cast.url.replace("http:", "ws:"), "data:", f"blob:{day.cast.url}")
    told = [address for person in day.people for address in person.watched.addresses]
    assert [address for address in told if not address.startswith(ours)] == []


async def test_and_lose_nothing_when_the_server_is_killed_before_custody(day: Day, papers: Path) -> None:
    await bids_are_in(day, papers)
    await everybody_is_present(day)
    await released(day)
    day.players.kill(day.server)
    await day.observer.reads("没有任何记录丢失")
    enter_server(day.players, day.cast)
    await opened_and_read_out(day)
    await heard_and_signed(day)
    await closed(day)
    await assert_all_on_record(day)
