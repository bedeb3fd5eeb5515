"""A list in a file that only grows: what was added is on disk before anybody is told."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class Journal(Generic[T]):
    """One JSON value a line. A line that a power cut has torn was never promised to anybody, and is cut off."""

    def __init__(self, path: Path, kind: type[T]) -> None:
        self._path = path
        raw = path.read_bytes() if path.exists() else b""
        self._length = raw.rfind(b"\n") + 1
        self.items: list[T] = [msgspec.json.decode(line, type=kind) for line in raw[: self._length].splitlines()]

    def add(self, items: Sequence[T]) -> None:
        """Append durably; an error leaves the list as it was."""
        raw = b"".join(msgspec.json.encode(item) + b"\n" for item in items)
        with os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.seek(self._length)
            file.truncate()
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        self._length += len(raw)
        self.items += items
