"""Debian's Janus with its videoroom, headless, for the same load: a configuration of its own in a temporary folder."""

import asyncio
import itertools
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench.media.cores import SERVER
from bench.media.load import Load, Stream
from bench.media.peer import NotMeasured, Peer

_LIBRARIES = Path("/usr/lib/x86_64-linux-gnu/janus")
_START_S = 15.0
_BITRATE = 100_000_000
"""No cap of its own."""


class Janus:
    """`pids`: whose CPU is counted."""

    def __init__(self, pid: int, http: aiohttp.ClientSession, url: str, address: str, folder: Path) -> None:
        self.pids, self._folder = [pid], folder
        self._http, self._url, self._address = http, url, address
        self._handles: list[_Handle] = []

    async def one_to_many(self, listeners: int, stream: Stream) -> Load:
        """One room, one who sends."""
        await self._room(1)
        speaker = Peer(self._address, [(stream.kind, "sendonly")])
        feed = await self._publish(1, speaker)
        others = [await self._subscribe(1, [feed], [stream]) for _ in range(listeners)]
        return Load([speaker], others, [stream], listeners)

    async def all_to_all(self, rooms: int, people: int, streams: list[Stream]) -> Load:
        """Everybody sends, everybody gets everybody else, in one connection each way."""
        publishers: list[Peer] = []
        listeners: list[Peer] = []
        for room in range(1, rooms + 1):
            await self._room(room)
            members = [Peer(self._address, [(stream.kind, "sendonly") for stream in streams]) for _ in range(people)]
            feeds = [await self._publish(room, member) for member in members]
            for own in feeds:
                listeners.append(await self._subscribe(room, [feed for feed in feeds if feed != own], streams))
            publishers += members
        return Load(publishers, listeners, streams, people - 1)

    async def close(self) -> None:
        for handle in self._handles:
            await handle.close()

    async def _handle(self) -> "_Handle":
        handle = _Handle(await self._http.ws_connect(self._url, protocols=["janus-protocol"]))
        await handle.attach()
        self._handles.append(handle)
        return handle

    async def _room(self, room: int) -> None:
        settings = {"publishers": 50, "audiocodec": "opus", "videocodec": "vp8", "bitrate": _BITRATE}
        settings |= {"record": True, "rec_dir": str(self._folder)}  # as ours, which has no other way
        handle = await self._handle()
        answer = await handle.ask({"request": "create", "room": room, **settings})
        if answer["plugindata"]["data"]["videoroom"] != "created":
            raise NotMeasured(f"Janus made no room: {answer}")

    async def _publish(self, room: int, peer: Peer) -> int:
        handle = await self._handle()
        joined = await handle.ask({"request": "join", "ptype": "publisher", "room": room})
        feed: int = joined["plugindata"]["data"]["id"]
        offer = {"type": "offer", "sdp": peer.description("actpass")}
        answered = await handle.ask({"request": "configure", "audio": True, "video": True}, offer)
        await peer.connect(answered["jsep"]["sdp"])
        return feed

    async def _subscribe(self, room: int, feeds: list[int], streams: list[Stream]) -> Peer:
        handle = await self._handle()
        asked = {"request": "join", "ptype": "subscriber", "room": room, "streams": [{"feed": feed} for feed in feeds]}
        offered = (await handle.ask(asked))["jsep"]["sdp"]
        lines = [line.split(" ")[0].removeprefix("m=") for line in offered.splitlines() if line.startswith("m=")]
        mids = [line.removeprefix("a=mid:") for line in offered.splitlines() if line.startswith("a=mid:")]
        if len(lines) != len(feeds) * len(streams):
            raise NotMeasured("Janus offers other streams than asked for")
        peer = Peer(self._address, [(kind, "recvonly") for kind in lines])
        answer = {"type": "answer", "sdp": peer.description("active", mids)}
        connecting = asyncio.create_task(peer.connect(offered))
        await handle.ask({"request": "start"}, answer)
        await connecting
        return peer


class _Handle:
    """One session with one handle on a socket of its own."""

    def __init__(self, socket_: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket_
        self._numbers = itertools.count()
        self._where: dict[str, int] = {}
        self._alive: asyncio.Task[None] | None = None

    async def attach(self) -> None:
        created = await self._say({"janus": "create"})
        self._where = {"session_id": created["data"]["id"]}
        attached = await self._say({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        self._where["handle_id"] = attached["data"]["id"]

    async def ask(self, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        """What the videoroom answers in the end."""
        return await self._say({"janus": "message", "body": body, **({"jsep": jsep} if jsep else {})})

    async def close(self) -> None:
        await self._socket.close()

    async def _say(self, message: dict[str, Any]) -> dict[str, Any]:
        transaction = str(next(self._numbers))
        await self._socket.send_json({**message, **self._where, "transaction": transaction})
        async with asyncio.timeout(20):
            while True:
                heard: dict[str, Any] = await self._socket.receive_json()
                if heard.get("transaction") == transaction and heard["janus"] != "ack":
                    if heard["janus"] == "error":
                        raise NotMeasured(f"Janus refuses: {heard}")
                    return heard


@asynccontextmanager
async def janus(folder: Path, address: str) -> AsyncIterator[Janus]:
    """Running on the server's core; NotMeasured where it is not installed."""
    program = shutil.which("janus")
    if program is None:
        raise NotMeasured("Janus is missing: apt-get install janus")
    port = _free_port()
    _configure(folder, address, port)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        "taskset",
        "-c",
        str(SERVER),
        program,
        "-F",
        str(folder),
        "-C",
        str(folder / "janus.jcfg"),
        stdout=quiet,
        stderr=quiet,
    )
    url = f"ws://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as http:
        try:
            await _listening(http, url)
            running = Janus(process.pid, http, url, address, folder)
            yield running
            await running.close()
        finally:
            process.terminate()
            await process.wait()


def _configure(folder: Path, address: str, port: int) -> None:
    only = {
        "plugins": [found.name for found in (_LIBRARIES / "plugins").glob("*.so") if "videoroom" not in found.name],
        "transports": [
            found.name for found in (_LIBRARIES / "transports").glob("*.so") if "websockets" not in found.name
        ],
    }
    (folder / "janus.jcfg").write_text(
        f"""general: {{
  configs_folder = "{folder}"
  plugins_folder = "{_LIBRARIES}/plugins"
  transports_folder = "{_LIBRARIES}/transports"
  debug_level = 1
  session_timeout = 0
  server_name = "bench"
}}
nat: {{ ice_lite = true  ice_enforce_list = "{address}" }}
media: {{ ipv6 = false }}
plugins: {{ disable = "{",".join(only["plugins"])}" }}
transports: {{ disable = "{",".join(only["transports"])}" }}
"""
    )
    (folder / "janus.transport.websockets.jcfg").write_text(
        f'general: {{ json = "compact"  ws = true  ws_port = {port}  ws_ip = "127.0.0.1" }}\n'
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")


async def _listening(http: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(_START_S):
        while True:
            try:
                await (await http.ws_connect(url, protocols=["janus-protocol"])).close()
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
            else:
                return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
