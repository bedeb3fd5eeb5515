"""Host and supervisor in real browsers drive a day whose other people are played by programs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo.cast import Cast, assemble
from tests.web.axe import violations
from tests.web.desks import STEP_MS, a_day_with_free_chairs, acted, seated, timetables_signed
from tests.web.hall import Watched, a_browser, listed
from tests.web.pace import SIGNED_BY_HAND, all_release
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

# An objection must be answered before its window is over, which nothing shortens.
_PACE = replace(SIGNED_BY_HAND, windows=msgspec.structs.replace(SIGNED_BY_HAND.windows, objection_ms=12_000))
_WORDS = "请各位<b>投标人</b>稍候。"
_ANSWER = "已按招标文件处理。"


@pytest.fixture
async def cast(tmp_path: Path) -> AsyncIterator[Cast]:
    """A day with two empty chairs."""
    found = assemble(tmp_path, all_release(), _PACE)
    async with a_day_with_free_chairs(found, {"host-01", "supervisor-01"}):
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def test_host_and_supervisor_drive_the_day_to_the_signed_record(cast: Cast, browser: Browser) -> None:
    host, supervisor = await asyncio.gather(
        *(seated(browser, cast, who, "工作台") for who in ("host-01", "supervisor-01"))
    )
    watched = Watched(host)
    await timetables_signed(supervisor, cast)
    for page in (host, supervisor):
        await page.get_by_role("button", name="签到", exact=True).click(timeout=STEP_MS)
        await expect(page.get_by_text("您已签到")).to_be_visible()

    await acted(host, "开始解密")
    await host.get_by_label("发言内容").fill(_WORDS)
    await host.get_by_role("button", name="发送").click()
    await expect(supervisor.get_by_role("region", name="发言")).to_contain_text(_WORDS)
    await stopped_and_resumed(host, supervisor)

    for number in (1, 2, 3):
        await host.get_by_role("button", name=f"唱第 {number} 号").click(timeout=STEP_MS)
    answer = host.get_by_role("region", name="异议").get_by_label("答复")
    await answer.fill(_ANSWER, timeout=STEP_MS)
    await acted(host, "答复")
    await expect(supervisor.get_by_role("region", name="异议")).to_contain_text(_ANSWER)
    assert await violations(host) == []

    for page in (host, supervisor):
        await acted(page, "签署开标记录表")
    assert await violations(supervisor) == []
    await host.get_by_text("开标记录表预览").click()
    await expect(host.get_by_role("region", name="工作台").get_by_role("columnheader", name="项目经理")).to_be_visible()
    assert await violations(host) == []
    await picture(host, "record-preview")
    await acted(host, "结束开标")
    await expect(host.get_by_role("link", name="开标记录表（PDF）")).to_be_visible(timeout=STEP_MS)
    await expect(host.locator(".now")).to_contain_text("本场开标已结束", timeout=STEP_MS)
    view = await listed(cast.url)
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
