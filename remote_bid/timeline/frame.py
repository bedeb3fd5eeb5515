"""What travels from server to client: a snapshot on joining, then frames."""

from typing import Any

import msgspec

from remote_bid.timeline.entry import Fields, Proof, Shown
from remote_bid.timeline.patch import View
from remote_bid.timeline.sideline import SlotProof


class OwnSlot(msgspec.Struct, frozen=True, kw_only=True):
    """That entry `seq` of the viewer's own side line is in the tick at main-line entry `tick`."""

    seq: int
    tick: int
    proof: SlotProof


class Frame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a session for one audience. `n` counts this audience's frames without a gap.

    With `line` and `seq`, the frame brings an entry (its `event` absent where withheld); without, only a changed view.
    `patch` turns the previous view into the present one (RFC 7396). `revealed` are older entries that show more now,
    `slots` proofs that the viewer's own entries are in the tick this frame brings.
    """

    session: str
    n: int
    line: str = ""
    seq: int = 0
    prev: str = ""
    leaf: str = ""
    event: Fields | None = None
    proof: Proof | None = None
    patch: View = {}
    revealed: list[Shown] = []
    slots: list[OwnSlot] = []


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a join: everything after `since`, then the stream goes on with frame `n` + 1."""

    session: str
    room: str
    epoch: str
    head: int
    n: int
    own_line: str
    entries: list[Shown]
    own: list[Shown]
    revealed: list[Shown]
    slots: list[OwnSlot]
    view: Any
