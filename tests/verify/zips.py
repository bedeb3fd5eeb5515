"""Zips written by hand, byte by byte: every form that says the same as the canonical one, and some that lie."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from remote_bid.verify import container

Members = dict[str, bytes]
_LOCAL, _CENTRAL, _END = b"PK\3\4", b"PK\1\2", b"PK\5\6"


@dataclass
class Entry:
    """A member as a zip tells of it twice: before its bytes, and in the directory at the end."""

    name: bytes
    data: bytes
    crc: int
    local_name: bytes = b""
    extra: bytes = b""
    local_extra: bytes = b""
    comment: bytes = b""
    flags: int = 0
    method: int = 0
    time: int = 0
    date: int = (1 << 5) | 1
    made_by: int = 20 | 3 << 8
    needs: int = 20
    internal: int = 0
    external: int = 0o600 << 16
    before: bytes = b""
    at: int | None = None
    listed: bool = True


@dataclass
class Zip:
    """A whole file; `entries` in the order of their bytes."""

    entries: list[Entry]
    prefix: bytes = b""
    gap: bytes = b""
    suffix: bytes = b""
    comment: bytes = b""
    directory: list[Entry] = field(default_factory=list)

    def whole(self) -> bytes:
        out, places = bytearray(self.prefix), {}
        for entry in self.entries:
            out += entry.before
            places[id(entry)] = len(out)
            name = entry.local_name or entry.name
            head = (entry.needs, entry.flags, entry.method, entry.time, entry.date, entry.crc)
            sizes = (len(entry.data), len(entry.data), len(name), len(entry.local_extra))
            out += _LOCAL + struct.pack("<5H3I2H", *head, *sizes) + name + entry.local_extra + entry.data
        out += self.gap
        start, listed = len(out), [entry for entry in self.directory or self.entries if entry.listed]
        for entry in listed:
            out += self._listing(entry, places.get(id(entry), 0))
        end = (0, 0, len(listed), len(listed), len(out) - start, start, len(self.comment))
        return bytes(out + _END + struct.pack("<4H2IH", *end) + self.comment + self.suffix)

    @staticmethod
    def _listing(entry: Entry, place: int) -> bytes:
        head = (entry.made_by, entry.needs, entry.flags, entry.method, entry.time, entry.date, entry.crc)
        sizes = (len(entry.data), len(entry.data), len(entry.name), len(entry.extra), len(entry.comment))
        rest = (0, entry.internal, entry.external, place if entry.at is None else entry.at)
        return _CENTRAL + struct.pack("<6H3I5H2I", *head, *sizes, *rest) + entry.name + entry.extra + entry.comment


def by_hand(members: Members) -> Zip:
    """The canonical form, open for changes."""
    infos = zipfile.ZipFile(io.BytesIO(container.write(members))).infolist()
    return Zip([Entry(info.filename.encode(), members[info.filename], info.CRC) for info in infos])


def by_zipfile(
    members: Iterable[tuple[zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_STORED, comment: bytes = b""
) -> bytes:
    """What Python's own library writes of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for info, raw in members:
            archive.writestr(info, raw, compress_type=method)
        archive.comment = comment
    return out.getvalue()


def infos(
    members: Members, change: Callable[[zipfile.ZipInfo], object] = lambda _: None
) -> list[tuple[zipfile.ZipInfo, bytes]]:
    """Members in the canonical order, each `change`d."""
    made = [(zipfile.ZipInfo(name), members[name]) for name in sorted(members)]
    for info, _ in made:
        change(info)
    return made
