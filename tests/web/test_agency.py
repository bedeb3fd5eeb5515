"""An agency in a real browser: from a public document to an opening whose timetable two have signed."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from remote_bid.participant.client import Client
from remote_bid.participant.custodian import Custodian
from tests.gateway.house import House
from tests.web.agency import a_centre, acted, fair, signed_in
from tests.web.hall import PHONE, Watched, a_browser
from tests.web.pictures import picture

pytestmark = [pytest.mark.web, pytest.mark.slow]

SESSION = "KB-2026-0300"
TITLE = "道路<script>alert(1)</script>工程"
CENTRE = "青溪县公共资源交易中心"
DOCUMENT = {
    "ocid": "ocds-213czf-1",
    "tender": {
        "id": "1",
        "title": TITLE,
        "procuringEntity": {"name": "青溪县<b>水利局</b>"},
        "lots": [{"id": "1", "title": "一标段<i>", "value": {"amount": 1280000, "currency": "CNY"}}],
    },
}
PEOPLE = [
    ("supervisor-01", "沈静<script>alert(2)</script>", ""),
    ("witness-01", "韩松", ""),
    ("tenderer-01", "周岚", ""),
    ("custodian-01", "招标人保管人", "tenderer"),
    ("custodian-02", "监督部门保管人", "supervisor"),
    ("custodian-03", "交易中心保管人", "centre"),
]


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[House]:
    async with a_centre(tmp_path) as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as chromium:
        yield chromium


async def imported(page: Page, document: Any) -> None:
    """Hand a document to the agency's page."""
    file = FilePayload(name="tender.json", mimeType="application/json", buffer=json.dumps(document).encode())
    await page.get_by_label("项目文件").set_input_files(file)
    await page.get_by_role("button", name="导入", exact=True).click()


async def peopled(page: Page) -> None:
    """Write everybody's code and name into the draft."""
    people = page.get_by_role("region", name="人员")
    for place, (person, name, side) in enumerate(PEOPLE, start=1):
        group = people.get_by_role("group").nth(place)
        await group.get_by_label("主体代码").fill(person)
        await group.get_by_label("姓名或单位").fill(name)
        if side:
            await group.get_by_label("代表哪一方").fill(side)


async def keys_offered(hall: House) -> None:
    """The custodians' part, by their own programs."""
    for person, _, side in PEOPLE:
        if side:
            identity = hall.person(person)
            async with Client(hall.url, SESSION, identity).connected() as client:
                await Custodian(client, identity, hall.trust, hall.home(person)).offer_key("1", "readout_form")


async def test_an_agency_imports_a_tender_and_two_sign_its_timetable(hall: House, browser: Browser) -> None:
    host = await signed_in(browser, hall, "host-01")
    watched = Watched(host)
    await host.get_by_role("link", name="安排开标").click()
    await imported(host, {"hello": 1})
    await expect(host.get_by_role("alert").filter(has_text="不能导入")).to_be_visible()
    await fair(host)
    await imported(host, DOCUMENT)
    await expect(host.get_by_text("导入后请核对")).to_be_visible()
    await host.get_by_label("交易中心").fill(CENTRE)
    await host.get_by_label("开标编号").fill(SESSION)
    await host.get_by_role("button", name="检查", exact=True).click()
    await expect(host.get_by_text("还有 12 处需要改正")).to_be_visible()
    await peopled(host)
    await expect(host.get_by_text("✓ 已保存在本浏览器")).to_be_visible()
    await host.reload()
    await expect(host.get_by_label("开标编号")).to_have_value(SESSION)
    await fair(host)
    await picture(host, "draft")

    await host.get_by_role("button", name="检查", exact=True).click()
    await expect(host.get_by_text("✓ 没有发现问题")).to_be_visible()
    await acted(host, "签名安排开标")
    await expect(host.get_by_role("heading", name=TITLE)).to_be_visible()

    tenderer = await signed_in(browser, hall, "tenderer-01")
    supervisor = await signed_in(browser, hall, "supervisor-01", PHONE)
    for page in (tenderer, supervisor):
        await page.goto(f"{hall.url}/hall/{SESSION}")
    desk = tenderer.get_by_role("region", name="工作台")
    await expect(desk.get_by_text("等待保管人提交公钥")).to_be_visible()
    await keys_offered(hall)
    await expect(desk.get_by_text("✓ 1 / 1").last).to_be_visible()
    await fair(tenderer)
    await picture(tenderer, "policy")
    await acted(tenderer, "签名公布招标规则")

    deadline = datetime.now(UTC) + timedelta(days=3)
    await expect(desk.get_by_text("请提出时间表")).to_be_visible()
    await acted_refused(tenderer)
    await tenderer.get_by_label("投标截止时间").fill(local_of(deadline))
    await fair(tenderer)
    await picture(tenderer, "timetable")
    await acted(tenderer, "签名提出时间表")
    await expect(supervisor.get_by_role("button", name="签署时间表")).to_be_visible()
    await fair(supervisor)
    await picture(supervisor, "supervisor-phone")
    await acted(supervisor, "签署时间表")
    await desk.locator("summary").filter(has_text="顺延截止时间").click()
    later = local_of(deadline + timedelta(days=1))
    await tenderer.get_by_label("投标截止时间").fill(later)
    await acted(tenderer, "顺延截止时间")
    await acted(supervisor, "签署时间表")

    await host.goto(hall.url)
    card = host.get_by_role("link").filter(has_text=TITLE)
    await expect(card).to_contain_text(later.replace("T", " "))
    assert [error for error in watched.errors if "409" not in error] == []


def local_of(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")


async def acted_refused(page: Page) -> None:
    """A deadline that is not there is asked for before anything is signed."""
    await page.get_by_role("button", name="签名提出时间表").click()
    await expect(page.get_by_text("请填写晚于现在")).to_be_visible()
    await expect(page.get_by_role("button", name="确认：签名提出时间表")).to_be_hidden()
