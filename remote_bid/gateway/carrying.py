"""Between the desk and whoever carries the media: what the rules of each call allow is arranged again and again, so
that it ends by itself when this process does; what the carrier tells becomes commands.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence

import msgspec
import structlog

from remote_bid.gateway.call_room import Carrier, Room, Tell
from remote_bid.timeline.context import Command, Refused
from remote_bid.timeline.desk import Desk, Folded, Moved
from remote_bid.video.commands import NoteLost, NoteRecorder
from remote_bid.video.rules import Call
from remote_bid.video.rules.guards import CARRIER
from remote_bid.video.stage import Report, Showing, Stage

_LOG = structlog.get_logger("carrying")


class Line(msgspec.Struct, frozen=True):
    """One connection to a seat: whoever knows its name is at its other end."""

    session: str
    seat: str
    name: str


class Carrying:
    """All calls of this process."""

    def __init__(self, desk: Desk, stage: Stage, tell: Tell, now_s: Callable[[], float] = time.monotonic) -> None:
        self._desk = desk
        self._carrier = Carrier(desk, stage, tell, now_s, self._forget, self._drop)
        self._rooms: dict[str, Room] = {}
        self._lines: dict[str, Line] = {}
        self._started = False
        desk.listen(self._on_moved)
        stage.listen(self._on_report)

    async def start(self, sessions: Sequence[Folded]) -> None:
        """Calls that were going on when the server ended have lost everybody: nothing of them is carried any more."""
        self._started = True
        for folded in sessions:
            if folded.session.room == "video" and folded.head and not folded.state.closed:
                for command in _forgotten(folded.state):
                    await self._desk.handle(folded.session.id, command, CARRIER)
                self._room(folded.session.id)

    async def close(self) -> None:
        """Stop; what was arranged runs out by itself."""
        for failed in await asyncio.gather(*(room.stop() for room in self._rooms.values()), return_exceptions=True):
            if failed is not None:
                _LOG.error("call not closed in order", why=str(failed))

    def line(self, session: str, seat: str) -> Line:
        """A new connection to a seat; the one before is worth nothing any more."""
        for before in [line for line in self._lines.values() if (line.session, line.seat) == (session, seat)]:
            del self._lines[before.name]
        found = Line(session, seat, secrets.token_urlsafe(16))
        self._lines[found.name] = found
        return found

    def line_named(self, session: str, name: str) -> Line:
        """The connection of this name; Refused if it is worth nothing."""
        line = self._lines.get(name)
        if line is None or line.session != session:
            raise Refused("no_such_line", "连接已失效，请重新进入。", "This connection has ended; join again.")
        return line

    def alive(self, session: str, name: str) -> None:
        """A sign of life from a page."""
        line = self.line_named(session, name)
        self._room(session).alive(line.seat)

    async def join(self, line: Line, offer: str, listens: bool = False) -> str:
        """The answer to a seat's offer, first or again; raises what the stage does."""
        room = self._room(line.session)
        if listens:
            room.listen(line.seat)
        return await room.join(line.seat, offer, publishes=not listens)

    def showing(self, line: Line) -> list[Showing]:
        """Whom each of a seat's m-lines carries now."""
        return self._room(line.session).showing.get(line.seat, [])

    def _room(self, session: str) -> Room:
        if session not in self._rooms:
            self._rooms[session] = Room(self._carrier, session)
        return self._rooms[session]

    def _forget(self, session: str) -> None:
        """A call that is over has no lines."""
        self._rooms.pop(session, None)
        self._lines = {name: line for name, line in self._lines.items() if line.session != session}

    def _drop(self, session: str, seat: str) -> None:
        """A seat's connection has ended."""
        self._lines = {name: line for name, line in self._lines.items() if (line.session, line.seat) != (session, seat)}

    def _on_moved(self, moved: Moved) -> None:
        before, after = moved.before.state, moved.after.state
        if self._started and isinstance(after, Call) and not (before.closed and after.closed):
            self._room(moved.after.session.id).wake.set()

    def _on_report(self, report: Report) -> None:
        if (room := self._rooms.get(report.room)) is not None:
            room.report(report)


def _forgotten(call: Call) -> list[Command]:
    gone: list[Command] = [NoteLost(seat=chair.seat) for chair in call.joined()]
    return [*gone, *([NoteRecorder(healthy=False, cause="restarted")] if call.recorder else [])]
