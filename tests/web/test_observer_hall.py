"""The observer hall in a real browser, over a real day."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo.cast import SESSION
from tests.web.hall import DESK, PHONE, Watched, a_browser, a_day, listed

pytestmark = [pytest.mark.web, pytest.mark.slow]

_DAY_MS = 60_000
SECRET, OVER = "数量和名称在截止前保密", "本场开标已结束"
LOST, BACK = "没有任何记录丢失", "已重新连接"


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with a_day() as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def entered(page: Page, url: str, session: str = SESSION) -> None:
    answer = await page.goto(f"{url}/hall/{session}")
    assert answer is not None
    assert answer.ok, "the pages are not built: run ./dev web"


async def numbers(page: Page) -> list[int]:
    """The numbers of all entries in the timeline, earlier ones and runs of routine unfolded: the newest first."""
    earlier = page.locator("button.earlier")
    while await earlier.count():
        await earlier.click()
    folded = page.locator(".timeline details:not([open]) > summary")
    while await folded.count():
        await folded.first.click()
    shown = await page.locator(".timeline .entry > .seq, .timeline .hidden > .seq").all_inner_texts()
    return [int(number) for number in shown]


async def test_the_public_watches_from_secrecy_to_prices(url: str, browser: Browser) -> None:
    page = await browser.new_page(viewport=DESK)
    watched = Watched(page)
    await entered(page, url)
    await expect(page.locator(".roster")).to_contain_text(SECRET)

    await expect(page.locator(".now")).to_contain_text(OVER, timeout=_DAY_MS)
    await expect(page.get_by_role("link", name="下载公开档案")).to_be_visible()
    view = await listed(url)
    assert len(view["bids"]) == 3
    for row in view["bids"].values():
        line = page.locator("tbody tr", has_text=row["name"])
        await expect(line).to_contain_text("已开启" if row["outcome"] == "OPENED" else "未在解密时限内解密")
        if "form" in row:
            await expect(line).to_contain_text(f"¥{float(row['form']['price']):,.2f}")
    assert "".join(await page.locator(".check-code .code span").all_inner_texts()) == view["check_code"]["code"]

    assert watched.errors == []
    socket = url.replace("http:", "ws:")
    assert [address for address in watched.addresses if not address.startswith((url, socket, "data:"))] == []


async def test_a_spell_offline_is_said_and_loses_nothing(url: str, browser: Browser) -> None:
    context = await browser.new_context(viewport=DESK)
    page = await context.new_page()
    await entered(page, url)
    await expect(page.locator(".phase-bar .current")).to_contain_text("签到", timeout=_DAY_MS)

    await context.set_offline(True)
    banner = page.locator(".banner")
    await expect(banner).to_contain_text(LOST)
    await expect(page.locator(".roster")).to_contain_text(SECRET)
    await page.wait_for_timeout(3000)
    await expect(page.locator(".roster")).to_contain_text(SECRET)

    await context.set_offline(False)
    await expect(banner).to_contain_text(BACK, timeout=15_000)
    await expect(page.get_by_role("link", name="下载公开档案")).to_be_visible(timeout=_DAY_MS)
    seen = await numbers(page)
    assert seen == list(range(len(seen), 0, -1))
    fresh = await context.new_page()
    await entered(fresh, url)
    await expect(fresh.locator(".now")).to_contain_text(OVER)
    assert await numbers(fresh) == seen


async def test_on_a_phone_nothing_is_cut_off_and_the_timeline_is_a_sheet(url: str, browser: Browser) -> None:
    page = await browser.new_page(viewport=PHONE)
    await entered(page, url)
    for moment in (SECRET, "名称唱标时公布", "已开启"):
        await expect(page.locator(".roster")).to_contain_text(moment, timeout=_DAY_MS)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await page.get_by_role("button", name="时间轴").click()
    await page.get_by_role("button", name="更早的").click()
    await expect(page.get_by_role("dialog")).to_contain_text("安排开标")


async def test_in_english_and_for_an_unknown_session(url: str, browser: Browser) -> None:
    page = await browser.new_page(viewport=DESK)
    await entered(page, url, "elsewhere")
    await expect(page.get_by_role("alert")).to_contain_text("没有这场开标")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("alert")).to_contain_text("There is no such opening")
    await page.get_by_role("link", name="See all openings").last.click()
    await page.get_by_role("link", name="Enter the hall").or_(page.locator("a.session")).first.click()
    await expect(page.locator(".now")).to_contain_text("Now")
    assert await page.evaluate("document.documentElement.lang") == "en"
