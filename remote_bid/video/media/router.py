"""Who gets a packet: pure forwarding from a Source, one speaker's sound or picture, to the Slots that show it.

A source nobody is attached to goes nowhere: closed is the default. A slot keeps one SSRC for good, and its sequence
numbers and timestamps go on without a jump whatever it shows.
"""

import secrets
import time
from collections.abc import Callable
from typing import Protocol

from remote_bid.video.media.vp8 import starts_key_frame
from remote_bid.video.stage import Kind

CACHED = 1024
"""Packets of a picture kept for those who lost them; a power of two, about ten seconds."""
KEY_FRAME_EVERY_S = 0.5
"""No speaker is asked for key frames more often, however many listeners want one."""
CLOCK_RATES: dict[Kind, int] = {"audio": 48_000, "video": 90_000}

MARKER = 0x80
_SEQ, _STAMP = 0xFFFF, 0xFFFFFFFF
_HALF = 0x8000

Packet = tuple[int, int, int, bytes]
"""Marker (0 or MARKER), sequence number, timestamp, payload."""
Tap = Callable[[int, int, int, bytes], None]


class Way(Protocol):
    """How a packet leaves: second byte of its header, sequence number, timestamp, SSRC, payload."""

    def __call__(self, marker_type: int, seq: int, stamp: int, ssrc: int, payload: bytes, /) -> None: ...


class Source:
    """One stream as the server gets it, or makes it."""

    def __init__(
        self, kind: Kind, ask_key_frame: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.kind = kind
        self.clock_rate = CLOCK_RATES[kind]
        self.clock = clock
        self.targets: tuple[Slot, ...] = ()
        """Swapped, never changed: whoever forwards goes through what it began with."""
        self.taps: tuple[Tap, ...] = ()
        self.cache: list[Packet | None] = [None] * (CACHED if kind == "video" else 0)
        self.last_seq = self.last_stamp = 0
        self.count = 0
        """How far `last_seq` has come, without going round."""
        self._broken_off = True
        """Nothing was passed on since: what comes next has nothing to do with what was before."""
        self.packets = self.octets = 0
        """Of those passed on, never of those that came while it was closed."""
        self.mapping: tuple[float, int] | None = None
        """The same instant by the server's clock (Unix, s) and by the stream's."""
        self._ask = ask_key_frame
        self._asked_at = -KEY_FRAME_EVERY_S
        self._key_wanted = False

    def pass_on(self, marker: int, seq: int, stamp: int, payload: bytes) -> None:
        """The hot path."""
        targets, taps = self.targets, self.taps
        if not targets and not taps:
            self._broken_off = True
            return
        late = self._is_late(seq, stamp)
        self.packets += 1
        self.octets += len(payload)
        if self.cache:
            self._keep(marker, seq, stamp, payload)
        for tap in taps:
            tap(marker, seq, stamp, payload)
        for slot in targets:
            if (late or slot.waiting) and not slot.takes(seq, stamp, payload, late):
                continue
            slot.way(
                marker | slot.payload_type,
                (seq + slot.seq_shift) & _SEQ,
                (stamp + slot.stamp_shift) & _STAMP,
                slot.ssrc,
                payload,
            )

    def _is_late(self, seq: int, stamp: int) -> bool:
        """Whether others with higher numbers came before it."""
        if self._broken_off:
            self._begin(seq)
        ahead = (seq - self.last_seq) & _SEQ
        if ahead >= _HALF:
            return True
        self.last_seq, self.last_stamp = seq, stamp
        self.count += ahead
        return False

    def _keep(self, marker: int, seq: int, stamp: int, payload: bytes) -> None:
        self.cache[seq % CACHED] = (marker, seq, stamp, payload)
        if self._key_wanted and starts_key_frame(payload):
            self._key_wanted = False

    def _begin(self, seq: int) -> None:
        self._broken_off = False
        self.last_seq = (seq - 1) & _SEQ
        self.cache = [None] * len(self.cache)

    def want_key_frame(self) -> None:
        """Ask now, or as soon as that is allowed again; asked again until one comes."""
        if self.kind == "video":
            self._key_wanted = True
            self.ask_again()

    def ask_again(self) -> None:
        """To be called every so often. A picture that goes nowhere can wait: its next listener asks at once."""
        now, goes_somewhere = self.clock(), self.targets or self.taps
        if self._key_wanted and goes_somewhere and now - self._asked_at >= KEY_FRAME_EVERY_S:
            self._asked_at = now
            self._ask()

    def cached(self, seq: int) -> Packet | None:
        """The packet of this number, if it is still kept."""
        found = self.cache[seq % CACHED] if self.cache else None
        return found if found and found[1] == seq else None


class Slot:
    """One stream as a listener gets it: an m-line of its connection."""

    def __init__(self, kind: Kind, payload_type: int, rtx_type: int | None, way: Way) -> None:
        self.kind = kind
        self.payload_type, self.rtx_type, self.way = payload_type, rtx_type, way
        self.ssrc, self.rtx_ssrc = secrets.randbits(32), secrets.randbits(32)
        self.source: Source | None = None
        self.waiting = True
        """For the first packet that it can begin with."""
        self.seq_shift = self.stamp_shift = 0
        self._rtx_seq = secrets.randbits(15)
        self._next_seq, self._next_stamp, self._left_at = secrets.randbits(15), secrets.randbits(31), 0.0
        self._begun = 0
        """The source's count at its first packet."""
        self._sent = (0, 0)

    def show(self, source: Source | None) -> None:
        """Attach to this source and to no other; None: to nobody."""
        if source is self.source:
            return
        if self.source is not None:
            self._leave(self.source)
        self.source, self.waiting = source, True
        if source is not None:
            source.targets += (self,)
            source.want_key_frame()

    def takes(self, seq: int, stamp: int, payload: bytes, late: bool) -> bool:
        """Whether the listener can begin with this packet, or it came late but still since it began."""
        if late:
            return not self.waiting and self.covers(seq)
        source = self.source
        if source is None:
            return False
        if self.kind == "video" and not starts_key_frame(payload):
            source.want_key_frame()
            return False
        silent_s = source.clock() - self._left_at if self._left_at else 0.0
        self._begun = source.count
        self.seq_shift = self._next_seq - seq
        self.stamp_shift = self._next_stamp + int(silent_s * source.clock_rate) - stamp
        self._sent = (self._sent[0] - source.packets + 1, self._sent[1] - source.octets + len(payload))
        self.waiting = False
        return True

    def covers(self, seq: int) -> bool:
        """Whether the source's packet of this number came since the slot began to show it."""
        source = self.source
        if source is None:
            return False
        behind = (source.last_seq - seq) & _SEQ
        return behind < _HALF and source.count - behind >= self._begun

    def sent(self) -> tuple[int, int]:
        """Packets and octets so far."""
        if self.source is None or self.waiting:
            return self._sent
        return self._sent[0] + self.source.packets, self._sent[1] + self.source.octets

    def send_again(self, seq: int) -> bool:
        """What the listener calls number `seq`, if it was sent since this source is shown and is still kept."""
        if self.source is None or self.waiting:
            return False
        original = (seq - self.seq_shift) & _SEQ
        found = self.source.cached(original) if self.covers(original) else None
        if found is None:
            return False
        marker, _, stamp, payload = found
        stamp = (stamp + self.stamp_shift) & _STAMP
        if self.rtx_type is None:
            self.way(marker | self.payload_type, seq, stamp, self.ssrc, payload)
        else:
            again = seq.to_bytes(2, "big") + payload
            self.way(marker | self.rtx_type, self._rtx_seq, stamp, self.rtx_ssrc, again)
            self._rtx_seq = (self._rtx_seq + 1) & _SEQ
        return True

    def stamp_of(self, original: int) -> int:
        """A timestamp of the source as the listener counts."""
        return (original + self.stamp_shift) & _STAMP

    def _leave(self, source: Source) -> None:
        source.targets = tuple(slot for slot in source.targets if slot is not self)
        self._sent = self.sent()
        if not self.waiting:
            self._next_seq = (source.last_seq + self.seq_shift + 1) & _SEQ
            self._next_stamp = (source.last_stamp + self.stamp_shift) & _STAMP
            self._left_at = source.clock()
