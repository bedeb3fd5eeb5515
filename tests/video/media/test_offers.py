"""What is read of an offer and what is answered."""

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from hypothesis import given
from hypothesis import strategies as st

from remote_bid.video.media.router import Slot
from remote_bid.video.media.rtc import answer
from remote_bid.video.media.rtc.offer import LARGEST, read
from remote_bid.video.stage import BadOffer

OURS = answer.Ours([("192.0.2.7", 40_000)], "ours", "secret", "AA:BB")
OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 4711 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1 2 3",
        "a=msid-semantic: WMS their-stream",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 9",
        "c=IN IP4 0.0.0.0",
        "a=candidate:1 1 udp 2113937151 6f9b5e3a-their-host.local 50000 typ host",
        "a=candidate:2 1 udp 2113937151 169.254.169.254 80 typ host",
        "a=ice-ufrag:their-ufrag",
        "a=ice-pwd:their-password-their-password",
        "a=fingerprint:sha-256 11:22",
        "a=setup:actpass",
        "a=mid:0",
        "a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        "a=sendonly",
        "a=msid:their-stream their-track",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:9 G722/8000",
        "a=ssrc:1001 cname:their-name",
        *(
            line
            for mid, direction in (("1", "sendonly"), ("2", "recvonly"))
            for line in (
                "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98",
                "c=IN IP4 0.0.0.0",
                "a=ice-ufrag:their-ufrag",
                "a=ice-pwd:their-password-their-password",
                "a=fingerprint:sha-256 11:22",
                "a=setup:actpass",
                f"a=mid:{mid}",
                f"a={direction}",
                "a=rtcp-mux",
                "a=rtpmap:96 VP8/90000",
                "a=rtpmap:97 rtx/90000",
                "a=fmtp:97 apt=96",
                "a=rtpmap:98 H264/90000",
            )
        ),
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:their-ufrag",
        "a=ice-pwd:their-password-their-password",
        "a=fingerprint:sha-256 11:22",
        "a=setup:actpass",
        "a=mid:3",
        "a=sctp-port:5000",
        "",
    ]
)


def answered() -> list[str]:
    offer = read(OFFER)
    slot = Slot("video", 96, 97, lambda *_: None)
    shown = {"2": answer.Shown(slot, "our-stream", "our-name")}
    return answer.write(offer, OURS, frozenset({"0", "1"}), shown, 1).split("\r\n")


def test_an_offer_is_reduced_to_what_is_carried() -> None:
    offer = read(OFFER)
    assert [(line.mid, line.use) for line in offer.lines] == [("0", "up"), ("1", "up"), ("2", "down"), ("3", "none")]
    assert (offer.lines[0].payload_type, offer.lines[0].level_id, offer.lines[0].ssrcs) == (111, 14, (1001,))
    assert (offer.lines[1].payload_type, offer.lines[1].rtx_type) == (96, 97)


def test_an_answer_takes_nothing_over_but_numbers_of_lines_and_codecs() -> None:
    text = "\n".join(answered())
    for theirs in ("their", "11:22", "1001", "169.254", ".local", "abs-send-time", "G722", "H264"):
        assert theirs not in text


def test_an_answer_says_who_we_are_and_where() -> None:
    lines = answered()
    assert "a=ice-lite" in lines
    assert "a=group:BUNDLE 0 1 2" in lines
    assert lines.count("a=candidate:1 1 udp 2130706430 192.0.2.7 40000 typ host") == 3
    assert lines.count("a=setup:passive") == 3
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in lines
    assert [line for line in lines if line.startswith("m=application")] == ["m=application 0 UDP/DTLS/SCTP 0"]
    directions = [line for line in lines if line in ("a=recvonly", "a=sendonly", "a=inactive")]
    assert directions == ["a=recvonly", "a=recvonly", "a=sendonly", "a=inactive"]


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "v=0",
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111",
        OFFER.replace("a=fingerprint:sha-256 11:22\r\n", ""),
        OFFER.replace("a=ice-ufrag:their-ufrag\r\n", ""),
        OFFER.replace("a=setup:actpass", "a=setup:passive"),
        OFFER.replace("a=mid:1", "a=mid:0"),
        OFFER.replace("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus"),
        OFFER + "a=x\r\n" * LARGEST,
    ],
)
def test_what_cannot_be_answered_is_refused(broken: str) -> None:
    with pytest.raises(BadOffer):
        read(broken)


@given(st.integers(0, len(OFFER)), st.integers(0, 200), st.text(max_size=20))
def test_no_damage_to_an_offer_does_more_than_be_refused(at: int, cut: int, put: str) -> None:
    try:
        offer = read(OFFER[:at] + put + OFFER[at + cut :])
    except BadOffer:
        return
    answer.write(offer, OURS, frozenset(), {}, 1)


async def test_another_library_takes_the_answer() -> None:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("audio", "recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    offer = read(peer.localDescription.sdp)
    slot = Slot("audio", offer.lines[0].payload_type, None, lambda *_: None)
    shown = {offer.lines[0].mid: answer.Shown(slot, "stream", "name")}
    await peer.setRemoteDescription(RTCSessionDescription(answer.write(offer, OURS, frozenset(), shown, 1), "answer"))
    assert peer.getTransceivers()[0].receiver.track
    await peer.close()
