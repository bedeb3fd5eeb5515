"""The supervisor's wall in a real browser: several sessions, a desk in place, and what it says when things go wrong."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo.cast import assemble
from remote_bid.demo.programme import own_programme
from tests.web.axe import violations
from tests.web.desks import STEP_MS, a_day_with_free_chairs, acted, scheduled, seated, timetables_signed
from tests.web.hall import PHONE, Watched, a_browser, listed
from tests.web.pace import SIGNED_BY_HAND
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

_SEED = 7
_OTHER = "KB-2026-0108"
_TITLE = "城北<script>alert(1)</script>道路改造工程"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def assert_accessible(page: Page) -> None:
    """In both languages."""
    assert await violations(page) == []
    await page.get_by_role("button", name="English").click()
    assert await violations(page) == []
    await page.get_by_role("button", name="中文").click()


async def test_the_wall_tells_what_needs_the_supervisor_and_lets_it_act_in_place(
    tmp_path: Path, browser: Browser
) -> None:
    cast = assemble(tmp_path, own_programme(3, _SEED), SIGNED_BY_HAND)
    async with a_day_with_free_chairs(cast, {"supervisor-01"}) as playing:
        await scheduled(cast, _OTHER, msgspec.structs.replace(cast.tender, title=_TITLE, code=_OTHER))
        page = await seated(browser, cast, "supervisor-01", "工作台")
        watched = Watched(page)
        await page.goto(cast.url)
        await page.get_by_role("link", name="监督墙").click()
        other, today = (page.get_by_role("article", name=title) for title in (_TITLE, cast.tender.title))
        await expect(other).to_contain_text("一切正常")
        await expect(today).to_contain_text("有文书等待您签署", timeout=STEP_MS)
        await expect(page.get_by_role("article").first).to_contain_text(cast.tender.title)

        await today.get_by_role("button", name="在此处理").press("Enter")
        await timetables_signed(page, cast)
        await acted(page, "封存抽取种子")
        await expect(today).to_contain_text("解密", timeout=STEP_MS)
        await today.get_by_text("中止开标").first.click(timeout=STEP_MS)
        await page.get_by_label("原因").first.select_option("network_fault")
        await acted(page, "中止开标")
        await expect(today.get_by_role("alert").first).to_contain_text("已中止：网络故障")
        await assert_accessible(page)
        await picture(page, "wall-suspended")
        await acted(page, "签署")  # the host's program has asked to go on at once
        await expect(today).not_to_contain_text("已中止：网络故障", timeout=STEP_MS)
        assert (await listed(cast.url))["pauses"][0]["cause"] == "network_fault"

        playing.players.kill(playing.cosigner)
        await expect(today).to_contain_text("没有联署", timeout=STEP_MS)
        await page.set_viewport_size(PHONE)
        assert await page.evaluate("width => document.documentElement.scrollWidth <= width", PHONE["width"])
        await assert_accessible(page)
        await picture(page, "wall-uncosigned-phone")

        assert watched.errors == []
        await page.context.set_offline(True)
        await expect(page.get_by_role("alert").filter(has_text="连接不上服务器。以下是")).to_be_visible()
        await expect(page.get_by_role("article")).to_have_count(2)
        await page.context.set_offline(False)
        await expect(page.get_by_text("每 3 秒更新")).to_be_visible(timeout=STEP_MS)
        await expect(page.locator("script", has_text="alert")).to_have_count(0)


async def test_whoever_watches_nothing_sees_no_session_on_the_wall(tmp_path: Path, browser: Browser) -> None:
    cast = assemble(tmp_path, own_programme(3, _SEED), SIGNED_BY_HAND)
    async with a_day_with_free_chairs(cast, {"supervisor-01", "custodian-01"}):
        page = await (await browser.new_context()).new_page()
        await page.goto(f"{cast.url}/wall")
        await expect(page.get_by_text("请先登录")).to_be_visible()
        assert await violations(page) == []
        page = await seated(browser, cast, "custodian-01", "密钥保管")
        await page.goto(f"{cast.url}/wall")
        await expect(page.get_by_text("没有需要您监督的场次")).to_be_visible()
        await assert_accessible(page)
