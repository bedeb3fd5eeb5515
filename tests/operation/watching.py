"""Clients that watch one session while everything breaks: official ones, of both languages, keeping the same record."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import socketio

from remote_bid.timeline import wire_json

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "web/package.json"
_ANSWER_S = 5.0
_AGAIN_S = 0.2


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """What one client saw: the leaf of every main-line entry by its seq, and what should not have come to it."""

    leaves: dict[int, str] = {}
    last: int = 0
    doubled: int = 0
    reordered: int = 0
    gaps: int = 0
    connections: int = 0


class Watcher:
    """A python-socketio client. With a token it may also hand in commands."""

    def __init__(self, url: str, session: str, token: str = "") -> None:
        self.url, self._session, self._token = url, session, token
        self.seen = Seen()
        self._waiting: list[dict[str, Any]] | None = None
        self._in_join = self._n = 0
        self._joining: asyncio.Task[None] | None = None
        self._socket = socketio.AsyncClient(
            json=wire_json, reconnection_delay=0.1, reconnection_delay_max=1, request_timeout=5
        )
        self._socket.on("connect", self._on_connect)
        self._socket.on("frame", self._on_frame)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator["Watcher"]:
        """Connected, again and again, until the context ends."""
        headers, auth = {"Origin": self.url}, {"token": self._token} if self._token else None
        await self._socket.connect(self.url, headers=headers, auth=auth, transports=["websocket"], retry=True)
        try:
            yield self
        finally:
            if self._joining is not None:
                self._joining.cancel()
            await self._socket.shutdown()

    async def hand_in(self, command: Any) -> list[int]:
        """Ask until it is answered with yes; the seqs of its new entries, none if an earlier asking had counted."""
        body = {"session": self._session, "command": command}
        while True:
            with contextlib.suppress(socketio.exceptions.SocketIOError, OSError):
                answer = await self._socket.call("command", body, timeout=_ANSWER_S)
                if answer and answer["ok"]:
                    return [entry["seq"] for entry in answer["entries"]]
            await asyncio.sleep(_AGAIN_S)

    async def _on_connect(self) -> None:
        self.seen.connections += 1
        self._waiting = None
        self._join()

    def _join(self) -> None:
        if self._waiting is None:
            self._waiting = []
            self._joining = asyncio.create_task(self._joined(self.seen.connections))

    async def _joined(self, connection: int) -> None:
        answer = None
        with contextlib.suppress(socketio.exceptions.SocketIOError, OSError):
            asked = {"session": self._session, "since": self.seen.last}
            answer = await self._socket.call("join", asked, timeout=_ANSWER_S)
        if connection != self.seen.connections:
            return
        early, self._waiting = self._waiting or [], None
        if not answer or not answer["ok"]:
            await asyncio.sleep(_AGAIN_S)
            if connection == self.seen.connections and self._socket.connected:
                self._join()
            return
        for entry in answer["joined"]["entries"]:
            if entry["seq"] == self.seen.last + 1:
                self._take(entry)
        self._in_join = self._n = answer["joined"]["n"]
        for frame in early:
            self._on_frame(frame)

    def _on_frame(self, frame: dict[str, Any]) -> None:
        if self._waiting is not None:
            self._waiting.append(frame)
        elif frame["n"] > self._in_join:
            self._follow(frame, frame.get("line") == "main")

    def _follow(self, frame: dict[str, Any], entry: bool) -> None:
        n, seq = frame["n"], frame["seq"] if entry else self.seen.last + 1
        if n == self._n or seq == self.seen.last:
            self.seen.doubled += 1
        elif n < self._n or seq < self.seen.last:
            self.seen.reordered += 1
        elif n > self._n + 1 or seq > self.seen.last + 1:
            self.seen.gaps += 1
            self._join()
        else:
            self._n = n
            if entry:
                self._take(frame)

    def _take(self, entry: dict[str, Any]) -> None:
        self.seen.leaves[entry["seq"]] = entry["leaf"]
        self.seen.last = entry["seq"]


class Scripts:
    """So many JavaScript clients in one Node process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def heads(self) -> list[int]:
        """How far each is."""
        return msgspec.json.decode(await self._ask("heads"), type=list[int])

    async def seen(self) -> list[Seen]:
        """What each saw; they end."""
        return msgspec.json.decode(await self._ask("all"), type=list[Seen], strict=False)

    async def tell(self, order: dict[str, Any]) -> None:
        if self._process.stdin is None:
            raise AssertionError("it was started with a pipe")
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()

    async def _ask(self, what: str) -> bytes:
        await self.tell({"tell": what})
        if self._process.stdout is None:
            raise AssertionError("it was started with a pipe")
        return await self._process.stdout.readline()


@asynccontextmanager
async def scripts(url: str, session: str, clients: int) -> AsyncIterator[Scripts]:
    """They watch until the context ends."""
    node = shutil.which("node")
    if node is None:
        raise RuntimeError("Node is needed: ./dev web gets it")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        node, str(Path(__file__).with_name("watcher.mjs")), str(PACKAGE), stdin=pipe, stdout=pipe, limit=1 << 26
    )
    found = Scripts(process)
    await found.tell({"url": url, "session": session, "clients": clients})
    try:
        yield found
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
