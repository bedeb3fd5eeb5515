"""The hub: which audiences listen to which session, and the one queue that keeps their frames in order."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from remote_bid.gateway.frames import Audience
from remote_bid.timeline.desk import Desk, Moved
from remote_bid.timeline.entry import Who
from remote_bid.timeline.frame import Frame, Joined
from remote_bid.timeline.log import UnknownSession
from remote_bid.timeline.sideline import line_of

_LOG = structlog.get_logger("hub")

Send = Callable[[str, Frame], Awaitable[None]]
"""Delivers one frame to everybody in a named room of sockets."""


class Hub:
    """Turns every commit into frames, once for each audience, and sends them in order."""

    def __init__(self, desk: Desk, line_secret: bytes, send: Send) -> None:
        self._desk, self._line_secret, self._send = desk, line_secret, send
        self._audiences: dict[str, dict[str, Audience]] = {}
        self._queue: asyncio.Queue[tuple[str, Frame]] = asyncio.Queue()
        self._pump: asyncio.Task[None] | None = None
        desk.listen(self._on_moved)

    def start(self) -> None:
        """Begin to send."""
        self._pump = asyncio.create_task(self._run(), name="hub")

    async def close(self) -> None:
        """Stop sending."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)

    async def stand(self, session: str, person: str | None) -> Who:
        """Who somebody is in a session: by what it proved at sign-in, never by what it says.

        A session that has no first entry yet knows nobody: UnknownSession.
        """
        folded = await self._desk.look(session)
        if not folded.head:
            raise UnknownSession(session)
        if person is None:
            return Who(person="", role="observer")
        return Who(person=person, role=folded.context.standing(folded.state, person))

    async def room(self, session: str, who: Who) -> str:
        """The name of the room of sockets in which `who`'s audience listens."""
        folded = await self._desk.look(session)
        return f"{session}/{folded.context.audience(who)}"

    async def join(self, session: str, who: Who, since: int) -> Joined:
        """The snapshot; whoever joins must be in its `room` already, so that no frame falls between."""
        folded = await self._desk.look(session)
        key = folded.context.audience(who)
        audiences = self._audiences.setdefault(session, {})
        if key not in audiences:
            line = line_of(self._line_secret, session, who.person) if who.person else ""
            audiences[key] = Audience(folded, who, line)
        return audiences[key].joined(folded, min(max(since, 0), folded.head))

    def _on_moved(self, moved: Moved) -> None:
        session = moved.after.session.id
        for key, audience in self._audiences.get(session, {}).items():
            if not audience.concerned(moved):
                continue
            for frame in audience.frames(moved):
                self._queue.put_nowait((f"{session}/{key}", frame))

    async def _run(self) -> None:
        while True:
            room, frame = await self._queue.get()
            try:
                await self._send(room, frame)
            except Exception:
                _LOG.exception("frame not sent", room=room)
