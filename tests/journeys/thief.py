"""A thief: takes everything that lies in a folder, and everything that is in a running process's memory."""

import base64
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MAP = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r")


@dataclass(frozen=True)
class Loot:
    """What was taken from each place."""

    places: dict[str, bytes]

    def holding(self, secret: bytes) -> list[str]:
        """The places in which a secret can be read, in any spelling that a program would use."""
        wanted = spellings(secret)
        return [name for name, content in self.places.items() if any(spelling in content for spelling in wanted)]


def spellings(secret: bytes) -> set[bytes]:
    """As it is, in hex, in base64 at whatever place within a longer text, as wide characters; and each text of these
    within another base64, as a statement's payload holds what it says.
    """
    texts = {secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret).rstrip(b"=")}
    found = {secret} | texts | within_base64(secret)
    for text in texts:
        found |= within_base64(text)
    if secret.isascii():
        found |= {secret.decode().encode("utf-16-le"), secret.decode().encode("utf-32-le")}
    return found


def within_base64(secret: bytes) -> set[bytes]:
    """What can be seen of it in the base64 of a text that contains it, whatever stands before and behind."""
    found = set()
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + secret)
        whole = encoded[4 if shift else 0 : -4]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def folder(place: Path) -> dict[str, bytes]:
    """Every file below."""
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def memory(pid: int) -> bytes:
    """All that the process can read of itself."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as mem:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            if (area := _MAP.match(line)) and "[v" not in line:
                start, end = (int(edge, 16) for edge in area.groups())
                found.append(_read(mem, start, end))
    return b"".join(found)


def _read(mem: BinaryIO, start: int, end: int) -> bytes:
    """One area, as far as it can be read."""
    parts = []
    with suppress(OSError):
        mem.seek(start)
        while start < end and (part := mem.read(min(end - start, 1 << 20))):
            parts.append(part)
            start += len(part)
    return b"".join(parts)
