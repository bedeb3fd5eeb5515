"""Reports and feedback, read and written."""

import struct

import pytest
from aiortc.rtp import (
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSrPacket,
)
from hypothesis import given
from hypothesis import strategies as st

from remote_bid.video.media.intake import Account
from remote_bid.video.media.router import Slot, Source
from remote_bid.video.media.rtc import rtcp

NOW = 1_795_000_000.0


def test_what_a_listener_lacks_is_read() -> None:
    assert rtcp.read(rtcp.lost(1, 7, [65_535, 0, 20])) == [rtcp.Lost(7, [0, 20, 65_535])]
    assert rtcp.read(rtcp.key_wanted(1, 7)) == [rtcp.KeyWanted(7)]
    fir = RtcpPsfbPacket(fmt=RTCP_PSFB_FIR, ssrc=1, media_ssrc=0, fci=struct.pack("!LL", 7, 0))
    assert rtcp.read(bytes(fir)) == [rtcp.KeyWanted(7)]


def test_what_a_listener_lost_is_read_as_a_share() -> None:
    report = rtcp.received(1, [rtcp.Report(7, Account(0.25, 10, 5, 3))])
    assert rtcp.read(report) == [rtcp.Loss(7, 0.25)]


@pytest.mark.parametrize("compound", [b"", b"\x81", b"\x81\xc9\x00\x07", b"\x80\xce\x00\x02" + bytes(8)])
def test_a_malformed_report_says_nothing(compound: bytes) -> None:
    assert rtcp.read(compound) in ([], [rtcp.KeyWanted(0)])


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_say_nothing(compound: bytes) -> None:
    for first in (b"", b"\x81\xc8", b"\x81\xc9", b"\x84\xce", b"\x8f\xce", b"\x81\xcd"):
        assert isinstance(rtcp.read(first + compound), list)


def test_what_came_is_reported_with_what_was_lost_of_it() -> None:
    [packet] = RtcpPacket.parse(rtcp.received(1, [rtcp.Report(7, Account(0.5, 3, 70_000, 90), heard=5, heard_s=0.5)]))
    assert isinstance(packet, RtcpRrPacket)
    [report] = packet.reports
    assert (report.fraction_lost, report.packets_lost, report.highest_sequence) == (128, 3, 70_000)
    assert (report.jitter, report.lsr, report.dlsr) == (90, 5, 32_768)


def test_a_sender_report_is_in_the_servers_time_and_the_slots_numbers() -> None:
    source, slot = Source("audio"), Slot("audio", 111, None, lambda *_: None)
    slot.show(source)
    source.pass_on(0, 1, 1_000, b"abc")
    assert list(rtcp.sent([slot], "name", NOW)) == [], "nothing is known of its clock yet"
    source.mapping = (NOW - 1, 1_000)
    [datagram] = rtcp.sent([slot], "name", NOW)
    report, names = RtcpPacket.parse(datagram)
    assert isinstance(report, RtcpSrPacket)
    assert isinstance(names, RtcpSdesPacket)
    assert report.ssrc == slot.ssrc
    assert report.sender_info.rtp_timestamp == slot.stamp_of(1_000 + 48_000)
    assert (report.sender_info.packet_count, report.sender_info.octet_count) == (1, 3)
    assert names.chunks[0].items == [(1, b"name")]
    [sent] = rtcp.read(bytes(report))
    assert isinstance(sent, rtcp.Sent)
    assert sent.at == pytest.approx(NOW, abs=1e-6)


def test_requests_are_well_formed() -> None:
    [pli] = RtcpPacket.parse(rtcp.key_wanted(1, 7))
    assert isinstance(pli, RtcpPsfbPacket)
    assert pli.fmt == RTCP_PSFB_PLI
    [nack] = RtcpPacket.parse(rtcp.lost(1, 7, [3, 4]))
    assert isinstance(nack, RtcpRtpfbPacket)
    assert nack.lost == [3, 4]
    [remb] = RtcpPacket.parse(rtcp.bitrate(1, [7], 900_000))
    assert isinstance(remb, RtcpPsfbPacket)
    assert remb.fci.startswith(b"REMB")
