"""Reading an envelope from any place on, segment by segment: nothing of it need be opened before, nothing is kept."""

from typing import BinaryIO

from remote_bid.seal.envelope import BadEnvelope, Secrets, keyed, padded_size, read_head
from remote_bid.seal.floe import OVERHEAD, BrokenSegment

_LENGTH = 8
"""Bytes of the true length, before the content."""


class Reading:
    """The content of one envelope, whose file must be seekable. Every byte that is given out is authenticated in its
    place; that the rest of the file is whole, only `unseal` tells.
    """

    def __init__(self, source: BinaryIO, halves: Secrets) -> None:
        """BadEnvelope, as `unseal` raises it."""
        head = read_head(source)
        self._source, self._start, self._padded = source, len(head.read), head.header.core.size
        self._floe = keyed(head, halves)
        self._encrypted, self._plain = bytearray(self._floe.segment), bytearray(self._floe.body)
        self._here = -1
        self.size = int.from_bytes(self._read(0, _LENGTH), "big")
        """Bytes of the content."""
        if padded_size(self.size) != self._padded:
            raise BadEnvelope("garbage", "the length sealed inside is impossible")

    def close(self) -> None:
        """Leave the file."""
        self._source.close()

    def part(self, offset: int, most: int) -> bytes:
        """Content from `offset` on: as much as one segment has of it, no more than `most` bytes; empty at the end."""
        return self._read(_LENGTH + offset, max(0, min(most, self.size - offset)))

    def _read(self, place: int, most: int) -> bytes:
        position, inside = divmod(place, self._floe.body)
        if most == 0:
            return b""
        if position != self._here:
            self._open(position)
        return bytes(self._plain[inside : min(inside + most, self._floe.body)])

    def _open(self, position: int) -> None:
        left = self._padded - position * self._floe.body
        encrypted = memoryview(self._encrypted)[: min(left, self._floe.body) + OVERHEAD]
        self._here = -1
        self._source.seek(self._start + position * self._floe.segment)
        if self._source.readinto(encrypted) != len(encrypted):  # type: ignore[attr-defined]  # every binary stream has it; typing.IO leaves it out
            raise BadEnvelope("truncated", "the envelope is cut short")
        try:
            self._floe.decrypt(position, left <= self._floe.body, encrypted, memoryview(self._plain))
        except BrokenSegment as error:
            raise BadEnvelope("garbage", f"the envelope cannot be opened: {error}") from error
        self._here = position
