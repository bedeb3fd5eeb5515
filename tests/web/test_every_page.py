"""Every page of the router, for whoever it is made, in both languages: nothing that WCAG 2.1 AA forbids."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo.cast import SESSION, Cast, assemble
from remote_bid.demo.chairs import chair_link
from remote_bid.demo.day import answering, open_house, raise_curtain, troupe
from remote_bid.demo.programme import own_programme
from tests.web.axe import violations
from tests.web.hall import DESK, PHONE, Watched, a_browser, until_bids_are_taken
from tests.web.pace import UNHURRIED
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow]

_STEP_MS = 30_000
_SEED = 7
_ROUTES = Path(__file__).parents[2] / "web/src/app/routes.ts"
_BIDDER = own_programme(1, _SEED).contenders[0].person


@dataclass(frozen=True)
class Visit:
    """One look at a page: by whom (nobody: the public), at which address, and what it shows when it is ready."""

    name: str
    by: str
    address: str
    ready: str = "main h2, main form, main ul, main ol"


_HALL = f"/hall/{SESSION}"
_DESK = "section[aria-label=工作台], section.desk"
VISITS: Mapping[str, Sequence[Visit]] = {
    "/": [Visit("sessions", "", "/", "a.session"), Visit("sessions-bidder", _BIDDER, "/", "a.session")],
    "/hall/:session": [
        Visit("hall-observer", "", _HALL, ".roster"),
        Visit("hall-bidder", _BIDDER, _HALL, "section.desk form"),
        Visit("hall-host", "host-01", _HALL, _DESK),
        Visit("hall-supervisor", "supervisor-01", _HALL, _DESK),
        Visit("hall-witness", "witness-01", _HALL, _DESK),
        Visit("hall-tenderer", "tenderer-01", _HALL, ".roster"),
        Visit("hall-custodian", "custodian-02", _HALL, "section.desk .unlock"),
        Visit("hall-nowhere", "", "/hall/KB-0000-0000", "main"),
    ],
    "/hall/:session/verify": [Visit("verify", "", f"{_HALL}/verify", "main")],
    "/hall/:session/screen": [Visit("screen", "", f"{_HALL}/screen", "main .stage")],
    "/evaluation/:session": [
        Visit("evaluation-public", "", "/evaluation/PB-0000-0000", "main"),
        Visit("evaluation-nowhere", "host-01", "/evaluation/PB-0000-0000", "main"),
    ],
    "/verify": [Visit("verifier", "", "/verify", "main")],
    "/wall": [Visit("wall", "supervisor-01", "/wall", "main")],
    "/calls": [Visit("calls", "supervisor-01", "/calls", "main")],
    "/call/:session": [Visit("call-nowhere", "", "/call/nothing", "main")],
    "/call/:session/recordings": [Visit("recordings-nowhere", "", "/call/nothing/recordings", "main")],
    "/sign-in": [Visit("sign-in", "", "/sign-in", "main form:visible")],
    "/me": [Visit("me", _BIDDER, "/me", "main form:visible")],
    "/plan": [Visit("plan-public", "", "/plan", "main"), Visit("plan", "host-01", "/plan", "main section")],
    "/plan/:draft": [Visit("plan-draft-gone", "host-01", "/plan/nothing", "main")],
    "/office": [
        Visit("office-public", "", "/office", "main"),
        Visit("office-system", "system-01", "/office", "main section"),
        Visit("office-security", "security-01", "/office", "main section"),
        Visit("office-audit", "audit-01", "/office", "main section"),
    ],
    "/schedule": [Visit("schedule", "system-01", "/schedule", "main")],
    "/self-test": [Visit("self-test", "", "/self-test", "main li")],
    "/:elsewhere(.*)*": [Visit("not-found", "", f"{_HALL}/nowhere", "main")],
}
_SMALL = {"hall-bidder", "hall-observer", "sessions"}
"""Looked at on a phone too."""


class People:
    """Contexts of browsers, one for each person, made when first needed."""

    def __init__(self, browser: Browser, cast: Cast) -> None:
        self._browser, self._cast, self.url = browser, cast, cast.url
        self._pages: dict[str, Page] = {}
        self.watched: list[Watched] = []

    async def page_of(self, person: str) -> Page:
        """Signed in, if it is anybody's."""
        if person not in self._pages:
            page = self._pages[person] = await (await self._browser.new_context(viewport=DESK)).new_page()
            self.watched.append(Watched(page))
            if not person:
                await page.goto(self.url)
            else:
                await page.goto(chair_link(self._cast, person))
                await page.wait_for_url(re.compile(r"/(hall|office)"))
        return self._pages[person]


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    """A day in the lobby, with time for a look around."""
    pace = replace(UNHURRIED, until_deadline_ms=900_000, lobby_ms=899_000, patient=False)
    cast = assemble(tmp_path, own_programme(1, _SEED), pace, playable=True)
    with troupe(playable=True) as players:
        open_house(players, cast)
        await answering(cast.url, players)
        raise_curtain(players, cast, absent={_BIDDER})
        await until_bids_are_taken(cast.url, players)
        async with a_browser() as browser:
            yield People(browser, cast)


def test_the_table_has_every_route_of_the_pages() -> None:
    routes = set(re.findall(r"path: '([^']+)'", _ROUTES.read_text()))
    assert routes
    assert routes <= set(VISITS)


@pytest.mark.timeout(300)
async def test_no_page_breaks_wcag_in_either_language(people: People) -> None:
    broken: dict[str, list[str]] = {}
    for visit in (visit for visits in VISITS.values() for visit in visits):
        page = await people.page_of(visit.by)
        await page.goto(people.url + visit.address)
        await expect(page.locator(visit.ready).first).to_be_visible(timeout=_STEP_MS)
        broken[f"{visit.name} zh-CN"] = await violations(page)
        await picture(page, visit.name)
        if visit.name in _SMALL:
            broken[f"{visit.name} phone"] = await _on_a_phone(page, visit)
        await _in_english(page, visit)
        broken[f"{visit.name} en"] = await violations(page)
        await page.evaluate("localStorage.removeItem('language')")
    broken = {where: found for where, found in broken.items() if found}
    assert broken == {}
    assert [error for watched in people.watched for error in watched.errors if "404" not in error] == []


async def _in_english(page: Page, visit: Visit) -> None:
    switch = page.get_by_role("button", name="English")
    if await switch.count():
        await switch.click()
    else:
        await page.evaluate("localStorage.setItem('language', 'en')")
        await page.reload()
        await expect(page.locator(visit.ready).first).to_be_visible(timeout=_STEP_MS)
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def _on_a_phone(page: Page, visit: Visit) -> list[str]:
    await page.set_viewport_size(PHONE)
    found = await violations(page)
    wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    await picture(page, f"{visit.name}-phone")
    await page.set_viewport_size(DESK)
    return [*found, *(["sticks out"] if wide else [])]
