"""Real browsers in a call: who gets which bytes, and that closed means none."""

import asyncio
from pathlib import Path

import pytest

from remote_bid.video.stage import Linked, OpenRoom
from tests.video.media.staged import ROOM, Reports, arranged, everybody, until, workers
from tests.web.calling import Caller, a_caller, a_calling_browser, a_door

pytestmark = [pytest.mark.web, pytest.mark.slow]


async def all_decode(*callers: Caller, pictures: int = 20) -> None:
    """Each sees more pictures than so far."""
    for caller in callers:
        wanted = await caller.decoded() + pictures
        await caller.page.wait_for_function(
            "async wanted => Object.values((await report()).decoded).reduce((a, b) => a + b, 0) >= wanted",
            arg=wanted,
            timeout=30_000,
        )


async def test_browsers_hear_and_see_each_other_only_while_it_is_arranged(tmp_path: Path) -> None:
    async with workers(tmp_path) as stage, a_calling_browser(tmp_path) as browser, a_door(stage) as door:
        reports = Reports(stage)
        await stage.open(OpenRoom(room=ROOM, slots=2))
        callers = [await a_caller(browser, door, seat) for seat in ("expert", "bidder", "supervisor")]
        for caller in callers:
            await caller.join(slots=2)
        await until(lambda: len(reports.of(Linked)) == 3)
        await reports.healthy()
        await asyncio.sleep(0.5)
        assert [await caller.received() for caller in callers] == [0, 0, 0]

        await stage.arrange(arranged(everybody("expert", "bidder", "supervisor")))
        await all_decode(*callers)

        await stage.arrange(arranged([]))
        await asyncio.sleep(0.3)  # for what was on its way
        silent = [await caller.received() for caller in callers]
        await asyncio.sleep(1.5)
        assert [await caller.received() for caller in callers] == silent
