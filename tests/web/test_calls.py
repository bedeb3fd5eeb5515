"""A clarification_call between real browsers on the product's own pages: who hears and sees whom, and when nobody."""

import asyncio
import hashlib
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from remote_bid.config import MediaAt
from remote_bid.timeline import instant
from tests.gateway.called import call_in, entries_of
from tests.gateway.house import House, house
from tests.video.actors import BIDDER, EXPERT, SESSION, SUPERVISOR
from tests.web.axe import in_both_languages
from tests.web.callers import CallerPage, before_a_call
from tests.web.calling import TONE_HZ, a_calling_browser
from tests.web.hall import PHONE
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.asyncio]

EXPERTS_OWN = ("expert-zhang", "张专家", '"E01"')
"""What names the expert; a bare alias may also stand in a hash."""


@dataclass
class Going:
    """A call with three in it."""

    house: House
    browser: Browser
    supervisor: CallerPage
    expert: CallerPage
    bidder: CallerPage


@asynccontextmanager
async def a_house(folder: Path) -> AsyncIterator[House]:
    await call_in(folder / "server")
    async with house(folder, name="localhost", media=MediaAt()) as found:
        yield found


@asynccontextmanager
async def a_call(folder: Path) -> AsyncIterator[Going]:
    async with a_house(folder) as found, a_calling_browser(folder) as browser:
        supervisor = await before_a_call(browser, found, SUPERVISOR)
        await supervisor.comes()
        await supervisor.joins()
        others = [await before_a_call(browser, found, who) for who in (EXPERT, BIDDER)]
        for other in others:
            await other.waits()
            await supervisor.press("准许进入")
            await other.joins()
        yield Going(found, browser, supervisor, *others)
        for caller in (supervisor, *others):
            await caller.context.close()


async def silence_after(*callers: CallerPage) -> float:
    """Seconds until nothing more arrives at any of them."""
    began, quiet_since, before = time.monotonic(), time.monotonic(), [-1] * len(callers)
    while time.monotonic() - quiet_since < 1.0:
        now = [await caller.received() for caller in callers]
        if now != before:
            before, quiet_since = now, time.monotonic()
        assert time.monotonic() - began < 15, "it goes on"
        await asyncio.sleep(0.05)
    return quiet_since - began


async def opened_before(found: House, moment: datetime) -> datetime:
    """When the gate had last been opened: a supervisor's page that is starved may close it again."""
    opened = [entry for entry in await entries_of(found.server_folder) if entry.type == "GateOpened"]
    assert len(opened) > 1
    return max(at for at in (instant.when(entry.fields["at"]) for entry in opened) if at <= moment)


async def types(found: House) -> list[str]:
    return [entry.type for entry in await entries_of(found.server_folder)]


async def test_all_decode_and_nothing_of_the_expert_reaches_the_bidder(tmp_path: Path) -> None:
    async with a_call(tmp_path) as going:
        await going.supervisor.sees(2)
        await going.expert.sees(2)
        await going.bidder.sees(1)
        await picture(going.supervisor.page, "call-supervisor")
        await picture(going.expert.page, "call-expert")
        await asyncio.sleep(1)
        assert await going.bidder.pictures() == 1, "the face is not forwarded at all"
        heard = "\n".join([*going.bidder.heard, *(theirs for _, theirs in await going.bidder.descriptions())])
        assert "S05" in heard
        assert not [name for name in EXPERTS_OWN if name in heard]
        assert not [label for label in labels_of(await going.expert.descriptions()) if label in heard]
        raw, masked = await going.supervisor.pitch("E01"), await going.bidder.pitch("S05")
        assert abs(raw - TONE_HZ) < 15
        assert abs(masked - TONE_HZ) > 15
        assert masked > 0


def labels_of(descriptions: list[tuple[str, str]]) -> set[str]:
    """What a browser's own description says of it: names of its streams, secrets of its connection, SSRCs."""
    ours = "\n".join(own for own, _ in descriptions)
    patterns = (r"cname:(\S+)", r"msid:\S+ (\S+)", r"ice-pwd:(\S+)", r"fingerprint:\S+ (\S+)", r"a=ssrc:(\d+)")
    return {found for pattern in patterns for found in re.findall(pattern, ours)}


async def test_without_its_supervisor_a_call_is_silent_and_with_it_goes_on_at_once(tmp_path: Path) -> None:
    async with a_call(tmp_path) as going:
        others = (going.expert, going.bidder)
        for other in others:
            await other.sees(1)
        await going.supervisor.page.close()
        assert await silence_after(*others) < 2.0
        await expect(going.bidder.page.get_by_text("监督人员不在场，通话暂时中断").first).to_be_visible()
        told = await types(going.house)
        assert "GateClosed" in told
        again = [asyncio.create_task(other.goes_on(await other.frames())) for other in others]
        back = CallerPage(going.supervisor.context, await going.supervisor.context.new_page())
        await back.page.goto(f"/call/{SESSION}")
        await back.opens_its_camera()
        await back.joins()
        for seen in await asyncio.gather(*again):
            assert (seen - await opened_before(going.house, seen)).total_seconds() < 1.0
        for other in others:
            await other.sees(1)


async def test_recordings_play_and_are_those_of_the_timeline(tmp_path: Path) -> None:
    async with a_call(tmp_path) as going:
        await going.bidder.sees(1)
        await going.supervisor.press("结束通话")
        await going.supervisor.press("确认")
        await expect(going.bidder.page.get_by_text("通话已经结束。").first).to_be_visible(timeout=10_000)
        await expect(going.supervisor.page.get_by_role("link", name="录音录像")).to_be_visible(timeout=20_000)
        await going.supervisor.page.get_by_role("link", name="录音录像").click()
        await expect(going.supervisor.page.get_by_role("button", name=re.compile("播放 ")).first).to_be_visible()
        await picture(going.supervisor.page, "call-recordings")
        assert await in_both_languages(going.supervisor.page) == []
        await going.supervisor.page.get_by_role("button", name=re.compile("甲公司 进入通话")).click()
        await expect(going.supervisor.page.locator("audio, video").first).to_be_visible()
        segments = [
            e.fields["segment"] for e in await entries_of(going.house.server_folder) if e.type == "SegmentRecorded"
        ]
        assert {segment["seat"] for segment in segments} == {"S01", "S02", "S05"}
        for segment in segments:
            path = going.house.server_folder / "recordings" / segment["path"]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == segment["sha256"]
            assert probed(path) == ""


def probed(path: Path) -> str:
    """What ffprobe finds wrong with a file when it reads all of it."""
    args = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(path)]
    done = subprocess.run(args, capture_output=True, check=True)  # noqa: S603 - a fixed program over the test's own file
    assert json.loads(done.stdout)["streams"]
    return done.stderr.decode()


async def test_every_page_of_a_call_can_be_used_by_everybody_on_a_phone_too(tmp_path: Path) -> None:
    async with a_house(tmp_path) as found, a_calling_browser(tmp_path) as browser:
        bidder = await before_a_call(browser, found, BIDDER, PHONE)
        await bidder.page.goto(f"/call/{SESSION}")
        await expect(bidder.page.get_by_role("region", name="录音录像告知")).to_be_visible()
        await picture(bidder.page, "call-notice-phone")
        assert await in_both_languages(bidder.page) == []
        await bidder.press("我已阅读，同意录制")
        await bidder.opens_its_camera()
        await picture(bidder.page, "call-devices-phone")
        assert await in_both_languages(bidder.page) == []
        await bidder.press("进入等候室")
        supervisor = await before_a_call(browser, found, SUPERVISOR)
        await supervisor.page.goto("/calls")
        await supervisor.press("旁听")
        await supervisor.press("准许进入")
        await bidder.press("进入通话")
        await expect(bidder.page.get_by_role("region", name="通话画面")).to_be_visible()
        await picture(supervisor.page, "call-wall")
        await picture(bidder.page, "call-bidder-phone")
        assert await in_both_languages(supervisor.page) == []
        assert await in_both_languages(bidder.page) == []
        fits = "document.documentElement.scrollWidth <= window.innerWidth"
        assert await bidder.page.evaluate(fits)
        for caller in (bidder, supervisor):
            await caller.context.close()


async def test_a_muted_person_is_told_so_and_cannot_undo_it(tmp_path: Path) -> None:
    async with a_call(tmp_path) as going:
        group = going.supervisor.page.get_by_role("group", name=re.compile("甲公司"))
        await group.get_by_role("button", name="禁言").click()
        await expect(going.bidder.page.get_by_text("只有监督人员可以恢复").first).to_be_visible()
        await expect(going.bidder.page.get_by_role("button", name="恢复发言")).to_have_count(0)


async def test_pages_come_back_by_themselves_when_a_worker_dies(tmp_path: Path) -> None:
    async with a_call(tmp_path) as going:
        await going.bidder.sees(1)
        for pid in media_workers():
            os.kill(pid, signal.SIGKILL)
        while (await types(going.house)).count("GateOpened") < 2:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)
        told = await types(going.house)
        assert told.count("SeatLost") == 3
        assert "RecorderFailed" in told
        for caller in (going.supervisor, going.expert, going.bidder):
            await caller.sees(1)


def media_workers() -> list[int]:
    """The processes that carry this test's calls."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if b"media.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
