"""People in browsers on their way into a call of a real server, and everything that their browsers receive."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from playwright.async_api import Browser, BrowserContext, Page, Response, ViewportSize, WebSocket, expect

from remote_bid.gateway.doors import COOKIE
from remote_bid.people.sign_in import SignIn
from remote_bid.timeline.entry import Who
from tests.gateway.house import House
from tests.video.actors import SESSION
from tests.web.hall import DESK

STEP_MS = 20_000
_WATCHED = """
(() => {
  const Plain = window.RTCPeerConnection
  window.connections = []
  window.RTCPeerConnection = class extends Plain {
    constructor(...given) {
      super(...given)
      window.connections.push(this)
    }
  }
  const inbound = async () => {
    const found = []
    for (const pc of window.connections) {
      if (pc.connectionState === 'closed') continue
      for (const one of (await pc.getStats()).values()) if (one.type === 'inbound-rtp') found.push(one)
    }
    return found
  }
  window.received = async () => (await inbound()).reduce((sum, one) => sum + one.packetsReceived, 0)
  window.decoded = async () => (await inbound()).filter((one) => (one.framesDecoded ?? 0) > 0).length
  window.frames = async () => (await inbound()).reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0)
  window.goesOn = (frames) => new Promise((resolve) => {
    const look = async () => ((await window.frames()) > frames ? resolve(Date.now()) : setTimeout(look, 10))
    void look()
  })
  const said = (description) => description?.sdp ?? ''
  window.descriptions = () => window.connections.map((pc) => [said(pc.localDescription), said(pc.remoteDescription)])
  const devices = navigator.mediaDevices
  const asked = devices.getUserMedia.bind(devices)
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
  devices.getUserMedia = ({ audio, video }) => asked({ audio: audio && { ...audio, ...plain }, video })
  window.pitchOf = async (name) => {
    const tile = document.querySelector(`[data-seat-name="${name}"] video`)
    const context = new AudioContext()
    await context.resume()
    const analyser = context.createAnalyser()
    analyser.fftSize = 16384
    context.createMediaStreamSource(tile.srcObject).connect(analyser)
    const bins = new Float32Array(analyser.frequencyBinCount)
    let best = 0
    for (let tries = 0; tries < 50 && !best; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      analyser.getFloatFrequencyData(bins)
      const at = bins.reduce((most, value, i) => (value > bins[most] ? i : most), 5)
      if (tries > 10 && bins[at] > -70) best = (at * context.sampleRate) / analyser.fftSize
    }
    await context.close()
    return best
  }
})()
"""


@dataclass
class CallerPage:
    """Somebody before the page of a call; `heard` is all that its browser was sent."""

    context: BrowserContext
    page: Page
    heard: list[str] = field(default_factory=list)

    async def press(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).first.click(timeout=STEP_MS)

    async def comes(self, path: str = f"/call/{SESSION}") -> None:
        """Before the call, agreed to be recorded, with camera and microphone on."""
        await self.page.goto(path)
        await self.press("我已阅读，同意录制")
        await self.opens_its_camera()

    async def opens_its_camera(self) -> None:
        await self.press("打开摄像头和麦克风")
        await expect(self.page.get_by_role("combobox").first).to_be_visible(timeout=STEP_MS)

    async def waits(self) -> None:
        await self.comes()
        await self.press("进入等候室")

    async def joins(self) -> None:
        await self.press("进入通话")
        await expect(self.page.get_by_role("region", name="通话画面")).to_be_visible(timeout=STEP_MS)

    async def received(self) -> int:
        """Packets so far."""
        return int(await self.page.evaluate("received()"))

    async def sees(self, streams: int) -> None:
        """So many pictures move."""
        await self.comes_to("decoded()", streams)
        await self.comes_to("frames()", await self.page.evaluate("frames()") + 5)

    async def comes_to(self, what: str, least: int, within_s: float = STEP_MS / 1000) -> float:
        """Something of the page grows so far; after how many seconds."""
        began = time.monotonic()
        while await self.page.evaluate(what) < least:
            assert time.monotonic() - began < within_s, f"{what} does not come to {least}"
            await asyncio.sleep(0.03)
        return time.monotonic() - began

    async def goes_on(self, frames: int) -> datetime:
        """When a picture more than so many has been decoded, by the browser's clock."""
        at: float = await self.page.evaluate("frames => goesOn(frames)", frames)
        return datetime.fromtimestamp(at / 1000, UTC)

    async def frames(self) -> int:
        """Pictures decoded so far."""
        return int(await self.page.evaluate("frames()"))

    async def pictures(self) -> int:
        """How many m-lines have brought a picture."""
        return int(await self.page.evaluate("decoded()"))

    async def pitch(self, name: str) -> float:
        """The strongest frequency of somebody's voice, Hz."""
        return float(await self.page.evaluate("name => pitchOf(name)", name))

    async def descriptions(self) -> list[tuple[str, str]]:
        """SDP, ours and the server's."""
        found: list[tuple[str, str]] = await self.page.evaluate("descriptions()")
        return found


async def before_a_call(browser: Browser, house: House, who: Who, viewport: ViewportSize = DESK) -> CallerPage:
    """Signed in, on no page yet."""
    context = await browser.new_context(viewport=viewport, base_url=house.url, permissions=["camera", "microphone"])
    value = await _cookie(house, who.person)
    await context.add_cookies(
        [{"name": COOKIE, "value": value, "url": house.url.replace("http:", "https:"), "secure": True}]
    )
    await context.add_init_script(_WATCHED)
    page = await context.new_page()
    found = CallerPage(context, page)
    page.on("websocket", lambda socket: _listen(socket, found.heard))
    page.on("response", lambda response: _keep(response, found))
    return found


def _listen(socket: WebSocket, heard: list[str]) -> None:
    socket.on("framereceived", lambda frame: heard.append(frame if isinstance(frame, str) else frame.decode("latin-1")))


async def _kept(response: Response, caller: CallerPage) -> None:
    if "/api/" in response.url and response.status < 300:
        caller.heard.append(await response.text())


def _keep(response: Response, caller: CallerPage) -> Any:
    return _kept(response, caller)


async def _cookie(house: House, person: str) -> str:
    """As its browser would get it."""
    signed = house.person(person).sign(SignIn(origin=house.url, nonce=await house.nonce()))
    async with house.http.post(
        f"{house.url}/api/sign-in", data=msgspec.json.encode(signed), headers={"Origin": house.url}
    ) as answer:
        assert answer.status == 200, json.dumps(await answer.json())
        return answer.cookies[COOKIE].value
