"""RTCP in and out (RFC 3550, 4585, 5104), in terms of what a link does with it."""

import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    pack_remb_fci,
)

from remote_bid.video.media.intake import Account
from remote_bid.video.media.router import Slot

_NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC).timestamp()
_CNAME = 1
_MOST_REPORTS = 16
"""In one datagram."""


@dataclass(frozen=True)
class Lost:
    """A listener asks for packets again."""

    ssrc: int
    seqs: Sequence[int]


@dataclass(frozen=True)
class KeyWanted:
    """A listener cannot go on without a key frame."""

    ssrc: int


@dataclass(frozen=True)
class Loss:
    """What share of a slot's packets the listener did not get, 0 to 1."""

    ssrc: int
    share: float


@dataclass(frozen=True)
class Sent:
    """A speaker's clock: the same instant as NTP (s since 1970) and as its stream's timestamp; `ntp`: as it came."""

    ssrc: int
    at: float
    stamp: int
    ntp: int


Heard = Lost | KeyWanted | Loss | Sent


def read(compound: bytes) -> list[Heard]:
    """Empty if it is none: a peer's malformed report changes nothing."""
    try:
        return [heard for packet in RtcpPacket.parse(compound) for heard in _meaning(packet)]
    except (ValueError, struct.error, IndexError):
        return []


def _meaning(packet: object) -> Iterator[Heard]:
    match packet:
        case RtcpRtpfbPacket(fmt=format_) if format_ == RTCP_RTPFB_NACK:
            yield Lost(packet.media_ssrc, [seq & 0xFFFF for seq in packet.lost])
        case RtcpPsfbPacket():
            yield from _picture_feedback(packet)
        case RtcpSrPacket():
            info = packet.sender_info
            yield Sent(packet.ssrc, _unix(info.ntp_timestamp), info.rtp_timestamp, info.ntp_timestamp)
            yield from _losses(packet.reports)
        case RtcpRrPacket():
            yield from _losses(packet.reports)


def _losses(reports: Sequence[RtcpReceiverInfo]) -> Iterator[Heard]:
    return (Loss(report.ssrc, report.fraction_lost / 256) for report in reports)


def _picture_feedback(packet: RtcpPsfbPacket) -> Iterator[Heard]:
    if packet.fmt == RTCP_PSFB_PLI:
        yield KeyWanted(packet.media_ssrc)
    elif packet.fmt == RTCP_PSFB_FIR:
        yield from (KeyWanted(ssrc) for ssrc, _ in struct.iter_unpack("!LL", packet.fci))


def key_wanted(ours: int, media: int) -> bytes:
    """PLI."""
    return bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=ours, media_ssrc=media))


def lost(ours: int, media: int, seqs: Sequence[int]) -> bytes:
    """NACK."""
    return bytes(RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=ours, media_ssrc=media, lost=sorted(seqs)))


@dataclass(frozen=True)
class Report:
    """On one stream of a speaker; `heard_s`: since its last sender report, whose middle bits are `heard`."""

    ssrc: int
    account: Account
    heard: int = 0
    heard_s: float = 0.0


def received(ours: int, reports: Sequence[Report]) -> bytes:
    """RR."""
    infos = [
        RtcpReceiverInfo(
            ssrc=report.ssrc,
            fraction_lost=min(255, int(report.account.share * 256)),
            packets_lost=max(-(1 << 23), min(report.account.lost, (1 << 23) - 1)),
            highest_sequence=report.account.highest,
            jitter=report.account.jitter,
            lsr=report.heard,
            dlsr=int(report.heard_s * 65_536) & 0xFFFFFFFF if report.heard else 0,
        )
        for report in reports
    ]
    return bytes(RtcpRrPacket(ssrc=ours, reports=infos))


def bitrate(ours: int, media: Sequence[int], most: int) -> bytes:
    """REMB: no more than so many bit/s."""
    return bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=ours, media_ssrc=0, fci=pack_remb_fci(most, list(media))))


def sent(slots: Sequence[Slot], cname: str, now: float) -> Iterator[bytes]:
    """SR and SDES for every slot that shows something, by the server's clock alone; in few datagrams."""
    packets = [packet for slot in slots if (packet := _sender_report(slot, now))]
    name = [(_CNAME, cname.encode())]
    for begin in range(0, len(packets), _MOST_REPORTS):
        some = packets[begin : begin + _MOST_REPORTS]
        names = RtcpSdesPacket(chunks=[RtcpSourceInfo(ssrc=packet.ssrc, items=name) for packet in some])
        yield b"".join(map(bytes, some)) + bytes(names)


def _sender_report(slot: Slot, now: float) -> RtcpSrPacket | None:
    source = slot.source
    if source is None or slot.waiting or source.mapping is None:
        return None
    then, stamp = source.mapping
    stamp_now = slot.stamp_of(stamp + round((now - then) * source.clock_rate))
    packets, octets = slot.sent()
    info = RtcpSenderInfo(
        ntp_timestamp=_ntp(now),
        rtp_timestamp=stamp_now,
        packet_count=packets & 0xFFFFFFFF,
        octet_count=octets & 0xFFFFFFFF,
    )
    return RtcpSrPacket(ssrc=slot.ssrc, sender_info=info)


def _unix(ntp: int) -> float:
    return ntp / (1 << 32) + _NTP_EPOCH


def _ntp(unix: float) -> int:
    return int((unix - _NTP_EPOCH) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


def now() -> float:
    """By the server's clock, Unix, s."""
    return time.time()
