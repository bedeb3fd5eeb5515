"""The official clients notice nothing: everything that they know of works over this fan-out."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web

from remote_bid.gateway.fanout import Ready, Server
from remote_bid.timeline import wire_json
from tests.gateway.fanout.stand import until
from tests.gateway.house import free_port

WEB = Path(__file__).parents[3] / "web"
SCRIPT = Path(__file__).with_name("official.mjs")


class Everything(socketio.AsyncNamespace):  # type: ignore[misc]  # python-socketio carries no types
    """Whatever a client may want to try."""

    server: Server

    async def on_connect(self, sid: str, environ: Any, auth: Any = None) -> None:
        if auth and auth.get("token") == "wrong":
            raise socketio.exceptions.ConnectionRefusedError("not_signed_in")

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Names with spaces in them are methods with underscores."""
        return await super().trigger_event(event.replace(" ", "_"), *args)

    async def on_add(self, sid: str, one: int, other: int) -> int:
        return one + other

    async def on_nothing(self, sid: str) -> None:
        pass

    async def on_where(self, sid: str) -> str:
        return str(self.namespace)

    async def on_ready(self, sid: str, count: int) -> Ready:
        return Ready(f'"{"界" * count}"'.encode())

    async def on_echo(self, sid: str, *what: Any) -> Any:
        return (list(what),)

    async def on_send_bytes(self, sid: str) -> None:
        await self.emit("bytes", b"raw", to=sid)

    async def on_ask_me(self, sid: str, number: int) -> Any:
        return await self.call("question", number, to=sid)

    async def on_enter(self, sid: str, room: str) -> list[str]:
        await self.enter_room(sid, room)
        return self.rooms(sid)  # type: ignore[no-any-return]  # python-socketio carries no types

    async def on_say(self, sid: str, room: str, text: str, to_itself: bool) -> None:
        await self.emit("said", text, room=room, skip_sid=None if to_itself else sid)

    async def on_kick_me(self, sid: str) -> None:
        await self.disconnect(sid)

    async def on_close_me(self, sid: str) -> None:
        await self.server.eio.disconnect(self.server.manager.eio_sid_from_sid(sid, self.namespace))

    async def on_cut_me_off(self, sid: str) -> None:
        if (line := self.server.line(sid, self.namespace)) is not None:
            line.cut_off("asked for it")

    async def on_is_here(self, sid: str, other: str) -> bool:
        return bool(self.server.manager.is_connected(other, self.namespace))


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = Server(cors_allowed_origins=[url], json=wire_json, ping_interval=0.05, ping_timeout=5)
    for place in ("/", "/admin"):
        server.register_namespace(Everything(place))
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield url
    finally:
        for line in list(server.eio.sockets.values()):
            line.cut_off("over")
        await runner.cleanup()


@pytest.mark.skipif(
    shutil.which("node") is None or not (WEB / "node_modules/socket.io-client").exists(),
    reason="the pages' packages are not installed",
)
async def test_the_javascript_client_works_unchanged() -> None:
    async with serving() as url:
        pipe = asyncio.subprocess.PIPE
        node = await asyncio.create_subprocess_exec(
            "node", SCRIPT, url, WEB / "package.json", stdout=pipe, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await asyncio.wait_for(node.communicate(), 60)
        assert node.returncode == 0, said.decode()
        assert said.decode().splitlines()[-1] == "all"


async def test_nothing_is_compressed_whatever_a_client_offers() -> None:
    async with serving() as url, aiohttp.ClientSession() as http:
        path = f"{url}/socket.io/?EIO=4&transport=websocket"
        async with http.ws_connect(path, headers={"Origin": url}, compress=15) as websocket:
            assert websocket.compress == 0
            assert (await websocket.receive_str()).startswith("0{")


async def test_the_python_client_works_unchanged() -> None:
    async with serving() as url:
        told: asyncio.Queue[Any] = asyncio.Queue()
        client = socketio.AsyncClient(json=wire_json, reconnection_delay=0.02, randomization_factor=0)
        client.on("bytes", told.put)
        client.on("said", told.put)
        await client.connect(url, transports=["websocket"], namespaces=["/", "/admin"])
        assert await client.call("add", (1, 2)) == 3
        assert await client.call("ready", 100_000) == "界" * 100_000
        assert await client.call("where", namespace="/admin") == "/admin"
        assert await client.call("echo", b"\x00\xff") == [b"\x00\xff"]
        await client.emit("send bytes")
        assert await told.get() == b"raw"
        assert await client.call("enter", "hall") == [client.get_sid(), "hall"]
        await client.emit("say", ("hall", "heard", True))
        assert await told.get() == "heard"
        before = client.get_sid()
        await client.emit("cut me off")
        await until(lambda: client.connected and client.get_sid() not in (None, before))
        assert await client.call("add", (3, 4)) == 7
        await client.disconnect()
