"""A day on which some chairs are free for browsers; everybody else is played by programs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

from playwright.async_api import Browser, Page, ViewportSize, expect

from remote_bid.demo import parts
from remote_bid.demo.authority import KEY_FILE, PASSPHRASE
from remote_bid.demo.bidding import play_bidder
from remote_bid.demo.cast import SESSION, Cast, K
from remote_bid.demo.day import Troupe, answering, troupe
from remote_bid.demo.patience import Patience, all_in
from remote_bid.demo.stage import Visitor, alone, identity_of
from remote_bid.opening.terms import Role
from remote_bid.participant.client import Client
from remote_bid.participant.identity import read_identity
from remote_bid.participant.staff import Host, Tenderer
from remote_bid.tender.terms import DRAW, Tender
from tests.web.hall import DESK

STEP_MS = 90_000
_LOOK_S = 0.2


@dataclass(frozen=True)
class Playing:
    """Who plays, and the one without whom nothing is cosigned."""

    players: Troupe
    cosigner: BaseProcess


@asynccontextmanager
async def a_day_with_free_chairs(
    cast: Cast, free: Collection[str], tenderer: Callable[[Cast], None] = parts.play_tenderer
) -> AsyncIterator[Playing]:
    """From the moment at which the session is scheduled."""
    with troupe() as players:
        cosigner = players.enter(parts.play_cosigner, cast)
        players.enter(parts.play_server, cast.settings, cast.server_folder)
        await answering(cast.url, players)
        await scheduled(cast, SESSION, cast.tender)
        _enter(players, cast, free, tenderer)
        yield Playing(players, cosigner)
        assert not players.failed(), players.failed()


def _enter(players: Troupe, cast: Cast, free: Collection[str], tenderer: Callable[[Cast], None]) -> None:
    chairs = {
        "host-01": parts.play_host,
        "supervisor-01": parts.play_supervisor,
        "witness-01": parts.play_witness,
        "tenderer-01": tenderer,
    }
    for person, play in chairs.items():
        if person not in free:
            players.enter(play, cast)
    custodians = [member.person for member in cast.members if member.role is Role.CUSTODIAN]
    for number, person in enumerate(custodians):
        if person not in free:
            players.enter(parts.play_custodian, cast, person, number % 2 == 0)
    for contender in cast.contenders:
        players.enter(play_bidder, cast, contender)


async def scheduled(cast: Cast, session: str, tender: Tender) -> None:
    """The agency's part, done before anybody sits down."""
    identity = read_identity(cast.home("host-01"))
    async with Client(cast.url, session, identity).connected() as client:
        await Host(client, identity, "host-01", Role.HOST).schedule(tender, cast.members)


def play_tenderer_without_seed(cast: Cast) -> None:
    """Publishes the policies, signs timetables, and gives no seed to the draw."""
    alone(cast.home("tenderer-01") / "log", lambda: _tenderer(cast))


async def _tenderer(cast: Cast) -> None:
    async with Visitor(cast, "tenderer-01").connected() as client:
        tenderer = Tenderer(client, identity_of(cast, "tenderer-01"), "tenderer-01", Role.TENDERER)
        places = [(lot.lot, part.part) for lot in cast.tender.lots for part in lot.parts]
        places += [(lot.lot, DRAW) for lot in cast.tender.lots if lot.draw]
        await asyncio.gather(*(tenderer.publish_policy(cast.trust, lot, part, K) for lot, part in places))
        patience = Patience(cast, parts.timetable)
        await asyncio.gather(tenderer.keep_timetable(len(places), patience.next), patience.keep_postponing(tenderer))


async def seated(browser: Browser, cast: Cast, person: str, desk: str, viewport: ViewportSize = DESK) -> Page:
    """The hall as this person sees it, with a desk of this name: the certificate imported, signed in."""
    page = await (await browser.new_context(viewport=viewport)).new_page()
    await page.goto(f"{cast.url}/hall/{SESSION}")
    await page.get_by_role("link", name="登录").click()
    await page.get_by_label("证书文件", exact=True).set_input_files(cast.home(person) / KEY_FILE)
    await page.get_by_label("证书文件的口令").fill(PASSPHRASE)
    await page.get_by_role("button", name="导入", exact=True).click()
    await page.get_by_role("button", name="登录").last.click()
    await expect(page.get_by_role("region", name=desk, exact=True)).to_be_visible(timeout=STEP_MS)
    return page


async def timetables_signed(supervisor: Page, cast: Cast) -> None:
    """Sign the timetable, and every other by which the tenderer postpones the deadline, until all bids are in."""
    asked = supervisor.get_by_role("button", name="签署时间表", exact=True)
    await expect(asked).to_be_visible(timeout=STEP_MS)
    while not all_in(cast):
        if await asked.count():
            await acted(supervisor, "签署时间表")
            await expect(asked).to_have_count(0, timeout=STEP_MS)
        await asyncio.sleep(_LOOK_S)


async def acted(page: Page, act: str) -> None:
    """Ask for an act, and say yes to what will be signed."""
    await page.get_by_role("button", name=act, exact=True).click(timeout=STEP_MS)
    await page.get_by_role("button", name=f"确认：{act}").click()
