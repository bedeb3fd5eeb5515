"""An upload on its way: its bytes in one file, its journal in another.

Guarantee: the journal's last whole line is the offset that was acknowledged; the bytes before it were on disk before
the line was.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from remote_bid.seal.arriving import ArrivingEnvelope, covered_by
from remote_bid.seal.canonical import b64, unb64_sized
from remote_bid.seal.envelope import START
from remote_bid.tender.safe.terms import Key
from remote_bid.timeline.durable import flush, flush_folder, make_folder, write_all

_BYTES, _JOURNAL = ".part", ".journal"


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the journal: bytes that are safe, of how many, and the leaf hashes since the line before."""

    offset: int
    length: int
    leaves: list[str]


class Arrival:
    """One upload on its way. Not for two tasks at a time."""

    def __init__(self, folder: Path, key: Key, length: int) -> None:
        self.key, self.length, self.offset = key, length, 0
        self.leaves: list[bytes] = []
        self.file = folder / key.session / f"{key.owner}.{key.name}{_BYTES}"
        self._journal = self.file.with_suffix(_JOURNAL)

    def begin(self) -> None:
        """Make its files. A crash may forget them; then it is begun again."""
        make_folder(self.file.parent)
        self.file.touch()
        with self._journal.open("xb") as journal:
            journal.write(_line(0, self.length, []))

    def piece(self) -> "Piece":
        """Go on at the offset."""
        return Piece(self)

    def advance(self, offset: int, leaves: list[bytes]) -> None:
        """The bytes before `offset` are on disk: say so in the journal, then here."""
        with self._journal.open("ab", buffering=0) as journal:
            start = journal.tell()
            try:
                write_all(journal, _line(offset, self.length, leaves[len(self.leaves) :]))
            except OSError:
                journal.truncate(start)
                raise
            flush(journal.fileno())
        if not self.offset:
            flush_folder(self._journal.parent)
        self.offset, self.leaves = offset, leaves

    def forget(self) -> None:
        """Take it off the disk."""
        self.file.unlink(missing_ok=True)
        self._journal.unlink(missing_ok=True)

    def recover(self) -> bool:
        """Go back to the last line whose bytes are there; False if the file is gone or no line is whole."""
        if not self.file.exists():
            return False
        size, good = self.file.stat().st_size, 0
        for line, end in _lines(self._journal.read_bytes()):
            if line.offset > size:
                break
            self.offset, self.length, good = line.offset, line.length, end
            self.leaves += [unb64_sized(leaf, 32) for leaf in line.leaves]
        os.truncate(self._journal, good)
        return good > 0


class Piece:
    """Bytes that arrive in one request: all of them are kept, or none."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival
        self._file: BinaryIO = arrival.file.open("r+b", buffering=0)
        self.offset = arrival.offset
        self._file.truncate(self.offset)
        self._envelope = self._resumed()

    def _resumed(self) -> ArrivingEnvelope:
        """Hash again what no whole leaf covers: less than a segment."""
        arrival = self._arrival
        covered = covered_by(len(arrival.leaves), self._file.read(START))
        envelope = ArrivingEnvelope(arrival.length, arrival.leaves, covered)
        self._file.seek(covered)
        envelope.take(self._file.read(self.offset - covered))
        return envelope

    def take(self, data: bytes) -> None:
        """The next bytes: hashed, and given to the disk."""
        self._envelope.take(data)
        write_all(self._file, data)
        self.offset += len(data)

    @property
    def leaves(self) -> list[bytes]:
        """Every leaf that is whole."""
        return self._envelope.leaves

    @property
    def last(self) -> bool:
        """Whether nothing is to follow."""
        return self.offset == self._arrival.length

    def settle(self) -> None:
        """What was taken is on disk when this returns; it counts once the arrival is advanced, or shelved."""
        with self._file:
            flush(self._file.fileno())

    def forget(self) -> None:
        """As if nothing had been taken; what has settled is left alone, for it may lie on the shelf."""
        if not self._file.closed:
            with self._file:
                self._file.truncate(self._arrival.offset)


def arrivals_in(folder: Path) -> Iterator[Arrival]:
    """Whatever was on its way when the last process ended; what cannot be gone on with is taken off the disk."""
    for journal in folder.glob(f"*/*{_JOURNAL}"):
        owner, _, name = journal.stem.partition(".")
        arrival = Arrival(folder, Key(journal.parent.name, owner, name), 0)
        if arrival.recover():
            yield arrival
        else:
            arrival.forget()
    for file in folder.glob(f"*/*{_BYTES}"):
        if not file.with_suffix(_JOURNAL).exists():
            file.unlink()


def _line(offset: int, length: int, fresh: list[bytes]) -> bytes:
    return msgspec.json.encode(_Line(offset, length, [b64(leaf) for leaf in fresh])) + b"\n"


def _lines(journal: bytes) -> Iterator[tuple[_Line, int]]:
    """The journal's lines, each with where it ends; a torn one ends it."""
    end = 0
    for raw in journal.split(b"\n")[:-1]:
        try:
            line = msgspec.json.decode(raw, type=_Line)
        except msgspec.MsgspecError:
            return
        end += len(raw) + 1
        yield line, end
