"""A guestbook behind the real sockets, in this process, and people who come to read it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import socketio
from aiohttp import web

from remote_bid.gateway.fanout import Line, Server
from remote_bid.gateway.hub import Hub
from remote_bid.participant.copy import Copy
from remote_bid.people.certificates import Certified
from remote_bid.people.sign_in import Porter
from remote_bid.people.tokens import Carrier
from remote_bid.timeline import wire_json
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.frame import Frame, Joined
from remote_bid.timeline.log import MemoryLog
from tests.gateway.fanout.front import front
from tests.gateway.house import TIRELESS, free_port
from tests.timeline.guestbook import ANN, LINE_SECRET, Write, desk_over, guestbook
from tests.timeline.hours import Running
from tests.timeline.logs import HALL

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Reader:
    """Somebody with an official client, who keeps a copy and goes on from it when the line was lost."""

    client: Any
    copy: Copy = field(default_factory=lambda: Copy(HALL.id))
    frames: list[int] = field(default_factory=list)

    def hear(self, body: Any) -> None:
        frame = msgspec.convert(body, type=Frame)
        self.frames.append(frame.n)
        self.copy.frame(frame)

    async def join(self) -> Joined:
        self.copy.joining()
        answer = await self.client.call("join", {"session": HALL.id, "since": self.copy.head}, timeout=5)
        joined = msgspec.convert(answer["joined"], type=Joined)
        self.copy.joined(joined)
        return joined


@dataclass
class Stand:
    """The server, its parts, and the ways to come in."""

    url: str
    port: int
    desk: Desk
    hub: Hub
    server: Server
    porter: Porter
    readers: list[Reader] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        return list(self.server.eio.sockets.values())

    def token(self, person: str) -> str:
        """Always the same: a person may not have many."""
        if person not in self.tokens:
            certified = Certified(person=person, name=person, keyid=person, spki=b"")
            self.tokens[person] = self.porter.tokens.issue(certified, Carrier.BEARER)
        return self.tokens[person]

    async def line(self, person: str = "") -> Reader:
        """An official client, not joined yet."""
        client = socketio.AsyncClient(reconnection=False, json=wire_json)
        reader = Reader(client)
        client.on("frame", reader.hear)
        self.readers.append(reader)
        auth = {"token": self.token(person)} if person else None
        await client.connect(self.url, headers={"Origin": self.url}, auth=auth, transports=["websocket"])
        return reader

    async def reader(self, person: str = "") -> Reader:
        """One who has joined."""
        reader = await self.line(person)
        await reader.join()
        return reader

    async def write(self, text: str) -> None:
        """Ann writes: she reads it all, the others only that she wrote."""
        await self.desk.handle(HALL.id, Write(text=text), ANN)

    async def deaf(self, person: str = "", joins: bool = True) -> Ends:
        """Somebody who asks for everything and then does not read."""
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=plain, limit=1 << 12)
        writer.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nOrigin: {self.url}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        writer.write(masked(f'40{{"token":"{self.token(person)}"}}' if person else "40"))
        await reader.readuntil(b"40{")
        await reader.readuntil(b"}")
        if joins:
            writer.write(masked(f'420["join",{{"session":"{HALL.id}"}}]'))
            await reader.readuntil(b"430[")
        return reader, writer


def masked(text: str) -> bytes:
    """A client's frame; the mask of zeros leaves the text as it is."""
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode()


async def until(condition: Callable[[], bool], within_s: float = 10) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - nobody tells of these conditions
            await asyncio.sleep(0.005)


def _listening(port: int) -> socket.socket:
    """The system holds little for who does not read: tests need not send megabytes until it is full."""
    here = socket.socket()
    here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 15)
    here.bind(("127.0.0.1", port))
    return here


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    """With its session begun by one entry."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    desk = desk_over(MemoryLog(Running()))
    await desk.create(HALL.id, guestbook.name)
    async with front(desk, guestbook, LINE_SECRET, url, TIRELESS) as here:
        await web.SockSite(here.runner, _listening(port)).start()
        found = Stand(url, port, desk, here.hub, here.server, here.porter)
        await found.write("first")
        yield found
        for reader in found.readers:
            await reader.client.disconnect()
