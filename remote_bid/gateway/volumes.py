"""Bids' documents for an evaluation: opened from the safe where they are read, never written down open."""

import asyncio
import hashlib
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from remote_bid.evaluation.terms import Document
from remote_bid.opening.rules import Opening
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.documents import StaysSealed, documents_of, halves_of
from remote_bid.opening.terms import SealedPart
from remote_bid.seal.canonical import b64, unb64_sized
from remote_bid.seal.envelope import BadEnvelope, Secrets, unseal
from remote_bid.seal.reading import Reading
from remote_bid.seal.statements import said
from remote_bid.tender.statements import Submission

Open = Callable[[str, str, str], BinaryIO]
"""(session, person, upload) → the envelope in the safe; KeyError if it is not there."""


class Sealed(msgspec.Struct, frozen=True):
    """A part that was to be opened and cannot be, and why."""

    bid: str
    volume: str
    cause: str


class _Measure:
    """Takes a content, and keeps its hash and size only."""

    def __init__(self) -> None:
        self.hash, self.size = hashlib.sha256(), 0

    def write(self, part: memoryview) -> None:
        self.hash.update(part)
        self.size += len(part)


class Volumes:
    """The documents of a deployment's closed openings: what was found of one stays so, for nothing can change it."""

    def __init__(self, opened: Open) -> None:
        self._open = opened
        self._found: dict[tuple[str, str, str], Document | Sealed] = {}
        self._halves: dict[tuple[str, str, str], Secrets] = {}
        self._measuring = asyncio.Lock()

    async def measured(self, opening: Opening, lot: str) -> tuple[dict[str, list[Document]], list[Sealed]]:
        """Every document of a lot by its bid, read whole once, and the parts that stay sealed."""
        found: dict[str, list[Document]] = {}
        sealed = []
        for bid in (bid for bid in opening.bids.values() if bid.lot == lot):
            for volume, part in documents_of(opening, bid).items():
                match await self._measured(opening, bid, volume, part):
                    case Document() as document:
                        found.setdefault(bid.bid, []).append(document)
                    case Sealed() as told:
                        sealed.append(told)
        return found, sealed

    async def _measured(self, opening: Opening, bid: Bid, volume: str, part: SealedPart) -> Document | Sealed:
        key = (opening.session, bid.bid, volume)
        async with self._measuring:
            if key not in self._found:
                self._found[key] = await asyncio.to_thread(self._measure, opening, bid, volume, part)
            return self._found[key]

    def _measure(self, opening: Opening, bid: Bid, volume: str, part: SealedPart) -> Document | Sealed:
        """Only what its bidder has signed for counts, as at the readout."""
        measure = _Measure()
        try:
            with self._open(opening.session, bid.bidder, part.upload) as file:
                root = unseal(file, measure, halves_of(opening, bid, part))  # type: ignore[arg-type]  # it is only written to
        except (StaysSealed, BadEnvelope) as error:
            return Sealed(bid.bid, volume, error.code)
        except KeyError:
            return Sealed(bid.bid, volume, "not_there")
        if root != unb64_sized(said(part.submission, Submission).ct, 32):
            return Sealed(bid.bid, volume, "changed")
        return Document(volume=volume, hash=b64(measure.hash.digest()), size=measure.size)

    def reading(self, opening: Opening, bid: str, volume: str) -> Reading:
        """One document, to be read from any place on; KeyError, BadEnvelope if it was lost since it was measured."""
        key, of = (opening.session, bid, volume), opening.bids[bid]
        part = documents_of(opening, of)[volume]
        if key not in self._halves:
            self._halves[key] = halves_of(opening, of, part)
        return Reading(self._open(opening.session, of.bidder, part.upload), self._halves[key])
