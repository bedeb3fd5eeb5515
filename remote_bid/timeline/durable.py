"""Files that survive a power cut: written beside, flushed to the disk, renamed, and the folder flushed too.

A failed flush is fatal: what the system then holds in memory may never reach the disk, and who asks again is told that
all is well. The process stops; the next one reads what is really there.
"""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

import structlog

from remote_bid.timeline.failpoints import point

BROKEN_DISK = 74
"""The exit code (EX_IOERR of sysexits.h)."""

_LOG = structlog.get_logger("durable")


def flush(descriptor: int) -> None:
    """The file's content is on disk, or the process ends."""
    try:
        with point("fsync"):
            os.fsync(descriptor)
    except OSError as error:
        stop_at_once("fsync failed", error)


def flush_folder(folder: Path) -> None:
    """The names in `folder` are on disk, or the process ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        flush(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """A folder that stays; its parent is there."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)


def write_all(file: BinaryIO, data: bytes) -> None:
    """All of it: an unbuffered file may take less at a time."""
    rest = memoryview(data)
    with point("write"):
        while rest:
            rest = rest[file.write(rest) :]


def replace(path: Path, content: bytes, mode: int = 0o644) -> None:
    """`path` holds `content` now, or, after a failure at any moment, still what it held before."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        _write(part, content, mode)
        with point("rename"):
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    flush_folder(path.parent)


def create(path: Path, content: bytes, mode: int = 0o644) -> None:
    """`path` holds `content`, or what it held already: of several who create it at once the first one counts."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        _write(part, content, mode)
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink(missing_ok=True)
    flush_folder(path.parent)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other process is in this context of this folder meanwhile. For moments: it blocks the whole process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def stop_at_once(why: str, error: BaseException) -> NoReturn:
    """End the process without another word to the disk."""
    with contextlib.suppress(Exception):
        _LOG.critical("stopped", why=why, error=str(error))
    os._exit(BROKEN_DISK)


def _write(part: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        write_all(file, content)
        flush(file.fileno())
