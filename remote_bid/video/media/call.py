"""A room of a call in a worker: what is arranged, for how long, and that nothing else passes.

Packets pass while three things hold: the lease runs, the recorder is well, and the path was arranged. The worker sees
to all three itself, so that a server that is slow, lost or wrong leaves nothing open.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path as Folder

from remote_bid.video.media.link import Link
from remote_bid.video.media.lite import Mux
from remote_bid.video.media.masking import VoiceMask, secret_factor
from remote_bid.video.media.pairs import seated
from remote_bid.video.media.recorder import Recorder
from remote_bid.video.media.router import Source
from remote_bid.video.media.rtc.dtls import Certificate
from remote_bid.video.media.rtc.offer import Offer, read
from remote_bid.video.media.seat import Seat
from remote_bid.video.media.track import Track
from remote_bid.video.stage import (
    Arrange,
    Heard,
    Join,
    Kind,
    Linked,
    OpenRoom,
    Passing,
    Path,
    Recorded,
    RecorderState,
    Report,
    Showed,
    Unlinked,
)

_KINDS: tuple[Kind, Kind] = ("audio", "video")


@dataclass(frozen=True)
class House:
    """What all calls of a worker share."""

    mux: Mux
    certificate: Certificate
    recordings: Folder
    segment_s: float
    tell: Callable[[Report], None]


class Call:
    """Closed until something is arranged."""

    def __init__(self, order: OpenRoom, house: House) -> None:
        self.room, self._slots, self._house = order.room, order.slots, house
        self.seats: dict[str, Seat] = {}
        self._paths: Sequence[Path] = ()
        self._lease: asyncio.TimerHandle | None = None
        self._factor = secret_factor()
        self._masks: dict[str, VoiceMask] = {}
        self._tracks: dict[tuple[str, Kind], tuple[Source, Track]] = {}
        self._healthy = False
        self._ending: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._recorder = Recorder(order.room, house.recordings, house.segment_s, self._recorder_says)

    def join(self, order: Join) -> str:
        """The answer. BadOffer leaves all as it was."""
        offer = read(order.offer)
        seat = self.seats.get(order.seat)
        if seat is None or not offer.continues(seat.offer) or seat.publishes != order.publishes:
            seat = self._newly_seated(order, offer)
            seat.negotiate(offer, self._slots)
            seat.link.connect(offer)
        else:
            seat.negotiate(offer, self._slots)
        self._route()
        return seat.answer(self._house.mux.called, self._house.certificate.fingerprint)

    def arrange(self, order: Arrange) -> None:
        """These paths and no others, until the lease ends."""
        was_closed = self._lease is None
        if self._lease is not None:
            self._lease.cancel()
        self._lease = self._loop.call_later(order.lease_s, self._lease_ends) if order.lease_s > 0 else None
        if was_closed or self._lease is None or order.paths != self._paths:
            self._paths = order.paths
            self._route()

    async def leave(self, name: str) -> None:
        """Put the seat out; its recordings are finished, others' view of it ends."""
        seat = self.seats.pop(name, None)
        if seat is not None:
            seat.leave()
            self._route()
            await seat.link.close()

    async def close(self) -> None:
        """Put everybody out; returns when every recording is told."""
        self._lease_ends()
        for name in list(self.seats):
            await self.leave(name)
        await asyncio.to_thread(self._recorder.close)

    def tick(self, now: float) -> None:
        """Every 60 ms or so."""
        for seat in self.seats.values():
            seat.link.tick(now)

    def report(self, now: float) -> None:
        """Every second: to the peers."""
        for seat in self.seats.values():
            seat.link.report(now)

    def hear(self) -> None:
        """Twice a second: to the room."""
        levels: dict[str, int] = {}
        for name, seat in self.seats.items():
            for up in seat.link.ups():
                if up.line.kind == "audio":
                    levels[name], up.level = up.level, 0
        losses = {name: seat.link.loss() for name, seat in self.seats.items() if seat.link.up}
        self._house.tell(Heard(room=self.room, levels=levels, losses=losses))

    # ── seats ────────────────────────────────────────────────────────────────────────────────────────

    def _newly_seated(self, order: Join, offer: Offer) -> Seat:
        """A connection of its own; one that was there before is dropped."""
        before = self.seats.get(order.seat)
        if before is not None:
            before.leave()
            self._background(before.link.close())
        link = Link(self._house.mux, self._house.certificate, lambda up: self._linked(link, order.seat, up))
        seat = self.seats[order.seat] = Seat(order.seat, order.publishes, link, offer)
        return seat

    def _linked(self, link: Link, name: str, up: bool) -> None:
        seat = self.seats.get(name)
        if seat is not None and seat.link is link:
            told = Linked(room=self.room, seat=name) if up else Unlinked(room=self.room, seat=name)
            self._house.tell(told)
            self._route()

    def _background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    # ── what passes ──────────────────────────────────────────────────────────────────────────────────

    def _lease_ends(self) -> None:
        if self._lease is not None:
            self._lease.cancel()
        self._lease, self._paths = None, ()
        self._route()

    def _recorder_says(self, report: Recorded | RecorderState) -> None:
        """On the recorder's thread."""
        self._loop.call_soon_threadsafe(self._recorded, report)

    def _recorded(self, report: Recorded | RecorderState) -> None:
        if isinstance(report, RecorderState):
            self._healthy = report.healthy
            if not report.healthy:
                self._lease_ends()  # who wants it open again has to say so when it is well again
        self._house.tell(report)

    def _route(self) -> None:
        """Make what passes be what may pass."""
        passes = self._lease is not None and self._healthy
        paths = [path for path in self._paths if path.passing is not Passing.NOTHING] if passes else []
        self._record({(path.speaker, path.kind) for path in paths})
        self._mask({path.speaker for path in paths if path.passing is Passing.MASKED and path.kind == "audio"})
        to: dict[str, dict[tuple[str, Kind], Passing]] = {}
        for path in paths:
            to.setdefault(path.listener, {})[path.speaker, path.kind] = path.passing
        for name, seat in self.seats.items():
            self._show(seat, to.get(name, {}) if seat.link.up else {})

    def _show(self, seat: Seat, passing: dict[tuple[str, Kind], Passing]) -> None:
        wanted = [name for name in dict.fromkeys(speaker for speaker, _ in passing) if self._stands(name)]
        for pair, speaker in zip(seat.pairs, seated([pair.speaker for pair in seat.pairs], wanted), strict=True):
            pair.speaker = speaker
            for kind in _KINDS:
                seat.show(pair, kind, self._source(speaker, kind, passing.get((speaker, kind), Passing.NOTHING)))
        showing = seat.showing()
        if showing != seat.told:
            seat.told = showing
            self._house.tell(Showed(room=self.room, seat=seat.name, showing=showing))

    def _stands(self, name: str) -> bool:
        return name in self.seats and self.seats[name].link.up

    def _source(self, speaker: str, kind: Kind, passing: Passing) -> Source | None:
        """A masked picture is none at all."""
        if passing is Passing.RAW:
            return self.seats[speaker].sources.get(kind)
        if passing is Passing.MASKED and kind == "audio" and speaker in self._masks:
            return self._masks[speaker].masked
        return None

    def _mask(self, speakers: set[str]) -> None:
        """A mask for each of these voices as it is now, and no other."""
        voices = {name: self.seats[name].sources.get("audio") for name in speakers if name in self.seats}
        for name, mask in list(self._masks.items()):
            if voices.get(name) is not mask.voice:
                del self._masks[name]
                mask.close()
        for name, voice in voices.items():
            if voice is not None and name not in self._masks:
                self._masks[name] = VoiceMask(voice, self._factor, self._loop)

    def _record(self, speaking: set[tuple[str, Kind]]) -> None:
        """A track of each stream that passes to anybody, as it was spoken; the others' are finished."""
        live = {key: self.seats[key[0]].sources.get(key[1]) for key in speaking if key[0] in self.seats}
        for key, (source, track) in list(self._tracks.items()):
            if live.get(key) is not source:
                del self._tracks[key]
                source.taps = tuple(tap for tap in source.taps if tap != track.take)
                track.finish()
        for (name, kind), speaking_now in live.items():
            if speaking_now is not None and (name, kind) not in self._tracks:
                track = self._recorder.track(name, speaking_now)
                speaking_now.taps += (track.take,)
                self._tracks[name, kind] = (speaking_now, track)
