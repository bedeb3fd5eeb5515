"""The centre's offices in real browsers: enrolment, halls and schedule, the audit log; each sees its own only."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Request, expect

from tests.gateway.house import House
from tests.web.agency import a_centre, fair, signed_in
from tests.web.hall import DESK, PHONE, Watched, a_browser
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow]

BIDDER, NAME = "91330000000000777K", "甲公司<script>alert(1)</script>"
HALL = "第一开标室<b>"


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[House]:
    async with a_centre(tmp_path) as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def enrolling(browser: Browser, hall: House) -> Page:
    """A bidder's phone asks the centre for a certificate."""
    page = await (await browser.new_context(viewport=PHONE)).new_page()
    await page.goto(f"{hall.url}/sign-in")
    await page.get_by_label("主体代码").fill(BIDDER)
    await page.get_by_label("名称", exact=True).fill(NAME)
    await page.get_by_role("button", name="提交申请").click()
    await expect(page.get_by_text("等待中心审核")).to_be_visible()
    await page.get_by_role("button", name="查看结果").click()
    await expect(page.get_by_text("仍在审核")).to_be_visible()
    return page


async def office(browser: Browser, hall: House, admin: str) -> Page:
    """An office's page, opened from the first one."""
    page = await signed_in(browser, hall, admin)
    await page.get_by_role("link", name="中心办公").click()
    await expect(page.get_by_role("heading", name="中心办公")).to_be_visible()
    return page


async def test_a_bidder_is_enrolled_loses_its_key_and_the_auditor_sees_it(hall: House, browser: Browser) -> None:
    phone = await enrolling(browser, hall)
    watched = Watched(phone)
    clerk = await office(browser, hall, "security-admin")
    request = clerk.get_by_role("article", name=NAME)
    await fair(clerk)
    await request.get_by_role("button", name="批准并签发").click()
    await expect(request).to_be_visible()  # the clerk has not said yet whom it has seen
    await request.get_by_label("已核实身份和申请编号").check()
    await request.get_by_role("button", name="批准并签发").click()
    await expect(clerk.get_by_text("没有待审核的申请")).to_be_visible()
    await picture(clerk, "security-office")

    await phone.get_by_role("button", name="查看结果").click()
    await phone.get_by_role("button", name=f"以{NAME}登录").click()
    await phone.get_by_role("link", name=NAME).click()
    await expect(phone.get_by_role("heading", name="到期、更换和遗失")).to_be_visible()
    await fair(phone)
    await phone.get_by_text("遗失或泄露").first.click()
    await phone.get_by_label("原因").fill("手机<i>丢失")
    await picture(phone, "lost-key-phone")
    await phone.get_by_role("button", name="作废这张证书").click()
    await expect(phone.get_by_text("证书已作废")).to_be_visible()
    await expect(phone.get_by_role("link", name="登录")).to_be_visible()

    await clerk.reload()
    await expect(clerk.get_by_text("起作废")).to_be_visible()
    auditor = await office(browser, hall, "audit-admin")
    log = auditor.get_by_role("region", name="审计日志")
    await auditor.get_by_label("查找").fill("作废 丢失")
    await expect(log.get_by_role("listitem")).to_have_count(1)
    await expect(log.get_by_role("listitem")).to_contain_text(BIDDER)
    await auditor.get_by_label("查找").fill("")
    await expect(log.get_by_role("listitem")).to_have_count(4)
    await fair(auditor)
    await picture(auditor, "audit-log")
    await expect(auditor.get_by_role("button", name="批准并签发")).to_have_count(0)
    assert watched.errors == []


async def test_the_system_admin_admits_an_agency_and_places_what_it_schedules(hall: House, browser: Browser) -> None:
    for session in ("KB-1001", "KB-1002"):
        await hall.schedule(session)
    system = await office(browser, hall, "system-admin")
    await system.get_by_label("主体代码").fill("host-77")
    await system.get_by_role("button", name="准许安排开标", exact=True).click()
    await expect(system.get_by_role("button", name="取消准许 host-77")).to_be_visible()
    await fair(system)
    agency = await signed_in(browser, hall, "host-77", PHONE)
    await expect(agency.get_by_role("link", name="安排开标")).to_be_visible()
    await system.get_by_role("button", name="取消准许 host-77").click()
    await expect(system.get_by_text("还没有准许任何人")).to_be_visible()
    await agency.reload()
    await expect(agency.get_by_role("link", name="大厅与日程")).to_be_visible()
    await expect(agency.get_by_role("link", name="安排开标")).to_be_hidden()

    await system.get_by_role("link", name="在“大厅与日程”中").click()
    await system.get_by_label("大厅名称").fill(HALL)
    await system.get_by_role("button", name="增加大厅").click()
    await system.get_by_label("KB-1001 的大厅").select_option(HALL)
    await expect(system.get_by_label("KB-1001 的大厅")).to_have_value(HALL)
    await fair(system)
    await picture(system, "schedule-halls")

    public = await (await browser.new_context(viewport=DESK)).new_page()
    await public.goto(f"{hall.url}/schedule")
    await expect(public.get_by_role("listitem").filter(has_text="KB-1001")).to_contain_text(HALL)
    await expect(public.get_by_role("listitem").filter(has_text="KB-1002")).to_contain_text("未安排大厅")
    await public.get_by_label("大厅", exact=True).select_option(HALL)
    await expect(public.get_by_role("listitem")).to_have_count(1)
    await public.goto(f"{hall.url}/office")
    await expect(public.get_by_text("此处仅供交易中心管理员使用")).to_be_visible()
    await fair(public)


async def test_the_first_page_is_small_as_it_is_sent(hall: House, browser: Browser) -> None:
    """All that the browser fetches to show it; charts, PDF and the like come later."""
    page = await (await browser.new_context()).new_page()
    fetched: list[Request] = []
    page.on("requestfinished", lambda request: fetched.append(request))  # a builtin it cannot hold
    await page.goto(hall.url, wait_until="networkidle")
    sent = {request.url: (await request.sizes())["responseBodySize"] for request in fetched}
    assert sum(url.endswith(".js") for url in sent) > 1
    assert sum(url.endswith(".css") for url in sent)
    assert 60 * 1024 <= sum(sent.values()) <= 250 * 1024, sent


async def test_the_first_page_and_the_self_test_are_walked_by_keyboard(hall: House, browser: Browser) -> None:
    await hall.schedule()
    host = await signed_in(browser, hall, "host-01")
    await host.get_by_role("searchbox").focus()
    await host.keyboard.type("nothing of this name")
    await expect(host.get_by_text("没有符合的开标")).to_be_visible()
    await host.keyboard.press("Control+A")
    await host.keyboard.type("works")
    await host.keyboard.press("Tab")
    await expect(host.get_by_role("link").filter(has_text="Works")).to_be_focused()
    await expect(host.get_by_role("link").filter(has_text="Works")).to_contain_text("您是主持人")
    await fair(host)
    await picture(host, "home")

    tenderer = await signed_in(browser, hall, "tenderer-01", PHONE)
    await expect(tenderer.get_by_role("region", name="需要您办理")).to_contain_text("请公布招标规则")
    await fair(tenderer)
    await picture(tenderer, "home-phone")
    await tenderer.get_by_role("link", name="自检").click()
    await expect(tenderer.get_by_text("✓ 正常")).to_have_count(7)
    await tenderer.get_by_role("button", name="检查摄像头和麦克风").focus()
    await tenderer.keyboard.press("Enter")
    await expect(tenderer.get_by_text("✓ 正常")).to_have_count(9)
    await fair(tenderer)
    await picture(tenderer, "self-test-phone")
