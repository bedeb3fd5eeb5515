"""Socket.IO over the engine of this house."""

from typing import Any

import socketio
from socketio import packet

from remote_bid.gateway.fanout.engine import Engine
from remote_bid.gateway.fanout.framing import Ready
from remote_bid.gateway.fanout.line import Line
from remote_bid.gateway.fanout.pins import require_pins
from remote_bid.gateway.fanout.rooms import Rooms


class Server(socketio.AsyncServer):  # type: ignore[misc]  # python-socketio carries no types
    """python-socketio's server. A handler may return a `Ready`, which is not encoded again for each who asks."""

    eio: Engine

    def __init__(self, **options: Any) -> None:
        require_pins()
        super().__init__(**options | {"async_mode": "aiohttp", "client_manager": Rooms(), "always_connect": False})

    def line(self, sid: str, namespace: str = "/") -> Line | None:
        """The socket at whose end somebody is; None once it is gone."""
        return self.eio.sockets.get(self.manager.eio_sid_from_sid(sid, namespace) or "")

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def _handle_event_internal(
        self, server: Any, sid: str, eio_sid: str, data: list[Any], namespace: str, id: int | None
    ) -> None:
        """A client's event, and the answer to it if it wants one."""
        answer = await self._trigger_event(data[0], namespace, sid, *data[1:])
        if id is None or answer == self.not_handled:
            return
        line = self.eio.sockets.get(eio_sid)
        if isinstance(answer, Ready) and line is not None:
            line.post(answer.answers(namespace, id))
            return
        arguments = [] if answer is None else list(answer) if isinstance(answer, tuple) else [answer]
        await self._send_packet(eio_sid, self.packet_class(packet.ACK, namespace=namespace, id=id, data=arguments))
