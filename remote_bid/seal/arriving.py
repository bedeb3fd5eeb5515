"""An envelope whose bytes arrive in pieces: each leaf of its tree is hashed as soon as it is whole."""

import hashlib
import io
from collections.abc import Sequence

from remote_bid.seal.envelope import SEGMENT, START, BadEnvelope, file_size, head_size, read_head
from remote_bid.seal.tree import leaf_hash


class ArrivingEnvelope:
    """Takes the bytes of an envelope in order, in pieces of any size. What is no envelope is told by its first bytes.

    It can go on where another left off: `leaves` are those already hashed, `covered` the bytes under them.
    """

    def __init__(self, length: int, leaves: Sequence[bytes] = (), covered: int = 0) -> None:
        self.leaves = list(leaves)
        self._length, self._taken = length, covered
        self._head = bytearray()
        self._begin_segment()

    def take(self, piece: bytes) -> None:
        """The next bytes; BadEnvelope if they cannot begin an envelope of this length."""
        rest = memoryview(piece if self.leaves else self._beyond_head(piece))
        while rest:
            part = rest[: self._room]
            self._segment.update(part)
            self._taken += len(part)
            self._room -= len(part)
            rest = rest[len(part) :]
            if not self._room or self._taken == self._length:
                self.leaves.append(self._segment.digest())
                self._begin_segment()

    def _begin_segment(self) -> None:
        self._segment, self._room = hashlib.sha256(b"\x00"), SEGMENT

    def _beyond_head(self, piece: bytes) -> bytes:
        """Collects the head; what follows it, once it is whole."""
        self._head += piece
        if len(self._head) >= START and len(self._head) >= head_size(bytes(self._head[:START])):
            head = read_head(io.BytesIO(self._head))
            if file_size(head.header, head.raw) != self._length:
                raise BadEnvelope("wrong_length", "the envelope is not as long as its header says")
            self.leaves.append(leaf_hash(head.read))
            self._taken = len(head.read)
            return bytes(self._head[len(head.read) :])
        if len(self._head) >= self._length:
            raise BadEnvelope("truncated", "the envelope is cut short")
        return b""


def covered_by(leaves: int, start: bytes) -> int:
    """How many bytes the first `leaves` leaves of a file that begins with `start` cover, while more are to come."""
    return head_size(start[:START]) + (leaves - 1) * SEGMENT if leaves else 0
