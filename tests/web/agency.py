"""A centre on loopback whose offices, agency and people sit down in real browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, expect

from remote_bid.demo.authority import KEY_FILE, PASSPHRASE
from remote_bid.people.registry.terms import Admin, AdminRole
from tests.gateway.house import House, house
from tests.web.axe import violations
from tests.web.hall import DESK

ADMINS = [Admin(person=f"{role}-admin", name=role, role=role) for role in AdminRole]


@asynccontextmanager
async def a_centre(folder: Path) -> AsyncIterator[House]:
    """A server with its three offices and an authority of its own."""
    async with house(folder, admins=ADMINS, centre_authority="青溪县交易中心") as found:
        yield found


async def signed_in(browser: Browser, hall: House, person: str, viewport: ViewportSize = DESK) -> Page:
    """The first page as this person sees it: the certificate imported, signed in."""
    hall.person(person)
    page = await (await browser.new_context(viewport=viewport, timezone_id="Asia/Shanghai")).new_page()
    await page.goto(f"{hall.url}/sign-in")
    await page.get_by_label("证书文件", exact=True).set_input_files(hall.home(person) / KEY_FILE)
    await page.get_by_label("证书文件的口令").fill(PASSPHRASE)
    await page.get_by_role("button", name="导入", exact=True).click()
    await page.get_by_role("button", name=f"以Name of {person}登录").click()
    await expect(page.get_by_role("link", name=f"Name of {person}")).to_be_visible()
    return page


async def acted(page: Page, act: str) -> None:
    """Ask for an act, and say yes to what will be signed."""
    await page.get_by_role("button", name=act, exact=True).click()
    await page.get_by_role("button", name=f"确认：{act}").click()


async def fair(page: Page) -> None:
    """No violation in either language."""
    assert await violations(page) == []
    await page.get_by_role("button", name="EN · English").click()
    assert await violations(page) == []
    await page.get_by_role("button", name="中文").click()
