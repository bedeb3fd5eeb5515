"""The events that the timeline itself brings into every session: ticks, disclosure, cosigned checkpoints."""

from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import Statement
from remote_bid.timeline.context import Command, Event, Turn
from remote_bid.timeline.sideline import MOST_SLOTS, DisclosedTick, TickTree, disclosure, with_tick


class Tick(Command, frozen=True):
    """The clock's: commit to all side lines now."""


class RecordCheckpoint(Command, frozen=True):
    """The log's: cosigners have signed a checkpoint that holds the head at `covers`."""

    covers: int
    head: str
    note: str
    index: int
    path: list[str]


class RecordRotation(Command, frozen=True):
    """The log's: it has a new key, as `statement` says."""

    statement: Statement


class Ticked(Event, frozen=True):
    """The padded commitment to all side-line entries since the last tick; `seed` stays hidden until Disclosed."""

    slots: int
    root: str
    seed: str


class CheckpointCosigned(Event, frozen=True):
    """The platform log holds this session's `head` at entry `covers` as leaf `index`; `note` is signed by a quorum."""

    covers: int
    head: str
    note: str
    index: int
    path: list[str]


class LogKeyRotated(Event, frozen=True):
    """From here on the log signs with the new key that `statement` (key_rotated) names."""

    statement: Statement


class Disclosed(Event, frozen=True):
    """Everything that the ticks held: existence and type of every side-line entry. Other fields go by view."""

    ticks: list[DisclosedTick]


def tick(turn: Turn, slots: int) -> Ticked:
    """The tick over all that is pending at this turn; larger if a new timetable has made the slots too few."""
    seed = turn.tick_seed()
    slots = max(slots, MOST_SLOTS if len(turn.lines.pending) > slots else slots)
    tree = TickTree(seed, slots, [entry.leaf for entry in turn.lines.pending])
    return Ticked(slots=slots, root=b64(tree.root), seed=b64(seed))


def disclose(turn: Turn, slots: int, before: int) -> list[Event]:
    """The disclosure of all ticks, after so many other main-line events of this turn; what no tick holds yet (attempts
    that came too late) gets one more, just before.
    """
    if not turn.lines.pending:
        return [Disclosed(ticks=disclosure(turn.lines))]
    last = tick(turn, slots)
    lines = with_tick(turn.lines, turn.head + before + 1, unb64(last.seed), last.slots)
    return [last, Disclosed(ticks=disclosure(lines))]


def cosigned(command: RecordCheckpoint) -> CheckpointCosigned:
    """What the log handed in, as an event."""
    return CheckpointCosigned(
        covers=command.covers, head=command.head, note=command.note, index=command.index, path=command.path
    )
