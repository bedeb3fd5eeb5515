"""A whole evaluation in real browsers: experts, agency and supervisor; sites, centre and custodians are programs."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from remote_bid.demo import offices
from remote_bid.demo.cast import SESSION, Cast, Pace, assemble
from remote_bid.demo.committee import (
    AGENCY,
    CENTRE,
    CUSTODIANS,
    EXPERTS,
    NORTH,
    OBSERVER,
    OPERATORS,
    SUPERVISOR,
    order_for,
)
from remote_bid.demo.day import answering, open_house, raise_curtain, seen
from remote_bid.demo.documents import CHAPTERS, volume
from remote_bid.demo.evaluating import lot_of
from remote_bid.demo.programme import own_programme
from remote_bid.demo.stage import Attendant
from remote_bid.demo.troupe import Troupe, bundle_of, troupe
from remote_bid.participant.evaluating.officials import Agency
from remote_bid.people.certificates import Signed
from remote_bid.tender.statements import Cadence, Windows
from remote_bid.tender.terms import Lot
from remote_bid.verify import verify
from tests.web.axe import in_both_languages
from tests.web.committee import LONG_MS, Expert, agreed, attending, until_there
from tests.web.documents import Fetched, reads
from tests.web.hall import DESK, PHONE, Watched, a_browser
from tests.web.people import STEP_MS
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(600)]

_SEED = 7
_LIMIT_S = 240
LARGE_PAGES = 402
"""Of one bidder's volume, with a picture of 100 kB on each."""
_PACE = Pace(
    until_deadline_ms=16_000,
    lobby_ms=10_000,
    ticks=Cadence(every_ms=2000, slots=256),
    windows=Windows(release_ms=8000, custody_ms=30_000, confirm_ms=2500, objection_ms=500, record_ms=15_000),
    pause_s=0.1,
)
_REVIEWS, _SCORES = "请逐家逐项完成初步评审", "请独立打分并提交评分表"
_CHECKED = {
    "请答复本次评标邀请": "expert-invited",
    "请签到入座": "expert-arrives",
    "请核对投标人名单，签署承诺书或声明回避": "expert-undertakes",
    "请投票推选组长": "expert-elects",
    "请开始初步评审": "leader-begins",
    _REVIEWS: "expert-review",
    _SCORES: "expert-scores",
    "您有分数偏离平均分过大，请复核": "expert-far-off",
    "请核对汇总结果并确认": "leader-confirms",
    "请签署评标报告": "expert-report",
}
"""What a page asks for when axe looks at it, and what its picture is called."""
_BESIDE = {
    NORTH: "evaluation-site",
    CENTRE: "evaluation-centre",
    OBSERVER: "evaluation-tenderer",
    "auditor-01": "evaluation-auditor",
    "custodian-01": "evaluation-custodian",
}
"""Who else may look in while the experts score, and what the pictures are called."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


class Looked:
    """Looks at one page of each kind, in both languages; `beside` opens those of whoever is not at work."""

    def __init__(self, beside: Callable[[], Awaitable[dict[str, list[str]]]]) -> None:
        self._beside = beside
        self.found: dict[str, list[str]] = {}
        self.read: asyncio.Future[Fetched] = asyncio.get_running_loop().create_future()

    async def __call__(self, page: Page, said: str) -> None:
        if said in _CHECKED and said not in self.found:
            self.found[said] = []
            if said == _REVIEWS:
                self.read.set_result(await reads(page, LARGE_PAGES))
            await picture(page, _CHECKED[said])
            self.found[said] = await in_both_languages(page)
            if said == _SCORES:
                self.found |= await self._beside()


async def beside(browser: Browser, cast: Cast) -> dict[str, list[str]]:
    """What axe finds on the pages of those who look on; a bidder's on a phone."""
    found: dict[str, list[str]] = {}
    bidder = cast.contenders[0].person
    for person, name in {**_BESIDE, bidder: "evaluation-bidder-phone"}.items():
        page = await attending(browser, cast, person, PHONE if person == bidder else DESK)
        await expect(page.locator(".now")).to_be_visible(timeout=STEP_MS)
        await picture(page, name)
        found[person] = await in_both_languages(page)
        await page.context.close()
    return found


async def test_five_experts_evaluate_in_browsers_to_the_public_report(tmp_path: Path, browser: Browser) -> None:
    cast = assemble(tmp_path, own_programme(3, _SEED), _PACE, playable=True)
    large = cast.home(cast.contenders[0].person) / "technical.pdf"
    large.parent.mkdir(parents=True, exist_ok=True)
    large.write_bytes(volume(CHAPTERS, LARGE_PAGES // len(CHAPTERS), os.urandom(100_000)))
    with troupe(playable=True) as players:
        open_house(players, cast)
        await answering(cast.url, players)
        raise_curtain(players, cast)
        day = await seen(cast, players, lambda _: None, _LIMIT_S)
        lot = lot_of(cast, day.view)
        assert lot is not None
        await scheduled(cast, players, lot)
        agency, supervisor = await attending(browser, cast, AGENCY), await attending(browser, cast, SUPERVISOR, PHONE)
        watched = [Watched(agency), Watched(supervisor)]
        await agreed(agency, "封存抽取种子")
        await agreed(supervisor, "封存抽取种子")
        looked = Looked(lambda: beside(browser, cast))
        seats = [asyncio.ensure_future(an_expert(browser, cast, person, looked)) for person, _ in EXPERTS]
        over = expect(agency.locator(".now")).to_contain_text("本场评标已结束", timeout=_LIMIT_S * 1000)
        await unless_one_fails(over, seats)
        assert await in_both_languages(supervisor) == []
        await picture(supervisor, "evaluation-supervisor-phone")
        await picture(agency, "evaluation-agency")
        await agreed(agency, "公布评标报告")
        await expect(agency.get_by_role("img", name="各投标总分构成图；数据见旁边的表格")).to_be_visible(
            timeout=LONG_MS
        )
        await picture(agency, "evaluation-results")
        assert await in_both_languages(agency) == []
        experts = [seat.result() for seat in seats if seat.done()]
        for seat in seats:
            seat.cancel()
        async with Attendant(cast, AGENCY).connected() as line:
            await line.until(lambda view: bool(view.published))
            bundle = await bundle_of(line, players)
    assert looked.found == {what: [] for what in (*_CHECKED, *_BESIDE, cast.contenders[0].person)}
    assert [watch.errors for watch in watched] == [[], []]
    assert len(experts) == 6
    fetched = looked.read.result()
    assert fetched.bytes < large.stat().st_size / 4, fetched
    assert verify(io.BytesIO(bundle), cast.trust).verified


async def unless_one_fails(over: Awaitable[None], seats: Sequence[asyncio.Future[Expert]]) -> None:
    """Until it is over; whatever goes wrong at a seat is told at once."""
    ending = asyncio.ensure_future(over)
    waiting: set[asyncio.Future[Any]] = {ending, *seats}
    while ending in waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()


async def an_expert(browser: Browser, cast: Cast, person: str, looked: Looked) -> Expert:
    """Comes when the telephone rings."""
    await until_there((cast.home(person) / offices.RUNG).exists)
    expert = Expert(await attending(browser, cast, person), looked, lambda: attending(browser, cast, person))
    await expert.play()
    return expert


async def scheduled(cast: Cast, players: Troupe, lot: Lot) -> None:
    """The agency's order, and everybody who is a program."""
    for person in CUSTODIANS:
        players.enter(offices.play_draw_custodian, cast, person, lot.lot)
    offers = [cast.home(person) / "draw-offer.json" for person in CUSTODIANS]
    for offer in offers:
        await until_there(offer.exists)
    async with (line := Attendant(cast, AGENCY)).connected():
        agency = Agency(line, line.identity, AGENCY)
        keys = [msgspec.json.decode(await asyncio.to_thread(offer.read_bytes), type=Signed) for offer in offers]
        await agency.schedule(order_for(cast.tender, lot, await agency.handed_over(SESSION, lot.lot)), keys)
    players.enter(offices.play_centre, cast)
    for person in OPERATORS:
        players.enter(offices.play_site, cast, person)
