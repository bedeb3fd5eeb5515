"""What simulated people send and receive in a call: a tone of their own, and a picture that moves."""

import asyncio
import fractions
import math
from array import array

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from remote_bid.participant.calling import CallLine

_RATE, _SAMPLES = 48_000, 960
_WIDTH, _HEIGHT = 320, 240
_STANDS_S = 30


class Voice(AudioStreamTrack):
    """One tone, now louder, now softer."""

    def __init__(self, hertz: float) -> None:
        super().__init__()
        self._second = _a_second_of(round(hertz))
        self._at, self._began = 0, 0.0

    async def recv(self) -> AudioFrame:
        """Twenty milliseconds of it, when they are due."""
        now = asyncio.get_running_loop().time()
        self._began = self._began or now
        await asyncio.sleep(max(0.0, self._began + self._at / _RATE - now))
        frame = AudioFrame(format="s16", layout="mono", samples=_SAMPLES)
        at = self._at % _RATE
        frame.planes[0].update(self._second[at : at + _SAMPLES].tobytes())
        frame.sample_rate, frame.pts, frame.time_base = _RATE, self._at, fractions.Fraction(1, _RATE)
        self._at += _SAMPLES
        return frame


def _a_second_of(hertz: int) -> "array[int]":
    """It fits its own end: so many whole waves, loud and soft once."""
    turn = 2 * math.pi / _RATE
    loud = (8000 - 4000 * math.cos(turn * i) for i in range(_RATE))
    return array("h", (int(much * math.sin(hertz * turn * i)) for i, much in enumerate(loud)))


class Picture(VideoStreamTrack):
    """A field of one colour, over which a bar goes."""

    def __init__(self, shade: int) -> None:
        super().__init__()
        self._shade, self._line = shade, 0

    async def recv(self) -> VideoFrame:
        """The next one, thirty a second."""
        pts, base = await self.next_timestamp()
        frame = VideoFrame(width=_WIDTH, height=_HEIGHT, format="yuv420p")
        bright = bytearray([96]) * frame.planes[0].buffer_size
        stride, self._line = frame.planes[0].line_size, (self._line + 2) % (_HEIGHT - 8)
        bright[self._line * stride : (self._line + 8) * stride] = bytes([220]) * (8 * stride)
        frame.planes[0].update(bytes(bright))
        for plane, shade in zip(frame.planes[1:], (self._shade, 255 - self._shade), strict=True):
            plane.update(bytes([shade]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, base
        return frame


class Talker:
    """One simulated person in a call: it talks, and asks to be sent nothing."""

    def __init__(self, line: CallLine, number: int) -> None:
        self._line = line
        bundle = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._connection = RTCPeerConnection(bundle)
        self._connection.addTransceiver(Voice(220.0 + 60 * number), "sendonly")
        self._connection.addTransceiver(Picture(60 + 40 * number % 160), "sendonly")
        self._living: asyncio.Task[None] | None = None

    async def join(self) -> None:
        """Come in; returns when the connection stands."""
        connection = self._connection
        stands = asyncio.Event()

        @connection.on("connectionstatechange")
        def changed() -> None:
            if connection.connectionState in ("connected", "failed", "closed"):
                stands.set()

        await connection.setLocalDescription(await connection.createOffer())
        answer, line = await self._line.join(connection.localDescription.sdp)
        self._living = asyncio.create_task(self._line.live(line))
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(_STANDS_S):
            await stands.wait()

    async def stay(self) -> None:
        """Talk until the call is over."""
        try:
            await self._line.until(lambda view: bool(view.closed) or view.ask == "join")
        finally:
            if self._living is not None:
                self._living.cancel()
            await self._connection.close()
