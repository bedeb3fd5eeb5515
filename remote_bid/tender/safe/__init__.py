"""The safe: sealed bids, written so that what was acknowledged survives a power cut.

An upload arrives in pieces on the local disk (arrival.py); once whole it goes to the shelf (shelf.py: the local disk;
s3.py: an object store). Every piece is on disk, its segments hashed, before its offset is acknowledged.
"""

import asyncio
import hashlib
import hmac
import shutil
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import BinaryIO

from remote_bid.seal.canonical import b64, labelled_hash
from remote_bid.seal.envelope import SEGMENT, read_head, tree_root
from remote_bid.seal.tree import root_of
from remote_bid.tender.safe.arrival import Arrival, Arrivals, Piece
from remote_bid.tender.safe.locks import Locks
from remote_bid.tender.safe.shelf import LocalShelf, Shelf
from remote_bid.tender.safe.terms import (
    Key,
    Limits,
    Measured,
    NotThere,
    Progress,
    full,
    refuse_checksum,
    refuse_finished,
    refuse_full,
    refuse_offset,
    refuse_taken,
    refuse_too_large,
    refuse_too_many,
)

__all__ = ["Key", "Limits", "LocalShelf", "Measured", "NotThere", "Progress", "Safe", "Shelf"]
_SHORT = 22
"""Letters (132 bits) that name a session or an owner."""


class Safe:
    """All envelopes of a deployment. Its processes share `folder`: what one has begun another goes on with."""

    def __init__(self, folder: Path, secret: bytes, limits: Limits, shelf: Shelf | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._arrivals, self._secret, self.limits = Arrivals(folder / "arriving"), secret, limits
        self._arrivals.folder.mkdir(exist_ok=True)
        self._arrivals.tidy()
        (folder / "kept").mkdir(exist_ok=True)
        self._shelf = shelf or LocalShelf(folder / "kept")
        self._locks = Locks()

    def key(self, session: str, person: str, upload: str) -> Key:
        """Where a person's upload of this name lies."""
        return Key(
            self._name(session)[:_SHORT], self._name(session, person)[:_SHORT], self._name(session, person, upload)
        )

    def _name(self, *of: str) -> str:
        return b64(hmac.digest(self._secret, labelled_hash("safe", *(text.encode() for text in of)), "sha256"))

    async def create(self, key: Key, length: int) -> Progress:
        """Begin an upload, or go on with it: asking again changes nothing. Refused: another length under this name
        (`name_taken`), more than the limits allow (`too_large`), no room (`storage_full`).
        """
        async with self._locks.alone(self._arrivals.place(key.session)):
            coming = self._on_its_way(key)
            held = await asyncio.to_thread(self._shelf.held, key.session, key.owner)
            if (known := coming or _whole(held.get(key))) is not None:
                return known if known.length == length else refuse_taken()
            await asyncio.to_thread(self._require_room, key, held, length)
            arrival = Arrival(self._arrivals.folder, key, length)
            try:
                await asyncio.to_thread(arrival.begin)
            except OSError as error:
                arrival.forget()
                _refuse_if_full(error)
                raise
            return Progress(0, length)

    async def progress(self, key: Key) -> Progress:
        """How much of an upload is safe; NotThere."""
        async with self._lock(key):
            arrival = self._arrivals.find(key)
            if arrival is not None and arrival.offset == arrival.length:  # the shelf could not be reached before
                await asyncio.to_thread(self._shelve, arrival, arrival.leaves)
            if (coming := self._on_its_way(key)) is not None:
                return coming
        length = await asyncio.to_thread(self._shelf.length, key)
        return Progress(length, length)

    async def append(self, key: Key, offset: int, body: AsyncIterator[bytes], checksum: bytes | None = None) -> int:
        """Take in a piece that begins at `offset`; returns the new offset, up to which everything is durable. With a
        `checksum` (SHA-256) the piece counts whole or not at all; without one, what came before the line broke counts.
        Refused: `wrong_offset`, `wrong_checksum`, `too_large`, `storage_full`, BadEnvelope's codes; NotThere.
        """
        async with self._lock(key):
            arrival = self._arrivals.find(key)
            if arrival is None:
                return await self._already(key, offset)
            if offset != arrival.offset:
                refuse_offset(arrival.offset)
            piece = await asyncio.to_thread(arrival.piece)
            try:
                await self._receive(arrival, piece, body, checksum)
                await asyncio.to_thread(self._settle, arrival, piece)
            except Exception as error:
                piece.forget()
                _refuse_if_full(error)
                raise
            return piece.offset

    async def _already(self, key: Key, offset: int) -> int:
        length = await asyncio.to_thread(self._shelf.length, key)
        return length if offset == length else refuse_offset(length)

    async def _receive(
        self, arrival: Arrival, piece: Piece, body: AsyncIterator[bytes], checksum: bytes | None
    ) -> None:
        digest, waiting = hashlib.sha256(), bytearray()
        try:
            async for data in body:
                if piece.offset + len(waiting) + len(data) > arrival.length:
                    refuse_too_large("This upload", arrival.length)
                digest.update(data)
                waiting += data
                if len(waiting) >= SEGMENT:
                    await asyncio.to_thread(piece.take, bytes(waiting))
                    waiting.clear()
        except (ConnectionError, TimeoutError):
            if checksum is None:
                await asyncio.to_thread(self._take_last, arrival, piece, bytes(waiting))
            raise
        if checksum is not None and not hmac.compare_digest(digest.digest(), checksum):
            refuse_checksum()
        await asyncio.to_thread(piece.take, bytes(waiting))

    def _take_last(self, arrival: Arrival, piece: Piece, data: bytes) -> None:
        piece.take(data)
        self._settle(arrival, piece)

    def _settle(self, arrival: Arrival, piece: Piece) -> None:
        piece.settle()
        if not piece.last:
            arrival.advance(piece.offset, piece.leaves)
            return
        try:
            self._shelve(arrival, piece.leaves)
        except Exception:
            arrival.advance(piece.offset, piece.leaves)
            raise

    def _shelve(self, arrival: Arrival, leaves: list[bytes]) -> None:
        self._shelf.keep(arrival.key, arrival.file, leaves)
        arrival.forget()

    async def drop(self, key: Key) -> None:
        """Take back an upload that is still on its way; a whole one stays (`upload_finished`); NotThere."""
        if not await self._dropped(key):
            await asyncio.to_thread(self._shelf.length, key)
            refuse_finished()

    async def _dropped(self, key: Key) -> bool:
        async with self._lock(key):
            arrival = self._arrivals.find(key)
            if arrival is not None:
                await asyncio.to_thread(arrival.forget)
            return arrival is not None

    async def clear(self, session: str, named: Collection[tuple[str, str]]) -> int:
        """Take away a session's uploads that nobody `named` (person, upload) in a bid; returns how many."""
        stay = {self.key(session, person, upload) for person, upload in named}
        of = self.key(session, "", "").session
        orphans = [key for key in await asyncio.to_thread(self._shelf.held, of) if key not in stay]
        for key in orphans:
            await asyncio.to_thread(self._shelf.remove, key)
        coming = [arrival.key for arrival in await asyncio.to_thread(lambda: list(self._arrivals.of(of)))]
        return len(orphans) + sum([await self._dropped(key) for key in coming])

    def open(self, session: str, person: str, upload: str) -> BinaryIO:
        """The envelope as a stream; NotThere if there is none."""
        return self._shelf.open(self.key(session, person, upload))

    def measured(self, session: str, person: str, upload: str) -> Measured:
        """An envelope by the hashes made as it arrived; NotThere. Read whole only where those are damaged."""
        key = self.key(session, person, upload)
        leaves = self._shelf.leaves(key)
        with self._shelf.open(key) as file:
            if leaves is None:
                return Measured(*tree_root(file))
            return Measured(read_head(file), root_of(leaves), self._shelf.length(key))

    def _on_its_way(self, key: Key) -> Progress | None:
        arrival = self._arrivals.find(key)
        return Progress(arrival.offset, arrival.length) if arrival else None

    def _require_room(self, key: Key, held: dict[Key, int], length: int) -> None:
        self._require_quota(key, held, length)
        self._require_disk(length)

    def _require_quota(self, key: Key, held: dict[Key, int], length: int) -> None:
        if length > self.limits.part:
            refuse_too_large("A part", self.limits.part)
        own = [*held.values(), *(coming.length for coming in self._arrivals.of(key.session, key.owner))]
        if len(own) >= self.limits.most:
            refuse_too_many(self.limits.most)
        if sum(own) + length > self.limits.quota:
            refuse_too_large("All your uploads in a session", self.limits.quota)

    def _require_disk(self, length: int) -> None:
        to_come = sum(arrival.length - arrival.offset for arrival in self._arrivals.of())
        if shutil.disk_usage(self._arrivals.folder).free < to_come + length + self.limits.reserve:
            refuse_full()

    def _lock(self, key: Key) -> AbstractAsyncContextManager[None]:
        """Of one upload that is on its way."""
        return self._locks.alone(Arrival(self._arrivals.folder, key, 0).journal)


def _whole(length: int | None) -> Progress | None:
    return None if length is None else Progress(length, length)


def _refuse_if_full(error: Exception) -> None:
    if isinstance(error, OSError) and full(error):
        refuse_full()
