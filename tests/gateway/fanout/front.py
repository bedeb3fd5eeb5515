"""What stands between a desk and the network, as remote_bid.app puts it together, for rooms of tests and benchmarks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from remote_bid.gateway.doors import doors
from remote_bid.gateway.fanout import Server
from remote_bid.gateway.http import guard, headers_for
from remote_bid.gateway.hub import Hub
from remote_bid.gateway.pace import Limits, Pace
from remote_bid.gateway.plain import TextPacket
from remote_bid.gateway.socket import Sockets
from remote_bid.people.revocation import Crls
from remote_bid.people.sign_in import Porter
from remote_bid.timeline import wire_json
from remote_bid.timeline.context import AnyContext
from remote_bid.timeline.desk import Desk


@dataclass
class Front:
    """Its parts; the runner is to be given a site."""

    hub: Hub
    server: Server
    porter: Porter
    runner: web.AppRunner


@asynccontextmanager
async def front(desk: Desk, room: AnyContext, secret: bytes, origin: str, limits: Limits) -> AsyncIterator[Front]:
    """Whoever is still there in the end is cut off."""
    server = Server(
        cors_allowed_origins=[origin], max_http_buffer_size=256 << 10, json=wire_json, serializer=TextPacket
    )
    pace, porter = Pace(limits, []), Porter([], origin, lambda: datetime.now(UTC), Crls([]))
    sockets = Sockets(desk, {room.name: room}, porter, pace)
    sockets.hub = Hub(desk, secret)
    server.register_namespace(sockets)
    app = web.Application(middlewares=[guard(headers_for(origin)), doors(porter, origin, pace)])
    server.attach(app)
    runner = web.AppRunner(
        app, auto_decompress=False, keepalive_timeout=15, lingering_time=5, handler_cancellation=False
    )
    await runner.setup()
    try:
        yield Front(sockets.hub, server, porter, runner)
    finally:
        for line in list(server.eio.sockets.values()):
            line.cut_off("the front is closed")
        await runner.cleanup()
        await sockets.hub.close()
