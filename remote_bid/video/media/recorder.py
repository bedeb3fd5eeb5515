"""Records what passes in a room, each stream by itself, without taking it apart: one thread that only writes.

If the disk does not take it the room is told at once and closes; a flush that failed is never tried again on the same
file. Health comes back by a file that could be written and flushed, not by hope.
"""

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

import structlog

from remote_bid.timeline import instant
from remote_bid.timeline.failpoints import point
from remote_bid.video.media.frames import Arrived
from remote_bid.video.media.router import Source
from remote_bid.video.media.salvage import salvaged
from remote_bid.video.media.segment import Whole
from remote_bid.video.media.track import Cutter, Item, Track, named, safe
from remote_bid.video.stage import Recorded, RecorderState

RESERVE = 64 << 20
"""Bytes that must stay free: below, a room closes while there is still space for its last words."""
PROBE_S = 2.0
_PROBE = 64 * 1024
_EVERY_S = 0.1
"""Packets are taken in heaps: a thread woken for each would cost more than its work."""
_WAITING = 16_384
"""Packets, some ten seconds of a full room: a disk that is further behind is broken."""
_LOG = structlog.get_logger("recorder")
_FULL = (errno.ENOSPC, errno.EDQUOT)

Told = Callable[[Recorded | RecorderState], None]


class Recorder:
    """Of one room. `told` is called on its thread; the first thing told is whether the disk takes anything."""

    def __init__(self, room: str, folder: Path, segment_s: float, told: Told) -> None:
        self._room, self._root, self._segment_s, self._told = room, folder, segment_s, told
        self.folder = folder / safe(room)
        self._inbox: deque[Item] = deque()
        self._closing = threading.Event()
        self._healthy: bool | None = None
        self._probed_at = 0.0
        self._cutters: dict[Track, Cutter] = {}
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
        for cutter in list(self._cutters.values()):
            self._guarded(cutter.finish)

    def _guarded(self, work: Callable[[], None]) -> None:
        """What the disk refuses closes the room, and what was being written is left as it is."""
        try:
            work()
        except Exception as error:  # whatever it is: a recorder that stopped must not look well
            for cutter in self._cutters.values():
                cutter.abandon()
            self._cutters.clear()
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
        for cutter in self._cutters.values():
            cutter.go_on(now)
        self._look_at_disk(time.monotonic())

    def _take(self, track: Track, packet: Arrived | None) -> None:
        if not self._healthy:
            return
        if packet is None:
            cutter = self._cutters.pop(track, None)
            if cutter is not None:
                cutter.finish()
            return
        if track not in self._cutters:
            self._cutters[track] = Cutter(self.folder, track, self._segment_s, self._whole)
        self._cutters[track].take(packet)

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
            self._whole(whole, whole.first.at)

    def _say(self, healthy: bool, cause: str = "") -> None:
        if healthy != self._healthy:
            self._healthy = healthy
            self._told(RecorderState(room=self._room, healthy=healthy, cause=cause))

    def _whole(self, whole: Whole, began: float) -> None:
        seat, kind, number = named(whole)
        self._told(
            Recorded(
                room=self._room,
                seat=seat,
                kind=kind,
                number=number,
                path=str(whole.path.relative_to(self._root)),
                sha256=whole.sha256,
                size=whole.size,
                began=instant.text(datetime.fromtimestamp(began, UTC)),
                seconds=round(whole.seconds, 3),
            )
        )


def _cause(error: Exception) -> str:
    return "disk_full" if isinstance(error, OSError) and error.errno in _FULL else "io_error"


def _write_and_forget(path: Path) -> None:
    try:
        with path.open("xb", buffering=0) as file, point("probe"):
            file.write(bytes(_PROBE))
            os.fsync(file.fileno())
    finally:
        path.unlink(missing_ok=True)
