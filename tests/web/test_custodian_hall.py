"""A custodian in a real browser: from making its keys to publishing them, and when it must not publish."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from remote_bid.demo.authority import KEY_FILE, PASSPHRASE
from remote_bid.demo.cast import SESSION, Cast, assemble
from remote_bid.demo.day import Troupe, answering, open_house, raise_curtain, troupe
from remote_bid.demo.patience import SEALING
from remote_bid.participant.custody_file import read_custody
from remote_bid.seal.canonical import b64
from remote_bid.tender.statements import NamedLogKey
from remote_bid.verify.trust import Trust
from tests.web.axe import violations
from tests.web.hall import DESK, PHONE, Watched, a_browser, listed, until_scheduled
from tests.web.pace import UNHURRIED, all_release
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

CUSTODIAN = "custodian-01"
_NAME = "招标人<script>alert(1)</script>保管人"
_STEP_MS = 90_000
_SECRET = "correct horse battery"  # noqa: S105 - of a file that the test makes


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[tuple[Cast, Troupe]]:
    """A day with three programs for custodians, and one chair free."""
    cast = assemble(tmp_path, all_release(), UNHURRIED)
    members = [
        msgspec.structs.replace(member, name=_NAME) if member.person == CUSTODIAN else member for member in cast.members
    ]
    cast = replace(cast, members=members)
    (cast.home(CUSTODIAN) / SEALING).touch()
    with troupe() as players:
        open_house(players, cast)
        await answering(cast.url, players)
        raise_curtain(players, cast, absent={CUSTODIAN})
        await until_scheduled(cast.url, players)
        yield cast, players


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def seated(browser: Browser, cast: Cast, viewport: ViewportSize = DESK) -> Page:
    """The hall as the custodian sees it: the certificate imported, signed in."""
    page = await (await browser.new_context(viewport=viewport)).new_page()
    await page.goto(f"{cast.url}/hall/{SESSION}")
    await page.get_by_role("link", name="登录").click()
    await page.get_by_label("证书文件", exact=True).set_input_files(cast.home(CUSTODIAN) / KEY_FILE)
    await page.get_by_label("证书文件的口令").fill(PASSPHRASE)
    await page.get_by_role("button", name="导入", exact=True).click()
    await page.get_by_role("button", name="登录").last.click()
    await expect(page.get_by_role("region", name="密钥保管", exact=True)).to_be_visible(timeout=_STEP_MS)
    return page


async def acted(page: Page, act: str) -> None:
    """Ask for an act, and say yes to what will be signed."""
    await page.get_by_role("button", name=act, exact=True).click(timeout=_STEP_MS)
    await page.get_by_role("button", name=f"确认：{act}").click()


async def keys_made(page: Page, folder: Path) -> Path:
    """The ceremony: keys made, kept in a file, offered; gives the file."""
    await page.get_by_label("密钥文件的口令").fill(_SECRET)
    await page.get_by_label("再输入一次口令").fill("another")
    await page.get_by_role("button", name="生成密钥并下载文件").click()
    await expect(page.get_by_text("两次输入的口令不同")).to_be_visible()
    await picture(page, "custodian-ceremony" if page.viewport_size == DESK else "custodian-ceremony-phone")
    await page.get_by_label("再输入一次口令").fill(_SECRET)
    async with page.expect_download() as started:
        await page.get_by_role("button", name="生成密钥并下载文件").click()
    file = folder / (await started.value).suggested_filename
    await (await started.value).save_as(file)
    await acted(page, "登记公钥")
    return file


def may_close(cast: Cast) -> None:
    """The custodian has done what it does before the deadline; till then the tenderer of the play postpones it."""
    (cast.home(CUSTODIAN) / SEALING).unlink()


async def drilled(page: Page) -> None:
    await page.get_by_role("button", name="开始演练").click(timeout=_STEP_MS)
    await expect(page.get_by_text("演练通过，密钥可用")).to_be_visible(timeout=_STEP_MS)


async def both_languages(page: Page) -> None:
    """No rule of WCAG 2.1 AA is broken, whichever language is spoken."""
    assert await violations(page) == []
    await page.get_by_role("button", name="English").click()
    assert await violations(page) == []
    await page.get_by_role("button", name="中文").click()


async def test_a_custodian_makes_drills_and_publishes_its_keys(
    stage: tuple[Cast, Troupe], browser: Browser, tmp_path: Path
) -> None:
    cast, players = stage
    page = await seated(browser, cast)
    watched = Watched(page)
    file = await keys_made(page, tmp_path)
    session, seeds = read_custody(file, _SECRET)
    assert session == SESSION
    assert {lot for lot, _ in seeds} == {lot.lot for lot in cast.tender.lots}
    await drilled(page)
    may_close(cast)
    await page.get_by_role("button", name="显示纸质码").click()
    await expect(page.get_by_text(re.compile(r"^([0-9A-Z]{4}-){13}[0-9A-Z]{4}$"))).to_have_count(len(seeds))
    await both_languages(page)
    await picture(page, "custodian-drilled")

    await page.reload()
    await page.get_by_label("密钥文件的口令").fill("something else")
    await page.get_by_role("button", name="解锁", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="打不开密钥文件")).to_be_visible()
    await page.get_by_label("密钥文件的口令").fill(_SECRET)
    await page.get_by_label("密钥文件的口令").press("Enter")
    await expect(page.get_by_text("已在本页解锁")).to_have_count(len(seeds))

    await expect(page.get_by_role("button", name="公布密钥")).to_have_count(0)
    await page.get_by_label("信任文件（trust.json）").set_input_files(cast.folder / "trust.json")
    await expect(page.get_by_text("全部成立，可以公布")).to_be_visible(timeout=_STEP_MS)
    await expect(page.locator(".checks > .done")).to_have_count(8)
    await both_languages(page)
    await picture(page, "custodian-checked")
    await acted(page, "公布密钥")
    await expect(page.get_by_text("密钥已公布").first).to_be_visible()
    await expect(page.locator(".now")).to_contain_text("本场开标已结束", timeout=_STEP_MS)
    await picture(page, "custodian-done")
    assert (await listed(cast.url))["custodians"][CUSTODIAN]["published"]
    await expect(page.locator("script", has_text="alert")).to_have_count(0)
    assert watched.errors == []
    assert not players.failed()


async def test_without_the_quorum_that_it_trusts_a_custodian_cannot_publish(
    stage: tuple[Cast, Troupe], browser: Browser, tmp_path: Path
) -> None:
    cast, _ = stage
    page = await seated(browser, cast, PHONE)
    file = await keys_made(page, tmp_path)
    may_close(cast)
    stricter = tmp_path / "stricter.json"
    stricter.write_bytes(msgspec.json.encode(two_cosigners(cast.trust)))
    await page.get_by_label("信任文件（trust.json）").set_input_files(stricter)
    await expect(page.get_by_text("2 个联署方，至少 2 个签名有效")).to_be_visible()
    await expect(page.get_by_text("联署不足：1 / 2。")).to_have_count(2, timeout=_STEP_MS)
    await expect(page.get_by_text("不能公布密钥")).to_be_visible()
    await expect(page.locator(".checks > .done")).to_have_count(6)
    await expect(page.get_by_role("button", name="公布密钥")).to_have_count(0)
    await both_languages(page)
    assert await page.evaluate("width => document.documentElement.scrollWidth <= width", PHONE["width"])
    await picture(page, "custodian-refuses-phone")
    assert not (await listed(cast.url))["custodians"][CUSTODIAN]["published"]
    assert file.exists()


def two_cosigners(trust: Trust) -> Trust:
    """As if another cosigner, who has never signed anything, had to sign too."""
    other = NamedLogKey(name="cosigner.elsewhere", key=b64(bytes([9] + [0] * 31)))
    return msgspec.structs.replace(trust, cosigners=[*trust.cosigners, other], quorum=2)
