"""Uploads that no bid ever named are taken away, some days after the deadline of a session that is over."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from remote_bid.opening.events import BidSubmitted
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase
from remote_bid.tender.safe import Safe
from remote_bid.timeline import instant
from remote_bid.timeline.desk import Desk, Folded

_LOG = structlog.get_logger("orphans")
_EVERY_S = 3600


class Orphans:
    """Looks through all sessions once an hour."""

    def __init__(self, desk: Desk, safe: Safe, days: int, now: Callable[[], datetime]) -> None:
        self._desk, self._safe, self._now = desk, safe, now
        self._kept_for = timedelta(days=days)
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look now, and every hour."""
        self._looking = asyncio.create_task(self._keep(), name="orphans")

    async def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        self._looking = None

    async def _keep(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception:
                _LOG.exception("orphaned uploads could not be taken away")
            await asyncio.sleep(_EVERY_S)

    async def sweep(self) -> int:
        """Take away what is due; returns how many uploads. Every version of a bid that has a receipt stays."""
        openings = [folded for folded in await self._desk.load() if folded.session.room == "opening"]
        return sum([await self._of(folded) for folded in openings])

    async def _of(self, folded: Folded) -> int:
        opening: Opening = folded.state
        if opening.timetable is None or opening.phase not in (Phase.CLOSED, Phase.ABORTED):
            return 0  # a session that is held may yet get a deadline that lies ahead
        if self._now() < instant.when(opening.timetable.deadline) + self._kept_for:
            return 0
        return await self._safe.clear(folded.session.id, named(folded))


def named(folded: Folded) -> set[tuple[str, str]]:
    """Bidder and name of every upload that a submission named."""
    submitted = (entry.fields for entry in folded.lines.entries() if entry.type == BidSubmitted.__name__)
    return {(fields["bidder"], part["upload"]) for fields in submitted for part in fields["parts"]}
