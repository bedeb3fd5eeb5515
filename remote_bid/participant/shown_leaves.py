"""What a log has shown of its leaves: a session has one head at each of its entries, and no other one later."""

from collections.abc import Sequence
from pathlib import Path

from remote_bid.participant.journal import Journal
from remote_bid.seal.tree import EMPTY_ROOT, root_of
from remote_bid.timeline.witness import LeafData


class OtherLeaf(ValueError):
    """The log shows another leaf than before: at one place of its tree, or for one entry of a session."""


class ShownLeaves:
    """Remembers every leaf, so that a second one for the same session and entry is noticed."""

    def __init__(self, path: Path) -> None:
        self._journal = Journal(path, LeafData)
        self._heads = {(leaf.session, leaf.seq): leaf.head for leaf in self._journal.items}
        self._hashes = [leaf.hash for leaf in self._journal.items]

    def __len__(self) -> int:
        return len(self._hashes)

    def knows(self, session: str) -> bool:
        """Whether the log has shown anything of this session."""
        return any(shown == session for shown, _ in self._heads)

    def add(self, start: int, leaves: Sequence[LeafData]) -> None:
        """Take the leaves from index `start` (at most the first unknown one); OtherLeaf if one contradicts."""
        known = self._journal.items[start : start + len(leaves)]
        if known != list(leaves[: len(known)]):
            raise OtherLeaf("the log shows another leaf at the same place")
        new = leaves[len(known) :]
        heads = dict(self._heads)
        for leaf in new:
            if heads.setdefault((leaf.session, leaf.seq), leaf.head) != leaf.head:
                raise OtherLeaf(f"the log shows two heads of session {leaf.session} at entry {leaf.seq}")
        if new:
            self._journal.add(new)
            self._heads = heads
            self._hashes += [leaf.hash for leaf in new]

    def root(self, size: int) -> bytes | None:
        """The root over the first `size` leaves; None while fewer are known."""
        if size > len(self):
            return None
        return root_of(self._hashes[:size]) if size else EMPTY_ROOT
