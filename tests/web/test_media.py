"""Real browsers in a call: who gets which bytes, and that closed means none."""

import asyncio
import re
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from remote_bid.video.stage import CloseRoom, Heard, Kind, Linked, OpenRoom, Passing, Recorded, Showed, Stage
from remote_bid.video.stage import Path as Way
from tests.video.media.probing import complaints
from tests.video.media.proxy import a_lossy_way
from tests.video.media.staged import ROOM, Reports, arranged, everybody, until, workers
from tests.video.relay import a_relay
from tests.web.calling import TONE_HZ, Caller, a_caller, a_calling_browser, a_door

pytestmark = [pytest.mark.web, pytest.mark.slow]


KINDS: tuple[Kind, Kind] = ("audio", "video")
FOUR = {(seat, kind) for seat in ("expert", "bidder") for kind in KINDS}


def port_of(answer: str) -> int:
    """The worker's, as an answer names it."""
    found = re.search(r" (\d+) typ host", answer)
    assert found
    return int(found[1])


async def two_in_a_call(
    stage: Stage, browser: Browser, door: str, reports: Reports, configuration: dict[str, Any] | None = None
) -> list[Caller]:
    """Expert and bidder, who get everything of each other."""
    await stage.open(OpenRoom(room=ROOM, slots=1))
    callers = [await a_caller(browser, door, seat) for seat in ("expert", "bidder")]
    for caller in callers:
        await caller.join(slots=1, configuration=configuration)
    await reports.healthy()
    await stage.arrange(arranged(everybody("expert", "bidder")))
    return callers


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


async def test_a_masked_voice_arrives_shifted_and_its_face_not_at_all(tmp_path: Path) -> None:
    async with workers(tmp_path) as stage, a_calling_browser(tmp_path) as browser, a_door(stage) as door:
        reports = Reports(stage)
        await stage.open(OpenRoom(room=ROOM, slots=1))
        expert, bidder = [await a_caller(browser, door, seat) for seat in ("expert", "bidder")]
        for caller in (expert, bidder):
            await caller.join(slots=1)
        await reports.healthy()
        masked = [Way(speaker="expert", listener="bidder", kind=kind, passing=Passing.MASKED) for kind in KINDS]
        raw = [Way(speaker="bidder", listener="expert", kind=kind, passing=Passing.RAW) for kind in KINDS]
        await stage.arrange(arranged([*masked, *raw]))
        await all_decode(expert)
        sound, picture = carrying("expert", "audio", reports), carrying("", "video", reports)

        heard = await bidder.pitch(sound)
        assert 0.14 < abs(heard / TONE_HZ - 1) < 0.26, f"{heard} Hz of {TONE_HZ}"
        assert await expert.pitch(carrying("bidder", "audio", reports)) == pytest.approx(TONE_HZ, abs=5)
        assert (await bidder.report())["received"].get(picture, 0) == 0


def carrying(speaker: str, kind: str, reports: Reports) -> str:
    """The m-line that last carried this speaker."""
    lines = [line for showed in reports.of(Showed) for line in showed.showing]
    return [line.mid for line in lines if (line.speaker, line.kind) == (speaker, kind)][-1]


async def test_nothing_that_reaches_a_browser_is_of_another(tmp_path: Path) -> None:
    async with workers(tmp_path) as stage, a_calling_browser(tmp_path) as browser, a_door(stage) as door:
        await stage.open(OpenRoom(room=ROOM, slots=1))
        expert, bidder = [await a_caller(browser, door, seat) for seat in ("expert", "bidder")]
        await expert.join(slots=1)
        answer = await bidder.join(slots=1)
        offered: str = await expert.page.evaluate("connection.localDescription.sdp")
        for attribute in ("ice-ufrag", "ice-pwd", "fingerprint", "msid", "ssrc", "candidate"):
            theirs = {line for line in offered.splitlines() if line.startswith(f"a={attribute}:")}
            assert theirs
            assert not theirs.intersection(answer.splitlines())
        assert "expert" not in answer


async def test_a_tenth_lost_each_way_leaves_nine_of_ten_pictures(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(workers(tmp_path))
        browser = await stack.enter_async_context(a_calling_browser(tmp_path))

        async def through_losses(answer: str) -> str:
            port = port_of(answer)
            lossy = await stack.enter_async_context(a_lossy_way(port, 0.1))
            return answer.replace(f" {port} typ host", f" {lossy} typ host")

        door = await stack.enter_async_context(a_door(stage, through_losses))
        reports = Reports(stage)
        callers = await two_in_a_call(stage, browser, door, reports)
        await all_decode(*callers, pictures=150)  # until the browsers have learnt how long to wait for repairs
        before = [await caller.report() for caller in callers]
        await asyncio.sleep(10.0)
        after = [await caller.report() for caller in callers]
        for seeing, shown in ((0, 1), (1, 0)):
            decoded = sum(after[seeing]["decoded"].values()) - sum(before[seeing]["decoded"].values())
            sent = after[shown]["pictures"] - before[shown]["pictures"]
            assert decoded >= sent * 0.9, f"{decoded} of {sent}"
        assert any(loss > 0.02 for heard in reports.of(Heard)[-10:] for loss in heard.losses.values())


async def test_ice_is_restarted_and_the_picture_goes_on_by_another_way(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(workers(tmp_path))
        browser = await stack.enter_async_context(a_calling_browser(tmp_path))
        ways: list[AsyncExitStack] = []

        async def by_a_way_of_its_own(answer: str) -> str:
            port, way = port_of(answer), await stack.enter_async_context(AsyncExitStack())
            through = await way.enter_async_context(a_lossy_way(port, 0.0))
            ways.append(way)
            return answer.replace(f" {port} typ host", f" {through} typ host")

        door = await stack.enter_async_context(a_door(stage, by_a_way_of_its_own))
        reports = Reports(stage)
        callers = await two_in_a_call(stage, browser, door, reports)
        await all_decode(*callers)
        await ways[0].aclose()  # the expert's network is gone
        await callers[0].restart()
        await all_decode(*callers)
        assert len(reports.of(Linked)) == 2, "it is the same connection"


async def test_turn_over_tcp_carries_a_call(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(workers(tmp_path))
        browser = await stack.enter_async_context(a_calling_browser(tmp_path))
        door = await stack.enter_async_context(a_door(stage))
        relay = await stack.enter_async_context(a_relay(tmp_path))
        relayed = {"iceServers": [relay], "iceTransportPolicy": "relay"}
        callers = await two_in_a_call(stage, browser, door, Reports(stage), relayed)
        await all_decode(*callers)
        assert [(await caller.report())["candidate"] for caller in callers] == [{"type": "relay", "relay": "tcp"}] * 2


async def test_recordings_of_browsers_play_without_a_complaint(tmp_path: Path) -> None:
    async with (
        workers(tmp_path, segment_s=2.0) as stage,
        a_calling_browser(tmp_path) as browser,
        a_door(stage) as door,
    ):
        reports = Reports(stage)
        await two_in_a_call(stage, browser, door, reports)
        await until(lambda: {(told.seat, told.kind) for told in reports.of(Recorded) if told.number} >= FOUR)
        await stage.close(CloseRoom(room=ROOM))
        for told in reports.of(Recorded):
            assert await complaints(tmp_path / told.path) == "", told
