"""One open socket. It is written to directly: no task of its own sends, and what all get is kept once for all.

Guarantee: no more than `MOST_UNSENT` and the last write wait in a transport, and beside that one answer and
`MOST_WAITING`. Who takes nothing for `PATIENCE_S` is cut off, and so is who asks for more and more without reading: the
client resumes where it was.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import WSMsgType, web
from engineio import packet

from remote_bid.gateway.fanout.framing import CLOSE, PING, frame

if TYPE_CHECKING:
    from remote_bid.gateway.fanout.engine import Engine

MOST_UNSENT = 64 << 10
"""Bytes a socket may be behind before nothing more is written to it."""
MOST_WAITING = 1 << 20
"""Bytes that may wait for a socket beside what was already waiting."""
PATIENCE_S = 10.0
"""How long a socket may take nothing at all of what waits for it."""

_FAREWELL_S = 5.0
_RETRY_S = 0.02
_PING_AGAIN_S = 1.0
_PONG = "3"
_LOG = structlog.get_logger("line")


class Line:
    """A client's socket. For engineio it is its own: the members without an underscore are what it asks of one."""

    __slots__ = (
        "__weakref__",
        "_outbox",
        "_pinged",
        "_server",
        "_stuck",
        "_timer",
        "_transport",
        "closed",
        "connected",
        "session",
        "sid",
        "upgraded",
    )

    def __init__(self, server: "Engine", sid: str) -> None:
        self._server, self.sid = server, sid
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pinged = False
        self._outbox: deque[bytes] | None = None
        """What could not be written at once. Nothing overtakes it."""
        self._stuck: tuple[float, int] | None = None
        """Since when the socket takes nothing, and how many bytes it had not taken then."""
        self.connected = self.upgraded = True
        self.closed = False
        self.session: dict[str, Any] = {}

    async def serve(self, request: web.Request, first: packet.Packet) -> web.StreamResponse:
        """Shake hands, say `first`, and listen until the socket closes."""
        websocket = web.WebSocketResponse(max_msg_size=self._server.max_http_buffer_size, compress=False)
        reason = self._server.reason.TRANSPORT_ERROR
        try:
            await websocket.prepare(request)
            self._transport = request.transport
            self.write(frame(first.encode()))
            self._ping_later()
            reason = await self._listen(websocket)
        finally:
            await self.close(abort=True, reason=reason)
            await _let_go(websocket)
        return websocket

    async def _listen(self, websocket: web.WebSocketResponse) -> str:
        """Hand on every message; why there are no more."""
        while True:
            message = await websocket.receive()
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return str(self._server.reason.TRANSPORT_CLOSE)
            if message.data == _PONG:
                self._pong()
                continue
            try:
                received = packet.Packet(encoded_packet=message.data)
            except ValueError:
                return str(self._server.reason.TRANSPORT_ERROR)
            if received.packet_type == packet.CLOSE:
                return str(self._server.reason.CLIENT_DISCONNECT)
            if received.packet_type == packet.MESSAGE:
                await self._server._trigger_event("message", self.sid, received.data, run_async=False)

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────────

    def write(self, data: bytes) -> bool:
        """Write whole frames; False if they cannot be taken now, and nothing was written."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        if self._outbox or transport.get_write_buffer_size() > MOST_UNSENT:
            self._refuse(transport.get_write_buffer_size())
            return False
        self._stuck = None
        transport.write(data)
        return True

    def post(self, pieces: Iterable[bytes]) -> None:
        """Write frames now or, where they cannot be taken, as soon as they can."""
        waiting = deque(piece for piece in pieces if not self.write(piece))
        if not waiting or not self.is_open:
            return
        if self._outbox is None:
            self._outbox = waiting
            asyncio.get_running_loop().call_later(_RETRY_S, self._flush)
        else:
            self._outbox.extend(waiting)
            if sum(map(len, self._outbox)) > MOST_WAITING:
                self.cut_off("asks for more than it reads")

    def _flush(self) -> None:
        waiting, self._outbox = self._outbox, None
        self.post(waiting or ())

    def _refuse(self, unsent: int) -> None:
        now = time.monotonic()
        if self._stuck is None or unsent < self._stuck[1]:
            self._stuck = now, unsent
        elif now > self._stuck[0] + PATIENCE_S:
            self.cut_off("does not read")

    async def send(self, sent: packet.Packet) -> None:
        """A packet of engineio's."""
        self.post([frame(sent.encode())])

    @property
    def is_open(self) -> bool:
        """Whether anything that is written may still arrive."""
        return self._transport is not None and not self._transport.is_closing()

    # ── Pings ────────────────────────────────────────────────────────────────────────────────────────

    def _ping_later(self) -> None:
        self._pinged = False
        self._wake_in(self._server.ping_interval)

    def _wake_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._wake)

    def _wake(self) -> None:
        if self._pinged:
            self.cut_off("does not answer")
        elif self.write(PING):
            self._pinged = True
            self._wake_in(self._server.ping_timeout)
        else:
            self._wake_in(_PING_AGAIN_S)

    def _pong(self) -> None:
        if self._pinged:
            self._ping_later()

    # ── Closing ──────────────────────────────────────────────────────────────────────────────────────

    def cut_off(self, why: str) -> None:
        """Without a farewell, which it would not read either."""
        if self._transport is not None and self.is_open:
            self._server.cut_off += 1
            _LOG.info("cut off", sid=self.sid, why=why)
            self._transport.abort()

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Tell the house that this socket is gone, and unless `abort` the client that it may go."""
        if self.closed:
            return
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        why = reason or self._server.reason.SERVER_DISCONNECT
        await self._server._trigger_event("disconnect", self.sid, why, run_async=False)
        self._outbox = None
        if self._transport is not None and self.is_open:
            self._part(self._transport, farewell=not abort)

    def _part(self, transport: asyncio.Transport, farewell: bool) -> None:
        if farewell:
            transport.write(CLOSE)
        transport.close()
        asyncio.get_running_loop().call_later(_FAREWELL_S, transport.abort)


async def _let_go(websocket: web.WebSocketResponse) -> None:
    """Errors hold the frames they passed, and these hold all else of a socket: circles that only the collector would
    find, and it hardly ever looks (tuning.py).
    """
    if websocket.prepared:
        await websocket.close()
    error = websocket.exception()
    while error is not None:
        error.__traceback__, before = None, error.__context__
        error = before
