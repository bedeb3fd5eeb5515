"""People in browsers: each with a context of its own, in the chair that the demonstration keeps for them."""

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, expect

from remote_bid.demo.cast import SESSION, Cast
from remote_bid.demo.chairs import chair_link
from tests.web.hall import DESK, Watched

STEP_MS = 45_000
SECRET = "correct horse battery"  # noqa: S105 - of files that the tests make


@dataclass(frozen=True)
class Person:
    """Somebody before a screen; `watched` since the hall has opened."""

    context: BrowserContext
    page: Page
    watched: Watched

    async def act(self, label: str) -> None:
        """Ask for an act, and say yes to what will be signed."""
        await self.page.get_by_role("button", name=label, exact=True).click(timeout=STEP_MS)
        await self.page.get_by_role("button", name=f"确认：{label}").click()

    async def press(self, label: str) -> None:
        """Do something that needs no second word."""
        await self.page.get_by_role("button", name=label, exact=True).click(timeout=STEP_MS)

    async def reads(self, text: str) -> None:
        """The page says so, sooner or later."""
        await expect(self.page.get_by_text(text).first).to_be_visible(timeout=STEP_MS)


async def seated(browser: Browser, cast: Cast, person: str, viewport: ViewportSize = DESK) -> Person:
    """In the hall, signed in as this person."""
    context = await browser.new_context(viewport=viewport, has_touch=viewport is not DESK)
    page = await context.new_page()
    watched = Watched(page)
    await page.goto(chair_link(cast, person))
    await page.wait_for_url(f"**/hall/{SESSION}")
    return Person(context, page, watched)


async def watching(browser: Browser, cast: Cast, part: str = "") -> Person:
    """A member of the public, in the hall or on another page of the session."""
    context = await browser.new_context(viewport=DESK)
    page = await context.new_page()
    watched = Watched(page)
    await page.goto(f"{cast.url}/hall/{SESSION}{part}")
    return Person(context, page, watched)


async def with_papers(page: Page, papers: Path) -> None:
    """A file for each part that the tender asks for."""
    for part in ("技术标", "商务标"):
        await page.get_by_label(part).set_input_files(papers)


async def hands_in(bidder: Person, price: str, papers: Path) -> None:
    """Fill in, seal, hand in, and see the receipt sealed into the timeline."""
    page = bidder.page
    await page.get_by_label("投标报价").fill(price, timeout=STEP_MS)
    await page.get_by_label("工期").fill("180")
    await page.get_by_label("质量").fill("合格")
    await page.get_by_label("项目经理").fill("陈立")
    await with_papers(page, papers)
    await page.get_by_label("解密文件的口令").fill(SECRET)
    await page.get_by_label("再输入一次口令").fill(SECRET)
    await bidder.act("密封并递交")
    await bidder.reads("已递交，回执有效")


async def makes_keys(custodian: Person, cast: Cast) -> None:
    """The ceremony: keys made and kept, whom to trust, the public halves offered, a drill."""
    page, [lot] = custodian.page, cast.tender.lots
    keys = len(lot.parts) + (lot.draw is not None)
    trust = cast.folder / "trust.json"
    await page.get_by_label("信任文件（trust.json）").set_input_files(trust, timeout=STEP_MS)
    await page.get_by_label("密钥文件的口令").fill(SECRET)
    await page.get_by_label("再输入一次口令").fill(SECRET)
    await custodian.press("生成密钥并下载文件")
    await custodian.act("登记公钥")
    await expect(page.get_by_text("已登记，尚未演练")).to_have_count(keys, timeout=STEP_MS)
    await custodian.press("开始演练")
    await custodian.reads("演练通过，密钥可用")
