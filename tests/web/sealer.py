"""The offline sealer in a real browser, from a file, with the network watched; what a bidder carries away from it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page, async_playwright, expect

from tests.web.hall import ARGS, CHROMIUM, DESK
from tests.web.people import SECRET

SEALER = Path(__file__).parents[2] / "remote_bid/pages/sealer.html"
STEP_MS = 45_000
_CALLED = {"technical": "技术标", "business": "商务标"}
_MAKERS = (".googleapis.com", ".google.com", ".gstatic.com", ".gvt1.com")
"""Whom Chromium asks for itself, whatever page it shows."""


@dataclass
class Offline:
    """The page, and what it asked the network for; nobody answers."""

    page: Page
    calls: list[str] = field(default_factory=list)


@asynccontextmanager
async def a_stick(file: Path = SEALER) -> AsyncIterator[Offline]:
    """The sealer opened from a disk, in a browser whose every connection ends at a listener of ours."""
    calls: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readline()).decode().split()[1]
        if not (urlsplit(asked if "://" in asked else f"//{asked}").hostname or "").endswith(_MAKERS):
            calls.append(asked)
        writer.close()

    listener = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    proxied = [f"--proxy-server=http://127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>"]
    async with listener, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *proxied])
        page = await (await browser.new_context(viewport=DESK)).new_page()
        await page.goto(file.as_uri())
        try:
            yield Offline(page, calls)
        finally:
            await browser.close()


async def filled_in(page: Page, price: str, parts: dict[str, Path]) -> None:
    """Fill in what every tender asks for, and ask for the seal."""
    await page.get_by_label("投标报价").fill(price)
    for part, file in parts.items():
        await page.get_by_label(f"投标文件：{_CALLED.get(part, part)}").set_input_files(file)
    await page.get_by_label("解密文件的口令").fill(SECRET)
    await page.get_by_label("再输入一次口令").fill(SECRET)
    await page.get_by_role("button", name="密封", exact=True).click()
    wrong = await page.locator(".field:has(.fault)").all_inner_texts()
    assert not wrong, wrong


async def sealed_now(page: Page) -> None:
    """Say yes, and wait for the end."""
    await page.get_by_role("button", name="确认：密封").click()
    await expect(page.get_by_role("heading", name="已密封，尚未递交")).to_be_visible(timeout=STEP_MS)


async def sealed_on(page: Page, price: str, folder: Path, parts: dict[str, Path]) -> list[Path]:
    """Fill in and seal what is asked for, then save every file that the page offers."""
    await filled_in(page, price, parts)
    await sealed_now(page)
    saved = []
    for link in await page.get_by_role("link", name="保存").all():
        async with page.expect_download() as started:
            await link.click()
        path = folder / (await started.value).suggested_filename
        await (await started.value).save_as(path)
        saved.append(path)
    return saved
