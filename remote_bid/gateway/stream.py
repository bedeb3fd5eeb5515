"""One live session in this process: its audiences, and how far each of them has been told what happened.

Frames are made for one audience after the other, in slices: a session with hundreds of audiences keeps nobody waiting.
So each audience has a state of its own, the one it was told last, and a snapshot is always of that.
"""

import asyncio
import time
from collections import deque

import msgspec
import structlog

from remote_bid.gateway.fanout import Channel, Line, event
from remote_bid.gateway.frames import Audience
from remote_bid.timeline.desk import Folded, Moved
from remote_bid.timeline.frame import Joined

_SLICE_S = 0.005
"""For how long frames are made before anything else may happen in this process."""
_LOG = structlog.get_logger("stream")


class Seats:
    """One audience: what it has been told, and the sockets at which it listens."""

    def __init__(self, audience: Audience, folded: Folded) -> None:
        self.audience, self.folded = audience, folded
        self.channel = Channel()

    def joined(self, since: int) -> Joined:
        """The snapshot for one who has seen the main line up to `since`."""
        return self.audience.joined(self.folded, min(max(since, 0), self.folded.head))

    def hear(self, moved: Moved) -> None:
        """Be told of a turn; one that happened before this audience came is known already."""
        if moved.after.version <= self.folded.version:
            return
        self.folded = moved.after
        for frame in self.audience.frames(moved) if self.audience.concerned(moved) else []:
            self.channel.push(event("frame", msgspec.json.encode(frame)))


class Stream:
    """The audiences of one session, by name."""

    def __init__(self) -> None:
        self.seats: dict[str, Seats] = {}
        self._moves: deque[Moved] = deque()
        self._telling: asyncio.Task[None] | None = None

    def moved(self, moved: Moved) -> None:
        """Tell everybody, soon."""
        self._moves.append(moved)
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell(), name="telling")

    def catch_up(self, name: str) -> None:
        """Tell one audience now what it is to be told anyway."""
        for moved in list(self._moves):
            self._tell_one(name, moved)

    def leave(self, name: str, line: Line) -> None:
        """A socket listens no more; an audience without sockets is forgotten."""
        if (seats := self.seats.get(name)) is not None:
            seats.channel.leave(line)
            if not len(seats.channel):
                del self.seats[name]

    async def close(self) -> None:
        """Tell nobody anything more."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    async def _tell(self) -> None:
        until = time.monotonic() + _SLICE_S
        while self._moves:
            for name in list(self.seats):
                self._tell_one(name, self._moves[0])
                if time.monotonic() > until:
                    await asyncio.sleep(0)
                    until = time.monotonic() + _SLICE_S
            self._moves.popleft()
        self._telling = None

    def _tell_one(self, name: str, moved: Moved) -> None:
        """Whoever cannot be told goes on from a snapshot."""
        seats = self.seats.get(name)
        if seats is None:
            return
        try:
            seats.hear(moved)
        except Exception:
            _LOG.exception("not told", session=moved.after.session.id)
            del self.seats[name]
            seats.channel.cut_off("could not be told")
