"""Records what passes in a room, each stream by itself, without taking it apart: one thread that only writes.

If the disk does not take it the room is told at once and closes; a flush that failed is never tried again on the same
file. Health comes back by a file that could be written and flushed, not by hope.
"""

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

import av
import structlog

from remote_bid.timeline import instant
from remote_bid.timeline.failpoints import point
from remote_bid.video.media.frames import Arrived, Frame, frames_of
from remote_bid.video.media.reorder import Reorder
from remote_bid.video.media.router import Source
from remote_bid.video.media.salvage import salvaged
from remote_bid.video.media.segment import Discontinuous, Segment, Whole
from remote_bid.video.stage import Kind, Recorded, RecorderState

RESERVE = 64 << 20
"""Bytes that must stay free: below, a room closes while there is still space for its last words."""
PROBE_S = 2.0
_PROBE = 64 * 1024
_EVERY_S = 0.1
"""Packets are taken in heaps: a thread woken for each would cost more than its work."""
_WAITING = 16_384
"""Packets, some ten seconds of a full room: a disk that is further behind is broken."""
_CLOCKS_AGREE_S = 5.0
_LOG = structlog.get_logger("recorder")
_FULL = (errno.ENOSPC, errno.EDQUOT)

_Item = tuple["Track", Arrived | None]
"""None: the track ends."""
Told = Callable[[Recorded | RecorderState], None]


class Track:
    """A stream being recorded, on the thread of the loop."""

    def __init__(self, seat: str, source: Source, inbox: "deque[_Item]") -> None:
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


class Recorder:
    """Of one room. `told` is called on its thread; the first thing told is whether the disk takes anything."""

    def __init__(self, room: str, folder: Path, segment_s: float, told: Told) -> None:
        self._room, self._root, self._segment_s, self._told = room, folder, segment_s, told
        self.folder = folder / _safe(room)
        self._inbox: deque[_Item] = deque()
        self._closing = threading.Event()
        self._healthy: bool | None = None
        self._probed_at = 0.0
        self._writers: dict[Track, _Writer] = {}
        self._thread = threading.Thread(target=self._work, name=f"recorder of {room}", daemon=True)
        self._thread.start()

    def track(self, seat: str, source: Source) -> Track:
        """A new one."""
        return Track(seat, source, self._inbox)

    def close(self) -> None:
        """Returns when the last segment is told."""
        self._closing.set()
        self._thread.join()

    # ── the thread ───────────────────────────────────────────────────────────────────────────────────

    def _work(self) -> None:
        self._probe()
        self._guarded(self._salvage)
        while not self._closing.wait(_EVERY_S):
            self._guarded(self._take_all)
        self._guarded(self._take_all)
        for writer in list(self._writers.values()):
            self._guarded(writer.finish)

    def _guarded(self, work: Callable[[], None]) -> None:
        """What the disk refuses closes the room, and what was being written is left as it is."""
        try:
            work()
        except Exception as error:  # whatever it is: a recorder that stopped must not look well
            for writer in self._writers.values():
                writer.abandon()
            self._writers.clear()
            _LOG.error("recording failed", room=self._room, error=repr(error))
            self._say(False, _cause(error))

    def _take_all(self) -> None:
        """What came since the last time."""
        if len(self._inbox) > _WAITING:
            self._inbox.clear()
            raise OSError(errno.EIO, "the disk is too slow")
        for _ in range(len(self._inbox)):
            self._take(*self._inbox.popleft())
        now = time.time()
        for writer in self._writers.values():
            writer.go_on(now)
        self._look_at_disk(time.monotonic())

    def _take(self, track: Track, packet: Arrived | None) -> None:
        if not self._healthy:
            return
        if packet is None:
            writer = self._writers.pop(track, None)
            if writer is not None:
                writer.finish()
            return
        if track not in self._writers:
            self._writers[track] = _Writer(self.folder, track, self._segment_s, self._whole)
        self._writers[track].take(packet)

    def _look_at_disk(self, now: float) -> None:
        if now - self._probed_at < PROBE_S:
            return
        self._probed_at = now
        if not self._healthy:
            self._probe()
        elif shutil.disk_usage(self.folder).free < RESERVE:
            raise OSError(errno.ENOSPC, "the reserve is reached")

    def _probe(self) -> None:
        self._probed_at = time.monotonic()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self.folder).free < RESERVE:
                raise OSError(errno.ENOSPC, "the reserve is reached")
            _write_and_forget(self.folder / f"{secrets.token_hex(8)}.probe")
        except OSError as error:
            self._say(False, _cause(error))
        else:
            self._say(True)

    def _salvage(self) -> None:
        for whole in salvaged(self.folder):
            seat, kind, _ = whole.path.name.rsplit("-", 2)
            self._whole(unquote(seat), "audio" if kind == "audio" else "video", whole, whole.first.at)

    def _say(self, healthy: bool, cause: str = "") -> None:
        if healthy != self._healthy:
            self._healthy = healthy
            self._told(RecorderState(room=self._room, healthy=healthy, cause=cause))

    def _whole(self, seat: str, kind: Kind, whole: Whole, began: float) -> None:
        self._told(
            Recorded(
                room=self._room,
                seat=seat,
                kind=kind,
                number=int(whole.path.stem.rpartition("-")[2]),
                path=str(whole.path.relative_to(self._root)),
                sha256=whole.sha256,
                size=whole.size,
                began=instant.text(datetime.fromtimestamp(began, UTC)),
                seconds=round(whole.seconds, 3),
            )
        )


class _Writer:
    """Cuts one track's frames into segments."""

    def __init__(
        self, folder: Path, track: Track, segment_s: float, whole: Callable[[str, Kind, Whole, float], None]
    ) -> None:
        self._folder, self._track, self._segment_s, self._whole = folder, track, segment_s, whole
        self._kind = track.source.kind
        self._stem = f"{_safe(track.seat)}-{self._kind}-"
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
            self._whole(self._track.seat, self._kind, whole, self._began(whole.first))

    def _began(self, first: Frame) -> float:
        """By the speaker's own clock, moved to ours, so that sound and picture of one moment get one instant."""
        if self._track.source.mapping is None:
            return first.at
        then, stamp = self._track.source.mapping
        behind = ((first.stamp - stamp + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        began = then + behind / self._track.source.clock_rate
        return began if abs(began - first.at) < _CLOCKS_AGREE_S else first.at


def _cause(error: Exception) -> str:
    return "disk_full" if isinstance(error, OSError) and error.errno in _FULL else "io_error"


def _numbers_so_far(folder: Path, stem: str) -> int:
    """A seat that comes back goes on counting."""
    named = (path.name[len(stem) :] for path in folder.glob("*.webm*") if path.name.startswith(stem))
    numbers = [int(name.partition(".")[0]) for name in named]
    return max(numbers, default=-1) + 1


def _safe(name: str) -> str:
    """As a file's name: every room and seat its own, none of them a path."""
    return quote(name, safe="").replace(".", "%2E").replace("-", "%2D")


def _write_and_forget(path: Path) -> None:
    try:
        with path.open("xb", buffering=0) as file, point("probe"):
            file.write(bytes(_PROBE))
            os.fsync(file.fileno())
    finally:
        path.unlink(missing_ok=True)
