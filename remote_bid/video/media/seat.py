"""A seat of a call as its media: the connection, the streams it sends, the pairs it is shown others in."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from remote_bid.video.media.link import Link
from remote_bid.video.media.router import Slot, Source
from remote_bid.video.media.rtc import answer
from remote_bid.video.media.rtc.offer import Line, Offer
from remote_bid.video.stage import Kind, Showing

_KINDS: tuple[Kind, Kind] = ("audio", "video")


@dataclass
class Pair:
    """One speaker's sound and picture; `stream` is the name under which the browser plays them together."""

    speaker: str = ""
    stream: str = field(default_factory=lambda: secrets.token_hex(8))
    slots: dict[Kind, tuple[str, Slot]] = field(default_factory=dict)
    """With the mid of each."""


class Seat:
    """`offer` is the one answered last."""

    def __init__(self, name: str, publishes: bool, link: Link, offer: Offer) -> None:
        self.name, self.publishes, self.link, self.offer = name, publishes, link, offer
        self.sources: dict[Kind, Source] = {}
        self.pairs: list[Pair] = []
        self._taken: dict[Kind, Line] = {}
        self.told: list[Showing] = []
        """What was last said of whom the pairs show."""
        self._version = 0

    def negotiate(self, offer: Offer, most_pairs: int) -> None:
        """Take in the lines of `offer`; what was negotiated before keeps its streams."""
        if offer.ufrag != self.offer.ufrag:
            self.link.endpoint.renew()
        self.offer = offer
        self._take_up([line for line in offer.lines if line.use == "up" and self.publishes])
        self._take_down([line for line in offer.lines if line.use == "down"], most_pairs)

    def answer(self, called: list[tuple[str, int]], fingerprint: str) -> str:
        """SDP."""
        self._version += 1
        endpoint = self.link.endpoint
        ours = answer.Ours(called, endpoint.ufrag, endpoint.password, fingerprint)
        shown = {
            mid: answer.Shown(slot, pair.stream, self.link.cname)
            for pair in self.pairs
            for mid, slot in pair.slots.values()
        }
        taken = frozenset(line.mid for line in self._taken.values())
        return answer.write(self.offer, ours, taken, shown, self._version)

    def show(self, pair: Pair, kind: Kind, source: Source | None) -> None:
        """The pair's sound or picture is this one from now on."""
        if kind in pair.slots:
            pair.slots[kind][1].show(source)

    def leave(self) -> None:
        """Show nobody."""
        for pair in self.pairs:
            for kind in _KINDS:
                self.show(pair, kind, None)

    def showing(self) -> list[Showing]:
        """Whom each of its m-lines carries."""
        return [
            Showing(mid=mid, kind=kind, speaker=pair.speaker if slot.source is not None else "")
            for pair in self.pairs
            for kind, (mid, slot) in pair.slots.items()
        ]

    def _take_up(self, lines: list[Line]) -> None:
        taken: dict[Kind, Line] = {}
        for line in lines:
            taken.setdefault(line.kind, line)
        self.sources = {
            kind: self.sources[kind] if self._taken.get(kind) == line else Source(kind, self._key_frame_wanted(kind))
            for kind, line in taken.items()
        }
        self._taken = taken
        self.link.take({kind: (line, self.sources[kind]) for kind, line in taken.items()})

    def _take_down(self, lines: list[Line], most_pairs: int) -> None:
        known = {mid: slot for pair in self.pairs for mid, slot in pair.slots.values()}
        pairs: list[Pair] = list(self.pairs)
        for kind in _KINDS:
            for index, line in enumerate([line for line in lines if line.kind == kind][:most_pairs]):
                if index == len(pairs):
                    pairs.append(Pair())
                slot = known.get(line.mid) or Slot(kind, line.payload_type, line.rtx_type, self.link.outward.rtp)
                pairs[index].slots[kind] = (line.mid, slot)
        self.pairs = pairs
        self.link.give([slot for pair in pairs for _, slot in pair.slots.values()])

    def _key_frame_wanted(self, kind: Kind) -> Callable[[], None]:
        return self.link.want_key_frame if kind == "video" else lambda: None
