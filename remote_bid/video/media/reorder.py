"""Packets in the order they were sent, and holes only where nothing comes any more. Pure."""

from collections.abc import Iterator
from typing import Generic, TypeVar

WAIT_S = 1.0
"""For a missing packet, counted from the arrival of the first behind it: as long as it is asked for again."""
MOST = 2048
"""Packets kept behind a hole."""
_SEQ, _HALF = 0xFFFF, 0x8000

Item = TypeVar("Item")


class Reorder(Generic[Item]):
    """None in the order stands for a hole."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._waiting: dict[int, tuple[float, Item]] = {}

    def in_order(self, seq: int) -> bool:
        """Whether the packet of this number can go on by itself; it is taken to have gone on then."""
        if self._waiting or (self._next is not None and seq != self._next):
            return False
        self._next = (seq + 1) & _SEQ
        return True

    def put(self, seq: int, item: Item, now: float) -> Iterator[Item | None]:
        """What can go on now that this one came."""
        if self._next is None:
            self._next = seq
        if (seq - self._next) & _SEQ < _HALF:
            self._waiting.setdefault(seq, (now, item))
        return self.due(now)

    def due(self, now: float) -> Iterator[Item | None]:
        """What can go on by now."""
        while self._waiting and self._next is not None:
            if self._next not in self._waiting:
                first = min(self._waiting, key=self._ahead)
                if now - self._waiting[first][0] < WAIT_S and len(self._waiting) < MOST:
                    return
                self._next = first
                yield None
            yield self._waiting.pop(self._next)[1]
            self._next = (self._next + 1) & _SEQ

    def _ahead(self, seq: int) -> int:
        return (seq - (self._next or 0)) & _SEQ
