"""The same load for whoever forwards it: publishers send sealed packets by the clock, listeners count what comes.

One process on a core of its own; it says how busy that core was, so that nobody takes its limit for the server's.
"""

import os
import secrets
import select
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.media.peer import PAYLOAD_TYPES, Peer

PAYLOAD = 1100
_PER_FRAME = 3
"""Packets of a picture."""
_AUDIO_PAYLOAD = 100
_CHECK_S = 2.0
_DRAIN_S = 0.3
_KEY_FRAME = bytes.fromhex("9d012a8002e001")
"""Start code, 640×480: what follows the first three bytes of a VP8 key frame."""


@dataclass(frozen=True)
class Stream:
    """What a publisher sends of one kind, packets a second."""

    kind: str
    per_s: float


@dataclass(frozen=True)
class Counted:
    """Of one run. `cpu`: of the server's processes, s; `client`: this process's share of its core."""

    seconds: float
    sent: int
    expected: int
    received: int
    cpu: float
    client: float

    @property
    def delivery(self) -> float:
        return self.received / self.expected

    @property
    def us_per_packet(self) -> float:
        """CPU of the server for each packet that arrived."""
        return self.cpu / self.received * 1e6

    @property
    def share(self) -> float:
        """Of a core."""
        return self.cpu / self.seconds


class _Sending:
    """One stream on its way."""

    def __init__(self, peer: Peer, stream: Stream, offset: float) -> None:
        self._peer, self._video = peer, stream.kind == "video"
        self.every, self.due = 1 / stream.per_s, offset / stream.per_s
        self._type, self._ssrc = PAYLOAD_TYPES[stream.kind], peer.ssrcs[stream.kind]
        self._seq, self._stamp, self.sent = secrets.randbits(15), secrets.randbits(31), 0
        self._step = 3000 if self._video else 960
        noise = os.urandom(PAYLOAD - 11)
        self._first = b"\x10\x10\x02\x00" + _KEY_FRAME + noise
        self._next = b"\x00" + noise
        self._sound = os.urandom(_AUDIO_PAYLOAD)

    def send(self) -> None:
        if not self._video:
            marker, payload = 0, self._sound
            self._stamp += self._step
        else:
            part = self.sent % _PER_FRAME
            marker, payload = (0x80 if part == _PER_FRAME - 1 else 0), (self._next if part else self._first)
            self._stamp += 0 if part else self._step
        self._peer.outward.rtp(marker | self._type, self._seq, self._stamp & 0xFFFFFFFF, self._ssrc, payload)
        self._seq = (self._seq + 1) & 0xFFFF
        self.sent += 1
        self.due += self.every


class Load:
    """`fan_out`: to how many listeners each packet of each publisher goes."""

    def __init__(
        self, publishers: Sequence[Peer], listeners: Sequence[Peer], streams: Sequence[Stream], fan_out: int
    ) -> None:
        self._peers = list(dict.fromkeys([*publishers, *listeners]))
        self._listeners, self._fan_out = listeners, fan_out
        pairs = [(peer, stream) for peer in publishers for stream in streams]
        self._sending = [_Sending(peer, stream, index / len(pairs)) for index, (peer, stream) in enumerate(pairs)]
        self._poll = select.epoll()
        self._by_descriptor = {peer.socket.fileno(): peer for peer in self._peers}
        for descriptor in self._by_descriptor:
            self._poll.register(descriptor, select.EPOLLIN)

    def run(self, seconds: float, pids: Sequence[int]) -> Counted:
        """So long, then until all that was on its way has come."""
        sent_before = sum(sending.sent for sending in self._sending)
        cpu, own, received, began = cpu_of(pids), time.process_time(), 0, time.perf_counter()
        start, checked = began - min(sending.due for sending in self._sending), 0.0
        while (now := time.perf_counter()) - began < seconds:
            at = now - start
            for sending in self._sending:
                if sending.due <= at:
                    sending.send()
            received += self._take(0.001)
            if now - checked > _CHECK_S:
                checked = now
                for peer in self._peers:
                    peer.check()
        lasted = time.perf_counter() - began
        own = (time.process_time() - own) / lasted
        end = time.perf_counter() + _DRAIN_S
        while time.perf_counter() < end:
            received += self._take(0.01)
        sent = sum(sending.sent for sending in self._sending) - sent_before
        return Counted(lasted, sent, sent * self._fan_out, received, cpu_of(pids) - cpu, own)

    async def close(self) -> None:
        """Its peers hang up."""
        self._poll.close()
        for peer in self._peers:
            await peer.close()

    def _take(self, wait_s: float) -> int:
        """Count what came."""
        received = 0
        buffer = bytearray(2048)
        for descriptor, _ in self._poll.poll(wait_s):
            peer = self._by_descriptor[descriptor]
            take = peer.socket.recv_into
            try:
                for _ in range(200):
                    size = take(buffer)
                    if 127 < buffer[0] < 192 and not 192 <= buffer[1] <= 223:
                        received += 1
                    else:
                        peer.take(bytes(buffer[:size]))
            except (BlockingIOError, ConnectionRefusedError):
                continue
        return received


def cpu_of(pids: Sequence[int]) -> float:
    """Of processes with all their threads, s."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
