"""One peer's connection: what comes is unsealed and accounted for, what goes is sealed, feedback finds its stream."""

import asyncio
import secrets
import time
from collections.abc import Callable

from remote_bid.video.media.intake import Intake
from remote_bid.video.media.lite import Address, Endpoint, Mux
from remote_bid.video.media.router import CLOCK_RATES, MARKER, Slot, Source
from remote_bid.video.media.rtc import rtcp
from remote_bid.video.media.rtc.dtls import Certificate, Handshake
from remote_bid.video.media.rtc.offer import Line, Offer
from remote_bid.video.media.rtc.srtp import Inward, Outward
from remote_bid.video.stage import Kind

SILENT_S = 10.0
"""A peer that checks nothing for so long is gone: browsers check every few seconds."""
MOST_BITRATE = 900_000
"""Of a picture, bit/s."""
RESENT = 200
"""Packets sent again per tick, however many a listener says it lost."""
_TYPE = 0x7F


class Up:
    """A speaker's line: its stream's account, and where the stream goes."""

    def __init__(self, line: Line, source: Source) -> None:
        self.line, self.source = line, source
        self.intake: Intake | None = None
        self.level = 0
        """Loudest since last asked, 0 to 127."""
        self.heard: tuple[int, float] | None = None
        """The last sender report: its middle bits, when (monotonic)."""
        self.share = 0.0
        """Lost of the last second's packets."""

    def intake_of(self, ssrc: int) -> Intake | None:
        """Of the stream that the offer named, or of the first that came if it named none."""
        if self.intake is None and (not self.line.ssrcs or ssrc in self.line.ssrcs):
            kind = self.line.kind
            self.intake = Intake(ssrc, CLOCK_RATES[kind], repairs=kind == "video")
        return self.intake if self.intake is not None and self.intake.ssrc == ssrc else None


class Link:
    """`changed` is told True when packets can pass, and False when they no longer can."""

    def __init__(self, mux: Mux, certificate: Certificate, changed: Callable[[bool], None]) -> None:
        self._changed = changed
        self._ours = secrets.randbits(32)
        self.cname = secrets.token_hex(8)
        self.outward = Outward(mux.socket.sendto)
        self.endpoint = Endpoint(mux, self._moved, self._media)
        self._handshake = Handshake(self.endpoint, certificate, self._secured)
        self._inward: Inward | None = None
        self.up = False
        self._ups: dict[int, Up] = {}
        """By payload type, the repairing one too."""
        self._slots: dict[int, Slot] = {}
        self._shares: dict[int, float] = {}
        self._clock_offset: float | None = None
        """From the speaker's clock to ours, s: sound and picture are moved alike."""
        self._resends = RESENT
        self._connecting: asyncio.Task[None] | None = None

    def connect(self, offer: Offer) -> None:
        """Wait for the peer to call, then prove who it is."""
        self._connecting = asyncio.create_task(self._connect(offer))

    def take(self, lines: dict[Kind, tuple[Line, Source]]) -> None:
        """Take these lines in, in place of those taken before."""
        before = {up.source: up for up in self._ups.values()}
        self._ups = {}
        for line, source in lines.values():
            up = before.get(source) or Up(line, source)
            for payload_type in (line.payload_type, line.rtx_type):
                if payload_type is not None:
                    self._ups[payload_type] = up

    def give(self, slots: list[Slot]) -> None:
        """Hear feedback for these."""
        self._slots = {slot.ssrc: slot for slot in slots}

    def want_key_frame(self) -> None:
        """Ask the peer for one of its picture."""
        for up in self.ups():
            if up.line.kind == "video" and up.intake is not None:
                self.outward.rtcp(rtcp.key_wanted(self._ours, up.intake.ssrc))

    def ups(self) -> list[Up]:
        """Each line taken in, once."""
        return list(dict.fromkeys(self._ups.values()))

    async def close(self) -> None:
        """Say so to the peer; nothing comes or goes any more."""
        self.up, self._inward = False, None
        if self._connecting is not None:
            self._connecting.cancel()
        await self._handshake.stop()
        self.endpoint.close()

    def tick(self, now: float) -> None:
        """Every 60 ms or so: ask again for what is missing, notice a peer that is gone."""
        self._resends = RESENT
        for up in self.ups():
            up.source.ask_again()
            if up.intake is not None:
                self._ask_again(up, up.intake, now)
        silent = now - self.endpoint.seen > SILENT_S
        if silent and self.up:
            self._turn(False)
        elif not silent and not self.up and self._inward is not None:
            self._turn(True)

    def report(self, now: float) -> None:
        """Every second: receiver reports and the bitrate allowed for what comes, sender reports for what goes."""
        ups = [(up, account) for up in self.ups() if up.intake is not None and (account := up.intake.account())]
        reports = []
        for up, account in ups:
            up.share = account.share
            heard, since = up.heard or (0, now)
            reports.append(rtcp.Report(up.intake.ssrc if up.intake else 0, account, heard, now - since))
        if reports:
            pictures = [up.intake.ssrc for up, _ in ups if up.intake and up.line.kind == "video"]
            allowed = rtcp.bitrate(self._ours, pictures, MOST_BITRATE) if pictures else b""
            self.outward.rtcp(rtcp.received(self._ours, reports) + allowed)
        for datagram in rtcp.sent(list(self._slots.values()), self.cname, rtcp.now()):
            self.outward.rtcp(datagram)

    def loss(self) -> float:
        """The worst of its streams, either way, 0 to 1."""
        down = (share for ssrc, share in self._shares.items() if ssrc in self._slots and self._slots[ssrc].source)
        return max([0.0, *(up.share for up in self.ups()), *down])

    # ── connecting ───────────────────────────────────────────────────────────────────────────────────

    async def _connect(self, offer: Offer) -> None:
        await self.endpoint.found.wait()
        await self._handshake.run(offer.identity)

    def _secured(self, state: str) -> None:
        if state == "connected":
            self._inward = self._handshake.keys(self.outward)
            self._turn(True)
        elif state in ("failed", "closed"):
            self._inward = None
            self._turn(False)

    def _moved(self, address: Address) -> None:
        self.outward.address = address

    def _turn(self, up: bool) -> None:
        self.up = up
        self._changed(up)

    # ── what comes ───────────────────────────────────────────────────────────────────────────────────

    def _media(self, data: bytes) -> None:
        if self._inward is None:
            return
        if 192 <= data[1] <= 223:  # RFC 5761
            compound = self._inward.rtcp(data)
            for heard in rtcp.read(compound) if compound else ():
                self._feedback(heard)
            return
        opened = self._inward.rtp(data)
        if opened is None:
            return
        marker_type, seq, stamp, ssrc, extension, payload = opened
        payload_type = marker_type & _TYPE
        up = self._ups.get(payload_type)
        if up is None:
            return
        if payload_type != up.line.payload_type:
            seq, payload, ssrc = int.from_bytes(payload[:2], "big"), payload[2:], up.intake.ssrc if up.intake else ssrc
        self._rtp(up, marker_type & MARKER, seq, stamp, ssrc, payload, extension)

    def _rtp(self, up: Up, marker: int, seq: int, stamp: int, ssrc: int, payload: bytes, extension: bytes) -> None:
        intake = up.intake_of(ssrc)
        if intake is None:
            return
        if extension and up.line.level_id is not None:
            up.level = max(up.level, _level(extension, up.line.level_id))
        if not payload and not intake.started:
            return
        fresh, lost = intake.take(seq, stamp, time.monotonic())
        if lost:
            self.outward.rtcp(rtcp.lost(self._ours, ssrc, lost))
        elif intake.broken():
            up.source.want_key_frame()
        if fresh and payload:
            up.source.pass_on(marker, seq, stamp, payload)

    def _ask_again(self, up: Up, intake: Intake, now: float) -> None:
        again, given_up = intake.ask_again(now)
        if again:
            self.outward.rtcp(rtcp.lost(self._ours, intake.ssrc, again))
        if given_up:
            up.source.want_key_frame()

    def _feedback(self, heard: rtcp.Heard) -> None:
        match heard:
            case rtcp.Lost(ssrc, seqs) if slot := self._slots.get(ssrc):
                for seq in seqs[: self._resends]:
                    slot.send_again(seq)
                self._resends -= min(len(seqs), self._resends)
            case rtcp.KeyWanted(ssrc) if (slot := self._slots.get(ssrc)) and slot.source is not None:
                slot.source.want_key_frame()
            case rtcp.Loss(ssrc, share):
                self._shares[ssrc] = share
            case rtcp.Sent():
                self._set_clock(heard)

    def _set_clock(self, sent: rtcp.Sent) -> None:
        """Keep how the stream's clock goes, in the server's time: a listener learns nothing of the speaker's."""
        up = next((up for up in self.ups() if up.intake is not None and up.intake.ssrc == sent.ssrc), None)
        if up is None:
            return
        if self._clock_offset is None:
            self._clock_offset = rtcp.now() - sent.at
        up.heard = ((sent.ntp >> 16) & 0xFFFFFFFF, time.monotonic())
        up.source.mapping = (sent.at + self._clock_offset, sent.stamp)


def _level(extension: bytes, wanted: int) -> int:
    """How loud (RFC 6464, turned round: 127 is loudest), from one-byte header extensions (RFC 8285)."""
    at = 0
    while at + 1 < len(extension):
        identifier, size = extension[at] >> 4, (extension[at] & 15) + 1
        if extension[at] == 0:
            at += 1
            continue
        if identifier == wanted:
            return 127 - (extension[at + 1] & 127)
        at += 1 + size
    return 0
