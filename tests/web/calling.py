"""A call between browsers without the product's pages: Chromium with a made-up camera, and a stage to join."""

import math
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from remote_bid.video.stage import Join, Stage
from tests.video.media.staged import ROOM
from tests.web.hall import ARGS, CHROMIUM

TONE_HZ = 440
_PAGE = Path(__file__).parent / "call_page.html"
_RATE = 48_000
_FAKE_CAMERA = (
    "--use-fake-device-for-media-stream=fps=30",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
)


@dataclass(frozen=True)
class Caller:
    """A browser at a seat."""

    seat: str
    page: Page

    async def join(self, slots: int = 1, publishes: bool = True, configuration: dict[str, Any] | None = None) -> str:
        """The answer it got."""
        answer: str = await self.page.evaluate(
            "([slots, publishes, configuration]) => join(slots, publishes, configuration)",
            [slots, publishes, configuration or {}],
        )
        return answer

    async def restart(self) -> None:
        """ICE, on the same connection."""
        await self.page.evaluate("restart()")

    async def report(self) -> dict[str, Any]:
        """Of getStats."""
        told: dict[str, Any] = await self.page.evaluate("report()")
        return told

    async def received(self) -> int:
        """Packets so far."""
        return sum((await self.report())["received"].values())

    async def decoded(self) -> int:
        """Pictures so far, of all m-lines."""
        return sum((await self.report())["decoded"].values())

    async def pitch(self, mid: str) -> float:
        """The strongest frequency that an m-line plays, Hz."""
        hertz: float = await self.page.evaluate("mid => pitch(mid)", mid)
        return hertz


@asynccontextmanager
async def a_calling_browser(folder: Path) -> AsyncIterator[Browser]:
    """Its microphone hears one tone."""
    tone = folder / "tone.wav"
    _write_tone(tone)
    args = [
        *(arg for arg in ARGS if "media-stream" not in arg),
        *_FAKE_CAMERA,
        f"--use-file-for-fake-audio-capture={tone}",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def a_door(stage: Stage, on_the_way: Callable[[str], Awaitable[str]] | None = None) -> AsyncIterator[str]:
    """The page and the one request that it makes; whoever asks gets in. `on_the_way`: what becomes of an answer."""

    async def page(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_PAGE)

    async def join(request: web.Request) -> web.Response:
        asked = await request.json()
        order = Join(room=ROOM, seat=request.query["seat"], offer=asked["offer"], publishes=asked["publishes"])
        answer = await stage.join(order)
        return web.Response(text=await on_the_way(answer) if on_the_way else answer)

    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/join", join)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def a_caller(browser: Browser, door: str, seat: str) -> Caller:
    """In a context of its own, not joined yet."""
    page = await (await browser.new_context(permissions=["camera", "microphone"])).new_page()
    await page.goto(f"{door}/?seat={seat}")
    return Caller(seat, page)


def _write_tone(path: Path) -> None:
    samples = (int(12_000 * math.sin(2 * math.pi * TONE_HZ * at / _RATE)) for at in range(_RATE * 2))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
