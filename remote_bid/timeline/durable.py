"""Small files, written so that they are whole or not there after a power cut."""

import os
from pathlib import Path


def keep_secret(path: Path, raw: bytes) -> None:
    """A new file that only its owner may read; FileExistsError if it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), raw)
    sync_folder(path.parent)


def replace_whole(path: Path, raw: bytes) -> None:
    """The file's new content, all of it or, after a power cut, the old one. One writer at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    _write(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), raw)
    part.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """The names in a folder, on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(descriptor: int, raw: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
