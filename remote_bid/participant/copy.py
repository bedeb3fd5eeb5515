"""A participant's own copy of a session: every entry it was shown, each checked against its chain."""

from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from remote_bid.opening.events import OpeningEvent
from remote_bid.opening.view import OpeningView
from remote_bid.seal.canonical import unb64
from remote_bid.timeline import durable
from remote_bid.timeline.chain import check, genesis
from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import MAIN, Mismatch, Shown
from remote_bid.timeline.frame import Frame, Joined, OwnSlot
from remote_bid.timeline.patch import View, apply

E = TypeVar("E", bound=Event)
V = TypeVar("V")


class Gap(Exception):
    """A frame is missing: join again from what is here."""


class CopyOf(Generic[V]):
    """What one participant holds of one session, with pages of type `page` and events of the union `event`. Raises
    Mismatch the moment the server contradicts itself.

    With a `journal`, the leaf of every entry is written down as it arrives: what the server may never take back. It
    outlives a power cut from `keep` on.
    """

    def __init__(self, page: type[V], event: Any, session: str, journal: Path | None = None) -> None:
        self.session, self._journal = session, journal
        self._page, self._event = page, event
        self.main: list[Shown] = []
        self.own: list[Shown] = []
        self.side: dict[tuple[str, int], Shown] = {}
        self.slots: dict[int, OwnSlot] = {}
        self.own_line = ""
        self._n = 0
        self._view: View = {}
        self._early: list[Frame] | None = None

    @property
    def head(self) -> int:
        """Seq of the last main-line entry here."""
        return len(self.main)

    @property
    def view(self) -> V:
        """The page as the server last sent it."""
        return msgspec.convert(self._view, type=self._page)

    def joining(self) -> None:
        """A join is under way: frames that overtake its answer wait for it."""
        self._early = []

    def joined(self, joined: Joined) -> None:
        """Take a snapshot: new entries must continue those already here."""
        self.own_line, self._n, self._view = joined.own_line, joined.n, joined.view
        for shown in joined.entries:
            if shown.seq > self.head:
                self._extend(self.main, MAIN, shown)
        for shown in joined.own[len(self.own) :]:
            self._extend(self.own, joined.own_line, shown)
        self._take(joined.revealed, joined.slots)
        early, self._early = self._early or [], None
        for frame in early:
            self.frame(frame)

    def frame(self, frame: Frame) -> None:
        """Take one frame; Gap if one before it is missing."""
        if self._early is not None:
            self._early.append(frame)
            return
        if frame.n <= self._n:
            return
        if frame.n != self._n + 1:
            raise Gap(frame.n)
        self._n = frame.n
        if frame.line:
            line = self.main if frame.line == MAIN else self.own
            self._extend(line, frame.line, _shown(frame))
        self._view = apply(self._view, frame.patch)
        self._take(frame.revealed, frame.slots)

    def events(self, kind: type[E]) -> list[tuple[Shown, E]]:
        """Every entry of a kind that is shown whole, own line included."""
        wanted = kind.__name__
        return [
            (shown, event_in(shown, kind, self._event))
            for shown in [*self.main, *self.own]
            if shown.event is not None and shown.event.get("type") == wanted and shown.proof and not shown.proof.hidden
        ]

    def last(self, kind: type[E]) -> E | None:
        """The latest event of a kind."""
        found = self.events(kind)
        return found[-1][1] if found else None

    def keep(self) -> None:
        """What the journal tells is on the disk."""
        if self._journal is not None and self._journal.exists():
            with self._journal.open("rb") as file:
                durable.flush(file.fileno())
            durable.flush_folder(self._journal.parent)

    def _extend(self, line: list[Shown], name: str, shown: Shown) -> None:
        prev = unb64(line[-1].leaf) if line else genesis(self.session, name)
        if shown.line != name or shown.seq != len(line) + 1:
            raise Mismatch(f"entry {shown.seq} of {name} follows {len(line)}")
        check(shown, prev)
        line.append(shown)
        if self._journal is not None:
            with self._journal.open("a") as file:
                file.write(f"{name} {shown.seq} {shown.leaf}\n")

    def _take(self, revealed: list[Shown], slots: list[OwnSlot]) -> None:
        for shown in revealed:
            check(shown, unb64(shown.prev))
            if shown.line != MAIN:
                self.side[shown.line, shown.seq] = shown
            elif self.main[shown.seq - 1].leaf != shown.leaf:
                raise Mismatch(f"entry {shown.seq} was rewritten")
            else:
                self.main[shown.seq - 1] = shown
        self.slots |= {slot.seq: slot for slot in slots}


class Copy(CopyOf[OpeningView]):
    """What one participant holds of an opening."""

    def __init__(self, session: str, journal: Path | None = None) -> None:
        super().__init__(OpeningView, OpeningEvent, session, journal)


def event_in(shown: Shown, kind: type[E], events: Any = OpeningEvent) -> E:
    """The event that a wholly shown entry tells of; one of `events`."""
    told = {name: value for name, value in (shown.event or {}).items() if name not in ("at", "by")}
    event = msgspec.convert(told, type=events)
    if not isinstance(event, kind):
        raise Mismatch(f"{told.get('type')} where {kind.__name__} is expected")
    return event


def _shown(frame: Frame) -> Shown:
    return Shown(line=frame.line, seq=frame.seq, prev=frame.prev, leaf=frame.leaf, event=frame.event, proof=frame.proof)
