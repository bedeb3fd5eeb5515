"""A crowd of websocket clients on raw sockets: connects, joins, answers pings, checks and counts every frame.

One thread and epoll; a frame costs it a few microseconds, well below what a server needs to send one.
"""

import os
import re
import resource
import select
import socket
import struct
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

_OPEN, _CONNECTED, _EVENT, _ANSWER, _PING = b"0", b"40", b"42", b"43", b"2"
_SEQ, _N = re.compile(rb'"seq":(\d+)'), re.compile(rb'"n":(\d+)')
_AT = b'"text":"'
_JOINED = re.compile(rb'"head":(\d+),"n":(\d+)')
_ROOM = bytearray(1 << 18)
_VIEW = memoryview(_ROOM)


class Broken(RuntimeError):
    """A server did what it must not: lost, doubled or reordered a frame, or hung up."""


@dataclass(frozen=True)
class House:
    """Where the crowd goes: a port, and the session to join there; none: whoever connects hears everything."""

    port: int
    session: str = ""


@dataclass(slots=True)
class _Member:
    socket: socket.socket
    left: bytes = b""
    """Bytes of a frame that is not whole yet."""
    parts: bytes = b""
    """Of a message in fragments."""
    asked: bool = False
    """The request for a websocket is sent."""
    upgraded: bool = False
    n: int = 0
    seq: int = 0


@dataclass
class Crowd:
    """Listeners of one house. `delays` are in nanoseconds, from the time that a frame tells in its text."""

    house: House
    heard: int = 0
    size: int = 0
    """Bytes of the last frame."""
    delays: "array[int]" = field(default_factory=lambda: array("q"))

    def __post_init__(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self._epoll = select.epoll()
        self._members: dict[int, _Member] = {}
        self._entered = 0
        self._sinces: list[int] = []
        """Up to where those who broke off have heard everything."""

    def gather(self, count: int, within_s: float = 120.0) -> float:
        """Have `count` more come in, those who broke off from where they were; how long that took in seconds."""
        began, wanted = time.monotonic(), self._entered + count
        for _ in range(count):
            self._come()
        self.listen(lambda: self._entered >= wanted, within_s)
        return time.monotonic() - began

    def scatter(self, count: int) -> None:
        """Those who have been here longest break off at once, without a word."""
        for number, member in list(self._members.items())[:count]:
            self._sinces.append(member.seq)
            member.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            member.socket.close()
            del self._members[number]
            self._entered -= 1

    def listen(self, enough: Callable[[], bool], within_s: float) -> None:
        """Read whatever comes until it is enough."""
        until = time.monotonic() + within_s
        while not enough():
            if time.monotonic() > until:
                raise Broken(f"waited {within_s} s: {self._entered} in, {self.heard} heard")
            for number, _ in self._epoll.poll(0.2, 1024):
                if (member := self._members.get(number)) is not None:
                    self._read(member)

    def reached(self, seq: int) -> bool:
        """Whether everybody has heard entry `seq`."""
        return all(member.seq >= seq for member in self._members.values())

    def _come(self) -> None:
        member = _Member(socket.socket(), seq=self._sinces.pop() if self._sinces else 0)
        member.socket.setblocking(False)
        member.socket.connect_ex(("127.0.0.1", self.house.port))
        self._members[member.socket.fileno()] = member
        self._epoll.register(member.socket.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def _read(self, member: _Member) -> None:
        if not member.asked:
            self._ask(member)
            return
        try:
            count = member.socket.recv_into(_ROOM)
        except BlockingIOError:
            return
        if not count:
            raise Broken("hung up")
        data = member.left + bytes(_VIEW[:count])
        if member.upgraded:
            self._frames(member, data)
        elif b"\r\n\r\n" in data:
            head, _, data = data.partition(b"\r\n\r\n")
            if b" 101 " not in head:
                raise Broken(head.decode())
            member.upgraded = True
            self._frames(member, data)

    def _ask(self, member: _Member) -> None:
        """The connection is made: ask for a websocket."""
        member.asked = True
        self._epoll.modify(member.socket.fileno(), select.EPOLLIN)
        member.socket.send(upgrade(self.house.port))

    def _frames(self, member: _Member, data: bytes) -> None:
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                if end - at < 4:
                    break
                size, start = data[at + 2] << 8 | data[at + 3], at + 4
            elif size == 127:
                if end - at < 10:
                    break
                size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if start + size > end:
                break
            self._fragment(member, data[at], data[start : start + size])
            at = start + size
        member.left = data[at:]

    def _fragment(self, member: _Member, first: int, payload: bytes) -> None:
        if first & 0x0F == 8:
            raise Broken(f"closed: {payload!r}")
        if member.parts:
            payload = member.parts + payload
        if first & 0x80:
            member.parts = b""
            self._message(member, payload)
        else:
            member.parts = payload

    def _message(self, member: _Member, payload: bytes) -> None:
        kind = payload[:2]
        if kind == _EVENT:
            self._event(member, payload)
        elif kind == _CONNECTED:
            self._connected(member)
        elif kind == _ANSWER:
            self._joined(member, payload)
        elif payload == _PING:
            say(member.socket, b"3")
        elif payload[:1] == _OPEN:
            say(member.socket, _CONNECTED)
        else:
            raise Broken(payload[:200].decode())

    def _connected(self, member: _Member) -> None:
        if self.house.session:
            say(member.socket, join_from(self.house, member.seq))
        else:
            self._entered += 1

    def _joined(self, member: _Member, payload: bytes) -> None:
        found = _JOINED.search(payload)
        if found is None or int(found[1]) - member.seq != payload.count(b'"prev":'):
            raise Broken(payload[:200].decode())
        member.seq, member.n = int(found[1]), int(found[2])
        self._entered += 1

    def _event(self, member: _Member, payload: bytes) -> None:
        """Each must be the next one."""
        n = int(_N.search(payload)[1])  # type: ignore[index]  # every frame has one
        if n != member.n + 1 and member.n:
            raise Broken(f"frame {n} after {member.n}")
        member.n = n
        self.heard += 1
        if (place := payload.find(_AT)) > 0:
            seq = int(_SEQ.search(payload)[1])  # type: ignore[index]  # every entry has one
            if seq != member.seq + 1:
                raise Broken(f"entry {seq} after {member.seq}")
            member.seq = seq
            self.delays.append(time.monotonic_ns() - int(payload[place + 8 : payload.index(b'"', place + 8)]))
        self.size = len(payload)


def upgrade(port: int) -> bytes:
    """The request for a websocket."""
    return (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    ).encode()


def join_from(house: House, since: int) -> bytes:
    """The message that joins the session of a house."""
    return b'420["join",{"session":"%s","since":%d}]' % (house.session.encode(), since)


def say(to: socket.socket, text: bytes) -> None:
    """One masked frame; the mask of zeros leaves the text as it is."""
    size = len(text)
    head = struct.pack("!BB", 0x81, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
    to.send(head + bytes(4) + text)


def stay_on(core: int) -> None:
    """Keep this process to one core, if there are several."""
    if (os.cpu_count() or 1) > core:
        os.sched_setaffinity(0, {core})
