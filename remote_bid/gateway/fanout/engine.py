"""Engine.IO without anything but websockets: handshakes, and who is there."""

from typing import Any

import engineio
from engineio import packet

from remote_bid.gateway.fanout.line import Line

_KEPT = ("aiohttp.request", "HTTP_ORIGIN")
"""What is remembered of the request for as long as its socket is open; all else is in the request itself."""


class Engine(engineio.AsyncServer):  # type: ignore[misc]  # engineio carries no types
    """engineio's server with sockets of ours. No task watches them: each has a timer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"monitor_clients": False, "allow_upgrades": False, "transports": ["websocket"]})
        self.sockets: dict[str, Line] = {}
        self.cut_off = 0
        """Sockets that were cut off so far because they did not read or answer."""

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        """Let somebody in, and serve until it is gone."""
        sid = self.generate_id()
        line = self.sockets[sid] = Line(self, sid)
        kept = {name: environ[name] for name in _KEPT if name in environ}
        try:
            refused = await self._trigger_event("connect", sid, kept, run_async=False)
            if refused is not None and refused is not True:
                return self._unauthorized(refused or None)
            environ.clear()  # a kilobyte that nobody reads any more
            return await line.serve(kept["aiohttp.request"], self._welcome(sid))
        finally:
            self.sockets.pop(sid, None)

    def _welcome(self, sid: str) -> packet.Packet:
        told = {
            "sid": sid,
            "upgrades": [],
            "pingTimeout": int(self.ping_timeout * 1000),
            "pingInterval": int(self.ping_interval * 1000),
            "maxPayload": self.max_http_buffer_size,
        }
        return packet.Packet(packet.OPEN, told)
