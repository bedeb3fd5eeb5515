"""A bidder in a real browser, from its certificate file to its signature under the record."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Download, Page, ViewportSize, expect

from remote_bid.demo.authority import PASSPHRASE
from remote_bid.demo.cast import SESSION
from tests.web.chair import NAME, Chair, a_chair
from tests.web.hall import DESK, PHONE, Watched, a_browser, listed
from tests.web.people import with_papers

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

_STEP_MS = 45_000
_SECRET = "correct horse battery"  # noqa: S105 - of a file that the test makes
PRICE, SHOWN = "11234567.80", "¥11,234,567.80"


@pytest.fixture
async def chair(tmp_path: Path) -> AsyncIterator[Chair]:
    async with a_chair(tmp_path) as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def signed_in(context: BrowserContext, chair: Chair) -> Page:
    """The hall as the bidder sees it: the certificate imported, signed in."""
    page = await context.new_page()
    await page.goto(chair.hall)
    await page.get_by_role("link", name="登录").click()
    await page.get_by_label("证书文件", exact=True).set_input_files(chair.key)
    await page.get_by_label("证书文件的口令").fill(PASSPHRASE)
    await page.get_by_role("button", name="导入", exact=True).click()
    await page.get_by_role("button", name=f"以{NAME}登录").click()
    await expect(page.get_by_role("region", name="您的投标")).to_be_visible()
    return page


async def acted(page: Page, act: str) -> None:
    """Ask for an act, and say yes to what will be signed."""
    await page.get_by_role("button", name=act, exact=True).click(timeout=_STEP_MS)
    await page.get_by_role("button", name=f"确认：{act}").click()


async def submitted(page: Page, folder: Path) -> list[Path]:
    """Fill in, seal, hand in; gives the release files that the browser saved, one for each part."""
    papers = folder / "papers.pdf"
    papers.write_bytes(bytes(3 << 20))
    saved: list[Download] = []
    page.on("download", lambda download: saved.append(download))  # a builtin it cannot hold
    await page.get_by_label("投标报价").fill(PRICE)
    await page.get_by_label("工期").fill("180")
    await page.get_by_label("质量").fill("合格")
    await page.get_by_label("项目经理").fill("陈立")
    await with_papers(page, papers)
    await page.get_by_label("解密文件的口令").fill(_SECRET)
    await page.get_by_label("再输入一次口令").fill(_SECRET)
    await acted(page, "密封并递交")
    await expect(page.get_by_text("已递交，回执有效")).to_be_visible(timeout=_STEP_MS)
    await expect(page.get_by_text("已封存进时间轴的滴答")).to_be_visible(timeout=_STEP_MS)
    releases = [folder / download.suggested_filename for download in saved]
    for download, path in zip(saved, releases, strict=True):
        await download.save_as(path)
    assert len(releases) == 3, "the form and two volumes"
    return releases


async def heard(page: Page) -> None:
    """From the readout to the signed record."""
    await acted(page, "确认唱标内容")
    await expect(page.get_by_text("您已确认唱标内容")).to_be_visible()
    await acted(page, "签署开标记录表")
    await expect(page.get_by_text("您已签署开标记录表")).to_be_visible()


async def assert_on_record(chair: Chair) -> None:
    view = await listed(chair.url)
    row = next(row for row in view["bids"].values() if row["name"] == NAME)
    assert row["form"]["price"] == PRICE
    assert row["answer"] == "confirmed"
    assert chair.person in view["signed_by"]


async def test_a_bidder_takes_part_from_its_certificate_to_the_record(
    chair: Chair, browser: Browser, tmp_path: Path
) -> None:
    context = await browser.new_context(viewport=DESK)
    page = await signed_in(context, chair)
    watched = Watched(page)
    await submitted(page, tmp_path)
    chair.bid_is_in()
    await expect(page.locator("script", has_text="alert")).to_have_count(0)
    await page.get_by_role("button", name="签到", exact=True).click(timeout=_STEP_MS)
    await expect(page.get_by_text(re.compile(r"您已于 .* 签到"))).to_be_visible()
    await acted(page, "解密投标文件")
    await expect(page.get_by_text("解密完成")).to_be_visible()
    await heard(page)
    await expect(page.locator("tbody tr", has_text=NAME)).to_contain_text(SHOWN)
    await assert_on_record(chair)
    assert watched.errors == []
    ours = (chair.url, chair.url.replace("http:", "ws:"), "data:", f"blob:{chair.url}")
    assert [address for address in watched.addresses if not address.startswith(ours)] == []


async def test_on_a_phone_and_released_from_another_device_by_the_file(
    chair: Chair, browser: Browser, tmp_path: Path
) -> None:
    phone = await browser.new_context(viewport=PHONE, has_touch=True)
    page = await signed_in(phone, chair)
    releases = await submitted(page, tmp_path)
    chair.bid_is_in()
    assert await narrow(page, PHONE)
    await phone.close()

    other = await signed_in(await browser.new_context(viewport=PHONE, has_touch=True), chair)
    await other.get_by_label("解密文件", exact=True).set_input_files(releases, timeout=_STEP_MS)
    await other.get_by_label("解密文件的口令").fill("another")
    await other.get_by_role("button", name="用解密文件解密").click()
    await expect(other.get_by_role("alert").filter(has_text="打不开解密文件")).to_be_visible()
    await other.get_by_label("解密文件的口令").fill(_SECRET)
    await other.get_by_role("button", name="用解密文件解密").click()
    await expect(other.get_by_text("解密完成")).to_be_visible()
    assert await narrow(other, PHONE)
    await heard(other)
    assert await narrow(other, PHONE)
    await assert_on_record(chair)


async def narrow(page: Page, viewport: ViewportSize) -> bool:
    """Whether nothing sticks out to the right."""
    return bool(await page.evaluate("width => document.documentElement.scrollWidth <= width", viewport["width"]))


async def test_the_self_test_and_the_list_of_sessions(chair: Chair, browser: Browser) -> None:
    page = await signed_in(await browser.new_context(viewport=DESK), chair)
    await page.goto(f"{chair.url}/")
    await expect(page.locator("a.session")).to_contain_text("密封并递交投标文件")
    await page.get_by_label("查找").fill("nothing of the kind")
    await expect(page.get_by_text("没有符合的开标")).to_be_visible()
    await page.get_by_label("查找").fill(SESSION)
    await expect(page.locator("a.session")).to_have_count(1)
    await page.get_by_role("link", name="自检").click()
    await expect(page.get_by_text("✓ 正常")).to_have_count(7, timeout=15_000)
    await page.get_by_role("button", name="退出登录").click()
    await expect(page.get_by_role("link", name="登录")).to_be_visible()
