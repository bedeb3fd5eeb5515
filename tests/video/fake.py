"""A carrier of media that carries none: it keeps what it was asked for, and tells what a test has it tell."""

import time
from collections.abc import Callable

from remote_bid.video.stage import (
    Arrange,
    BadOffer,
    CloseRoom,
    Join,
    Leave,
    Linked,
    NoMedia,
    OpenRoom,
    Path,
    RecorderState,
    Report,
    Unlinked,
)


class FakeStage:
    """Keeps the contract: closed until arranged, and a lease that runs out."""

    def __init__(self, heals: bool = True) -> None:
        self.heals = heals
        self.rooms: dict[str, OpenRoom] = {}
        self.seats: dict[str, list[str]] = {}
        self.joins: list[Join] = []
        self.closed: list[str] = []
        self.at_closing: list[Report] = []
        self.away = False
        self._arranged: dict[str, tuple[float, Arrange]] = {}
        self._listeners: list[Callable[[Report], None]] = []

    async def open(self, order: OpenRoom) -> None:
        self._require_worker()
        self.rooms[order.room] = order
        if self.heals:
            self.tell(RecorderState(room=order.room, healthy=True))

    async def join(self, order: Join) -> str:
        self._require_worker()
        if not order.offer.startswith("v=0"):
            raise BadOffer("this is no offer")
        self.joins.append(order)
        self.seats.setdefault(order.room, []).append(order.seat)
        self.tell(Linked(room=order.room, seat=order.seat))
        return f"answer to {order.seat}"

    async def arrange(self, order: Arrange) -> None:
        self._require_worker()
        self._arranged[order.room] = (time.monotonic(), order)

    async def leave(self, order: Leave) -> None:
        self.seats[order.room].remove(order.seat)

    async def close(self, order: CloseRoom) -> None:
        for report in self.at_closing:
            self.tell(report)
        self.closed.append(order.room)

    def listen(self, told: Callable[[Report], None]) -> None:
        self._listeners.append(told)

    def tell(self, report: Report) -> None:
        if isinstance(report, Unlinked):
            self.seats[report.room].remove(report.seat)
        for listener in self._listeners:
            listener(report)

    def passing(self, room: str) -> list[Path]:
        """What passes now."""
        at, order = self._arranged.get(room, (0.0, None))
        return order.paths if order is not None and time.monotonic() - at < order.lease_s else []

    def _require_worker(self) -> None:
        if self.away:
            raise NoMedia
