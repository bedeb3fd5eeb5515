"""A real day for a real browser: the demonstration in a process of its own, and Chromium."""

import asyncio
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from remote_bid.demo.cast import SESSION, free_port
from remote_bid.demo.day import Troupe

CHROMIUM = os.environ.get("REMOTE_BID_CHROMIUM") or "/usr/bin/chromium"
_OFF = [
    # Two pages of an address bar nobody sees, made anew with every context: a second of a processor each time.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # Of such lists the last one counts, so this one goes on with what Playwright's own would turn off.
    *("AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying"),
    *("OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
]
# The rest keeps Chromium from looking for its maker's hosts.
ARGS = [
    f"--disable-features={','.join(_OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_START_S = 30
_STOP_S = 10

DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)


@asynccontextmanager
async def a_day() -> AsyncIterator[str]:
    """A fast opening with three bidders, one of whom loses its key; gives the server's address once it is scheduled."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    args = ["-m", "remote_bid", "demo", "--fast", "--serve", "--port", str(port)]
    quiet = asyncio.subprocess.DEVNULL
    demo = await asyncio.create_subprocess_exec(sys.executable, *args, stdout=quiet, start_new_session=True)
    try:
        async with asyncio.timeout(_START_S):
            while not await listed(url):
                assert demo.returncode is None, "the demonstration has ended early"
                await asyncio.sleep(0.1)
        yield url
    finally:
        await _end(demo)


async def until_scheduled(url: str, players: Troupe) -> None:
    """Wait until there is a session to come to."""
    await _until_listed_with(url, players, "session")


async def until_bids_are_taken(url: str, players: Troupe, tls: ssl.SSLContext | None = None) -> None:
    """Wait until the timetable is signed."""
    await _until_listed_with(url, players, "timetable", tls)


async def _until_listed_with(url: str, players: Troupe, told: str, tls: ssl.SSLContext | None = None) -> None:
    async with asyncio.timeout(_START_S):
        while not (await listed(url, tls)).get(told):
            assert not players.failed(), players.failed()
            await asyncio.sleep(0.1)


async def listed(url: str, tls: ssl.SSLContext | None = None) -> dict[str, Any]:
    """The session as the public list shows it; empty while there is none."""
    connector = aiohttp.TCPConnector(ssl=tls or True)
    try:
        async with aiohttp.ClientSession(connector=connector) as http, http.get(f"{url}/api/sessions") as answer:
            sessions: list[dict[str, Any]] = (await answer.json())["sessions"]
    except aiohttp.ClientError:
        return {}
    return next((view for view in sessions if view["session"] == SESSION), {})


async def _end(demo: asyncio.subprocess.Process) -> None:
    """Politely, as with Ctrl-C; then its whole process group, which is its own."""
    if demo.returncode is None:
        demo.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(demo.wait(), _STOP_S)
    except TimeoutError:
        os.killpg(demo.pid, signal.SIGKILL)
        await demo.wait()


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        try:
            yield browser
        finally:
            await browser.close()


class Watched:
    """What went wrong on a page, and where it turned to."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.addresses: list[str] = []
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("websocket", lambda socket: self.addresses.append(socket.url))
