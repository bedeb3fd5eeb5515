"""An expert before the documents: whatever a page needs is fetched, and little more."""

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, Response, expect

from tests.web.people import STEP_MS
from tests.web.pictures import picture

_FAR, _NEAR = 350, 352
_ADDRESS = re.compile(r"/api/evaluations/[^/]+/papers/[^/]+/[^/.]+$")


@dataclass
class Fetched:
    """What a page has fetched of documents."""

    bytes: int = 0
    ranges: int = 0

    def hear(self, answer: Response) -> None:
        if _ADDRESS.search(answer.url):
            assert answer.status == 206
            self.bytes += int(answer.headers["content-length"])
            self.ranges += 1


async def reads(page: Page, large: int) -> Fetched:
    """Open the document of so many pages far behind, find words, go by its bookmarks, lay another bid beside it."""
    fetched = Fetched()
    page.on("response", fetched.hear)
    reader = page.locator(".reader").first
    await expect(page.get_by_role("region", name="初步评审表")).to_be_visible(timeout=STEP_MS)
    await open_large(reader, large)
    await turned_to(reader, _FAR)
    assert await painted(reader)
    assert any("pdf.worker" in worker.url for worker in page.workers), "the file is not read beside the page"
    await reader.get_by_role("searchbox").fill(f"第{_NEAR}页")
    await reader.get_by_role("button", name="查找下一处").click()
    await expect(reader.get_by_label("页", exact=True)).to_have_value(str(_NEAR), timeout=STEP_MS)
    await reader.locator("summary", has_text="书签").click()
    await reader.get_by_role("button", name=re.compile("^3 进度计划")).click()
    await expect(reader.get_by_label("页", exact=True)).to_have_value(str(large // 3 + 1))
    await beside(page, large)
    await picture(page, "expert-documents")
    return fetched


async def open_large(reader: Locator, large: int) -> None:
    """Blind volumes lie in random order: whose this is only its pages tell."""
    papers = reader.get_by_role("combobox")
    for name in await papers.locator("option").all_inner_texts():
        await papers.select_option(label=name)
        pages = reader.locator(".bar .hint")
        await expect(pages).to_be_visible(timeout=STEP_MS)
        if await pages.inner_text() == f"/ {large}":
            return
    raise AssertionError("nobody has handed in the large document")


async def turned_to(reader: Locator, number: int) -> None:
    await reader.get_by_label("页", exact=True).fill(str(number))
    await reader.get_by_label("页", exact=True).press("Enter")
    await expect(reader.locator(".leaf")).to_contain_text(f"第{number}页", timeout=STEP_MS)


async def painted(reader: Locator) -> bool:
    """Whether the page shows letters, black on white: those of a Chinese font that the file does not bring."""
    dark: int = await reader.locator("canvas").evaluate(
        """(canvas) => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height / 8)
            return data.filter((value, place) => place % 4 === 0 && value < 100).length
        }"""
    )
    return dark > 100


async def beside(page: Page, large: int) -> None:
    """Both bids turn to the same chapter."""
    await page.get_by_role("button", name="并排对照").click()
    left, right = page.locator(".reader").nth(0), page.locator(".reader").nth(1)
    await expect(right.locator(".bar")).to_be_visible(timeout=STEP_MS)
    await turned_to(left, large // 6 * 4 + 1)
    await expect(right.get_by_label("页", exact=True)).to_have_value("21", timeout=STEP_MS)
