"""A peer of the load: one socket, ICE and DTLS once, then nothing but sealed packets sent and datagrams counted."""

import asyncio
import secrets
import socket
import time
from typing import cast

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsParameters, RTCDtlsTransport, RTCIceTransport
from aiortc.sdp import SessionDescription

from remote_bid.video.media.rtc.srtp import Outward

CERTIFICATE = RTCCertificate.generateCertificate()
_FINGERPRINT = next(made.value for made in CERTIFICATE.getFingerprints() if made.algorithm == "sha-256")
CODECS = {
    "audio": ("111", ["a=rtpmap:111 opus/48000/2"]),
    "video": (
        "96 97",
        [
            "a=rtpmap:96 VP8/90000",
            "a=rtcp-fb:96 nack",
            "a=rtcp-fb:96 nack pli",
            "a=rtpmap:97 rtx/90000",
            "a=fmtp:97 apt=96",
        ],
    ),
}
PAYLOAD_TYPES = {"audio": 111, "video": 96}


class NotMeasured(Exception):
    """A server did not do what the load needs."""


class _Wire:
    """What RTCDtlsTransport asks of an ICE transport: a queue in, the socket out."""

    role, state = "controlling", "completed"

    def __init__(self, out: socket.socket) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._recv = self.queue.get
        self._out = out

    async def _send(self, data: bytes) -> None:
        self._out.send(data)


class Peer:
    """`lines`: kind and direction of each m-line that it offers or answers."""

    def __init__(self, address: str, lines: list[tuple[str, str]]) -> None:
        self.lines = lines
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 1 << 20)  # SO_RCVBUFFORCE
        self.socket.setblocking(False)
        self.socket.bind((address, 0))
        self.ssrcs = {kind: secrets.randbits(32) for kind, direction in lines if direction == "sendonly"}
        self.outward = Outward(lambda packet, _: self.socket.send(packet))
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._theirs = ("", "")
        self._wire = _Wire(self.socket)
        self._dtls = RTCDtlsTransport(cast(RTCIceTransport, self._wire), [CERTIFICATE])
        self._answered = asyncio.Event()

    def description(self, setup: str, mids: list[str] | None = None) -> str:
        """An offer, or an answer to an offer of just these lines."""
        mids = mids or [str(index) for index in range(len(self.lines))]
        head = [
            "v=0",
            f"o=- {secrets.randbits(31)} 1 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            f"a=group:BUNDLE {' '.join(mids)}",
        ]
        return "\r\n".join(
            [
                *head,
                *(text for mid, line in zip(mids, self.lines, strict=True) for text in self._line(mid, *line, setup)),
                "",
            ]
        )

    def _line(self, mid: str, kind: str, direction: str, setup: str) -> list[str]:
        types, codec = CODECS[kind]
        ssrc = [f"a=ssrc:{self.ssrcs[kind]} cname:load", f"a=msid:load {kind}"] if direction == "sendonly" else []
        return [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {types}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{mid}",
            f"a={direction}",
            "a=rtcp-mux",
            *codec,
            *ssrc,
            f"a=ice-ufrag:{self._ufrag}",
            f"a=ice-pwd:{self._password}",
            f"a=fingerprint:sha-256 {_FINGERPRINT}",
            f"a=setup:{setup}",
        ]

    async def connect(self, sdp: str) -> None:
        """Check, be answered, shake hands."""
        remote = SessionDescription.parse(sdp).media[0]
        ice, dtls = remote.ice, remote.dtls
        if ice is None or dtls is None:
            raise NotMeasured("the server's description has no credentials")
        candidate = next(
            found for found in remote.ice_candidates if found.protocol.lower() == "udp" and ":" not in found.ip
        )
        self.socket.connect((candidate.ip, candidate.port))
        self._theirs = (ice.usernameFragment or "", ice.password or "")
        loop = asyncio.get_running_loop()
        loop.add_reader(self.socket.fileno(), self._readable)
        async with asyncio.timeout(20):
            while not self._answered.is_set():
                self.check()
                await asyncio.wait([asyncio.ensure_future(self._answered.wait())], timeout=0.2)
            self._dtls._set_role("server" if dtls.role == "client" else "client")
            await self._dtls.start(RTCDtlsParameters(dtls.fingerprints))
        if self._dtls.state != "connected":
            raise NotMeasured("the server shook no hands")
        self.outward.key(self._dtls._tx_srtp)
        self.outward.address = (candidate.ip, candidate.port)
        loop.remove_reader(self.socket.fileno())

    def check(self) -> None:
        """A binding request, so that the server knows us alive."""
        theirs, password = self._theirs
        asked = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        asked.attributes["USERNAME"] = f"{theirs}:{self._ufrag}"
        asked.attributes["PRIORITY"] = 1_853_693_695
        asked.attributes["ICE-CONTROLLING"] = 1
        asked.attributes["USE-CANDIDATE"] = None
        asked.add_message_integrity(password.encode())
        self.socket.send(bytes(asked))

    def take(self, data: bytes) -> None:
        """Whatever is no RTP."""
        if data[0] >= 4:
            if 19 < data[0] < 64:
                self._wire.queue.put_nowait(data)
            return
        message = stun.parse_message(data)
        if message.message_class is stun.Class.RESPONSE:
            self._answered.set()
        elif message.message_class is stun.Class.REQUEST:
            answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, message.transaction_id)
            answer.attributes["XOR-MAPPED-ADDRESS"] = self.socket.getpeername()
            answer.add_message_integrity(self._password.encode())
            self.socket.send(bytes(answer))

    def _readable(self) -> None:
        try:
            while True:
                self.take(self.socket.recv(2048))
        except (BlockingIOError, ConnectionRefusedError):
            return

    async def close(self) -> None:
        """Without a word to the server."""
        await self._dtls.stop()
        self.socket.close()


def now() -> float:
    """Monotonic, s."""
    return time.perf_counter()
