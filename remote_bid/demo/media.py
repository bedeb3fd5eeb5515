"""What simulated people send and receive in a call: a tone of their own, and a picture that moves."""

import asyncio
import fractions
import math
from array import array
from contextlib import suppress

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from remote_bid.participant.calling import CallLine

_RATE, _SAMPLES = 48_000, 960
_WIDTH, _HEIGHT = 320, 240


class Voice(AudioStreamTrack):
    """One tone, now louder, now softer."""

    def __init__(self, hertz: float) -> None:
        super().__init__()
        self._hertz, self._at, self._began = hertz, 0, 0.0

    async def recv(self) -> AudioFrame:
        """Twenty milliseconds of it, when they are due."""
        now = asyncio.get_running_loop().time()
        self._began = self._began or now
        await asyncio.sleep(max(0.0, self._began + self._at / _RATE - now))
        step, loud = 2 * math.pi * self._hertz / _RATE, 4000 + 4000 * math.sin(self._at / _RATE)
        samples = array("h", (int(loud * math.sin(step * (self._at + i))) for i in range(_SAMPLES)))
        frame = AudioFrame(format="s16", layout="mono", samples=_SAMPLES)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = _RATE, self._at, fractions.Fraction(1, _RATE)
        self._at += _SAMPLES
        return frame


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
    """One simulated person in a call; what it is sent it takes, and listens to nothing."""

    def __init__(self, line: CallLine, number: int, others: int) -> None:
        self._line = line
        bundle = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._connection = RTCPeerConnection(bundle)
        self._connection.addTransceiver(Voice(220.0 + 60 * number), "sendonly")
        self._connection.addTransceiver(Picture(60 + 40 * number % 160), "sendonly")
        for _ in range(others):
            self._connection.addTransceiver("audio", "recvonly")
            self._connection.addTransceiver("video", "recvonly")
        self._tasks: list[asyncio.Task[None]] = []

    async def talk(self) -> None:
        """Join, and stay until the call is over."""
        connection = self._connection
        await connection.setLocalDescription(await connection.createOffer())
        answer, line = await self._line.join(connection.localDescription.sdp)
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        tracks = [transceiver.receiver.track for transceiver in connection.getTransceivers()]
        self._tasks = [asyncio.create_task(_taken(track)) for track in tracks if track is not None]
        self._tasks.append(asyncio.create_task(self._line.live(line)))
        try:
            await self._line.until(lambda view: bool(view.closed) or view.ask == "join")
        finally:
            for task in self._tasks:
                task.cancel()
            await connection.close()


async def _taken(track: MediaStreamTrack) -> None:
    with suppress(MediaStreamError):
        while True:
            await track.recv()
