"""The offline sealer: one file that opens from a disk, asks no network, and seals what the others open."""

import dataclasses
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from playwright.async_api import Error, Locator, Page, expect

from remote_bid.participant.recovery_code import typed
from remote_bid.participant.release_file import read_release
from remote_bid.participant.sealed_files import SealedFiles
from remote_bid.seal.canonical import unb64
from remote_bid.seal.dealing import recover
from remote_bid.seal.envelope import Secrets, ctx_of, read_head, unseal
from remote_bid.seal.statements import said, statement_id
from remote_bid.seal.xwing import key_id
from remote_bid.tender.statements import Deal, Submission
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.verify.trust import Trust
from tests.opening.actors import (
    ALPHA,
    AUTHORITY,
    DEPLOYMENT,
    FIRST,
    SECOND,
    STRANGE_AUTHORITY,
    public_of,
    seed_of,
)
from tests.opening.authority import Authority
from tests.opening.tender import LOT
from tests.web.agency import fair
from tests.web.chair import a_chair
from tests.web.hall import DESK, PHONE, a_browser
from tests.web.pace import UNHURRIED
from tests.web.people import SECRET
from tests.web.sealer import SEALER, STEP_MS, Offline, a_stick, sealed_on
from tests.web.test_bidder_hall import PRICE, signed_in
from tests.web.to_seal import BUSINESS, TECHNICAL, to_seal

pytestmark = [pytest.mark.web, pytest.mark.slow]

NO_DEADLINE = dataclasses.replace(UNHURRIED, until_deadline_ms=180_000, lobby_ms=150_000)
NOWHERE = "http://elsewhere.invalid/"
WEB = Path(__file__).parents[2] / "web"


def trust_file(folder: Path, authority: Authority = AUTHORITY) -> Path:
    """Whom the bidder was told to trust."""
    root = authority.root.public_bytes(serialization.Encoding.PEM).decode()
    trust = Trust(roots=[root], log=DEPLOYMENT.log, cosigners=DEPLOYMENT.cosigners, quorum=DEPLOYMENT.quorum)
    path = folder / "trust.json"
    path.write_bytes(msgspec.json.encode(trust))
    return path


async def test_a_bid_sealed_from_a_stick_opens_elsewhere_and_no_request_is_made(tmp_path: Path) -> None:
    papers = tmp_path / "papers.pdf"
    papers.write_bytes(os.urandom(3 << 20))
    async with a_stick() as stick:
        requests: list[str] = []
        stick.page.on("request", lambda request: requests.append(request.url))
        await stick.page.get_by_label("招标信息文件").set_input_files(to_seal(tmp_path, READOUT_FORM, TECHNICAL))
        await expect(stick.page.get_by_text("尚未核对")).to_be_visible()
        await stick.page.get_by_label("信任文件").set_input_files(trust_file(tmp_path))
        await expect(stick.page.get_by_text("✓ 招标规则由")).to_be_visible(timeout=STEP_MS)
        await readable_and_narrow(stick.page)
        files = await sealed_on(stick.page, "9876543.21", tmp_path, {TECHNICAL: papers})
        await readable_and_narrow(stick.page)
        codes = await stick.page.locator(".signs").all_inner_texts()
        assert await tries_to_send(stick.page) == "TypeError"
        assert stick.calls == []
        assert [url for url in requests if not url.startswith(("blob:", "data:", NOWHERE))] == []
        await heard_elsewhere(stick)

    sealed = msgspec.json.decode((tmp_path / "bid.json").read_bytes(), type=SealedFiles)
    assert (sealed.lot, sealed.version) == (LOT, 1)
    assert {path.name for path in files} == {"bid.json"} | names_of(sealed)
    form, technical = opened(sealed, tmp_path, codes)
    assert msgspec.json.decode(form) == {"price": "9876543.21", "currency": "CNY", "fields": {}}
    assert technical == papers.read_bytes()


async def readable_and_narrow(page: Page) -> None:
    """No rule of WCAG 2.1 AA is broken in either language, and nothing sticks out on a phone."""
    for viewport in (DESK, PHONE):
        await page.set_viewport_size(viewport)
        await fair(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await page.set_viewport_size(DESK)


async def tries_to_send(page: Page) -> str:
    """What becomes of a request that somebody has smuggled into the page."""
    told = "address => fetch(address, {mode: 'no-cors'}).then(() => 'sent', error => error.name)"
    return str(await page.evaluate(told, NOWHERE))


async def heard_elsewhere(stick: Offline) -> None:
    """The listener does hear whatever another page of the same browser asks for."""
    other = await stick.page.context.new_page()
    with suppress(Error):
        await other.goto(NOWHERE)
    assert NOWHERE in stick.calls


def names_of(sealed: SealedFiles) -> set[str]:
    releases = {f"{statement_id(part.submission.statement)}.release" for part in sealed.parts}
    return releases | {f"{part.upload}.sbe" for part in sealed.parts}


def opened(sealed: SealedFiles, folder: Path, codes: list[str]) -> list[bytes]:
    """Every part's plaintext, opened with the bidder's half off paper and the other from two custodians' keys."""
    return [opened_part(sealed, place, folder, codes[place]) for place in range(len(sealed.parts))]


def opened_part(sealed: SealedFiles, place: int, folder: Path, code: str) -> bytes:
    part = sealed.parts[place]
    submission, deal = said(part.submission.statement, Submission), said(part.deal.statement, Deal)
    bid = statement_id(part.submission.statement)
    assert not part.submission.certificates
    assert not part.submission.statement.signatures
    kept, halves = read_release(folder / f"{bid}.release", SECRET)
    assert (kept, halves.s_b) == (bid, typed(code))
    envelope = folder / f"{part.upload}.sbe"
    with envelope.open("rb") as file:
        header = read_head(file).header
    core = header.core
    assert submission.policy == deal.policy == core.policy
    assert (core.bidder, core.lot, core.version, submission.n) == (ALPHA.person, LOT, 1, envelope.stat().st_size)
    seeds = {key_id(public_of(who, LOT, core.part)): seed_of(who, LOT, core.part) for who in (FIRST, SECOND)}
    s_t = recover(ctx_of(core), header.T, deal.k, deal.shares, seeds)
    assert s_t == halves.s_t
    plain = io.BytesIO()
    with envelope.open("rb") as file:
        assert unseal(file, plain, Secrets(halves.s_b, s_t)) == unb64(submission.ct)
    return plain.getvalue()


async def test_a_bidder_seals_offline_and_hands_in_on_its_page(tmp_path: Path) -> None:
    stick, day = tmp_path / "stick", tmp_path / "day"
    stick.mkdir()
    day.mkdir()
    async with a_chair(day, NO_DEADLINE) as chair, a_browser() as browser:
        page = await signed_in(await browser.new_context(viewport=DESK), chair)
        await page.get_by_text("在不联网的设备上密封", exact=True).click()
        sealer = await saved(page, page.get_by_role("link", name="下载离线密封工具"), stick)
        told = await saved(page, page.get_by_role("button", name="下载招标信息文件"), stick)
        assert sealer.read_bytes() == SEALER.read_bytes()
        await expect(page.get_by_text(hashlib.sha256(sealer.read_bytes()).hexdigest())).to_be_visible()

        trust = stick / "trust.json"
        trust.write_bytes(msgspec.json.encode(chair.cast.trust))
        async with a_stick(sealer) as offline:
            await offline.page.get_by_label("招标信息文件").set_input_files(told)
            await offline.page.get_by_label("信任文件").set_input_files(trust)
            await expect(offline.page.get_by_text("✓ 招标规则由")).to_be_visible(timeout=STEP_MS)
            await fills(offline.page)
            files = await sealed_on(offline.page, PRICE, stick, {TECHNICAL: sealer, BUSINESS: sealer})

        await page.get_by_label("密封后的全部文件").set_input_files(files)
        await page.get_by_label("密封时设置的口令").fill(SECRET)
        await page.get_by_role("button", name="签名并递交", exact=True).click()
        await page.get_by_role("button", name="确认：签名并递交").click()
        await expect(page.get_by_text("已递交，回执有效")).to_be_visible(timeout=STEP_MS)
        # The halves were taken in too: this browser will release.
        await expect(page.get_by_role("button", name="显示恢复码")).to_be_visible()


async def saved(page: Page, by: Locator, folder: Path) -> Path:
    """The file that a click gives."""
    async with page.expect_download() as started:
        await by.click()
    path = folder / (await started.value).suggested_filename
    await (await started.value).save_as(path)
    return path


async def fills(page: Page) -> None:
    """What else the demonstration's tender asks for."""
    await page.get_by_label("工期").fill("180")
    await page.get_by_label("质量").fill("合格")
    await page.get_by_label("项目经理").fill("陈立")


async def test_what_the_trust_file_does_not_vouch_for_is_said_to_be_so(tmp_path: Path) -> None:
    async with a_stick() as stick:
        await stick.page.get_by_label("招标信息文件").set_input_files(to_seal(tmp_path, READOUT_FORM))
        await stick.page.get_by_label("信任文件").set_input_files(trust_file(tmp_path, STRANGE_AUTHORITY))
        await expect(stick.page.get_by_role("alert").filter(has_text="不要用它密封")).to_be_visible(timeout=STEP_MS)


async def test_a_script_in_a_title_stays_text_and_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.tender"
    other.write_text('{"v": "sbe/1 to seal"}')
    async with a_stick() as stick:
        page = stick.page
        await page.get_by_label("招标信息文件").set_input_files(other)
        await expect(page.get_by_role("alert").filter(has_text="不是待密封的招标信息文件")).to_be_visible()
        hostile = "<script>alert(1)</script><img src=http://127.0.0.1/x>"
        await page.get_by_label("招标信息文件").set_input_files(to_seal(tmp_path, READOUT_FORM, title=hostile))
        await expect(page.get_by_text(hostile)).to_be_visible()
        assert await page.locator("img").count() == 0
        assert stick.calls == []


def test_the_same_sources_give_the_same_file(tmp_path: Path) -> None:
    npm = shutil.which("npx")
    if npm is None or not (WEB / "node_modules").exists():
        pytest.skip("pages are built elsewhere")
    for folder in (tmp_path / "one", tmp_path / "two"):
        command = [npm, "vite", "build", "--config", "vite.sealer.config.ts"]
        env = {**os.environ, "WEB_OUT_DIR": str(folder)}
        subprocess.run(command, cwd=WEB, env=env, check=True, capture_output=True)  # noqa: S603 - fixed words
    one, two = (tmp_path / name / "sealer.html" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes() == SEALER.read_bytes()
    assert list(one.parent.iterdir()) == [one]


def test_the_sealer_may_connect_to_nothing_and_run_nothing_but_itself() -> None:
    page = SEALER.read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src" not in policy[1]
    assert "unsafe" not in policy[1]
    assert re.findall(r'<(?:script|link)[^>]*(?:src|href)="(?!data:)', page) == []


def test_the_first_page_is_small() -> None:
    """Entry, styles and everything that they import at once, as sent; charts, PDF and the like come later."""
    pages = SEALER.parent
    first = set(re.findall(r'(?:src|href)="/(assets/[^"]+)"', (pages / "index.html").read_text()))
    waiting = list(first)
    while waiting:
        name = waiting.pop()
        if name.endswith(".js"):
            found = re.findall(r'(?:from|import)\s*"\./([^"]+\.js)"', (pages / name).read_text())
            new = {f"assets/{other}" for other in found} - first
            first |= new
            waiting += new
    sent = sum(len(gzip.compress((pages / name).read_bytes(), 9)) for name in first)
    assert len(first) > 1
    assert sent <= 250 * 1024
