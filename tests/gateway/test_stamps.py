"""The authority of time away, slow or lying: stamps come late or never, and nothing waits for them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp
import pytest
from aiohttp import web

from remote_bid.gateway import stamps
from remote_bid.gateway.stamps import StampKeeper
from remote_bid.opening.terms import Phase
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.log import MemoryLog, Session
from tests.given import Past, Story
from tests.opening.actors import OFFICE, TSA
from tests.opening.acts import cosign_close
from tests.opening.day import CLOSED_FOR_BIDS, opening
from tests.opening.tender import SESSION, T0, after_t0
from tests.timeline.tsa import REFUSAL, Tsa

Answer = Callable[[bytes], bytes]


class Clock:
    """The log's, the server's and the authority's."""

    at = opening.begins

    def __call__(self) -> datetime:
        return self.at


class Stamping:
    """A server in the middle of a day, and its authority of time."""

    def __init__(self) -> None:
        self.clock, self.asked = Clock(), 0
        self.answer: Answer = self.honest
        self.log = MemoryLog(self.clock)
        self.desk = self._desk()

    def honest(self, asked: bytes) -> bytes:
        return TSA.reply(asked, self.clock.at)

    async def live(self, past: Past) -> None:
        for act in past:
            self.clock.at = act.at or self.clock.at
            story = Story(opening, await self.desk.look(SESSION), self.clock.at)
            await self.desk.handle(SESSION, act.asked(story), act.by)

    def again(self) -> None:
        """Another process over the same log."""
        self.desk = self._desk()

    async def stamped(self) -> list[str]:
        return [wanted.stamped_at for wanted in (await self.desk.look(SESSION)).state.stamps.values()]

    async def until(self, holds: Callable[[list[str]], bool]) -> None:
        until = time.monotonic() + 5
        while not holds(await self.stamped()):
            assert time.monotonic() < until, await self.stamped()
            await asyncio.sleep(0.01)

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[StampKeeper]:
        app = web.Application()
        app.router.add_post("/", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession() as http:
            keeper = StampKeeper(self.desk, f"http://127.0.0.1:{port}/", http, self.clock)
            keeper.start(await self.desk.load())
            try:
                yield keeper
            finally:
                await keeper.close()
                await runner.cleanup()

    def _desk(self) -> Desk:
        return Desk(self.log, OFFICE, opening.line_secret, {"opening": (opening.context, opening.facts)})

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        assert request.content_type == "application/timestamp-query"
        return web.Response(body=self.answer(await request.read()), content_type="application/timestamp-reply")


@pytest.fixture
async def stamping(monkeypatch: pytest.MonkeyPatch) -> Stamping:
    monkeypatch.setattr(stamps, "_RETRY_S", (0.02, 0.1))
    found = Stamping()
    await found.log.create(Session(SESSION, "opening", "epoch"))
    return found


async def test_both_are_stamped_as_soon_as_bids_are_closed(stamping: Stamping) -> None:
    async with stamping.keeping() as keeper:
        await stamping.live(CLOSED_FOR_BIDS)
        await stamping.until(lambda times: len(times) == 2 and all(times))
        assert (keeper.alert, stamping.asked) == ("", 2)


def away(_asked: bytes) -> bytes:
    raise web.HTTPServiceUnavailable


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(away, id="away"),
        pytest.param(lambda asked: REFUSAL, id="refuses"),
        pytest.param(lambda asked: b"<html>", id="nonsense"),
        pytest.param(lambda asked: bytes(10 << 20), id="no end"),
        pytest.param(lambda asked: Tsa().reply(asked, T0), id="another's key"),
        pytest.param(lambda asked: TSA.reply(asked, after_t0(-60)), id="another time"),
    ],
)
async def test_one_that_is_away_or_lies_is_told_of_and_asked_again(stamping: Stamping, answer: Answer) -> None:
    stamping.answer = answer
    async with stamping.keeping() as keeper:
        await stamping.live((*CLOSED_FOR_BIDS, cosign_close()))
        assert (await stamping.desk.look(SESSION)).state.phase is Phase.ROSTER
        await stamping.until(lambda _: stamping.asked >= 4)
        assert keeper.alert
        assert await stamping.stamped() == ["", ""]
        stamping.answer = stamping.honest
        await stamping.until(all)
        assert keeper.alert == ""


async def test_after_ten_minutes_it_is_asked_no_more(stamping: Stamping) -> None:
    stamping.answer = away
    async with stamping.keeping():
        await stamping.live(CLOSED_FOR_BIDS)
        stamping.clock.at = after_t0(601)
        await asyncio.sleep(0.3)
        asked = stamping.asked
        await asyncio.sleep(0.3)
        assert stamping.asked == asked


async def test_what_was_wanted_when_the_server_stopped_is_asked_for_at_the_next_start(stamping: Stamping) -> None:
    await stamping.live(CLOSED_FOR_BIDS)
    stamping.again()
    async with stamping.keeping():
        await stamping.until(all)
    assert stamping.asked == 2
