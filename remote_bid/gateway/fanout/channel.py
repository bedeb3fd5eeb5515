"""What one audience is told: frames in their order, and how far each of its sockets is.

Guarantee: every socket gets every frame from where it joined, in order, without a gap, or is cut off. Frames are kept
until all have them; what waits for a slow socket is kept once for all, never for each.
"""

import asyncio
from contextlib import suppress

import structlog

from remote_bid.gateway.fanout.framing import PIECE
from remote_bid.gateway.fanout.line import Line

CHUNK = 128
"""Sockets that are written to, in little more than a millisecond, before anything else may happen in this process: a
commit needs the event loop about a dozen times, and waits so long each time.
"""
MOST_KEPT = 4 << 20
"""Bytes that are kept for those who are behind."""

_RETRY_S = 0.05
_STRIDE = 997
_LOG = structlog.get_logger("channel")


class Channel:
    """One audience's frames, numbered without a gap: `head` is the last one's number."""

    def __init__(self, head: int = 0) -> None:
        self.head = head
        self._kept: list[bytes] = []
        """The frames up to `head` that somebody may still need."""
        self._size = 0
        self._at: dict[Line, int] = {}
        """Every socket, and the number of the last frame it was given."""
        self._next: dict[int, tuple[bytes, int]] = {}
        """By where a socket is: what it is given next, and where it is then."""
        self._late: set[Line] = set()
        """Who could not take what was for it when it was last tried."""
        self._round: list[Line] = []
        """Who is still to be given something in this round."""
        self._turn: asyncio.Handle | None = None
        self._retry: asyncio.Handle | None = None
        self._rounds = 0

    def __len__(self) -> int:
        return len(self._at)

    def join(self, line: Line) -> None:
        """From the next frame on, this socket gets all."""
        self._at[line] = self.head

    def leave(self, line: Line) -> None:
        """It gets no more."""
        self._at.pop(line, None)
        self._late.discard(line)

    def cut_off(self, why: str) -> None:
        """Everybody: what they hold cannot be continued, they must come again."""
        for line in list(self._at):
            line.cut_off(why)
            self.leave(line)

    def push(self, frame: bytes) -> None:
        """The next frame, for everybody."""
        self.head += 1
        self._kept.append(frame)
        self._size += len(frame)
        self._next.clear()
        self._wake()

    def aside(self, message: bytes) -> None:
        """What is no frame, and soon out of date: for whoever can take it now."""
        for line in self._at:
            with suppress(RuntimeError):  # a closed handle's: one socket never stops the others
                line.write(message)

    def _wake(self) -> None:
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._step)

    def _step(self) -> None:
        """Write to some; the rest after everything else has had its turn, with what was pushed meanwhile."""
        self._turn = None
        if not self._round:
            self._round = self._behind()
        some, self._round = self._round[:CHUNK], self._round[CHUNK:]
        self._give(some)
        if self._round:
            self._wake()
        else:
            self._round_over()

    def _behind(self) -> list[Line]:
        """Who is not at the head. Another one is first each time, so that nobody is always last."""
        head = self.head
        lines = [line for line, at in self._at.items() if at < head]
        self._rounds += _STRIDE
        first = self._rounds % len(lines) if lines else 0
        return lines[first:] + lines[:first]

    def _give(self, lines: list[Line]) -> None:
        places, head, late = self._at, self.head, self._late
        for line in lines:
            at = places.get(line, head)
            if at == head:
                continue
            data, reached = self._next.get(at) or self._after(at)
            try:
                written = line.write(data)
            except Exception:  # a closed handle's: one socket never stops the others
                _LOG.info("not written", exc_info=True)
                written = False
            if not written:
                late.add(line)
                continue
            places[line] = reached
            if late:
                late.discard(line)

    def _after(self, at: int) -> tuple[bytes, int]:
        """What follows `at`, no more than one piece, yet a frame at least."""
        first = len(self._kept) - (self.head - at)
        last, size = first + 1, len(self._kept[first])
        while last < len(self._kept) and size + len(self._kept[last]) <= PIECE:
            size += len(self._kept[last])
            last += 1
        data = self._kept[first] if last == first + 1 else b"".join(self._kept[first:last])
        self._next[at] = data, at + last - first
        return self._next[at]

    def _round_over(self) -> None:
        for line in [line for line in self._late if not line.is_open or self._size > MOST_KEPT]:
            line.cut_off("too far behind")
            self.leave(line)
        self._forget()
        if any(at < self.head and line not in self._late for line, at in self._at.items()):
            self._wake()
        elif self._late and self._retry is None:
            self._retry = asyncio.get_running_loop().call_later(_RETRY_S, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        self._wake()

    def _forget(self) -> None:
        """Frames that everybody has."""
        needed = self.head - min(self._at.values(), default=self.head)
        if needed < len(self._kept):
            del self._kept[: len(self._kept) - needed]
            self._size = sum(map(len, self._kept))
            self._next.clear()
