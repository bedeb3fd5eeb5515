"""The big screen over a real day: readable from afar, one look tells what is happening, and it speaks when asked to."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from remote_bid.demo.cast import SESSION
from tests.web.axe import violations
from tests.web.hall import Watched, a_browser, a_day, listed

pytestmark = [pytest.mark.web, pytest.mark.slow]

_DAY_MS = 60_000
_WALL = ViewportSize(width=1920, height=1080)
_SMALLEST = """() => Math.min(...Array.from(document.querySelectorAll('.stage *'))
    .filter((seen) => Array.from(seen.childNodes).some((node) => node.nodeType === 3 && node.data.trim()))
    .map((seen) => parseFloat(getComputedStyle(seen).fontSize)))"""
_LISTEN = """window.heard = []
speechSynthesis.speak = (words) => window.heard.push(words.text)"""


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with a_day() as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def readable(page: Page) -> None:
    """No text is smaller than 1/25 of the height, and nothing is cut off."""
    assert await page.evaluate(_SMALLEST) >= _WALL["height"] / 25
    assert await page.evaluate("document.querySelector('.stage').scrollHeight <= window.innerHeight")
    assert await violations(page) == []


async def test_the_hall_follows_the_day_from_ten_metres_away(url: str, browser: Browser) -> None:
    page = await browser.new_page(viewport=_WALL)
    watched = Watched(page)
    await page.add_init_script(_LISTEN)
    await page.goto(f"{url}/hall/{SESSION}/screen")
    await expect(page.locator(".secret")).to_contain_text("对任何人保密")
    await page.get_by_role("button", name="语音唱标").click()
    await page.get_by_role("button", name="阶段提示音").click()
    await readable(page)

    await expect(page.locator(".list li")).to_have_count(3, timeout=_DAY_MS)
    await expect(page.locator(".phase")).to_have_text("结束", timeout=_DAY_MS)
    await readable(page)
    view = await listed(url)
    for row in view["bids"].values():
        line = page.locator(".list li", has_text=row["name"])
        if "form" in row:
            await expect(line).to_contain_text(f"¥{float(row['form']['price']):,.2f}")
            await expect(line.locator(".bar")).to_have_count(1)
    heard = await page.evaluate("window.heard")
    assert len(heard) == 3
    assert any("元整" in words or "角" in words or "元" in words for words in heard)
    assert watched.errors == []


async def test_an_unknown_session_is_said_in_large_letters(url: str, browser: Browser) -> None:
    page = await browser.new_page(viewport=_WALL)
    await page.goto(f"{url}/hall/elsewhere/screen")
    await expect(page.locator("h1")).to_have_text("没有这场开标")
    await readable(page)
