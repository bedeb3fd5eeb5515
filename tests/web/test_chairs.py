"""A person takes a simulated participant's chair with the link from the terminal."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo.cast import SESSION, Cast, assemble
from remote_bid.demo.chairs import TAKEN, chair_link
from remote_bid.demo.day import answering, open_house, raise_curtain, troupe
from remote_bid.demo.programme import own_programme
from tests.web.axe import violations
from tests.web.hall import DESK, PHONE, Watched, a_browser, until_bids_are_taken
from tests.web.pace import UNHURRIED

pytestmark = [pytest.mark.web, pytest.mark.slow]

_STEP_MS = 45_000
_SEED = 7


@pytest.fixture
async def cast(tmp_path: Path) -> AsyncIterator[Cast]:
    """A day on which the first bidder bids at once and the last one only after a while."""
    pace = replace(UNHURRIED, until_deadline_ms=20_000, lobby_ms=10_000, breath_s=0.1, patient=False)
    found = assemble(tmp_path, own_programme(4, _SEED), pace, playable=True)
    with troupe(playable=True) as players:
        open_house(players, found)
        await answering(found.url, players)
        raise_curtain(players, found)
        await until_bids_are_taken(found.url, players)
        yield found
        assert not players.failed(), players.failed()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def seated(browser: Browser, cast: Cast, number: int) -> Page:
    page = await (await browser.new_context(viewport=DESK)).new_page()
    await page.goto(chair_link(cast, cast.contenders[number].person))
    await page.wait_for_url(f"**/hall/{SESSION}")
    return page


def receipts(cast: Cast, number: int) -> int:
    return len(list(cast.home(cast.contenders[number].person).glob("*.receipt.json")))


async def test_the_link_signs_in_and_the_program_steps_aside(cast: Cast, browser: Browser) -> None:
    page = await seated(browser, cast, 3)
    watched = Watched(page)
    last = cast.contenders[3]
    await expect(page.locator(".account .who")).to_have_text(last.name)
    await expect(page.get_by_role("region", name="您的投标")).to_be_visible()
    assert (cast.home(last.person) / TAKEN).exists()
    assert await page.evaluate("location.hash") == ""
    assert await page.evaluate("history.length") <= 2

    await expect(page.locator(".phase-bar .current")).to_contain_text("解密", timeout=_STEP_MS)
    assert receipts(cast, 3) == 0
    assert receipts(cast, 0)
    assert watched.errors == []


async def test_who_sits_down_late_goes_on_with_the_bid_that_is_there(cast: Cast, browser: Browser) -> None:
    async with asyncio.timeout(_STEP_MS / 1000):
        while not receipts(cast, 0):  # noqa: ASYNC110 - another process writes them
            await asyncio.sleep(0.1)
    page = await seated(browser, cast, 0)
    await page.get_by_role("button", name="解密投标文件", exact=True).click(timeout=_STEP_MS)
    await page.get_by_role("button", name="确认：解密投标文件").click()
    await expect(page.get_by_text("解密完成")).to_be_visible()


async def test_a_link_that_was_cut_says_so(cast: Cast, browser: Browser) -> None:
    page = await browser.new_page(viewport=DESK)
    await page.goto(chair_link(cast, "host-01")[:-1])
    await expect(page.get_by_role("status")).to_contain_text("链接不完整")
    assert await violations(page) == []
    await page.goto(f"{cast.url}/sign-in")
    await expect(page.get_by_role("button", name="以")).to_have_count(0)


async def test_a_phone_comes_over_https(tmp_path: Path, browser: Browser) -> None:
    cast = assemble(tmp_path, own_programme(3, _SEED), UNHURRIED, playable=True, tls=True)
    with troupe(playable=True) as players:
        open_house(players, cast)
        await answering(cast.url, players, cast.trusting())
        raise_curtain(players, cast)
        await until_bids_are_taken(cast.url, players, cast.trusting())
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await answering_a_stranger(cast.url)

        context = await browser.new_context(viewport=PHONE, has_touch=True, ignore_https_errors=True)
        page = await context.new_page()
        await page.goto(chair_link(cast, cast.contenders[0].person))
        await page.wait_for_url(f"**/hall/{SESSION}")
        await expect(page.get_by_role("region", name="您的投标")).to_be_visible()
        assert [(one["secure"], one["httpOnly"], one["sameSite"]) for one in await context.cookies()] == [
            (True, True, "Strict")
        ]
        assert await page.evaluate("window.isSecureContext")
        assert not players.failed()


async def answering_a_stranger(url: str) -> None:
    """Who does not know the demonstration's authority does not trust the server."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/api/time"):
        pass


async def test_a_house_that_is_no_demonstrations_has_no_chairs(tmp_path: Path) -> None:
    cast = assemble(tmp_path, own_programme(3, _SEED), UNHURRIED)
    with troupe() as players:
        open_house(players, cast)
        await answering(cast.url, players)
        async with aiohttp.ClientSession(cast.url) as http:
            for path in ("/chair/host-01", "/chair/host-01/certificate", "/chair.html", "/authority.cer"):
                assert (await http.get(path)).status == 404
            assert (await http.post("/chair/taken", json={})).status == 404
            assert "chair" not in await (await http.get("/")).text()
