"""Markup in every name, title, answer, line of chat, objection and file name: on every page it is text."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo import parts
from remote_bid.demo.authority import PASSPHRASE
from remote_bid.demo.cast import MEMBERS, OFFICES, SESSION, Cast, assemble
from remote_bid.demo.chairs import chair_link
from remote_bid.demo.day import answering, open_house, troupe
from remote_bid.demo.programme import Contender, Programme, own_programme
from remote_bid.demo.stage import Visitor
from remote_bid.opening.terms import Member, Phase, Role, reached
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.staff import Host
from remote_bid.people.registry.terms import Admin
from remote_bid.tender.terms import READOUT_FORM
from tests.web.hall import DESK, a_browser, until_bids_are_taken
from tests.web.hostile import Looked, assert_kept_in, assert_policy, assert_text, evil, evil_file
from tests.web.pace import UNHURRIED

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

_SEED = 7
_STEP_MS = 45_000
# Objections must be answered before their window is over, which nothing shortens.
_PACE = replace(
    UNHURRIED,
    until_deadline_ms=20_000,
    lobby_ms=18_000,
    windows=msgspec.structs.replace(UNHURRIED.windows, objection_ms=6000, record_ms=120_000),
)
HALL = f"/hall/{SESSION}"
ROOM = evil("大厅")[:60]
OFFICE = {"system-01": ("/office", "/schedule"), "security-01": ("/office",), "audit-01": ("/office",)}
DOCUMENT = {
    "ocid": "ocds-213czf-1",
    "tender": {
        "id": "1",
        "title": evil("草稿"),
        "procuringEntity": {"name": evil("采购人")},
        "lots": [{"id": "1", "title": evil("标段"), "value": {"amount": 1280000, "currency": "CNY"}}],
    },
}


def hostile(programme: Programme) -> Programme:
    """The same day with such texts in everything that is read from a tender or a bid."""
    replaced = msgspec.structs.replace
    lots = [replaced(lot, title=evil("标段")) for lot in programme.tender.lots]
    form = [replaced(field, zh=evil(field.zh)[:40], en=evil(field.en)[:40]) for field in programme.tender.form]
    tender = replaced(
        programme.tender,
        title=evil("项目"),
        trading_center=evil("中心"),
        tenderer=evil("招标人"),
        code="<b>C</b>",
        lots=lots,
        form=form,
    )
    return replace(programme, tender=tender, contenders=[_hostile(one) for one in programme.contenders])


def _hostile(one: Contender) -> Contender:
    forms = {
        lot: msgspec.structs.replace(form, fields={**form.fields, "project_manager": evil("经理")})
        for lot, form in one.forms.items()
    }
    return replace(one, name=evil(one.name[:2]), forms=forms, faults=frozenset())


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


@pytest.fixture
def cast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    members = [Member(person=m.person, name=evil(m.role), role=m.role, side=m.side) for m in MEMBERS]
    monkeypatch.setattr("remote_bid.demo.cast.MEMBERS", members)
    offices = [Admin(person=one.person, name=evil(one.role), role=one.role) for one in OFFICES]
    monkeypatch.setattr("remote_bid.demo.cast.OFFICES", offices)
    found = assemble(tmp_path, hostile(own_programme(4, _SEED)), _PACE, playable=True)
    return replace(found, members=members)


async def bid(cast: Cast, contender: Contender) -> None:
    """A bidder who says and objects such things too."""
    async with (client := Visitor(cast, contender.person)).connected():
        home = cast.home(contender.person)
        bidder = Bidder(client, client.identity, contender.person, cast.trust, home, PASSPHRASE)
        documents = {part.part: b"x" for part in cast.tender.lots[0].parts if part.part != READOUT_FORM}
        bids = {await bidder.submit(lot, form, documents): form for lot, form in contender.forms.items()}
        await bidder.check_in()
        for one in bids:
            await bidder.release(one)
        await bidder.say(evil("发言"))
        await bidder.object(evil("异议"))
        await bidder.confirm(dict(bids))
        await bidder.sign_record(dict(bids))


async def hosting(cast: Cast) -> None:
    async with (client := Visitor(cast, "host-01")).connected():
        host = Host(client, client.identity, "host-01", Role.HOST)
        await host.schedule(cast.tender, cast.members)
        await host.check_in()
        await host.run(0.2, signatures=6, answer=evil("答复"), deposits=lambda row: None)


async def test_markup_stays_text_on_every_page_and_nothing_leaves_the_house(cast: Cast, browser: Browser) -> None:
    looked = Looked()
    with troupe(playable=True) as players:
        open_house(players, cast)
        await answering(cast.url, players)
        for part in (parts.play_tenderer, parts.play_supervisor, parts.play_witness):
            players.enter(part, cast)
        for number, member in enumerate(one for one in cast.members if one.role is Role.CUSTODIAN):
            players.enter(parts.play_custodian, cast, member.person, number % 2 == 0)
        async with asyncio.TaskGroup() as acting:
            host = acting.create_task(hosting(cast))
            await until_bids_are_taken(cast.url, players)
            *bidders, looker = cast.contenders
            bidding = [acting.create_task(bid(cast, contender)) for contender in bidders]
            await look_at_a_bid(cast, browser, looked, looker.person)
            (cast.home(looker.person) / "none.receipt.json").touch()  # the tenderer of the play waits for it no longer
            async with Visitor(cast, "witness-01").connected() as client:
                await client.until(lambda view: reached(view.phase, Phase.RECORD))
            await fill_the_centre(cast, browser, looked)
            await look_at_all(cast, browser, looked)
            await look_at_the_verifier(cast, browser, looked)
            await assert_policy(cast.url)
            await assert_kept_in(browser, cast.url)
            for task in (host, *bidding):
                task.cancel()
    assert looked.elsewhere(cast.url) == []
    assert looked.alarms == []


async def look_at_a_bid(cast: Cast, browser: Browser, looked: Looked, person: str) -> None:
    """A bidder's form with a file of such a name, up to what it would sign."""
    page = await seated(cast, browser, looked, person)
    paper = evil_file("pdf", b"%PDF")
    await page.get_by_label("投标报价").fill("1.00", timeout=_STEP_MS)
    for name, answer in {"duration_days": "180", "quality": "合格", "project_manager": evil("经理")}.items():
        await page.locator(f"input[name$={name}]").fill(answer)
    for part in ("technical", "business"):
        await page.locator(f"input[name={part}]").set_input_files(paper)
    await page.locator("input[name=passphrase]").fill("correct horse")
    await page.locator("input[name=again]").fill("correct horse")
    await page.get_by_role("button", name="密封并递交", exact=True).click()
    await expect(page.locator(".once")).to_contain_text(paper["name"])
    await assert_text(page)
    await page.context.close()


async def fill_the_centre(cast: Cast, browser: Browser, looked: Looked) -> None:
    """A stranger asks for a certificate, the agency keeps a draft, the centre names a hall."""
    stranger = await somebody(browser, looked)
    await stranger.goto(f"{cast.url}/sign-in")
    await stranger.get_by_label("证书文件", exact=True).set_input_files(evil_file("p12"))
    await stranger.get_by_label("证书文件的口令").fill("x")
    await stranger.get_by_role("button", name="导入", exact=True).click()
    await expect(stranger.get_by_role("alert").filter(has_text="不是证书文件")).to_be_visible()
    await stranger.get_by_label("主体代码").fill("91330000000000777K")
    await stranger.get_by_label("名称", exact=True).fill(evil("申请人"))
    await stranger.get_by_role("button", name="提交申请").click()
    await expect(stranger.get_by_text("等待中心审核")).to_be_visible()
    await assert_text(stranger)

    host = await seated(cast, browser, looked, "host-01")
    for content, outcome in ((b"no document", "不能导入"), (json.dumps(DOCUMENT).encode(), "导入后请核对")):
        await host.goto(f"{cast.url}/plan")
        await host.get_by_label("项目文件").set_input_files(evil_file("json", content))
        await host.get_by_role("button", name="导入", exact=True).click()
        await expect(host.get_by_text(outcome).first).to_be_visible()
        await assert_text(host)
    await expect(host.get_by_text("✓ 已保存在本浏览器")).to_be_visible()
    await host.goto(f"{cast.url}/plan")
    await expect(host.locator("main")).to_contain_text(evil("草稿"))
    await assert_text(host)

    system = await seated(cast, browser, looked, "system-01")
    await system.goto(f"{cast.url}/schedule")
    await system.get_by_label("大厅名称").fill(ROOM)
    await system.get_by_role("button", name="增加大厅").click()
    await system.get_by_label(f"{SESSION} 的大厅").select_option(ROOM)
    await expect(system.get_by_label(f"{SESSION} 的大厅")).to_have_value(ROOM)
    await assert_text(system)
    for page in (stranger, host, system):
        await page.context.close()


async def look_at_all(cast: Cast, browser: Browser, looked: Looked) -> None:
    """Everybody's hall and every page that tells of the session or of the centre."""
    for person in ("host-01", "supervisor-01", "custodian-01", "tenderer-01", cast.contenders[1].person, *OFFICE):
        page = await seated(cast, browser, looked, person)
        for path in (*OFFICE.get(person, (HALL,)), "/me", "/", "/wall", "/self-test"):
            await looks_at(page, cast.url + path)
        await page.context.close()
    page = await somebody(browser, looked)
    for path in ("/", "/schedule", f"{HALL}/screen", HALL):
        await looks_at(page, cast.url + path)
    for said in ("发言", "异议", "答复", "经理"):
        await expect(page.locator("body")).to_contain_text(evil(said))


async def looks_at(page: Page, address: str) -> None:
    await page.goto(address)
    await expect(page.locator("body")).to_contain_text("<script>", timeout=_STEP_MS)
    await assert_text(page)


async def look_at_the_verifier(cast: Cast, browser: Browser, looked: Looked) -> None:
    """What is in the bundle, and what the files are called."""
    page = await somebody(browser, looked)
    async with Visitor(cast, "witness-01").connected() as client:
        await client.until(lambda view: view.phase is Phase.CLOSED)
    await page.goto(f"{cast.url}{HALL}/verify")
    trust = evil_file("json", (cast.folder / "trust.json").read_bytes())
    await page.locator("input[accept='.json']").set_input_files(trust)
    await expect(page.get_by_role("status")).to_contain_text(trust["name"])
    await page.get_by_role("button", name="核验本场开标的公开档案").click()
    await expect(page.locator(".outcome")).to_contain_text("核验通过", timeout=_STEP_MS)
    await assert_text(page)
    await page.goto(f"{cast.url}/verify")
    await page.locator("input[accept='.zip']").set_input_files(evil_file("zip", b"no zip"))
    await expect(page.get_by_role("alert")).to_contain_text("notAZip")
    await assert_text(page)


async def somebody(browser: Browser, looked: Looked) -> Page:
    """A member of the public."""
    page = await (await browser.new_context(viewport=DESK)).new_page()
    looked.watch(page)
    return page


async def seated(cast: Cast, browser: Browser, looked: Looked, person: str) -> Page:
    page = await somebody(browser, looked)
    await page.goto(chair_link(cast, person))
    await page.wait_for_url(re.compile(r"/(hall|office)"))
    return page
