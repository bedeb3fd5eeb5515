"""The verifier's page: the stored bundle, as it is and with a byte flipped, and the bundle of a day just ended."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from remote_bid.demo.cast import SESSION
from tests.verify import vector
from tests.web.axe import violations
from tests.web.hall import DESK, PHONE, Watched, a_browser, a_day

pytestmark = [pytest.mark.web, pytest.mark.slow]

_DAY_MS = 60_000
VERIFIED, CONSISTENT, FAILED = "核验通过", "前后一致，自行声明", "核验不通过"


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with a_day() as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


def file(name: str, raw: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=raw)


async def chosen(page: Page, *, trust: bytes = b"", bundle: bytes) -> None:
    if trust:
        await page.locator("input[accept='.json']").set_input_files(file("trust.json", trust))
        await expect(page.get_by_role("status")).to_contain_text("trust.json")
    await page.locator("input[accept='.zip']").set_input_files(file("bundle.zip", bundle))


async def test_a_file_is_verified_and_a_flipped_byte_names_its_member(url: str, browser: Browser) -> None:
    bundle, said = vector.read()
    trust = json.dumps(said["trust"]).encode()
    page = await browser.new_page(viewport=DESK)
    watched = Watched(page)
    await page.goto(f"{url}/verify")
    assert await violations(page) == []
    await chosen(page, trust=trust, bundle=bundle)
    await expect(page.locator(".outcome")).to_contain_text(VERIFIED, timeout=_DAY_MS)
    await expect(page.locator("li.step.verified")).to_have_count(10)
    await expect(page.locator("li.step.withheld")).to_have_count(2)  # the halves and keys of the technical part
    assert await violations(page) == []

    at, failures = next(flip for flip in said["flips"] if flip[1] and flip[1][1:2] == [[2, "lines.json"]])
    await page.get_by_role("button", name="核验另一份").click()
    await chosen(page, bundle=vector.flipped(bundle, at))
    await expect(page.locator(".outcome")).to_contain_text(FAILED, timeout=_DAY_MS)
    for _, what in failures:
        await expect(page.locator("main")).to_contain_text(what)
    assert await violations(page) == []

    await page.get_by_role("button", name="核验另一份").click()
    await chosen(page, bundle=b"no zip")
    await expect(page.get_by_role("alert")).to_contain_text("notAZip")
    assert watched.errors == []
    assert all(address.startswith((url, "data:", "blob:")) for address in watched.addresses)


async def test_the_bundle_of_a_day_just_ended_is_verified_on_a_phone(url: str, browser: Browser) -> None:
    page = await browser.new_page(viewport=PHONE)
    await page.goto(f"{url}/hall/{SESSION}/verify")
    await page.get_by_role("button", name="核验本场开标的公开档案").click()
    await expect(page.get_by_role("alert")).to_contain_text("尚不能下载")

    await page.goto(f"{url}/hall/{SESSION}")
    await page.get_by_role("link", name="核验公开档案").click(timeout=_DAY_MS)
    async with aiohttp.ClientSession() as http, http.get(f"{url}/api/trust") as answer:
        trust = await answer.read()
    await page.locator("input[accept='.json']").set_input_files(file("trust.json", trust))
    await page.get_by_role("button", name="核验本场开标的公开档案").click()
    await expect(page.locator(".outcome")).to_contain_text(VERIFIED, timeout=_DAY_MS)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert await violations(page) == []

    await page.get_by_role("button", name="English").click()
    await page.get_by_role("button", name="Verify another").click()
    await page.reload()
    await page.get_by_role("button", name="Verify the bundle of this opening").click()
    await expect(page.locator(".outcome")).to_contain_text("Consistent, self-asserted", timeout=_DAY_MS)
    await expect(page.locator(".prints")).to_contain_text("authority")
