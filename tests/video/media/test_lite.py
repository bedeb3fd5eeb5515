"""One port for all: who is heard, and what a stranger can do."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aioice import stun

from remote_bid.video.media.lite import MOST_ADDRESSES, PEER_PACKETS, STRANGERS_CHECKS, Address, Endpoint, Mux
from tests.video.media.floods import check, hello
from tests.video.media.staged import until

RTP = b"\x80\x60" + bytes(30)


@dataclass
class Heard:
    """What reached a peer's connection."""

    media: list[bytes] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)


class Outside:
    """A socket somewhere else."""

    def __init__(self, mux: Mux, host: str = "127.0.0.1") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self._port = mux.called[0][1]

    @property
    def address(self) -> Address:
        name: Address = self.socket.getsockname()
        return name

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, ("127.0.0.1", self._port))

    def check(self, peer: Endpoint, signed_by: str = "", nominate: bool = True) -> None:
        asked = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        asked.attributes["USERNAME"] = f"{peer.ufrag}:theirs"
        if nominate:
            asked.attributes["USE-CANDIDATE"] = None
        asked.add_message_integrity((signed_by or peer.password).encode())
        self.send(bytes(asked))

    async def answered(self) -> stun.Message:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(5):
            return stun.parse_message(await loop.sock_recv(self.socket, 2048))

    def silent(self) -> bool:
        try:
            self.socket.recv(2048)
        except BlockingIOError:
            return True
        return False


@pytest.fixture
async def mux() -> AsyncIterator[Mux]:
    made = Mux(("127.0.0.1", 0), ["127.0.0.1"])
    yield made
    made.close()


def a_peer(mux: Mux) -> tuple[Endpoint, Heard]:
    heard = Heard()
    return Endpoint(mux, heard.addresses.append, heard.media.append), heard


async def settled(mux: Mux, peer: Endpoint) -> None:
    """Everything sent before has been looked at: a check is answered after it."""
    last = Outside(mux)
    last.check(peer, nominate=False)
    await last.answered()


async def test_a_check_signed_with_our_password_is_answered_with_where_it_came_from(mux: Mux) -> None:
    peer, heard = a_peer(mux)
    outside = Outside(mux)
    outside.check(peer)
    answer = await outside.answered()
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == outside.address
    assert answer.check_message_integrity(peer.password.encode())
    assert heard.addresses == [outside.address]


async def test_a_check_with_another_password_is_not(mux: Mux) -> None:
    peer, heard = a_peer(mux)
    outside = Outside(mux)
    outside.check(peer, signed_by="guessed")
    await settled(mux, peer)
    assert outside.silent()
    assert outside.address not in heard.addresses


async def test_nothing_is_heard_of_an_address_that_signed_nothing(mux: Mux) -> None:
    """Not even DTLS: a forged hello must not reach the handshake."""
    peer, heard = a_peer(mux)
    stranger = Outside(mux)
    for data in (RTP, hello(), check(), b"", b"\x16", b"\x80"):
        stranger.send(data)
    await settled(mux, peer)
    assert heard.media == []
    receiving = asyncio.create_task(peer.received())
    await settled(mux, peer)
    assert not receiving.done()
    receiving.cancel()


async def test_media_is_heard_of_an_address_that_signed_a_check(mux: Mux) -> None:
    peer, heard = a_peer(mux)
    outside = Outside(mux)
    outside.check(peer)
    await outside.answered()
    outside.send(RTP)
    outside.send(hello())
    assert (await peer.received())[0] == 22
    assert heard.media == [RTP]


async def test_a_peer_that_moves_is_answered_where_it_nominates(mux: Mux) -> None:
    peer, heard = a_peer(mux)
    before, after = Outside(mux), Outside(mux)
    before.check(peer)
    await before.answered()
    after.check(peer, nominate=False)
    await after.answered()
    assert peer.address == before.address
    after.check(peer)
    await after.answered()
    assert heard.addresses == [before.address, after.address]


async def test_new_credentials_do_not_cut_off_the_old_until_they_are_renewed_again(mux: Mux) -> None:
    peer, _ = a_peer(mux)
    names = [(peer.ufrag, peer.password)]
    peer.renew()
    assert list(peer.passwords.items())[:-1] == names
    peer.renew()
    assert names[0] not in peer.passwords.items()


async def test_a_flood_of_checks_that_know_the_name_is_bounded_and_others_are_answered(mux: Mux) -> None:
    known, _ = a_peer(mux)
    friend = Outside(mux)
    friend.check(known)
    await friend.answered()
    stranger = Outside(mux)
    for _ in range(STRANGERS_CHECKS + 20):
        stranger.check(known, signed_by="guessed")
    friend.check(known)
    await friend.answered()
    assert mux.dropped >= STRANGERS_CHECKS + 20
    late = Outside(mux)
    late.check(known)
    friend.check(known)
    await friend.answered()
    assert late.silent()
    mux.tick()
    late.check(known)
    await late.answered()


async def test_a_peers_own_flood_is_bounded(mux: Mux) -> None:
    peer, heard = a_peer(mux)
    outside = Outside(mux)
    outside.check(peer)
    await outside.answered()
    for _ in range(PEER_PACKETS + 500):
        outside.send(RTP)
    await settled(mux, peer)
    assert len(heard.media) == PEER_PACKETS
    mux.tick()
    outside.send(RTP)
    await until(lambda: len(heard.media) == PEER_PACKETS + 1)


async def test_only_so_many_addresses_are_a_peers(mux: Mux) -> None:
    peer, heard = a_peer(mux)
    first = Outside(mux)
    for outside in [first, *(Outside(mux) for _ in range(MOST_ADDRESSES))]:
        outside.check(peer, nominate=False)
        await outside.answered()
    first.send(RTP)
    await settled(mux, peer)
    assert heard.media == []


async def test_nothing_is_known_of_a_peer_that_is_closed(mux: Mux) -> None:
    gone, heard = a_peer(mux)
    other, _ = a_peer(mux)
    outside = Outside(mux)
    outside.check(gone)
    await outside.answered()
    gone.close()
    outside.send(RTP)
    outside.check(gone)
    await settled(mux, other)
    assert heard.media == []
    assert outside.silent()
    with pytest.raises(ConnectionError):
        await gone.received()


@pytest.mark.parametrize("networks", [["192.0.2.0/24"], ["127.0.0.2/32"]])
async def test_a_network_that_is_not_allowed_is_not_answered(networks: list[str]) -> None:
    mux = Mux(("127.0.0.1", 0), ["127.0.0.1"], networks)
    peer, heard = a_peer(mux)
    outside = Outside(mux)
    outside.check(peer)
    await until(lambda: mux.dropped)
    assert heard.addresses == []
    mux.close()


async def test_a_server_that_others_call_does_not_answer_its_own_machine() -> None:
    """Somebody who can make it talk to itself must not."""
    mux = Mux(("127.0.0.1", 0), ["192.0.2.7"])
    peer, heard = a_peer(mux)
    Outside(mux).check(peer)
    await until(lambda: mux.dropped)
    assert heard.addresses == []
    mux.close()
