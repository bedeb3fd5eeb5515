"""What a listener from whom a speaker is hidden receives, byte by byte: opened RTP and RTCP, and the description."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiortc.rtp import RtcpPacket, RtcpSrPacket, RtpPacket

from remote_bid.video.stage import OpenRoom, Passing
from remote_bid.video.stage import Path as Way
from tests.video.media.peers import Peer
from tests.video.media.staged import ROOM, Reports, arranged, to_all, until, workers

pytestmark = pytest.mark.slow

HIDDEN, LISTENER = "anna-the-expert", "bert"
_SAYS_WHO = (r"cname:(\S+)", r"msid:\S+ (\S+)", r"ice-ufrag:(\S+)", r"ice-pwd:(\S+)", r"fingerprint:\S+ (\S+)")
_SSRC = re.compile(r"a=ssrc:(\d+)")


class Wire:
    """What passed a peer's connection, opened: `rtp` and `rtcp` that came, `sent` of both."""

    def __init__(self, peer: Peer) -> None:
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.sent: list[bytes] = []
        transport: Any = peer.connection.getTransceivers()[0].sender.transport
        for name, kept in (("_handle_rtp_data", self.rtp), ("_handle_rtcp_data", self.rtcp), ("_send_rtp", self.sent)):
            setattr(transport, name, _keeping(getattr(transport, name), kept))


def _keeping(step: Callable[..., Awaitable[None]], kept: list[bytes]) -> Callable[..., Awaitable[None]]:
    async def keep(data: bytes, **rest: Any) -> None:
        kept.append(data)
        await step(data, **rest)

    return keep


async def test_nothing_that_a_masked_speaker_sent_reaches_the_other_side(tmp_path: Path) -> None:
    async with workers(tmp_path) as stage:
        reports = Reports(stage)
        await stage.open(OpenRoom(room=ROOM, slots=1))
        hidden, listener = Peer(ROOM, HIDDEN, slots=1), Peer(ROOM, LISTENER, slots=1)
        said, heard = Wire(hidden), Wire(listener)
        await hidden.join(stage)
        await listener.join(stage)
        await reports.healthy()
        masked = Way(speaker=HIDDEN, listener=LISTENER, kind="audio", passing=Passing.MASKED)
        await stage.arrange(arranged([masked, *to_all(LISTENER, [HIDDEN])]))
        await until(lambda: listener.received("audio") > 50 and hidden.received("video") > 10 and _reported(heard))
        offered = hidden.connection.localDescription.sdp
        assert listener.received("video") == 0
        await hidden.leave()
        await listener.leave()
    came = b"".join([*heard.rtp, *heard.rtcp, listener.answer.encode()])
    names = [HIDDEN, *(found for pattern in _SAYS_WHO for found in re.findall(pattern, offered))]
    assert len(names) > 5
    assert [name for name in names if name.encode() in came] == []
    packets, theirs = [RtpPacket.parse(data) for data in heard.rtp], [RtpPacket.parse(data) for data in _media(said)]
    own = {int(ssrc) for ssrc in _SSRC.findall(offered)} | {packet.ssrc for packet in theirs}
    assert own.isdisjoint({packet.ssrc for packet in packets})
    assert not [ssrc for ssrc in own if ssrc.to_bytes(4, "big") in b"".join(heard.rtcp)]
    assert {packet.payload for packet in packets}.isdisjoint({packet.payload for packet in theirs})
    assert len({packet.payload_type for packet in packets}) == 1, "sound alone"


def _reported(wire: Wire) -> bool:
    return any(isinstance(part, RtcpSrPacket) for data in wire.rtcp for part in RtcpPacket.parse(data))


def _media(wire: Wire) -> list[bytes]:
    """Without the reports in between."""
    return [data for data in wire.sent if not 192 <= data[1] <= 223]
