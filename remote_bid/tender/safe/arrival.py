"""An upload on its way: its bytes in one file, its journal in another.

Guarantee: the journal's last whole line is the offset that was acknowledged; the bytes before it were on disk before
the line was.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from remote_bid.seal.arriving import ArrivingEnvelope, covered_by
from remote_bid.seal.canonical import b64, unb64_sized
from remote_bid.seal.envelope import START
from remote_bid.tender.safe.locks import at_once
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
        self.journal = self.file.with_suffix(_JOURNAL)
        self._whole = 0
        """Bytes of the journal's whole lines."""

    def begin(self) -> None:
        """Make its files, over what a crash has left of an earlier beginning."""
        make_folder(self.file.parent)
        self.file.touch()
        with self.journal.open("wb") as journal:
            self._whole = journal.write(_line(0, self.length, []))

    def piece(self) -> "Piece":
        """Go on at the offset."""
        return Piece(self)

    def advance(self, offset: int, leaves: list[bytes]) -> None:
        """The bytes before `offset` are on disk: say so in the journal, then here."""
        line = _line(offset, self.length, leaves[len(self.leaves) :])
        with self.journal.open("r+b", buffering=0) as journal:
            journal.truncate(self._whole)  # a crash may have left part of a line
            journal.seek(self._whole)
            try:
                write_all(journal, line)
            except OSError:
                journal.truncate(self._whole)
                raise
            flush(journal.fileno())
        if not self.offset:
            flush_folder(self.journal.parent)
        self.offset, self.leaves, self._whole = offset, leaves, self._whole + len(line)

    def forget(self) -> None:
        """Take it off the disk."""
        self.file.unlink(missing_ok=True)
        self.journal.unlink(missing_ok=True)

    def read(self) -> bool:
        """Learn how far it is: to the last line whose bytes are there. False if there is none that could be gone on
        with. Changes nothing on the disk: another process may be writing.
        """
        try:
            size, journal = self.file.stat().st_size, self.journal.read_bytes()
        except FileNotFoundError:
            return False
        for line, end in _lines(journal):
            if line.offset > size:
                break
            self.offset, self.length, self._whole = line.offset, line.length, end
            self.leaves += [unb64_sized(leaf, 32) for leaf in line.leaves]
        return self._whole > 0


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


class Arrivals:
    """Everything on its way, as it lies on the disk: whichever process took in the last piece."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: Key) -> Arrival | None:
        """The upload of this name, if it is on its way."""
        arrival = Arrival(self.folder, key, 0)
        return arrival if arrival.read() else None

    def of(self, session: str = "*", owner: str = "*") -> Iterator[Arrival]:
        """All of them, of a session, or of one owner in it."""
        for journal in self.folder.glob(f"{session}/{owner}.*{_JOURNAL}"):
            of, _, name = journal.stem.partition(".")
            if (arrival := self.find(Key(journal.parent.name, of, name))) is not None:
                yield arrival

    def tidy(self) -> None:
        """Take off the disk what a crash has left and nobody can go on with; a session in which another process begins
        something just now is left for the next time.
        """
        for folder in self.folder.iterdir():
            with at_once(folder) as alone:
                if alone:
                    self._tidy(folder)

    def _tidy(self, folder: Path) -> None:
        for journal in folder.glob(f"*{_JOURNAL}"):
            owner, _, name = journal.stem.partition(".")
            if self.find(key := Key(folder.name, owner, name)) is None:
                Arrival(self.folder, key, 0).forget()
        for file in folder.glob(f"*{_BYTES}"):
            if not file.with_suffix(_JOURNAL).exists():
                file.unlink(missing_ok=True)

    def place(self, session: str) -> Path:
        """The folder in which a session's uploads begin: who begins one holds its lock."""
        make_folder(self.folder / session)
        return self.folder / session


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
