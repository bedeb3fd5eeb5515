"""Peers of a call without a browser: aiortc at the other end, with a tone and a picture of its own."""

import asyncio
import fractions
import math
from contextlib import suppress
from typing import Protocol

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from remote_bid.video.stage import Join

_RATE = 48_000
_SAMPLES = 960


class Tone(AudioStreamTrack):
    """A sine."""

    def __init__(self, hertz: float) -> None:
        super().__init__()
        self._hertz, self._at, self._begun = hertz, 0, 0.0

    async def recv(self) -> AudioFrame:
        now = asyncio.get_running_loop().time()
        self._begun = self._begun or now
        await asyncio.sleep(max(0.0, self._begun + self._at / _RATE - now))
        step = 2 * math.pi * self._hertz / _RATE
        samples = (int(9000 * math.sin(step * (self._at + index))) for index in range(_SAMPLES))
        frame = AudioFrame(format="s16", layout="mono", samples=_SAMPLES)
        frame.planes[0].update(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
        frame.sample_rate, frame.pts, frame.time_base = _RATE, self._at, fractions.Fraction(1, _RATE)
        self._at += _SAMPLES
        return frame


class Picture(VideoStreamTrack):
    """A small one that changes."""

    def __init__(self) -> None:
        super().__init__()
        self._shade = 0

    async def recv(self) -> VideoFrame:
        pts, base = await self.next_timestamp()
        frame = VideoFrame(width=160, height=120, format="yuv420p")
        self._shade = (self._shade + 5) % 256
        for plane in frame.planes:
            plane.update(bytes([self._shade]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, base
        return frame


class Door(Protocol):
    """Whoever seats a peer: a stage, or a server before one."""

    async def join(self, order: Join) -> str:
        """The answer (SDP)."""
        ...


class Peer:
    """`heard` and `seen`: frames decoded, by mid."""

    def __init__(self, room: str, seat: str, *, slots: int, speaks: bool = True, hertz: float = 440.0) -> None:
        self.room, self.seat, self.speaks = room, seat, speaks
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.frames: dict[str, int] = {}
        self.samples: dict[str, list[int]] = {}
        self.answer = ""
        self._tasks: list[asyncio.Task[None]] = []
        if speaks:
            self.connection.addTransceiver(Tone(hertz), "sendonly")
            self.connection.addTransceiver(Picture(), "sendonly")
        for _ in range(slots):
            self.connection.addTransceiver("audio", "recvonly")
            self.connection.addTransceiver("video", "recvonly")

    async def join(self, stage: Door) -> None:
        """Offer, and take the answer."""
        self.answer = await stage.join(await self.offer())
        await self.connection.setRemoteDescription(RTCSessionDescription(self.answer, "answer"))
        for transceiver in self.connection.getTransceivers():
            if transceiver.direction == "recvonly" and transceiver.mid and transceiver.receiver.track is not None:
                self._tasks.append(asyncio.create_task(self._watch(transceiver.mid, transceiver.receiver.track)))

    async def offer(self) -> Join:
        """As it is sent."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        offer = self.connection.localDescription.sdp
        return Join(room=self.room, seat=self.seat, offer=offer, publishes=self.speaks)

    def received(self, kind: str = "") -> int:
        """Frames decoded so far, of one kind or of both."""
        kinds = {line.mid: line.kind for line in self.connection.getTransceivers()}
        return sum(count for mid, count in self.frames.items() if kind in ("", kinds[mid]))

    async def leave(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await self.connection.close()

    async def _watch(self, mid: str, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                self.frames[mid] = self.frames.get(mid, 0) + 1
                if isinstance(frame, AudioFrame):
                    mono = memoryview(bytes(frame.planes[0])).cast("h")[:: len(frame.layout.channels)]
                    self.samples.setdefault(mid, []).extend(mono)
