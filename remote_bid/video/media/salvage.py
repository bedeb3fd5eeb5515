"""What a killed worker left of a segment, made whole: every frame that reached the file, in a file with an end."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import av
from av.container import InputContainer

from remote_bid.video.media.frames import Frame
from remote_bid.video.media.segment import PART, Segment, Whole
from remote_bid.video.stage import Kind

CUT = ".cut"
_RATE_OF: dict[Kind, int] = {"audio": 48_000, "video": 90_000}


def salvaged(folder: Path) -> Iterator[Whole]:
    """Every segment in `folder` that was cut off. OSError: the disk does not take them; what was cut off stays."""
    for part in sorted(folder.glob(f"*{PART}")):
        cut = part.with_name(part.name.removesuffix(PART) + CUT)
        if cut.exists():  # a salvage was itself cut off
            part.unlink()
        else:
            part.rename(cut)
    for cut in sorted(folder.glob(f"*{CUT}")):
        whole = _made_whole(cut)
        cut.unlink()
        if whole is not None:
            yield whole


def _made_whole(cut: Path) -> Whole | None:
    """None if no frame reached it."""
    kind: Kind = "audio" if "-audio-" in cut.name else "video"
    frames = _frames(cut, kind)
    if not frames:
        return None
    segment = Segment(cut.with_name(cut.name.removesuffix(CUT)), kind, frames[0])
    for frame in frames:
        segment.add(frame)
    return segment.finish()


def _frames(cut: Path, kind: Kind) -> list[Frame]:
    """As far as they can be read."""
    frames: list[Frame] = []
    with contextlib.suppress(av.FFmpegError), av.open(cut) as container:
        began = _began(container, cut)
        for packet in container.demux():
            if packet.size and packet.pts is not None and packet.time_base is not None:
                stamp = round(packet.pts * packet.time_base * _RATE_OF[kind])
                if not frames or stamp > frames[-1].stamp:
                    frames.append(Frame(bytes(packet), stamp, began, packet.is_keyframe))
    return frames


def _began(container: InputContainer, cut: Path) -> float:
    with contextlib.suppress(KeyError, ValueError):
        return datetime.fromisoformat(container.metadata["creation_time"]).timestamp()
    return cut.stat().st_mtime
