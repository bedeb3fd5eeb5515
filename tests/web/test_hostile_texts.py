"""Markup in every name, title, answer, line of chat, objection and file name: on every page it is text."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo import parts
from remote_bid.demo.authority import PASSPHRASE
from remote_bid.demo.cast import MEMBERS, SESSION, Cast, assemble
from remote_bid.demo.chairs import chair_link
from remote_bid.demo.day import answering, open_house, troupe
from remote_bid.demo.programme import Contender, Programme, own_programme
from remote_bid.demo.stage import Visitor
from remote_bid.opening.terms import Member, Phase, Role, reached
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.staff import Host
from remote_bid.tender.terms import READOUT_FORM
from tests.web.hall import DESK, a_browser, until_bids_are_taken
from tests.web.pace import UNHURRIED

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

_SEED = 7
_STEP_MS = 45_000
# Objections must be answered before their window is over, which nothing shortens.
_PACE = replace(UNHURRIED, windows=msgspec.structs.replace(UNHURRIED.windows, objection_ms=6000, record_ms=120_000))
_MARK = "__struck"


def evil(what: str) -> str:
    """A name that runs a script wherever it is taken for markup, in an element, an attribute or a script."""
    return f"{what}<script>{_MARK}=1</script>\"'><img src=x onerror={_MARK}=1>${{1}}{{{{{_MARK}=1}}}}"


@dataclass
class Looked:
    """What a context did on all its pages."""

    asked: list[str]
    alarms: list[str]

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("dialog", lambda dialog: self.alarms.append(dialog.message))
        page.on("pageerror", lambda error: self.alarms.append(str(error)))


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


async def test_markup_stays_text_on_every_page_and_nothing_leaves_the_house(
    cast: Cast, browser: Browser, tmp_path: Path
) -> None:
    looked = Looked([], [])
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
            await look_at_a_bid(cast, browser, looked, looker.person, tmp_path)
            (cast.home(looker.person) / "none.receipt.json").touch()  # the tenderer of the play waits for it no longer
            async with Visitor(cast, "witness-01").connected() as client:
                await client.until(lambda view: reached(view.phase, Phase.RECORD))
            await look_at_all(cast, browser, looked)
            await assert_policy(cast.url)
            for task in (host, *bidding):
                task.cancel()
    ours = (cast.url, cast.url.replace("http:", "ws:"), "data:", f"blob:{cast.url}")
    assert [address for address in looked.asked if not address.startswith(ours)] == []
    assert looked.alarms == []


async def look_at_a_bid(cast: Cast, browser: Browser, looked: Looked, person: str, folder: Path) -> None:
    """A bidder's form with a file of such a name, up to what it would sign."""
    page = await seated(cast, browser, looked, person)
    paper = folder / "<img src=x onerror=__struck=1>.pdf"
    paper.write_bytes(b"%PDF")
    await page.get_by_label("投标报价").fill("1.00", timeout=_STEP_MS)
    for name, answer in {"duration_days": "180", "quality": "合格", "project_manager": evil("经理")}.items():
        await page.locator(f"input[name$={name}]").fill(answer)
    await page.locator("input[name=technical]").set_input_files(paper)
    await page.locator("input[name=passphrase]").fill("correct horse")
    await page.locator("input[name=again]").fill("correct horse")
    await page.get_by_role("button", name="密封并递交", exact=True).click()
    await expect(page.locator(".once")).to_contain_text("<img src=x onerror=__struck=1>.pdf")
    await assert_text(page)
    await page.context.close()


async def look_at_all(cast: Cast, browser: Browser, looked: Looked) -> None:
    """Everybody's hall and every page that tells of the session."""
    for person in ("host-01", "supervisor-01", "custodian-01", "tenderer-01", cast.contenders[1].person):
        page = await seated(cast, browser, looked, person)
        await expect(page.locator("main")).to_contain_text("<script>", timeout=_STEP_MS)
        for path in (f"/hall/{SESSION}", "/me", "/"):
            await page.goto(cast.url + path)
            await expect(page.locator("body")).to_contain_text("<script>", timeout=_STEP_MS)
            await assert_text(page)
        await page.context.close()
    page = await (await browser.new_context(viewport=DESK)).new_page()
    looked.watch(page)
    for path in ("/", f"/hall/{SESSION}", f"/hall/{SESSION}/screen"):
        await page.goto(cast.url + path)
        await expect(page.locator("body")).to_contain_text("<script>", timeout=_STEP_MS)
        await assert_text(page)


async def seated(cast: Cast, browser: Browser, looked: Looked, person: str) -> Page:
    page = await (await browser.new_context(viewport=DESK)).new_page()
    looked.watch(page)
    await page.goto(chair_link(cast, person))
    await page.wait_for_url(f"**/hall/{SESSION}")
    return page


async def assert_text(page: Page) -> None:
    """No script but our own, no picture that was named, and nothing has run."""
    assert await page.locator("script:not([src]), img[src=x], svg[onload]").count() == 0
    assert await page.evaluate(f"typeof {_MARK}") == "undefined"


async def assert_policy(url: str) -> None:
    """What the browser is told about scripts, should a page ever err."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/") as answer:
        said = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert said["default-src"] == "'none'"
    assert said["script-src"] == "'self'"
    assert said["connect-src"] == f"'self' {url.replace('http:', 'ws:')}"
    assert (said["object-src"], said["base-uri"], said["frame-ancestors"]) == ("'none'", "'none'", "'none'")
    assert "unsafe-eval" not in str(said)
