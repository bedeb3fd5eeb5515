"""Host and supervisor in real browsers drive a day whose other people are played by programs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo import parts
from remote_bid.demo.authority import KEY_FILE, PASSPHRASE
from remote_bid.demo.bidding import play_bidder
from remote_bid.demo.cast import SESSION, Cast, Pace, assemble
from remote_bid.demo.day import answering, open_house, troupe
from remote_bid.demo.programme import own_programme
from remote_bid.opening.terms import Role
from remote_bid.participant.client import Client
from remote_bid.participant.identity import read_identity
from remote_bid.participant.staff import Host
from remote_bid.tender.statements import Cadence, Windows
from tests.web.agency import pictured
from tests.web.axe import violations
from tests.web.hall import DESK, Watched, a_browser, listed

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

_STEP_MS = 60_000
_SEED = 7
_PACE = Pace(
    until_deadline_ms=32_000,
    lobby_ms=26_000,
    ticks=Cadence(every_ms=2000, slots=256),
    windows=Windows(release_ms=25_000, custody_ms=20_000, confirm_ms=4000, objection_ms=25_000, record_ms=60_000),
    pause_s=0.5,
)
_WORDS = "请各位<b>投标人</b>稍候。"
_ANSWER = "已按招标文件处理。"


@dataclass(frozen=True)
class Empty:
    """A day with two empty chairs."""

    cast: Cast

    @property
    def hall(self) -> str:
        """The page of the opening."""
        return f"{self.cast.url}/hall/{SESSION}"


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Empty]:
    cast = assemble(tmp_path, own_programme(3, _SEED), _PACE)
    with troupe() as players:
        open_house(players, cast)
        await answering(cast.url, players)
        await _scheduled(cast)
        players.enter(parts.play_tenderer, cast)
        players.enter(parts.play_witness, cast)
        custodians = [member.person for member in cast.members if member.role is Role.CUSTODIAN]
        for number, person in enumerate(custodians):
            players.enter(parts.play_custodian, cast, person, number % 2 == 0)
        for contender in cast.contenders:
            players.enter(play_bidder, cast, contender)
        yield Empty(cast)
        assert not players.failed(), players.failed()


async def _scheduled(cast: Cast) -> None:
    """The agency's part, done before anybody sits down."""
    identity = read_identity(cast.home("host-01"))
    async with Client(cast.url, SESSION, identity).connected() as client:
        host = Host(client, identity, "host-01", Role.HOST)
        await host.schedule(cast.tender, cast.members)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def seated(browser: Browser, day: Empty, person: str) -> Page:
    """The hall as this person sees it: the certificate imported, signed in."""
    page = await (await browser.new_context(viewport=DESK)).new_page()
    await page.goto(day.hall)
    await page.get_by_role("link", name="登录").click()
    await page.get_by_label("证书文件", exact=True).set_input_files(day.cast.home(person) / KEY_FILE)
    await page.get_by_label("证书文件的口令").fill(PASSPHRASE)
    await page.get_by_role("button", name="导入", exact=True).click()
    await page.get_by_role("button", name="登录").last.click()
    await expect(page.get_by_role("region", name="工作台")).to_be_visible(timeout=_STEP_MS)
    return page


async def acted(page: Page, act: str) -> None:
    """Ask for an act, and say yes to what will be signed."""
    await page.get_by_role("button", name=act, exact=True).click(timeout=_STEP_MS)
    await page.get_by_role("button", name=f"确认：{act}").click()


async def test_host_and_supervisor_drive_the_day_to_the_signed_record(day: Empty, browser: Browser) -> None:
    host, supervisor = await asyncio.gather(seated(browser, day, "host-01"), seated(browser, day, "supervisor-01"))
    watched = Watched(host)
    await acted(supervisor, "签署时间表")
    for page in (host, supervisor):
        await page.get_by_role("button", name="签到", exact=True).click(timeout=_STEP_MS)
        await expect(page.get_by_text("您已签到")).to_be_visible()

    await acted(host, "开始解密")
    await host.get_by_label("发言内容").fill(_WORDS)
    await host.get_by_role("button", name="发送").click()
    await expect(supervisor.get_by_role("region", name="发言")).to_contain_text(_WORDS)
    await stopped_and_resumed(host, supervisor)

    for number in (1, 2, 3):
        await host.get_by_role("button", name=f"唱第 {number} 号").click(timeout=_STEP_MS)
    answer = host.get_by_role("region", name="异议").get_by_label("答复")
    await answer.fill(_ANSWER, timeout=_STEP_MS)
    await acted(host, "答复")
    await expect(supervisor.get_by_role("region", name="异议")).to_contain_text(_ANSWER)
    assert await violations(host) == []

    for page in (host, supervisor):
        await acted(page, "签署开标记录表")
    assert await violations(supervisor) == []
    await host.get_by_text("开标记录表预览").click()
    await expect(host.get_by_role("region", name="工作台").get_by_role("columnheader", name="项目经理")).to_be_visible()
    assert await violations(host) == []
    await pictured(host, "record-preview")
    await acted(host, "结束开标")
    await expect(host.get_by_role("link", name="开标记录表（PDF）")).to_be_visible(timeout=_STEP_MS)
    await expect(host.locator(".now")).to_contain_text("本场开标已结束", timeout=_STEP_MS)
    view = await listed(day.cast.url)
    assert {"host-01", "supervisor-01"} <= set(view["signed_by"])
    assert watched.errors == []


async def stopped_and_resumed(host: Page, supervisor: Page) -> None:
    """The supervisor suspends, the host asks to go on, the supervisor signs that too."""
    await supervisor.get_by_text("中止开标").first.click()
    await supervisor.get_by_label("原因").first.select_option("network_fault")
    await acted(supervisor, "中止开标")
    await expect(host.get_by_text("已中止：网络故障")).to_be_visible()
    await acted(host, "继续开标")
    await expect(host.get_by_text("等待对方签署")).to_be_visible()
    await acted(supervisor, "签署")
    await expect(host.get_by_text("已中止：网络故障")).to_be_hidden()
