"""Passkeys in Chromium: a virtual authenticator stands for the device's fingerprint reader."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.gateway.house import BIDDERS, House, house
from tests.web.agency import fair, signed_in
from tests.web.hall import PHONE, Watched, a_browser
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(120)]

ANN, _ = BIDDERS
_READER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def with_reader(page: Page) -> None:
    """From now on this page's device has a fingerprint reader, and its person touches it."""
    devices = await page.context.new_cdp_session(page)
    await devices.send("WebAuthn.enable")
    await devices.send("WebAuthn.addVirtualAuthenticator", {"options": _READER})


async def at_the_profile(browser: Browser, hall: House) -> Page:
    page = await signed_in(browser, hall, ANN)
    await with_reader(page)
    await page.get_by_role("link", name=f"Name of {ANN}").click()
    await expect(page.get_by_role("region", name="通行密钥")).to_be_visible()
    return page


async def test_added_with_the_certificate_it_signs_in_until_it_is_removed(browser: Browser, tmp_path: Path) -> None:
    async with house(tmp_path, name="localhost") as hall:
        page = await at_the_profile(browser, hall)
        watched = Watched(page)
        await page.get_by_label("名称（例如：办公室电脑）").fill("办公室电脑")
        await page.get_by_label("名称（例如：办公室电脑）").press("Enter")
        await expect(page.get_by_text("添加于")).to_be_visible()
        await fair(page)
        await picture(page, "passkeys")
        await page.set_viewport_size(PHONE)
        assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        await picture(page, "passkeys-phone")

        await page.get_by_role("button", name="退出登录").click()
        await page.get_by_role("link", name="登录").click()
        await fair(page)
        await picture(page, "sign-in-passkey")
        await page.get_by_role("button", name="用通行密钥登录").click()
        await expect(page.get_by_role("link", name=f"Name of {ANN}")).to_be_visible()
        await page.get_by_role("link", name=f"Name of {ANN}").click()
        await page.get_by_role("button", name="移除通行密钥“办公室电脑”").click()
        await expect(page.get_by_text("添加于")).to_have_count(0)

        await page.get_by_role("button", name="退出登录").click()
        await page.get_by_role("link", name="登录").click()
        await page.get_by_role("button", name="用通行密钥登录").click()
        await expect(page.get_by_role("alert").filter(has_text="通行密钥无效")).to_be_visible()
        assert [error for error in watched.errors if "409" not in error] == []


async def test_at_an_ip_address_the_page_says_that_there_are_none(browser: Browser, tmp_path: Path) -> None:
    async with house(tmp_path) as hall:
        page = await at_the_profile(browser, hall)
        await expect(page.get_by_text("当前地址不支持通行密钥")).to_be_visible()
        await expect(page.get_by_role("button", name="用证书签名并添加")).to_have_count(0)
        await page.goto(f"{hall.url}/sign-in")
        await expect(page.get_by_role("button", name="以")).to_be_visible()
        await expect(page.get_by_role("button", name="用通行密钥登录")).to_have_count(0)
