"""What a peer is answered: every name, number and address in it is the server's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from remote_bid.video.media.router import Slot
from remote_bid.video.media.rtc.offer import AUDIO_LEVEL, Line, Offer


@dataclass(frozen=True)
class Ours:
    """Where we are and who we are: addresses to call, ICE credentials, the certificate's SHA-256 fingerprint."""

    addresses: Sequence[tuple[str, int]]
    ufrag: str
    password: str
    fingerprint: str


@dataclass(frozen=True)
class Shown:
    """A slot as the peer is to know it. One `stream` for the sound and picture of a pair, which are played together."""

    slot: Slot
    stream: str
    cname: str


def write(offer: Offer, ours: Ours, taken: frozenset[str], shown: dict[str, Shown], version: int) -> str:
    """`taken`: mids of the lines taken in; `shown`: slots by mid; every other line is inactive, or refused if we carry
    no such thing.
    """
    carried = [line.mid for line in offer.lines if line.payload_type]
    head = ["v=0", f"o=- 1 {version} IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-lite"]
    head += [f"a=group:BUNDLE {' '.join(carried)}", "a=msid-semantic: WMS *"]
    lines = [text for line in offer.lines for text in _line(line, ours, line.mid in taken, shown.get(line.mid))]
    return "\r\n".join([*head, *lines, ""])


def _line(line: Line, ours: Ours, taken: bool, shown: Shown | None) -> list[str]:
    if not line.payload_type:
        return [f"m={line.media} 0 {line.profile} 0", "c=IN IP4 0.0.0.0", f"a=mid:{line.mid}", "a=inactive"]
    direction = "recvonly" if taken else "sendonly" if shown else "inactive"
    types = [line.payload_type] + ([] if line.rtx_type is None else [line.rtx_type])
    return [
        f"m={line.media} 9 {line.profile} {' '.join(map(str, types))}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{line.mid}",
        f"a={direction}",
        "a=rtcp-mux",
        *_codec(line),
        *([f"a=extmap:{line.level_id} {AUDIO_LEVEL}"] if taken and line.level_id is not None else []),
        *(_stream(shown) if shown else []),
        *_transport(ours),
    ]


def _codec(line: Line) -> list[str]:
    number = line.payload_type
    if line.media == "audio":
        return [f"a=rtpmap:{number} opus/48000/2", f"a=fmtp:{number} minptime=10;useinbandfec=1"]
    feedback = [f"a=rtcp-fb:{number} {kind}" for kind in ("nack", "nack pli", "ccm fir", "goog-remb")]
    rtx = (
        [] if line.rtx_type is None else [f"a=rtpmap:{line.rtx_type} rtx/90000", f"a=fmtp:{line.rtx_type} apt={number}"]
    )
    return [f"a=rtpmap:{number} VP8/90000", *feedback, *rtx]


def _stream(shown: Shown) -> list[str]:
    slot, track = shown.slot, f"{shown.stream}-{shown.slot.kind}"
    ssrcs = [slot.ssrc] + ([] if slot.rtx_type is None else [slot.rtx_ssrc])
    group = [f"a=ssrc-group:FID {' '.join(map(str, ssrcs))}"] if len(ssrcs) > 1 else []
    named = [
        text
        for ssrc in ssrcs
        for text in (f"a=ssrc:{ssrc} cname:{shown.cname}", f"a=ssrc:{ssrc} msid:{shown.stream} {track}")
    ]
    return [f"a=msid:{shown.stream} {track}", *group, *named]


def _transport(ours: Ours) -> list[str]:
    candidates = [
        f"a=candidate:{order} 1 udp {2_130_706_431 - order} {host} {port} typ host"
        for order, (host, port) in enumerate(ours.addresses, 1)
    ]
    return [
        f"a=ice-ufrag:{ours.ufrag}",
        f"a=ice-pwd:{ours.password}",
        *candidates,
        "a=end-of-candidates",
        f"a=fingerprint:sha-256 {ours.fingerprint}",
        "a=setup:passive",
    ]
