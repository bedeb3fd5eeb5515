"""A voice made another's: taken apart, its pitch moved, put together again as a stream of the server's own.

The move is one secret factor per room. It is reversible for who finds the factor, and the manner of speaking stays:
it keeps a voice from being recognised by ear in a call, and promises no more.
"""

import asyncio
import contextlib
import queue
import secrets
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import av
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.filter import Graph

from remote_bid.video.media.router import Source

_RATE = 48_000
_FRAME = 960
"""Samples of a packet made: 20 ms."""
_BITRATE = 32_000
_LEAST, _MOST = 0.16, 0.24
"""How far a pitch moves, up or down: less is recognised, more is not understood."""
_WAITING = 50
"""Packets, a second: a mask that falls behind leaves out instead of growing late."""


def secret_factor() -> float:
    """By which every voice of a room is moved."""
    chance = secrets.SystemRandom()
    return 1 + chance.choice((-1, 1)) * chance.uniform(_LEAST, _MOST)


class VoiceMask:
    """`masked` is what listeners hear of `voice`; a thread works for each, mostly outside the interpreter's lock."""

    def __init__(self, voice: Source, factor: float, loop: asyncio.AbstractEventLoop) -> None:
        self.voice = voice
        self.masked = Source("audio")
        self._factor, self._loop = factor, loop
        self._packets: queue.Queue[tuple[int, bytes] | None] = queue.Queue(_WAITING)
        self._seq, self._stamp = secrets.randbits(15), secrets.randbits(31)
        voice.taps += (self._take,)
        self._thread = threading.Thread(target=self._work, name="mask", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nothing more is heard of the voice."""
        self.voice.taps = tuple(tap for tap in self.voice.taps if tap != self._take)
        with contextlib.suppress(queue.Empty):
            while True:
                self._packets.get_nowait()
        self._packets.put_nowait(None)

    def _take(self, _marker: int, seq: int, _stamp: int, payload: bytes) -> None:
        with contextlib.suppress(queue.Full):
            self._packets.put_nowait((seq, payload))

    def _work(self) -> None:
        transform = Transform(self._factor)
        last: int | None = None
        while (packet := self._packets.get()) is not None:
            seq, payload = packet
            if last is not None and (seq - last) & 0xFFFF >= 0x8000:  # too late
                continue
            last = seq
            for made in transform.feed(payload):
                self._loop.call_soon_threadsafe(self._pass_on, made)

    def _pass_on(self, payload: bytes) -> None:
        self._seq, self._stamp = (self._seq + 1) & 0xFFFF, (self._stamp + _FRAME) & 0xFFFFFFFF
        self.masked.mapping = (time.time(), self._stamp)
        self.masked.pass_on(0, self._seq, self._stamp, payload)


class Transform:
    """Opus packets in, Opus packets out, as loud and as fast, in another pitch."""

    def __init__(self, factor: float) -> None:
        self._decoder = av.CodecContext.create("libopus", "r")
        self._decoder.sample_rate, self._decoder.layout, self._decoder.format = _RATE, "mono", "s16"
        self._encoder = av.CodecContext.create("libopus", "w")
        self._encoder.sample_rate, self._encoder.layout, self._encoder.format = _RATE, "mono", "s16"
        self._encoder.bit_rate, self._encoder.time_base = _BITRATE, Fraction(1, _RATE)
        self._encoder.options = {"application": "voip"}
        self._graph = _graph(factor)
        self._ready = AudioFifo()
        self._heard = self._made = 0

    def feed(self, payload: bytes) -> Iterator[bytes]:
        """What is ready after this packet; one that cannot be decoded is left out."""
        try:
            frames = self._decoder.decode(av.Packet(payload))
        except av.FFmpegError:
            return
        for frame in frames:
            frame.pts, frame.time_base = self._heard, Fraction(1, _RATE)
            self._heard += frame.samples
            self._graph.push(frame)
        for frame in self._filtered():
            frame.pts = None
            self._ready.write(frame)
        while (whole := self._ready.read(_FRAME)) is not None:
            whole.pts, whole.sample_rate, whole.time_base = self._made, _RATE, Fraction(1, _RATE)
            self._made += _FRAME
            for packet in self._encoder.encode(whole):
                yield bytes(packet)

    def _filtered(self) -> Iterator[AudioFrame]:
        with contextlib.suppress(av.BlockingIOError, av.EOFError):
            while True:
                yield cast(AudioFrame, self._graph.pull())


def _graph(factor: float) -> Graph:
    """Play faster, which moves the pitch, then slower in the same pitch."""
    graph = Graph()
    steps = [
        graph.add_abuffer(format="s16", sample_rate=_RATE, layout="mono", time_base=Fraction(1, _RATE)),
        graph.add("asetrate", str(int(_RATE * factor))),
        graph.add("aresample", str(_RATE)),
        graph.add("atempo", f"{1 / factor:.5f}"),
        graph.add("aformat", f"sample_fmts=s16:sample_rates={_RATE}:channel_layouts=mono"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*steps)
    graph.configure()
    return graph
