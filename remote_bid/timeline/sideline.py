"""Side lines: entries whose existence is secret until they are disclosed, and the padded ticks that commit to them.

At a fixed cadence, busy or idle, the session appends `Ticked` over a fixed number of slots: each slot is a salted
entry or a salted pad, so nobody counts bidders, and nothing can be slipped in after the tick that should hold it.
"""

import hmac
import struct
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from remote_bid.seal.canonical import b64, labelled_hash
from remote_bid.seal.tree import leaf_hash, node_hash
from remote_bid.timeline.entry import Entry, Proof, show

MOST_SLOTS = 4096
QUOTA = 64
"""Entries that one side line may hold: nobody can fill the ticks of all others."""
RESERVE = 16
"""Of these, kept for withdrawing, checking in and releasing: what is withdrawn need not be released."""


class TickTree:
    """The slots of one tick: `leaves` (in the order of their commits) placed among `slots` by the 32-byte `seed`."""

    def __init__(self, seed: bytes, slots: int, leaves: Sequence[bytes]) -> None:
        if len(leaves) > slots or slots < 1 or slots & (slots - 1):
            raise ValueError("a tick has a power of two of slots, no fewer than entries")
        self._salts = [_derived(seed, b"salt", i) for i in range(slots)]
        order = sorted(range(slots), key=lambda i: _derived(seed, b"place", i))
        self.places = order[: len(leaves)]
        """The slot of each leaf."""
        content = dict(zip(self.places, leaves, strict=True))
        self._levels = [[leaf_hash(slot_of(salt, content.get(i))) for i, salt in enumerate(self._salts)]]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            self._levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below), 2)])
        self.root = self._levels[-1][0]

    def proof(self, number: int) -> "SlotProof":
        """That leaf `number` is in this tick."""
        place = self.places[number]
        path = [b64(level[place >> height ^ 1]) for height, level in enumerate(self._levels[:-1])]
        return SlotProof(place=place, salt=b64(self._salts[place]), path=path)


class SlotProof(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a tick an entry is: slot number, the slot's salt, the path to the tick's root."""

    place: int
    salt: str
    path: list[str]


class DisclosedEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One side-line entry as everybody may know it: its place in its line, its leaf, and its type with proof."""

    line: str
    seq: int
    prev: str
    leaf: str
    type: str
    proof: Proof


class DisclosedTick(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tick held: `tick` is the seq of its `Ticked` entry, `seed` explains every slot."""

    tick: int
    seed: str
    entries: list[DisclosedEntry]


class MadeTick(msgspec.Struct, frozen=True, kw_only=True):
    """A tick as the server remembers it."""

    seq: int
    seed: bytes
    slots: int
    entries: tuple[Entry, ...]


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """All side lines of a session: what past ticks hold, and what the next one must."""

    ticks: tuple[MadeTick, ...] = ()
    pending: tuple[Entry, ...] = ()
    heads: dict[str, tuple[int, bytes]] = {}
    """Seq and leaf of the last entry of each line."""

    def entries(self) -> list[Entry]:
        """Every side-line entry so far, in the order of commits."""
        return [entry for tick in self.ticks for entry in tick.entries] + list(self.pending)

    def full(self, line: str, slots: int, bidding: bool = False) -> bool:
        """Whether `line` may not take another entry before the next tick of `slots`; bidding leaves a reserve."""
        return len(self.pending) >= slots or self.length(line) >= QUOTA - (RESERVE if bidding else 0)

    def length(self, line: str) -> int:
        """How many entries `line` has."""
        return self.heads[line][0] if line in self.heads else 0


def with_entry(lines: Lines, entry: Entry) -> Lines:
    """The lines after one more side-line entry."""
    heads = lines.heads | {entry.line: (entry.seq, entry.leaf)}
    return msgspec.structs.replace(lines, pending=(*lines.pending, entry), heads=heads)


def with_tick(lines: Lines, seq: int, seed: bytes, slots: int) -> Lines:
    """The lines after the tick `seq`, which took all that was pending."""
    made = MadeTick(seq=seq, seed=seed, slots=slots, entries=lines.pending)
    return msgspec.structs.replace(lines, ticks=(*lines.ticks, made), pending=())


@lru_cache(maxsize=4)
def _tree(seed: bytes, slots: int, leaves: tuple[bytes, ...]) -> TickTree:
    return TickTree(seed, slots, leaves)


def tick_tree(tick: MadeTick) -> TickTree:
    """The tree of a past tick; the last few are kept, for everybody asks for the newest at once."""
    return _tree(tick.seed, tick.slots, tuple(entry.leaf for entry in tick.entries))


def disclosure(lines: Lines) -> list[DisclosedTick]:
    """What `Disclosed` publishes of every tick."""
    return [
        DisclosedTick(tick=tick.seq, seed=b64(tick.seed), entries=[_disclosed(entry) for entry in tick.entries])
        for tick in lines.ticks
    ]


def slot_of(salt: bytes, leaf: bytes | None) -> bytes:
    """H("sbe/1 slot", salt, leaf or "pad")."""
    return labelled_hash("sbe/1 slot", salt, b"pad" if leaf is None else leaf)


def line_of(secret: bytes, session: str, person: str) -> str:
    """The name of a person's side line: tells nothing of the person without the server's `secret`."""
    return b64(hmac.digest(secret, f"{session}\0{person}".encode(), "sha256")[:16])


def _disclosed(entry: Entry) -> DisclosedEntry:
    shown = show(entry, ("type",))
    assert shown.proof is not None  # noqa: S101  # an entry always has a type, so `show` returns its proof
    return DisclosedEntry(
        line=shown.line, seq=shown.seq, prev=shown.prev, leaf=shown.leaf, type=entry.type, proof=shown.proof
    )


def _derived(seed: bytes, purpose: bytes, number: int) -> bytes:
    return hmac.digest(seed, purpose + struct.pack(">I", number), "sha256")
