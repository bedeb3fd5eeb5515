"""What a peer offers, reduced to what is used: VP8, Opus, who it is. Its candidates are not even looked at.

ICE-lite never calls, it is called; so no address that a client names is ever sent anything (`.local`, metadata hosts).
"""

from dataclasses import dataclass
from typing import Literal, cast

from aiortc import RTCDtlsParameters
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.sdp import MediaDescription, SessionDescription

from remote_bid.video.stage import BadOffer, Kind

LARGEST = 256 * 1024
MOST_LINES = 64
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
_USED: dict[str, tuple[str, int]] = {"audio": ("opus", 48_000), "video": ("vp8", 90_000)}

Use = Literal["up", "down", "none"]


@dataclass(frozen=True)
class Line:
    """An m-line. `use`: the peer sends, wants to receive, or neither (nothing we carry)."""

    mid: str
    media: str
    profile: str
    use: Use
    payload_type: int = 0
    """0: it holds nothing that we carry."""
    rtx_type: int | None = None
    ssrcs: tuple[int, ...] = ()
    level_id: int | None = None
    """Of the header extension that tells how loud a packet is."""

    @property
    def kind(self) -> Kind:
        return cast(Kind, self.media)


@dataclass(frozen=True)
class Offer:
    """`session` is the peer's own name of the connection: the same one offers again, another one is new."""

    session: str
    ufrag: str
    identity: RTCDtlsParameters
    lines: tuple[Line, ...]

    def continues(self, before: "Offer") -> bool:
        """Whether it is the same connection, so that its keys stay."""
        return (self.session, self.identity.fingerprints) == (before.session, before.identity.fingerprints)


def read(sdp: str) -> Offer:
    """BadOffer if it is none that can be answered."""
    if len(sdp) > LARGEST:
        raise BadOffer("the offer is too long")
    try:
        description = SessionDescription.parse(sdp)
    except Exception as error:  # the parser asserts and looks up as it goes: any kind may come of a malformed text
        raise BadOffer(f"the offer cannot be read: {type(error).__name__}") from error
    return _reduced(description)


def _reduced(description: SessionDescription) -> Offer:
    if not 0 < len(description.media) <= MOST_LINES:
        raise BadOffer("the offer has no m-lines, or too many")
    first = description.media[0]
    if first.dtls is None or not first.dtls.fingerprints or first.ice is None or not first.ice.usernameFragment:
        raise BadOffer("the offer has no DTLS fingerprint or no ICE credentials")
    if first.dtls.role == "server":
        raise BadOffer("the offer leaves no DTLS role to us: a=setup must be actpass or active")
    lines = tuple(_line(media) for media in description.media)
    if len({line.mid for line in lines}) != len(lines):
        raise BadOffer("two m-lines have one mid")
    session = (description.origin or "").split()
    return Offer(" ".join(session[:2]), first.ice.usernameFragment, first.dtls, lines)


def _line(media: MediaDescription) -> Line:
    codec = _codec(media)
    mid, profile = media.rtp.muxId, media.profile
    uses: dict[str | None, Use] = {"sendonly": "up", "sendrecv": "up", "recvonly": "down", None: "up"}
    use = uses.get(media.direction, "none")
    if codec is None or codec.payloadType is None or not media.port:
        return Line(mid, media.kind, profile, "none")
    level = next((known.id for known in media.rtp.headerExtensions if known.uri == AUDIO_LEVEL), None)
    ssrcs = tuple(description.ssrc for description in media.ssrc)
    return Line(mid, media.kind, profile, use, codec.payloadType, _rtx(media, codec.payloadType), ssrcs, level)


def _codec(media: MediaDescription) -> RTCRtpCodecParameters | None:
    if media.kind not in _USED:
        return None
    name, rate = _USED[media.kind]
    return next((codec for codec in media.rtp.codecs if (codec.name.lower(), codec.clockRate) == (name, rate)), None)


def _rtx(media: MediaDescription, repaired: int) -> int | None:
    found = (codec for codec in media.rtp.codecs if codec.name.lower() == "rtx")
    return next((codec.payloadType for codec in found if codec.parameters.get("apt") == repaired), None)
