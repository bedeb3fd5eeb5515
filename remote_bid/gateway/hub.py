"""The hub: which audiences listen to which session, and where everybody's answer to a join comes from."""

import asyncio
from typing import Any

import msgspec

from remote_bid.gateway.fanout import Line, Ready, event
from remote_bid.gateway.frames import Audience
from remote_bid.gateway.snapshots import Snapshots
from remote_bid.gateway.stream import Seats, Stream
from remote_bid.timeline.desk import Desk, Folded, Moved
from remote_bid.timeline.entry import Who
from remote_bid.timeline.frame import Joined
from remote_bid.timeline.log import UnknownSession
from remote_bid.timeline.sideline import line_of

OBSERVER = Who(person="", role="observer")
"""Everybody who has not signed in."""


class Entered(msgspec.Struct, frozen=True):
    """The answer to a join."""

    ok: bool
    joined: Joined


class Hub:
    """Turns every commit into frames, once for each audience that listens."""

    def __init__(self, desk: Desk, line_secret: bytes) -> None:
        self._desk, self._line_secret = desk, line_secret
        self._streams: dict[str, Stream] = {}
        self._listens: dict[Line, dict[str, str]] = {}
        """The audience of every socket in each session it follows."""
        self._snapshots = Snapshots()
        desk.listen(self._on_moved)

    async def close(self) -> None:
        """Stop sending."""
        await asyncio.gather(*(stream.close() for stream in self._streams.values()))

    async def stand(self, session: str, person: str | None) -> Who:
        """Who somebody is in a session: by what it proved at sign-in, never by what it says.

        A session that has no first entry yet knows nobody: UnknownSession.
        """
        folded = await self._desk.look(session)
        if not folded.head:
            raise UnknownSession(session)
        if person is None:
            return OBSERVER
        return Who(person=person, role=folded.context.standing(folded.state, person))

    def follow(self, folded: Folded, who: Who, since: int, line: Line) -> Ready:
        """The snapshot; from then on the socket gets every frame. `folded` is the session as the desk has it now."""
        session, audience = folded.session.id, folded.context.audience(who)
        if self._listens.get(line, {}).get(session, audience) != audience:
            self._leave(line, session)
        stream = self._streams.setdefault(session, Stream())
        stream.catch_up(audience)
        seats = stream.seats.get(audience) or self._seated(folded, who)
        stream.seats[audience] = seats
        self._listens.setdefault(line, {})[session] = audience
        seats.channel.join(line)
        key = (session, audience, seats.folded.session.epoch, seats.folded.version, seats.audience.n, since)
        return self._snapshots.of(key, lambda: msgspec.json.encode(Entered(ok=True, joined=seats.joined(since))))

    async def tell(self, session: str, who: Who, name: str, body: Any) -> None:
        """What happens in a session and is no entry, to `who`'s audience; whoever is not there now does not miss it."""
        audience = (await self._desk.look(session)).context.audience(who)
        if (stream := self._streams.get(session)) is not None and (seats := stream.seats.get(audience)) is not None:
            seats.channel.aside(event(name, msgspec.json.encode(body)))

    def leave(self, line: Line) -> None:
        """A socket is gone, or is to hear nothing more."""
        for session in list(self._listens.get(line, ())):
            self._leave(line, session)
        self._listens.pop(line, None)

    def _leave(self, line: Line, session: str) -> None:
        audience = self._listens[line].pop(session)
        if (stream := self._streams.get(session)) is not None:
            stream.leave(audience, line)
            if not stream.seats:
                del self._streams[session]

    def _seated(self, folded: Folded, who: Who) -> Seats:
        own_line = line_of(self._line_secret, folded.session.id, who.person) if who.person else ""
        return Seats(Audience(folded, who, own_line), folded)

    def _on_moved(self, moved: Moved) -> None:
        if (stream := self._streams.get(moved.after.session.id)) is not None:
            stream.moved(moved)
