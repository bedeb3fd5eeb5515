"""Packets put together to whole frames, as a file holds them. Pure."""

from typing import Protocol

import msgspec

from remote_bid.video.media.vp8 import descriptor_size, starts_frame
from remote_bid.video.stage import Kind


class Arrived(msgspec.Struct, frozen=True, gc=False):
    """A packet, and when it came (Unix, s)."""

    marker: int
    seq: int
    stamp: int
    payload: bytes
    at: float


class Frame(msgspec.Struct, frozen=True, gc=False):
    """`key`: a file may begin with it."""

    data: bytes
    stamp: int
    at: float
    key: bool


class Frames(Protocol):
    """Takes packets in order, None for a hole; gives the frame that a packet completed."""

    def take(self, packet: Arrived | None) -> Frame | None: ...

    def wants_key(self) -> bool:
        """Whether nothing can be used until a key frame comes."""
        ...


class OpusFrames:
    """Every packet is a frame, and every frame is a beginning."""

    def take(self, packet: Arrived | None) -> Frame | None:
        return Frame(packet.payload, packet.stamp, packet.at, True) if packet else None

    def wants_key(self) -> bool:
        return False


class Vp8Frames:
    """After a hole nothing until the next key frame: a file never holds a picture that cannot be decoded."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._first: Arrived | None = None
        self._lost = True

    def wants_key(self) -> bool:
        return self._lost

    def take(self, packet: Arrived | None) -> Frame | None:
        if packet is None:
            self._break()
            return None
        try:
            part = packet.payload[descriptor_size(packet.payload) :]
        except IndexError:
            self._break()
            return None
        if starts_frame(packet.payload) and (self._first is None or packet.stamp != self._first.stamp):
            if self._parts:  # the frame before never ended
                self._break()
            self._first, self._parts = packet, []
        if self._first is None or packet.stamp != self._first.stamp:
            self._break()
            return None
        self._parts.append(part)
        return self._whole() if packet.marker else None

    def _whole(self) -> Frame | None:
        data, first = b"".join(self._parts), self._first
        self._parts, self._first = [], None
        if first is None or not data:
            return None
        key = not data[0] & 1 and len(data) >= 10
        self._lost = self._lost and not key
        return None if self._lost else Frame(data, first.stamp, first.at, key)

    def _break(self) -> None:
        self._parts, self._first, self._lost = [], None, True


def frames_of(kind: Kind) -> Frames:
    """For a stream of this kind."""
    return Vp8Frames() if kind == "video" else OpusFrames()
