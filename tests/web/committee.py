"""The people of an evaluation in browsers: each does whatever its page asks for."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, ViewportSize, expect

from remote_bid.demo.cast import Cast
from remote_bid.demo.chairs import chair_link
from remote_bid.demo.committee import EVALUATION
from tests.web.hall import DESK
from tests.web.people import STEP_MS

LONG_MS = 180_000
"""Until somebody else has acted."""

RECUSES, DISSENTS, FAR_OFF, MOVES = "E02", "E04", "E05", "E03"
_SCORED = re.compile(r"共 (\d+) 项")
Check = Callable[[Page, str], Awaitable[None]]
"""Called with a page and what it asks for, before that is done."""


async def attending(browser: Browser, cast: Cast, person: str, viewport: ViewportSize = DESK) -> Page:
    """The evaluation as this person sees it."""
    page = await (await browser.new_context(viewport=viewport)).new_page()
    await page.goto(chair_link(cast, person))
    await page.wait_for_url(re.compile("/(hall|evaluation)/"))
    await page.goto(f"{cast.url}/evaluation/{EVALUATION}")
    return page


async def agreed(page: Page, label: str) -> None:
    """Ask for an act, and say yes to what will be signed."""
    await page.get_by_role("button", name=label, exact=True).click(timeout=STEP_MS)
    await page.get_by_role("button", name=f"确认：{label}").click()


@dataclass
class Expert:
    """Somebody before a seat's screen."""

    page: Page
    check: Check
    again: Callable[[], Awaitable[Page]]
    """The same person at another machine."""
    left: bool = False
    done: list[str] = field(default_factory=list)

    async def play(self) -> None:
        """Whatever the page asks for, until the report is answered or the member has left."""
        while not self.left:
            heading = self.page.locator(".desk h2")
            said = (await heading.inner_text(timeout=STEP_MS)).strip()
            if said in _ACTS:
                await self.check(self.page, said)
                await _ACTS[said](self)
                self.done.append(said)
            if not self.left:
                await expect(self.page.locator(".desk h2")).not_to_have_text(said, timeout=LONG_MS)

    async def alias(self) -> str:
        """Under which the committee knows this one."""
        return (await self.page.locator(".desk .hint").first.inner_text())[5:8]

    async def accept(self) -> None:
        await agreed(self.page, "接受邀请")

    async def sit(self) -> None:
        await agreed(self.page, "签到入座")

    async def undertake(self) -> None:
        if await self.alias() != RECUSES:
            await agreed(self.page, "签署承诺书")
            return
        await self.page.locator("summary", has_text="声明回避").click()
        await self.page.get_by_label("理由").fill("投标人的项目经理是我的亲属")
        await agreed(self.page, "声明回避")
        self.left = True

    async def elect(self) -> None:
        await self.page.get_by_role("radio").first.check()
        await agreed(self.page, "投票")

    async def vote(self) -> None:
        await self.page.get_by_role("radio", name="是", exact=True).check()
        await agreed(self.page, "投票")

    async def open_review(self) -> None:
        await agreed(self.page, "开始初步评审")

    async def review(self) -> None:
        rest = self.page.get_by_role("button", name="其余各项通过")
        for number in range(await rest.count()):
            await rest.nth(number).click()
        await agreed(self.page, "提交初步评审表")

    async def score(self) -> None:
        """By the keyboard alone; one of them goes on at another machine, for the first has failed."""
        if await self.alias() == MOVES:
            await self._go_on_elsewhere()
        found = _SCORED.search(await self.page.get_by_role("region", name="评分表").locator("header").inner_text())
        assert found is not None
        await self.page.get_by_role("region", name="评分表").get_by_role("textbox").first.focus()
        far = await self.alias() == FAR_OFF
        for number in range(int(found[1])):
            await self.page.keyboard.type("2" if far and not number else "20")
            await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_text(f"已填 {found[1]} 项")).to_be_visible()
        await agreed(self.page, "提交评分表")

    async def _go_on_elsewhere(self) -> None:
        """What was scored so far is there."""
        sheet = self.page.get_by_role("region", name="评分表")
        await sheet.get_by_role("textbox").first.fill("19")
        await expect(sheet.get_by_text(re.compile("^· 已保存|已保存 "))).to_be_visible(timeout=STEP_MS)
        await self.page.context.close()
        self.page = await self.again()
        sheet = self.page.get_by_role("region", name="评分表")
        await expect(sheet.get_by_role("textbox").first).to_have_value("19", timeout=STEP_MS)

    async def answer_outlier(self) -> None:
        await self.page.get_by_label("理由").fill("录入有误")
        await self.page.get_by_label("更正为").fill("19.5")
        await agreed(self.page, "更正分数")

    async def confirm(self) -> None:
        await agreed(self.page, "确认汇总结果")

    async def sign(self) -> None:
        if await self.alias() == DISSENTS:
            await self.page.get_by_text("不同意，写明保留意见").click()
            await self.page.get_by_label("保留意见").fill("对技术评分有不同看法")
            await agreed(self.page, "提交保留意见")
        else:
            await agreed(self.page, "签署评标报告")
        self.left = True


_ACTS: dict[str, Callable[[Expert], Awaitable[None]]] = {
    "请答复本次评标邀请": Expert.accept,
    "请签到入座": Expert.sit,
    "请核对投标人名单，签署承诺书或声明回避": Expert.undertake,
    "请投票推选组长": Expert.elect,
    "有一项表决等待您投票": Expert.vote,
    "请开始初步评审": Expert.open_review,
    "请逐家逐项完成初步评审": Expert.review,
    "请独立打分并提交评分表": Expert.score,
    "您有分数偏离平均分过大，请复核": Expert.answer_outlier,
    "请核对汇总结果并确认": Expert.confirm,
    "请签署评标报告": Expert.sign,
}


async def until_there(path_exists: Callable[[], bool]) -> None:
    """Another process writes it."""
    while not await asyncio.to_thread(path_exists):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.1)
