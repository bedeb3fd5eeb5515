"""Bytes that survive a power cut.

A disk that cannot promise it ends the process: after a failed fsync the kernel may have dropped the pages, and a second
fsync would say that all is well.
"""

import os
from pathlib import Path
from typing import BinaryIO

import structlog

_LOG = structlog.get_logger("safe")
EX_IOERR = 74
"""Exit code of a server whose disk failed (sysexits.h)."""


def to_disk(descriptor: int) -> None:
    """The file's bytes and length are on disk when this returns; if the disk says no, it does not return."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        _LOG.critical("the disk failed; the server stops, nothing acknowledged is lost", why=str(error))
        os._exit(EX_IOERR)


def names_to_disk(folder: Path) -> None:
    """The names in a folder are on disk when this returns."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        to_disk(descriptor)
    finally:
        os.close(descriptor)


def durable_folder(folder: Path) -> None:
    """Make a folder whose parent is there, so that it stays."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        names_to_disk(folder.parent)


def write_all(file: BinaryIO, data: bytes) -> None:
    """All of it: an unbuffered file may take less at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
