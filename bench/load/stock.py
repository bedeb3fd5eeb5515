"""python-socketio as it comes, on the faster event loop."""

import asyncio
from typing import Any

import msgspec
import socketio
from aiohttp import web

from bench.load.control import say, told
from bench.load.payload import frame
from remote_bid.gateway.fanout.tuning import BACKLOG, new_loop
from remote_bid.timeline import wire_json


async def main() -> None:
    """Serve until killed."""
    app = web.Application()
    server = socketio.AsyncServer(
        async_mode="aiohttp", cors_allowed_origins="*", transports=["websocket"], json=wire_json
    )

    @server.event  # type: ignore[untyped-decorator]  # python-socketio carries no types
    async def connect(sid: str, *_more: Any) -> None:
        await server.enter_room(sid, "everybody")

    server.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG).start()
    say(port=runner.addresses[0][1])
    number = 0
    async for _ in told():
        number += 1
        await server.emit("frame", msgspec.to_builtins(frame(number)), room="everybody")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as loop:
        loop.run(main())
