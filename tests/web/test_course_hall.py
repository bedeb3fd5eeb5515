"""What turns a day from its straight course, done by people in real browsers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from remote_bid.demo import cast as demo
from remote_bid.demo.cast import assemble
from remote_bid.demo.programme import own_programme
from remote_bid.opening.terms import Member, Role
from remote_bid.tender.statements import Pauses
from tests.web.axe import violations
from tests.web.desks import (
    STEP_MS,
    a_day_with_free_chairs,
    acted,
    play_tenderer_without_seed,
    seated,
    timetables_signed,
)
from tests.web.hall import Watched, a_browser, listed
from tests.web.pace import SIGNED_BY_HAND, all_release
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow, pytest.mark.timeout(300)]

_SEED = 7
_DEPUTY = Member(person="host-02", name="替补<script>alert(1)</script>", role=Role.HOST, deputy_of="host-01")
_REASON = "唱标内容<b>有误</b>，不予签署。"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def test_an_office_is_handed_over_lots_are_drawn_by_hand_and_the_record_is_refused(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "MEMBERS", [*demo.MEMBERS, _DEPUTY])
    cast = assemble(tmp_path, all_release(), SIGNED_BY_HAND)
    async with a_day_with_free_chairs(cast, {"host-01", "supervisor-01"}, play_tenderer_without_seed):
        people = ("host-01", "host-02", "supervisor-01")
        host, deputy, supervisor = await asyncio.gather(*(seated(browser, cast, who, "工作台") for who in people))
        watched = Watched(deputy)
        await timetables_signed(supervisor, cast)
        await host.get_by_text("移交职责").first.click()
        await acted(host, "移交职责")
        await expect(host.get_by_text("现由替补<script>alert(1)</script>履行本职责")).to_be_visible()

        await acted(deputy, "开始解密")
        await deputy.get_by_label("标段 1").select_option(index=0, timeout=STEP_MS)
        await expect(supervisor.get_by_text("等待主持人签署摇号结果")).to_be_visible()
        assert await violations(deputy) == []
        await picture(deputy, "desk-by-hand")
        await acted(deputy, "签署摇号结果")
        await expect(supervisor.get_by_role("heading", name="人工摇号结果")).to_be_visible()
        await acted(supervisor, "签署")

        for number in (1, 2, 3):
            await deputy.get_by_role("button", name=f"唱第 {number} 号").click(timeout=STEP_MS)
        await acted(deputy, "签署开标记录表")
        await supervisor.get_by_text("拒绝签署").first.click(timeout=STEP_MS)
        await supervisor.get_by_label("理由").fill(_REASON)
        assert await violations(supervisor) == []
        await picture(supervisor, "desk-refuse")
        await acted(supervisor, "拒绝签署")
        await acted(deputy, "结束开标")
        await expect(host.locator(".now")).to_contain_text("本场开标已结束", timeout=STEP_MS)

        view = await listed(cast.url)
        assert view["in_office"] == {"host": "host-02"}
        assert [(line["lottery"], line["empty"]) for line in view["draws"]] == [
            (True, ["tenderer-01", "supervisor-01"])
        ]
        assert "supervisor-01" in view["refused_by"]
        assert "host-02" in view["signed_by"]
        assert watched.errors == []


async def test_the_window_is_extended_and_a_session_that_stands_still_too_long_is_aborted(
    tmp_path: Path, browser: Browser
) -> None:
    pace = replace(SIGNED_BY_HAND, pauses=Pauses(supervisor_ms=3000))
    cast = assemble(tmp_path, own_programme(3, _SEED), pace)
    async with a_day_with_free_chairs(cast, {"host-01", "supervisor-01"}):
        host, supervisor = await asyncio.gather(
            *(seated(browser, cast, who, "工作台") for who in ("host-01", "supervisor-01"))
        )
        await timetables_signed(supervisor, cast)
        await acted(supervisor, "封存抽取种子")
        await expect(supervisor.get_by_role("button", name="封存抽取种子")).to_have_count(0)
        await acted(host, "开始解密")
        await host.get_by_text("延长解密时限").first.click()
        await host.get_by_label("分钟").fill("1")
        await host.get_by_label("原因").last.select_option("network_fault")
        await acted(host, "延长解密时限")
        await expect(supervisor.get_by_role("heading", name="延长解密时限")).to_be_visible()
        await acted(supervisor, "签署")
        await expect(host.get_by_text("已由您签署，等待对方签署")).to_have_count(0)
        assert (await listed(cast.url))["extensions"] == 1

        await supervisor.get_by_text("中止开标").first.click()
        await acted(supervisor, "中止开标")
        await expect(supervisor.get_by_role("button", name="终止开标")).to_be_visible(timeout=STEP_MS)
        assert await violations(supervisor) == []
        await picture(supervisor, "desk-abort")
        await acted(supervisor, "终止开标")
        await expect(host.locator(".now.failed")).to_be_visible(timeout=STEP_MS)
        assert (await listed(cast.url))["phase"] == "ABORTED"
