"""The fan-out of this house alone, as its peers are alone: whoever connects hears everything."""

import asyncio
from typing import Any

import msgspec
import socketio
from aiohttp import web

from bench.load.control import say, told
from bench.load.payload import frame
from remote_bid.gateway.fanout import Channel, Server, event
from remote_bid.gateway.fanout.tuning import BACKLOG, new_loop, tune
from remote_bid.timeline import wire_json


class _Everybody(socketio.AsyncNamespace):  # type: ignore[misc]  # python-socketio carries no types
    server: Server

    def __init__(self, channel: Channel) -> None:
        super().__init__("/")
        self._channel = channel

    async def on_connect(self, sid: str, *_more: Any) -> None:
        if (line := self.server.line(sid)) is not None:
            self._channel.join(line)


async def main() -> None:
    """Serve until killed."""
    app, server, channel = web.Application(), Server(cors_allowed_origins="*", json=wire_json), Channel()
    server.register_namespace(_Everybody(channel))
    server.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG).start()
    tune()
    say(port=runner.addresses[0][1])
    async for _ in told():
        channel.push(event("frame", msgspec.json.encode(frame(channel.head + 1))))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as loop:
        loop.run(main())
