"""One stream being recorded: noted on the loop, cut into segments on the recorder's thread."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

import av

from remote_bid.video.media.frames import Arrived, Frame, frames_of
from remote_bid.video.media.reorder import Reorder
from remote_bid.video.media.router import Source
from remote_bid.video.media.segment import Discontinuous, Segment, Whole
from remote_bid.video.stage import Kind

_CLOCKS_AGREE_S = 5.0

Item = tuple["Track", Arrived | None]
"""None: the track ends."""


class Track:
    """A stream being recorded, on the thread of the loop."""

    def __init__(self, seat: str, source: Source, inbox: "deque[Item]") -> None:
        self.seat, self.source, self._inbox = seat, source, inbox
        self._loop = asyncio.get_running_loop()

    def take(self, marker: int, seq: int, stamp: int, payload: bytes) -> None:
        """A tap of the source: no more than a note for the thread, which is not even woken."""
        self._inbox.append((self, Arrived(marker, seq, stamp, payload, time.time())))

    def finish(self) -> None:
        """Its last segment is finished and told."""
        self._inbox.append((self, None))

    def want_key_frame(self) -> None:
        """On the recorder's thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self.source.want_key_frame)


class Cutter:
    """Cuts one track's frames into segments, each of which it tells with the instant at which it began."""

    def __init__(self, folder: Path, track: Track, segment_s: float, whole: Callable[[Whole, float], None]) -> None:
        self._folder, self._track, self._segment_s, self._whole = folder, track, segment_s, whole
        self._kind = track.source.kind
        self._stem = f"{safe(track.seat)}-{self._kind}-"
        self._number = _numbers_so_far(folder, self._stem)
        self._order: Reorder[Arrived] = Reorder()
        self._frames = frames_of(self._kind)
        self._segment: Segment | None = None

    def take(self, packet: Arrived) -> None:
        if self._order.in_order(packet.seq):
            self._add(packet)
            return
        for ordered in self._order.put(packet.seq, packet, packet.at):
            self._add(ordered)

    def go_on(self, now: float) -> None:
        for ordered in self._order.due(now):
            self._add(ordered)

    def finish(self) -> None:
        self.go_on(float("inf"))
        self._end()

    def abandon(self) -> None:
        if self._segment is not None:
            self._segment.abandon()
            self._segment = None

    def _add(self, packet: Arrived | None) -> None:
        frame = self._frames.take(packet)
        if self._frames.wants_key():
            self._track.want_key_frame()
        if frame is None:
            return
        try:
            self._write(frame)
        except Discontinuous:
            self._end()
            self._begin(frame)
        except av.FFmpegError:  # no file can hold it; the disk's own failures are OSErrors of their own
            self.abandon()

    def _write(self, frame: Frame) -> None:
        if self._segment is not None and self._segment.seconds >= self._segment_s:
            if frame.key:
                self._end()
            else:
                self._track.want_key_frame()
        if self._segment is None:
            self._begin(frame)
        else:
            self._segment.add(frame)

    def _begin(self, frame: Frame) -> None:
        if not frame.key:
            self._track.want_key_frame()
            return
        path = self._folder / f"{self._stem}{self._number:05}.webm"
        self._number += 1
        self._segment = Segment(path, self._kind, frame)
        self._segment.add(frame)

    def _end(self) -> None:
        if self._segment is not None:
            segment, self._segment = self._segment, None
            whole = segment.finish()
            self._whole(whole, self._began(whole.first))

    def _began(self, first: Frame) -> float:
        """By the speaker's own clock, moved to ours, so that sound and picture of one moment get one instant."""
        if self._track.source.mapping is None:
            return first.at
        then, stamp = self._track.source.mapping
        behind = ((first.stamp - stamp + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        began = then + behind / self._track.source.clock_rate
        return began if abs(began - first.at) < _CLOCKS_AGREE_S else first.at


def _numbers_so_far(folder: Path, stem: str) -> int:
    """A seat that comes back goes on counting."""
    named = (path.name[len(stem) :] for path in folder.glob("*.webm*") if path.name.startswith(stem))
    numbers = [int(name.partition(".")[0]) for name in named]
    return max(numbers, default=-1) + 1


def safe(name: str) -> str:
    """As a file's name: every room and seat its own, none of them a path."""
    return quote(name, safe="").replace(".", "%2E").replace("-", "%2D")


def named(whole: Whole) -> tuple[str, Kind, int]:
    """Seat, kind and number of a segment, from its file's name."""
    seat, kind, number = whole.path.stem.rsplit("-", 2)
    return unquote(seat), "audio" if kind == "audio" else "video", int(number)
