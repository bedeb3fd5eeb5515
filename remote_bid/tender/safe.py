"""The safe: sealed bids as files, written so that what was acknowledged survives a power cut.

Guarantee: `keep` returns only after file and folder are on disk (write, fsync, link, fsync of the folder).
"""

import asyncio
import filecmp
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from remote_bid.seal.canonical import b64, labelled_hash
from remote_bid.timeline.durable import flush, flush_folder
from remote_bid.timeline.failpoints import point


class TooLarge(ValueError):
    """More bytes than one part of a bid may have."""


class TakenName(ValueError):
    """Another envelope lies under this name already."""


class NotThere(KeyError):
    """The safe holds nothing of this name."""


class Safe:
    """Envelopes on the local disk, one file each, under names that tell nothing."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit
        folder.mkdir(parents=True, exist_ok=True)

    async def keep(self, session: str, person: str, upload: str, body: AsyncIterator[bytes]) -> int:
        """Write an upload whole; returns its length. A name is written once: the same bytes again change nothing, other
        bytes are refused (TakenName), so nobody exchanges an envelope after it was submitted.
        """
        path = self._path(session, person, upload)
        part = path.with_name(f"{path.stem}.{secrets.token_hex(8)}.part")
        try:
            length = await self._write(part, body)
            await asyncio.to_thread(_settle, part, path)
        finally:
            part.unlink(missing_ok=True)
        return length

    async def _write(self, part: Path, body: AsyncIterator[bytes]) -> int:
        length = 0
        with part.open("wb") as file:
            async for chunk in body:
                length += len(chunk)
                if length > self._limit:
                    raise TooLarge(f"a part may have {self._limit} bytes")
                with point("write"):
                    file.write(chunk)
            await asyncio.to_thread(_to_disk, file)
        return length

    def open(self, session: str, person: str, upload: str) -> BinaryIO:
        """The envelope as a stream; NotThere if there is none."""
        try:
            return self._path(session, person, upload).open("rb")
        except FileNotFoundError as error:
            raise NotThere(upload) from error

    def _path(self, session: str, person: str, upload: str) -> Path:
        name = labelled_hash("safe", session.encode(), person.encode(), upload.encode())
        return self._folder / f"{b64(name)}.sbe"


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    flush(file.fileno())


def _settle(part: Path, path: Path) -> None:
    """Give the file its name, durably; never over another."""
    try:
        with point("link"):
            os.link(part, path)
    except FileExistsError:
        if not filecmp.cmp(part, path, shallow=False):
            raise TakenName(path.name) from None
    flush_folder(path.parent)
