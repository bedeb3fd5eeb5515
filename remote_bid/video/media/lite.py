"""ICE-lite (RFC 8445 2.5): every peer of a worker on one UDP port, and nothing heard from strangers.

A peer is known by the ICE credentials of its answer. Only an address that signed a check with them may send anything
but checks: neither forged DTLS hellos nor junk come further than a look at a table. Budgets, given anew at each tick,
bound what strangers' checks and a peer's own flood may cost.
"""

import asyncio
import ipaddress
import secrets
import socket
import struct
import time
from collections.abc import Callable, Sequence

import structlog
from aioice import stun

Address = tuple[str, int]
_LOG = structlog.get_logger("media port")

BATCH = 64
"""Datagrams taken before the loop may do something else."""
LARGEST = 2048
STRANGERS_CHECKS = 64
"""Per tick, of addresses not validated yet that use a name we gave."""
PEER_PACKETS = 600
"""Per tick: 10 000 a second, a dozen times what a camera sends."""
MOST_ADDRESSES = 8
"""Of one peer at a time; the oldest is forgotten."""
DTLS_WAITING = 32
_BUFFER = 4 << 20
_USERNAME = 0x0006
_MOST_ATTRIBUTES = 12


class Endpoint:
    """One peer's side of the port: its credentials, its addresses, its DTLS packets."""

    def __init__(self, mux: "Mux", moved: Callable[[Address], None], media: Callable[[bytes], None]) -> None:
        self._mux, self._moved, self.media = mux, moved, media
        self.passwords: dict[str, str] = {}
        self.address: Address | None = None
        self.seen = time.monotonic()
        """When a check of its own came last."""
        self.budget = PEER_PACKETS
        self.found = asyncio.Event()
        """It has an address."""
        self._addresses: list[Address] = []
        self._dtls: asyncio.Queue[bytes | None] = asyncio.Queue(DTLS_WAITING)
        self._closed = False
        self.renew()

    @property
    def ufrag(self) -> str:
        """Ours, the newest."""
        return next(reversed(self.passwords))

    @property
    def password(self) -> str:
        """Of `ufrag`."""
        return self.passwords[self.ufrag]

    def renew(self) -> None:
        """New credentials (ICE restart); the ones before stay good until they are renewed again."""
        for old in list(self.passwords)[:-1]:
            del self.passwords[old]
            self._mux.forget_name(old)
        ufrag = secrets.token_urlsafe(9).replace("-", "+").replace("_", "/")
        self.passwords[ufrag] = secrets.token_hex(16)
        self._mux.know_name(ufrag, self)

    def checked(self, address: Address, nominated: bool) -> None:
        """A check signed with our password came from there."""
        self.seen = time.monotonic()
        if address not in self._addresses:
            self._addresses.append(address)
            self._mux.know_address(address, self)
            while len(self._addresses) > MOST_ADDRESSES:
                self._mux.forget_address(self._addresses.pop(0), self)
        if self.address is None or (nominated and address != self.address):
            self.address = address
            self._moved(address)
            self.found.set()

    def take_dtls(self, data: bytes) -> None:
        """Dropped when too many wait: DTLS repeats itself."""
        if not self._dtls.full():
            self._dtls.put_nowait(data)

    async def received(self) -> bytes:
        """The next DTLS packet; ConnectionError at the end."""
        data = None if self._closed else await self._dtls.get()
        if data is None:
            raise ConnectionError
        return data

    async def send(self, data: bytes) -> None:
        """A DTLS packet, to where the peer is."""
        if self._closed or self.address is None:
            raise ConnectionError
        self._mux.send(data, self.address)

    def close(self) -> None:
        """Nothing of this peer is known any more."""
        self._closed = True
        for name in self.passwords:
            self._mux.forget_name(name)
        for address in self._addresses:
            self._mux.forget_address(address, self)
        self._addresses.clear()
        if self._dtls.full():
            self._dtls.get_nowait()
        self._dtls.put_nowait(None)


class Mux:
    """The port. `called`: the addresses peers are told to call; `clients`: the networks they may call from."""

    def __init__(self, bind: Address, called: Sequence[str], clients: Sequence[str] = ()) -> None:
        self.socket = _socket(bind)
        port = self.socket.getsockname()[1]
        self.called = [(host, port) for host in called]
        self._clients = [ipaddress.ip_network(network) for network in clients]
        self._names: dict[str, Endpoint] = {}
        self._peers: dict[Address, Endpoint] = {}
        self._strangers = STRANGERS_CHECKS
        self.dropped = 0
        """Datagrams nobody was to get."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.socket.fileno(), self._readable)

    def tick(self) -> None:
        """Give the budgets anew."""
        self._strangers = STRANGERS_CHECKS
        for peer in self._names.values():
            peer.budget = PEER_PACKETS

    def close(self) -> None:
        """Hear nothing more."""
        self._loop.remove_reader(self.socket.fileno())
        self.socket.close()

    def send(self, data: bytes, address: Address) -> None:
        """At once or not at all."""
        try:
            self.socket.sendto(data, address)
        except OSError:
            self.dropped += 1

    def know_name(self, ufrag: str, peer: Endpoint) -> None:
        self._names[ufrag] = peer

    def forget_name(self, ufrag: str) -> None:
        self._names.pop(ufrag, None)

    def know_address(self, address: Address, peer: Endpoint) -> None:
        self._peers[address] = peer

    def forget_address(self, address: Address, peer: Endpoint) -> None:
        if self._peers.get(address) is peer:
            del self._peers[address]

    def _readable(self) -> None:
        take, peers = self.socket.recvfrom, self._peers
        for _ in range(BATCH):
            try:
                data, address = take(LARGEST)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error of something sent before
                continue
            peer = peers.get(address)
            if peer is not None:
                self._guarded(peer, data, address)
            elif data and data[0] < 4 and self._strangers > 0:
                self._check(data, address)
            else:
                self.dropped += 1

    def _guarded(self, peer: Endpoint, data: bytes, address: Address) -> None:
        """A packet that nobody foresaw harms nobody but who sent it."""
        try:
            self._of_peer(peer, data, address)
        except Exception as error:  # told without what was said in it
            peer.budget = 0
            _LOG.error("a peer's packet failed", error=repr(error))

    def _of_peer(self, peer: Endpoint, data: bytes, address: Address) -> None:
        """RFC 7983: who is meant is told by the first byte."""
        peer.budget -= 1
        if peer.budget < 0 or len(data) < 2:
            self.dropped += 1
        elif 127 < data[0] < 192:
            peer.media(data)
        elif 19 < data[0] < 64:
            peer.take_dtls(data)
        elif data[0] < 4:
            self._check(data, address)

    def _check(self, data: bytes, address: Address) -> None:
        """Answer a binding request of somebody we gave credentials to."""
        name = _named(data)
        peer = self._names.get(name)
        if peer is None or not self._may_call(address):
            self.dropped += 1
            return
        if address not in self._peers:
            self._strangers -= 1
        password = peer.passwords[name].encode()
        asked = _signed_request(data, password)
        if asked is None:
            self.dropped += 1
            return
        peer.checked(address, "USE-CANDIDATE" in asked.attributes)
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, asked.transaction_id)
        answer.attributes["XOR-MAPPED-ADDRESS"] = address
        answer.add_message_integrity(password)
        self.send(bytes(answer), address)

    def _may_call(self, address: Address) -> bool:
        """From the networks allowed; without any named, from wherever a person's machine can be."""
        host = ipaddress.ip_address(address[0])
        if self._clients:
            return any(host in network for network in self._clients)
        ours = any(ipaddress.ip_address(called).is_loopback for called, _ in self.called)
        if host.is_loopback:
            return ours
        return not (host.is_link_local or host.is_multicast or host.is_unspecified or host.is_reserved)


def _named(data: bytes) -> str:
    """The part of a check's USERNAME that is ours, without a look at the rest; "" if there is none."""
    at = 20
    for _ in range(_MOST_ATTRIBUTES):
        kind, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == _USERNAME:
            return data[at + 4 : at + 4 + size].partition(b":")[0].decode("ascii", "replace")
        at += 4 + (size + 3 & ~3)
        if at + 4 > len(data):
            break
    return ""


def _signed_request(data: bytes, password: bytes) -> stun.Message | None:
    try:
        message = stun.parse_message(data)
        signed = message.check_message_integrity(password)
    except (ValueError, IndexError, KeyError, struct.error):
        return None
    is_check = (message.message_method, message.message_class) == (stun.Method.BINDING, stun.Class.REQUEST)
    return message if signed and is_check else None


def _socket(bind: Address) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    for forced, plain in ((33, socket.SO_RCVBUF), (32, socket.SO_SNDBUF)):  # SO_RCVBUFFORCE, SO_SNDBUFFORCE of Linux
        try:
            made.setsockopt(socket.SOL_SOCKET, forced, _BUFFER)
        except OSError:
            made.setsockopt(socket.SOL_SOCKET, plain, _BUFFER)
    made.bind(bind)
    return made
