"""What the verifier works on: the bundle's members, parsed; and how a step says that something fails."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.opening import COSIGNED
from remote_bid.opening.events import OpeningEvent
from remote_bid.opening.rules import Opening
from remote_bid.seal.canonical import unb64_sized
from remote_bid.seal.signing import keyid_of, spki_of
from remote_bid.seal.statements import P, Statement, is_signed_by, said
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.entry import Fields, Shown, Who
from remote_bid.timeline.marks import LogKeyRotated
from remote_bid.timeline.note import NamedKey
from remote_bid.verify.manifest import Manifest
from remote_bid.verify.report import Report
from remote_bid.verify.trust import Trust

E = TypeVar("E", bound=Event)

KEPT = {"PartReleased": frozenset({"s_b"}), "KeyEntrusted": frozenset({"signed"})}
"""What no public bundle shows: halves and keys of parts that are not read out. Nothing is decided by them here."""


class Failed(Exception):
    """Something does not hold: what, and why."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what, self.why = what, why


@contextmanager
def about(what: str) -> Iterator[None]:
    """Whatever goes wrong in here goes wrong with `what`."""
    try:
        yield
    except Failed:
        raise
    except Exception as error:
        raise Failed(what, f"cannot be read: {error or type(error).__name__}") from error


@dataclass
class Case:
    """One bundle under examination. Steps fill it in their order; what a failed step left out stays empty."""

    members: dict[str, bytes]
    canonical: bool
    report: Report
    trust: Trust | None
    receipts: Sequence[Statement] = ()
    """Lodging receipts that somebody holds against the bundle."""
    recordings: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 (hex) of recordings that somebody holds beside the bundle, by their path in the timeline."""
    log_keys: list[NamedKey] = field(default_factory=list)
    """The log's keys in their order; the last signs the manifest."""
    successors: list[Statement] = field(default_factory=list)
    manifest: Manifest | None = None
    main: list[Shown] = field(default_factory=list)
    lines: list[Shown] = field(default_factory=list)
    state: Opening = field(default_factory=lambda: Opening(session=""))
    _events: dict[int, Event | None] = field(default_factory=dict)
    before: dict[int, Opening] = field(default_factory=dict)
    """The state that each main-line entry met, by seq."""

    room: str = "opening"
    events: Any = OpeningEvent
    """The room's, as msgspec reads them."""
    cosigned: tuple[type[Event], ...] = COSIGNED
    """What must be covered by a cosigned checkpoint."""
    drafts: frozenset[str] = frozenset()
    """Types of side-line entries that are never shown."""
    hides: bool = False
    """Whether entries of the main line may be withheld: of what has come to nothing only that is told."""

    @property
    def vouched(self) -> Trust:
        """By whose keys everything is judged; Failed if nobody's are known."""
        if self.trust is None:
            raise Failed("manifest.json", "nobody vouches for the bundle")
        return self.trust

    @property
    def session(self) -> str:
        """The session the bundle is about."""
        if self.manifest is None:
            raise Failed("manifest.json", "the session is not known")
        return self.manifest.session

    def happened(self, kind: type[E]) -> list[tuple[Shown, E]]:
        """The entries of a kind that are shown whole."""
        return [(s, e) for s in [*self.main, *self.lines] if isinstance(e := self.whole(s), kind)]

    def whole(self, shown: Shown) -> Event | None:
        """The event of an entry of this bundle that is shown whole; None where a field is withheld."""
        if id(shown) not in self._events:  # an entry lives as long as the case, and is never another
            self._events[id(shown)] = self.read(shown)
        return self._events[id(shown)]

    def read(self, shown: Shown) -> Event | None:
        """The event of an entry of this room, as its fields tell it."""
        fields = self.fields(shown)
        if fields is None:
            return None
        told = {name: value for name, value in fields.items() if name not in ("at", "by")}
        event: Event = msgspec.convert(told, type=self.events)
        return event

    def fields(self, shown: Shown) -> Fields | None:
        """Of an entry that is shown whole, but for what is kept; None where another field is withheld."""
        if shown.event is None or shown.proof is None:
            return None
        kept = KEPT.get(shown.event.get("type", ""), frozenset())
        return None if shown.proof.hidden.keys() - kept else shown.event

    def author(self, _shown: Shown, fields: Fields) -> Who:
        """By whom an entry with these fields is."""
        return msgspec.convert(fields["by"], type=Who)

    def happening(self, shown: Shown, event: Event) -> Happened:
        """A wholly shown entry as the rules know it."""
        fields = self.fields(shown) or {}
        at, leaf = instant.when(fields["at"]), unb64_sized(shown.leaf, 32)
        by = self.author(shown, fields)
        return Happened(event=event, line=shown.line, seq=shown.seq, at=at, by=by, leaf=leaf)

    def log_keys_at(self, shown: Shown) -> list[NamedKey]:
        """Whose signature counts in an entry: the key that the log had then; in the millisecond of a change both."""
        at, changed = (shown.event or {})["at"], [(s.event or {})["at"] for s, _ in self.happened(LogKeyRotated)]
        before, until = sum(when < at for when in changed), sum(when <= at for when in changed)
        return self.log_keys[before : until + 1]

    def from_log(self, shown: Shown, statement: Statement, kind: type[P]) -> P:
        """What the server states in an entry under its log key; Failed otherwise."""
        return stated(entry_name(shown), statement, kind, self.log_keys_at(shown))


def stated(what: str, statement: Statement, kind: type[P], keys: Sequence[NamedKey]) -> P:
    """What a statement under one of the log's `keys` says; Failed otherwise."""
    spkis = [spki_of(ed25519.Ed25519PublicKey.from_public_bytes(named.key)) for named in keys]
    with about(what):
        if not any(is_signed_by(statement, spki, keyid_of(spki)) for spki in spkis):
            raise Failed(what, f"the {kind.kind} is not signed by the log's key")
        return said(statement, kind)


def entry_name(shown: Shown) -> str:
    """How an entry is called in a report."""
    return f"timeline.json entry {shown.seq}" if shown.line == "main" else f"lines.json {shown.line} entry {shown.seq}"
