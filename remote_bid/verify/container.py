"""The bundle's container: a zip in one canonical form, so that no byte of it can change unnoticed.

Members are stored (not deflated), sorted by name, dated 1980-01-01 00:00:00; nothing stands before, between or after.
Written twice from the same members it is the same file.
"""

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

_UNIX = 3
LIMIT = 4 << 30
"""Bytes that a bundle may have."""


class NotAZip(ValueError):
    """The file is no readable zip."""


def write(members: Mapping[str, bytes]) -> bytes:
    """The container of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(_info(name), members[name])
    return out.getvalue()


def _info(name: str) -> zipfile.ZipInfo:
    """A member's heading, the same on every system."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = _UNIX, 0o600 << 16
    return info


def read(file: BinaryIO) -> tuple[dict[str, bytes], bool]:
    """The members' bytes as they lie in the file, and whether the container is canonical. Nothing is inflated."""
    raw = file.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise NotAZip("the file is too large")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
        if sum(min(info.file_size, info.compress_size) for info in infos) > len(raw):
            return {}, False
        members = {info.filename: _bytes_of(raw, info) for info in infos}
        canonical = len(members) == len(infos) and write(members) == raw
    except (
        zipfile.BadZipFile,
        struct.error,
        ValueError,
        OverflowError,
        NotImplementedError,
        UnicodeDecodeError,
    ) as error:
        raise NotAZip(f"the file is no readable zip: {error}") from error
    return members, canonical


def _bytes_of(raw: bytes, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes by its local header, whatever its checksum says: the manifest judges them."""
    start = info.header_offset
    name, extra = (int.from_bytes(raw[start + at : start + at + 2], "little") for at in (26, 28))
    begin = start + 30 + name + extra
    return raw[begin : begin + min(info.file_size, info.compress_size)]
