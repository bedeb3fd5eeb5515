"""The Stage of a server: worker processes, the rooms shared out among them, and what becomes of them when one dies.

A dead worker is started again and its rooms are opened anew, closed as every new room; each seat is told to be
unlinked, so that its page joins again by itself.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from remote_bid.video.media.process import Media, Process
from remote_bid.video.stage import (
    Arrange,
    CloseRoom,
    Join,
    Leave,
    NoMedia,
    OpenRoom,
    RecorderState,
    Report,
    Unlinked,
)

_CLOSE_S = 60.0
_START_S = 20.0


@dataclass
class _Room:
    order: OpenRoom
    worker: Process | None = None
    seats: set[str] = field(default_factory=set)


class Workers:
    """Start before use, close in the end."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._workers = [
            Process(media, index, heard=self._heard, came=self._place_all, went=self._lost)
            for index in range(media.workers)
        ]
        self._rooms: dict[str, _Room] = {}
        self._told: list[Callable[[Report], None]] = []

    async def start(self) -> None:
        """Returns when every worker is ready; NoMedia if one cannot be started."""
        for worker in self._workers:
            worker.start()
        try:
            async with asyncio.timeout(_START_S):
                await asyncio.gather(*(worker.ready.wait() for worker in self._workers))
        except TimeoutError as error:
            await self.shut_down()
            raise NoMedia("a media worker did not start") from error

    async def shut_down(self) -> None:
        """Rooms end, recordings are finished and told, workers go."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        self._rooms.clear()

    def listen(self, told: Callable[[Report], None]) -> None:
        """Call `told` with every report from now on."""
        self._told.append(told)

    async def open(self, order: OpenRoom) -> None:
        """On the worker that has fewest rooms."""
        if order.room in self._rooms:
            return
        room = self._rooms[order.room] = _Room(order)
        try:
            await self._place(room)
        except NoMedia:
            self._rooms.pop(order.room, None)
            raise

    async def join(self, order: Join) -> str:
        """The answer (SDP)."""
        worker = self._worker_of(order.room)
        self._rooms[order.room].seats.add(order.seat)
        return await worker.ask(order)

    async def arrange(self, order: Arrange) -> None:
        """What passes from now on."""
        await self._worker_of(order.room).ask(order)

    async def leave(self, order: Leave) -> None:
        """Put a seat out."""
        worker = self._worker_of(order.room)
        self._rooms[order.room].seats.discard(order.seat)
        await worker.ask(order)

    async def close(self, order: CloseRoom) -> None:
        """End a room; one that is not there has ended."""
        room = self._rooms.pop(order.room, None)
        if room is not None and room.worker is not None:
            await room.worker.ask(order, _CLOSE_S)

    def processes(self) -> list[int]:
        """The workers' process ids."""
        return [worker.pid for worker in self._workers if worker.pid is not None]

    def _worker_of(self, room: str) -> Process:
        found = self._rooms.get(room)
        if found is None or found.worker is None:
            raise NoMedia(f"no worker carries {room} now")
        return found.worker

    async def _place(self, room: _Room) -> None:
        ready = [worker for worker in self._workers if worker.is_ready]
        if not ready:
            raise NoMedia("no media worker runs now")
        room.worker = min(ready, key=lambda worker: sum(other.worker is worker for other in self._rooms.values()))
        await room.worker.ask(room.order)

    def _heard(self, report: Report) -> None:
        for told in self._told:
            told(report)

    def _lost(self, worker: Process) -> None:
        for room in self._rooms.values():
            if room.worker is worker:
                self._lose(room)

    def _lose(self, room: _Room) -> None:
        room.worker = None
        name = room.order.room
        self._heard(RecorderState(room=name, healthy=False, cause="worker_lost"))
        for seat in sorted(room.seats):
            self._heard(Unlinked(room=name, seat=seat))
        room.seats.clear()

    async def _place_all(self) -> None:
        for room in [room for room in self._rooms.values() if room.worker is None]:
            try:
                await self._place(room)
            except NoMedia:
                self._lose(room)
