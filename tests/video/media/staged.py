"""A stage with workers for a test, everything it reports, and waiting for what must come."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from remote_bid.video.media.process import Media
from remote_bid.video.media.workers import Workers
from remote_bid.video.stage import Arrange, Kind, Passing, RecorderState, Report, Stage
from remote_bid.video.stage import Path as Way

ROOM = "r1"
WITHIN_S = 15.0

Told = TypeVar("Told", bound=Report)


class Reports:
    """What a stage told, in order."""

    def __init__(self, stage: Stage) -> None:
        self.all: list[Report] = []
        stage.listen(self.all.append)

    def of(self, kind: type[Told]) -> list[Told]:
        return [report for report in self.all if isinstance(report, kind)]

    async def healthy(self, room: str = ROOM) -> None:
        """The room's last word on its recorder is that it is well."""
        await until(lambda: self._healths(room)[-1:] == [True])

    def _healths(self, room: str) -> list[bool]:
        return [state.healthy for state in self.of(RecorderState) if state.room == room]


async def until(holds: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Wait for a condition."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def workers(folder: Path, count: int = 1, segment_s: float = 10.0) -> AsyncIterator[Workers]:
    """Real ones, on this machine alone."""
    stage = Workers(Media(recordings=folder, workers=count, segment_s=segment_s))
    await stage.start()
    try:
        yield stage
    finally:
        await stage.shut_down()


def everybody(*seats: str, passing: Passing = Passing.RAW) -> list[Way]:
    """Each hears and sees each."""
    return [path for speaker in seats for path in to_all(speaker, seats, passing)]


def to_all(speaker: str, seats: Iterable[str], passing: Passing = Passing.RAW) -> list[Way]:
    """All hear and see one."""
    kinds: tuple[Kind, Kind] = ("audio", "video")
    listeners = [seat for seat in seats if seat != speaker]
    return [Way(speaker=speaker, listener=seat, kind=kind, passing=passing) for seat in listeners for kind in kinds]


def arranged(paths: list[Way], lease_s: float = 60.0, room: str = ROOM) -> Arrange:
    """So it is to be."""
    return Arrange(room=room, paths=paths, lease_s=lease_s)
