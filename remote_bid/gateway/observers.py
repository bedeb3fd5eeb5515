"""A session as everybody may see it, over HTTP: what caches may hand out to a crowd before it takes to sockets.

Guarantee: whoever asks gets what an observer gets on joining, and nothing of what its own sign-in would show it.
"""

from collections.abc import Collection

import msgspec
from aiohttp import ETag, web

from remote_bid.gateway.frames import Audience
from remote_bid.gateway.hub import OBSERVER
from remote_bid.gateway.snapshots import Snapshots
from remote_bid.timeline.desk import Desk, Folded
from remote_bid.timeline.log import UnknownSession

FRESH_S = 1
"""For how long a cache need not ask again: who joins by socket afterwards gets what is newer."""


class Observers:
    """The observers' snapshot of every session that is open over sockets."""

    def __init__(self, desk: Desk, rooms: Collection[str]) -> None:
        self._desk, self._rooms = desk, rooms
        self._snapshots = Snapshots()

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [web.get("/api/sessions/{session}/snapshot", self.snapshot)]

    async def snapshot(self, request: web.Request) -> web.Response:
        """The answer to an observer's join, made once for each head of the main line."""
        session = request.match_info["session"]
        folded = await self._desk.look(session)
        if folded.session.room not in self._rooms or not folded.head:
            raise UnknownSession(session)
        tag = ETag(f"{folded.session.epoch}-{folded.head}")
        headers = {"Cache-Control": f"public, max-age={FRESH_S}", "ETag": f'"{tag.value}"'}
        if tag in (request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        ready = self._snapshots.of((session, tag.value), lambda: _joined(folded))
        return web.Response(body=ready.text, content_type="application/json", headers=headers)


def _joined(folded: Folded) -> bytes:
    """Frames are counted for sockets only: `n` is 0."""
    return msgspec.json.encode(Audience(folded, OBSERVER, "").joined(folded, 0))
