"""A segment of a recording: frames as they came, in a WebM file that is whole, on disk and hashed, or is no segment.

It is written beside its name (`.part`) and takes it when it is flushed; what a killed process leaves can be salvaged.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.stream import Stream

from remote_bid.timeline.failpoints import point
from remote_bid.video.media.frames import Frame
from remote_bid.video.stage import Kind

PART = ".part"
_RATES: dict[Kind, int] = {"audio": 48_000, "video": 90_000}
_LONGEST_GAP_S = 60
_OPTIONS = {"cluster_time_limit": "500", "flush_packets": "1"}
"""What came up to half a second ago can be played after a kill."""


class Discontinuous(Exception):
    """The stream's clock jumped, or its picture has another size: another segment begins here."""


@dataclass(frozen=True)
class Whole:
    """A finished file."""

    path: Path
    sha256: str
    size: int
    first: Frame
    seconds: float


class _Disk:
    """The file under the muxer. Keeps the failure that the muxer would call by another name."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb", buffering=0)
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        try:
            with point("segment_write"):
                while rest:
                    rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.failure = error
            raise
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def flush_to_disk(self) -> None:
        with point("segment_fsync"):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


class Segment:
    """OSError from any method: the disk did not take it. av.FFmpegError: the stream cannot be put into a file."""

    def __init__(self, path: Path, kind: Kind, first: Frame) -> None:
        self._path, self._kind, self._first, self._rate = path, kind, first, _RATES[kind]
        self._size = _picture_size(first) if kind == "video" else None
        self._stamp, self._ticks, self._last_step = first.stamp, 0, self._rate // 50
        self._tick = Fraction(1, self._rate)
        self._disk = _Disk(path.with_name(path.name + PART))
        with self._named_by_the_disk():
            self._container = av.open(self._disk, "w", format="webm", options=_OPTIONS)
            self._container.metadata["creation_time"] = datetime.fromtimestamp(first.at, UTC).isoformat()
            self._stream = self._make_stream(self._container)
            self._container.start_encoding()

    @property
    def seconds(self) -> float:
        """From its first frame to its last."""
        return self._ticks / self._rate

    def add(self, frame: Frame) -> None:
        """Discontinuous if it cannot stand behind what is there."""
        step = ((frame.stamp - self._stamp + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        begins = frame is self._first
        if not begins and not 0 < step <= _LONGEST_GAP_S * self._rate:
            raise Discontinuous
        if self._size and frame.key and _picture_size(frame) != self._size:
            raise Discontinuous
        self._stamp, self._ticks = frame.stamp, self._ticks + step
        self._last_step = step or self._last_step
        packet = av.Packet(frame.data)
        packet.stream, packet.time_base = self._stream, self._tick
        packet.pts = packet.dts = self._ticks
        packet.duration = self._last_step
        packet.is_keyframe = frame.key
        try:
            self._container.mux_one(packet)
        except Exception as error:
            raise self._disk.failure or error from None

    def finish(self) -> Whole:
        """The file is whole and stays, whatever happens to the machine; or an exception, and there is none."""
        try:
            with self._named_by_the_disk():
                self._container.close()
            self._disk.flush_to_disk()
        finally:
            self._disk.close()
        part = self._path.with_name(self._path.name + PART)
        content = part.read_bytes()
        part.replace(self._path)
        _flush_folder(self._path.parent)
        seconds = (self._ticks + self._last_step) / self._rate
        return Whole(self._path, hashlib.sha256(content).hexdigest(), len(content), self._first, seconds)

    def abandon(self) -> None:
        """Leave what is there for a salvage."""
        with contextlib.suppress(OSError, av.FFmpegError, ValueError):
            self._container.close()
        self._disk.close()

    def _make_stream(self, container: OutputContainer) -> Stream:
        stream: Stream
        if self._size is None:
            stream = container.add_stream("libopus", rate=self._rate, layout="stereo")  # for its header alone
        else:
            stream = container.add_mux_stream("vp8", rate=30, width=self._size[0], height=self._size[1])
        stream.time_base = self._tick
        return stream

    @contextlib.contextmanager
    def _named_by_the_disk(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise self._disk.failure or error from None


def _picture_size(key: Frame) -> tuple[int, int]:
    """From the header of a VP8 key frame (RFC 6386 9.1)."""
    data = key.data
    return (data[6] | data[7] << 8) & 0x3FFF, (data[8] | data[9] << 8) & 0x3FFF


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
