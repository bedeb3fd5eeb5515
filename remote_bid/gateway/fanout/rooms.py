"""Who is connected, and in which rooms: leaving costs what one's own rooms cost, not everybody's."""

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import socketio
from socketio import packet

from remote_bid.gateway.fanout.framing import frame

if TYPE_CHECKING:
    from remote_bid.gateway.fanout.server import Server

_MESSAGE = "4"
"""Engine.IO's: what it carries is Socket.IO's."""


class Rooms(socketio.AsyncManager):  # type: ignore[misc]  # python-socketio carries no types
    """python-socketio's manager. A socket is a room of its own by its name alone: none is kept for it."""

    server: "Server"

    def __init__(self) -> None:
        super().__init__()
        self._rooms_of: dict[tuple[str, str], set[str]] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """`room` None is the whole namespace."""
        if room == sid:
            return
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        if room is not None:
            self._rooms_of.setdefault((namespace, sid), set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Leave one room."""
        super().basic_leave_room(sid, namespace, room)
        self._rooms_of.get((namespace, sid), set()).discard(room or "")

    def basic_disconnect(self, sid: str, namespace: str, **_more: Any) -> None:
        """Leave all of one's own rooms, and the namespace."""
        for room in self._rooms_of.pop((namespace, sid), ()):
            super().basic_leave_room(sid, namespace, room)
        super().basic_leave_room(sid, namespace, None)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            _strike(pending, namespace, sid)

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        """The rooms of one socket, its own first."""
        return [sid, *self._rooms_of.get((namespace, sid), ())]

    def get_participants(self, namespace: str, room: str | Collection[str] | None) -> Iterator[tuple[str, str]]:
        """(sid, engineio's sid) of everybody in a room or in several."""
        found: dict[str, str] = {}
        for name in [room] if room is None or isinstance(room, str) else room:
            found.update(self._in(namespace, name))
        yield from found.items()

    async def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None, **more: Any
    ) -> None:
        """Encoded once, written to everybody at once; with a callback as python-socketio does it."""
        if more.get("callback") is not None:
            await super().emit(event, data, namespace, room=room, skip_sid=skip_sid, **more)
            return
        written = self._encoded(event, data, namespace)
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        wanted = self.get_participants(namespace, more.get("to") or room)
        self._write(written, (eio_sid for sid, eio_sid in wanted if sid not in skipped))

    def _encoded(self, event: str, data: Any, namespace: str) -> bytes:
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        sent = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, *arguments])
        encoded = sent.encode()
        parts = encoded if isinstance(encoded, list) else [encoded]
        return b"".join(frame(_MESSAGE + part if isinstance(part, str) else part) for part in parts)

    def _write(self, written: bytes, eio_sids: Iterable[str]) -> None:
        for eio_sid in eio_sids:
            if (line := self.server.eio.sockets.get(eio_sid)) is not None:
                line.post((written,))

    def _in(self, namespace: str, room: str | None) -> dict[str, str]:
        rooms = self.rooms.get(namespace, {})
        if room in rooms:
            return dict(rooms[room])
        alone = rooms.get(None, {}).get(room)
        return {room: alone} if room is not None and alone is not None else {}


def _strike(pending: dict[str, list[str]], namespace: str, sid: str) -> None:
    waiting = pending.get(namespace, [])
    if sid in waiting:
        waiting.remove(sid)
        if not waiting:
            del pending[namespace]
