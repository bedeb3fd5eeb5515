"""What may go wrong for a bidder, put right in browsers: a drill, a custodian struck and keys dealt anew, the remedy.

A bidder, tenderer, supervisor and an escrow holder sit at pages; everybody else is a program.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from remote_bid.demo import cast as casting
from remote_bid.demo import parts
from remote_bid.demo.bidding import play_bidder
from remote_bid.demo.cast import MEMBERS, Cast, K, Pace, assemble
from remote_bid.demo.day import Troupe, answering, open_house, troupe
from remote_bid.demo.patience import Patience
from remote_bid.demo.programme import own_programme
from remote_bid.demo.stage import Visitor, alone, identity_of
from remote_bid.opening.terms import Member, Outcome, Role
from remote_bid.participant.custodian import Custodian
from remote_bid.participant.staff import Tenderer
from remote_bid.tender.statements import Cadence, Windows
from remote_bid.tender.statements import Custodian as Named
from remote_bid.tender.terms import READOUT_FORM
from tests.web.axe import violations
from tests.web.hall import PHONE, a_browser, listed
from tests.web.people import STEP_MS, Person, hands_in, makes_keys, seated
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

_PACE = Pace(
    until_deadline_ms=40_000,
    lobby_ms=15_000,
    ticks=Cadence(every_ms=2000, slots=256),
    windows=Windows(release_ms=15_000, custody_ms=60_000, confirm_ms=2000, objection_ms=500, record_ms=2000),
    pause_s=0,
)
STRUCK, HELPS, HELPS_TOO, LATER = "custodian-03", "custodian-04", "custodian-05", "custodian-06"
_MORE = [
    Member(person=HELPS_TOO, name="行业协会保管人", role=Role.CUSTODIAN, side="association"),
    Member(person=LATER, name="备用保管人", role=Role.CUSTODIAN, side="reserve"),
]


class WithoutReserve(Tenderer):
    """Publishes while the reserve's keys are there, and names it nowhere yet."""

    def _offers(self, lot: str, part: str) -> list[Named]:
        return [offer for offer in super()._offers(lot, part) if offer.person != LATER]

    def _custodians(self) -> int:
        return super()._custodians() - 1


def play_tenderer(cast: Cast) -> None:
    """Policies with two escrow holders, and timetables that wait for the bidder at the page."""
    alone(cast.home("tenderer-01") / "log", lambda: _tenderer(cast))


async def _tenderer(cast: Cast) -> None:
    async with Visitor(cast, "tenderer-01").connected() as client:
        tenderer = WithoutReserve(client, identity_of(cast, "tenderer-01"), "tenderer-01", Role.TENDERER)
        places = parts._sealed_parts(cast)
        held = (HELPS, HELPS_TOO)
        await asyncio.gather(*(tenderer.publish_policy(cast.trust, *place, K, held, 2) for place in places))
        patience = Patience(cast, parts.timetable)
        await asyncio.gather(tenderer.keep_timetable(len(places), patience.next), patience.keep_postponing(tenderer))


def play_holder(cast: Cast) -> None:
    """The other escrow holder: offers its keys, gives its share of who asks."""
    alone(cast.home(HELPS_TOO) / "log", lambda: _holder(cast))


async def _holder(cast: Cast) -> None:
    async with Visitor(cast, HELPS_TOO).connected() as client:
        holder = Custodian(client, identity_of(cast, HELPS_TOO), cast.trust, cast.home(HELPS_TOO))
        for place in parts._sealed_parts(cast):
            await holder.offer_key(*place)
        await client.until(lambda view: bool(view.remedies))
        await holder.publish_shares(cast.tender.lots[0].lot, READOUT_FORM)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


@pytest.fixture
async def cast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cast]:
    """Everybody but the bidder at the page and the escrow holder at the page, who is waited for."""
    monkeypatch.setattr(casting, "MEMBERS", [*MEMBERS, *_MORE])
    found = assemble(tmp_path, own_programme(3, 7), _PACE, playable=True)
    with troupe() as players:
        open_house(players, found)
        await answering(found.url, players)
        _enter(players, found)
        yield found
        assert not players.failed(), players.failed()


def _enter(players: Troupe, cast: Cast) -> None:
    for play in (parts.play_host, parts.play_supervisor, parts.play_witness, play_tenderer, play_holder):
        players.enter(play, cast)
    for person in ("custodian-01", "custodian-02"):
        players.enter(parts.play_custodian, cast, person, True)
    for person in (STRUCK, LATER):
        players.enter(parts.play_custodian, cast, person, False)
    for contender in cast.contenders[1:]:
        players.enter(play_bidder, cast, contender)


async def fair(person: Person, region: str) -> None:
    """No rule of WCAG is broken, whichever language is spoken, and nothing sticks out of the screen."""
    await person.page.get_by_role("region", name=region).first.scroll_into_view_if_needed()
    assert await violations(person.page) == []
    await person.page.get_by_role("button", name="English").click()
    assert await violations(person.page) == []
    await person.page.get_by_role("button", name="中文").click()
    assert not await person.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


async def drills(bidder: Person) -> None:
    """With the keyboard, by what the browser keeps."""
    await bidder.page.get_by_role("button", name="演练：能否打开", exact=True).press("Enter", timeout=STEP_MS)
    await bidder.reads("演练通过，您手上的密钥能打开这份投标")
    await fair(bidder, "演练")


async def strikes(tenderer: Person, supervisor: Person) -> None:
    """The tenderer proposes, the supervisor signs too."""
    desk = tenderer.page.get_by_role("region", name="工作台")
    await desk.locator("summary", has_text="剔除密钥保管人").click(timeout=STEP_MS)
    await desk.get_by_label("密钥保管人").select_option(STRUCK)
    await desk.get_by_label("原因").last.select_option("key_lost")
    await desk.get_by_label("备用保管人").check()
    await fair(tenderer, "工作台")
    await picture(tenderer.page, "tenderer-strike")
    await tenderer.act("剔除密钥保管人")
    await tenderer.reads("等待监督人员签署")
    await supervisor.act("签署剔除决定")


async def deals_again(bidder: Person) -> None:
    await bidder.reads("请重新分存一次")
    await fair(bidder, "请重新分存一次")
    await picture(bidder.page, "bidder-deal-again")
    await bidder.act("重新分存")
    await bidder.reads("已重新分存给现在的保管人，回执有效")


async def asks_for_the_remedy(bidder: Person) -> None:
    await bidder.page.locator("summary", has_text="解密文件和恢复码都丢失了").click(timeout=STEP_MS)
    await fair(bidder, "解密投标文件")
    await bidder.act("申请补救")
    await bidder.reads("已申请补救")
    await bidder.reads("申请的回执由中心的日志密钥签署")


async def gives_its_share(holder: Person) -> None:
    await holder.reads("全部成立，可以交付")
    await fair(holder, "交付补救份额")
    await holder.act("交付份额")
    await holder.reads("份额已交付")


async def test_a_bidder_is_helped_out_of_every_trouble(cast: Cast, browser: Browser, tmp_path: Path) -> None:
    holder = await seated(browser, cast, HELPS)
    await makes_keys(holder, cast)
    contender = cast.contenders[0]
    bidder = await seated(browser, cast, contender.person, PHONE)
    papers = tmp_path / "technical.pdf"
    papers.write_bytes(b"%PDF " + bytes(100_000))
    await hands_in(bidder, "11234567.80", papers)
    await drills(bidder)
    tenderer, supervisor = await seated(browser, cast, "tenderer-01"), await seated(browser, cast, "supervisor-01")
    await strikes(tenderer, supervisor)
    await deals_again(bidder)
    (cast.home(contender.person) / "browser.receipt.json").touch()  # what the tenderer of the play waits for

    # Every copy of the halves is lost: what the browser kept too.
    await bidder.page.evaluate("indexedDB.deleteDatabase('remote-bid-halves')")
    await bidder.page.reload()
    await asks_for_the_remedy(bidder)
    await gives_its_share(holder)
    await expect(bidder.page.locator("dd", has_text="补救").first).to_be_visible(timeout=STEP_MS)
    row = next(row for row in (await listed(cast.url))["bids"].values() if row["name"] == contender.name)
    assert row["outcome"] == Outcome.REMEDIED
    assert row["form"]["price"] == "11234567.80"
    for person in (bidder, holder, tenderer, supervisor):
        assert person.watched.errors == []
